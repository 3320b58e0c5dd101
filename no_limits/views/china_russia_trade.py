"""China and Russia: their trade as each counts it, by year, month and quarter, and its weight."""


def china_russia_trade_by_reporter(china_russia_trade_annual):
    """Trade between China and Russia, by reporting country.

    Take the rows with total trade, that is, exports and imports together. Keep three series, all
    collected by the International Monetary Fund: one from China's customs, one from Russia's
    customs and, from 2019 on, one from China's customs in a later edition. Give each series a
    column of its own, and never join two series. Give the values in billion dollars.
    """
    series = {
        "China customs (IMF DOTS)": "China",
        "Russia customs (IMF DOTS)": "Russia",
        "China customs (IMF IMTS)": "China, 2025 edition",
    }
    rows = china_russia_trade_annual
    rows = rows[(rows["flow"] == "total") & rows["line"].isin([*series])]
    table = rows.pivot(index="year", columns="line", values="value_usd").astype(float)
    table = table[[*series]].rename(columns=series)
    table["China, 2025 edition"] = table["China, 2025 edition"].loc[2019:]
    table = (table / 1e9).round(1)
    return table.rename_axis(columns="US$ billion")


def china_russia_trade_counts(china_russia_trade_annual):
    """Trade between China and Russia by year, as each publisher reports it.

    China's imports are what Russia sells, so each flow is named after the seller. Give each
    publisher's series a column of its own, and never join two series. A year that a series does not
    cover is empty. Give the values in million dollars.
    """
    lines = {
        "China customs (IMF DOTS)": "China counts (IMF 2020)",
        "China customs (IMF IMTS)": "China counts (IMF 2025)",
        "China customs, first release (press)": "China, first release (press)",
        "Russia customs (IMF DOTS)": "Russia counts (IMF 2020)",
        "Russia customs (WITS)": "Russia counts (WITS)",
    }
    rows = china_russia_trade_annual
    seller = rows["reporter_iso3"].where(rows["flow"] == "export", rows["partner_iso3"])
    goods = seller.map({"RUS": "Russia sells to China", "CHN": "China sells to Russia"})
    rows = rows.assign(goods=goods.where(rows["flow"] != "total", "all trade"))
    table = rows.pivot(index=["goods", "year"], columns="line", values="value_usd")
    table = (table[[*lines]].astype(float) / 1e6).rename(columns=lines).round(3)
    return table.rename_axis(columns="US$ million")


def china_trade_by_month(china_russia_trade_monthly):
    """China's trade with Russia by month, as first released.

    Take the release that the course prefers for each month. January and February are often released
    together; they then have one row with the mean of the two months. Place each row at the middle
    of its period, written as a year with decimals. Give the values in million dollars.
    """
    goods = {
        "total": "all trade",
        "import": "Russia sells to China",
        "export": "China sells to Russia",
    }
    rows = china_russia_trade_monthly
    rows = rows[rows["preferred"]].sort_values("month")
    starts = rows["month"].dt.year + (rows["month"].dt.day_of_year - 1) / 365.25
    rows = rows.assign(goods=rows["flow"].map(goods), time=starts + rows["months"] / 24)
    mean = (rows["value_usd"] / rows["months"] / 1e6).round(3)
    table = rows.assign(mean=mean).set_index(["goods", "time"])[["mean", "months", "source_kind"]]
    table.columns = ["US$ million a month", "months", "how it is known"]
    return table


def first_quarter_releases(china_russia_press_prints):
    """Trade from January to March, as first released.

    Take the running totals for January to March that China's customs gave to the press. Make a
    column each for what China sold, what it bought and the total. These are first releases, which
    China's customs revise later.
    """
    rows = china_russia_press_prints
    starts = rows["period_start"].dt.month == 1
    ends = (rows["period_end"].dt.month == 3) & (rows["period_type"] == "year_to_date")
    rows = rows[starts & ends]
    rows = rows.assign(year=rows["period_end"].dt.year)
    table = rows.pivot(index="year", columns="flow", values="value_usd_bn")
    names = {"export": "China sold", "import": "China bought", "total": "total"}
    table = table[[*names]].rename(columns=names)
    return table.rename_axis(columns="US$ billion, January to March")


def trade_since_january(china_russia_press_prints):
    """Trade from January to a month, 2022 and 2023, as first released.

    Take the running totals from January that China's customs gave to the press in 2022 and 2023.
    Place each total under its year and its last month, for example "06" for June. Make a column
    each for what China sold, what it bought and the total. A cell is empty if no page gave the
    figure.
    """
    rows = china_russia_press_prints
    rows = rows[rows["period_type"] == "year_to_date"]
    rows = rows[rows["period_end"].dt.year.between(2022, 2023)]
    month = rows["period_end"].dt.strftime("%m")
    rows = rows.assign(month=month, year=rows["period_end"].dt.year)
    table = rows.pivot(index=["month", "year"], columns="flow", values="value_usd_bn")
    names = {"export": "China sold", "import": "China bought", "total": "total"}
    table = table[[*names]].rename(columns=names)
    return table.rename_axis(columns="US$ billion since January")


def china_trade_and_dollars(china_russia_trade_annual, us_prices):
    """China's trade with Russia, and what a dollar of each year was worth in 2022.

    Take what China's customs report, in the International Monetary Fund's edition of 2025. Make a
    column each for what China sold and what it bought, in billion dollars of the year itself. The
    last column says how many dollars of 2022 one dollar of that year was worth, according to
    American consumer prices.
    """
    rows = china_russia_trade_annual
    rows = rows[rows["line"] == "China customs (IMF IMTS)"]
    table = rows.pivot(index="year", columns="flow", values="value_usd").astype(float) / 1e9
    table = table[["export", "import"]].round(1)
    table.columns = ["China sold", "China bought"]
    table["worth of a dollar"] = us_prices.set_index("year")["usd_2022_per_usd"].round(3)
    return table
