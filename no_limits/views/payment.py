"""What China sells to Russia, in what currency it is paid, and what Russia earns abroad."""

import pandas as pd


def own_currencies_as_stated(settlement_currency):
    """The share of rubles and yuan in China–Russia trade, as officials stated it.

    Take the statements on all trade with China that give a number and a day or month. Sort them by
    the time at which they were made. Nobody publishes how the share is calculated, so these are
    statements rather than a series. A statement of "more than 70" is recorded as 70.
    """
    rows = settlement_currency
    rows = rows[(rows["partner"] == "China") & (rows["flow"] == "total")]
    rows = rows[rows["share_pct"].notna() & rows["stated_on"].notna()]
    rows = rows.sort_values(["stated_on", "period_start"], kind="stable")
    first, last = rows["period_start"].dt, rows["period_end"].dt
    period = first.strftime("%b") + "–" + last.strftime("%b %Y")
    period = period.mask(first.month == last.month, last.strftime("%b %Y"))
    period = period.mask(last.month - first.month == 11, last.strftime("%Y"))
    table = pd.DataFrame({"period": period})
    table["share"] = rows["share_pct"]
    table["said by"] = rows["stated_by"].str.split(",").str[0]
    table["said on"] = rows["stated_on"]
    return table.set_index("period").rename_axis(columns="per cent")


def china_in_russian_imports(
    china_sales_to_russia, china_russia_trade_annual, russian_customs_totals
):
    """China's part of what Russia imports: all goods, machine tools and goods on a list.

    For all goods, divide what China's customs report as sold to Russia by what Russia's customs
    report as bought from the world. This ratio mixes two sources, so it is reliable only to within
    a few per cent. The share of machine tools comes from The Economist, which printed it in 2024.
    The list contains goods that the Group of Seven wants to keep from Russia's arms makers;
    Nathaniel Sher calculated China's share of them for 2023 only. An empty cell is a figure that
    was not found.
    """
    sold = china_russia_trade_annual.query("line == 'China customs (IMF IMTS)'")
    sold = sold[sold["flow"] == "export"].set_index("year")["value_usd"].astype(float)
    whole = russian_customs_totals.query("partner == 'world' and period_type == 'year'")
    whole = whole[
        (whole["flow"] == "import") & whole["vintage"].str.contains("Rosstat|February 2024")
    ]
    whole = whole.assign(year=whole["period_start"].dt.year).set_index("year")["value_usd"]
    named = china_sales_to_russia[
        china_sales_to_russia["share_of"].str.contains("imports", na=False)
    ]
    named = named.assign(year=named["period_start"].dt.year)
    named = named.pivot(index="year", columns="item", values="share_pct").astype(float)
    table = pd.DataFrame({"all goods": sold / whole.astype(float) * 100}).loc[2021:2023]
    table["machine tools"] = named["metalworking machine tools"]
    table["listed goods"] = named["goods on the high-priority list"]
    return table.round(1).rename_axis(columns="China's share, per cent")


def russian_surplus(russian_current_account):
    """Russia's current account, as the Bank of Russia had stated it before the article.

    Take the current account of 2021, of 2022 and of the first four months of 2022 and 2023. For
    each period, take the bank's first statement that was found, and give the day or month of that
    statement. All four statements were public on 28 May 2023. Give the values in billion dollars,
    and the average of a month.
    """
    rows = russian_current_account
    rows = rows[rows["item"] == "current account"].sort_values("stated_on")
    names = {"2021-01 2021-12": "all of 2021", "2022-01 2022-12": "all of 2022"}
    names |= {"2022-01 2022-04": "Jan to Apr 2022", "2023-01 2023-04": "Jan to Apr 2023"}
    months = rows["period_start"].dt.strftime("%Y-%m") + rows["period_end"].dt.strftime(" %Y-%m")
    rows = rows.assign(period=months.map(names)).dropna(subset="period")
    rows = rows.drop_duplicates("period").set_index("period").loc[[*names.values()]]
    value = (rows["value_usd"].astype(float) / 1e9).round(1)
    table = pd.DataFrame({"Russia's surplus": value})
    months = rows["period_end"].dt.month - rows["period_start"].dt.month + 1
    table["a month"] = (value / months).round(1)
    table["stated on"] = rows["stated_on"]
    return table.rename_axis(columns="US$ billion")
