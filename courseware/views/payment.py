"""What China sells to Russia, in what currency it is paid, and what Russia earns abroad."""

import pandas as pd


def own_currencies_as_stated(settlement_currency):
    """The share of rubles and yuan in China–Russia trade, as officials stated it.

    Take the statements on all trade with China that give a number and a day or month. Put them
    in the order in which they were said. Nobody publishes how the share is counted, so these are
    statements and no series: "more than 70" stands as 70.
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


def china_sells_to_russia(china_sales_to_russia):
    """What China sold to Russia from January to April 2023.

    Take the figures of China's customs for the last months before the article, all read on one
    page. Two groups of goods are named there, machinery and vehicles. The rest is what is left
    of all goods.
    """
    rows = china_sales_to_russia[china_sales_to_russia["counted_by"] == "China's customs"]
    rows = rows[rows["period_start"].eq("2023-01") & rows["period_end"].eq("2023-04")]
    value = rows.set_index("item")["value_usd"] / 1e9
    machines = value["machinery and electrical equipment (HS 84-85)"]
    vehicles = value["vehicles, aircraft and ships (HS 86-89)"]
    table = pd.DataFrame({"sold": [machines, vehicles, value["all goods"] - machines - vehicles]})
    table.index = ["machinery and electrical goods", "vehicles, aircraft, ships", "all else"]
    table = table.round(1).rename_axis("goods")
    return table.rename_axis(columns="US$ billion")


def china_in_russian_imports(
    china_sales_to_russia, china_russia_trade_annual, russian_customs_totals
):
    """China's part of what Russia imports: all goods, machine tools and goods on a list.

    For all goods divide what China's customs count as sold to Russia by what Russia's customs count
    as bought from the world, as in the view china_in_russian_trade. The share of machine tools is
    The Economist's, printed in 2024. The list names goods that the Group of Seven wants to keep
    from Russia's arms makers; Nathaniel Sher computed its share for 2023 only. An empty cell was
    not found.
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


def russian_surplus(russian_current_account, russian_customs_totals):
    """What Russia earned abroad beyond what it paid abroad, 2021 to 2023.

    Take the current account of whole years as the Bank of Russia first stated it, and as it stated
    it last in the pages that were found. Beside it stand the goods that Russia sold and bought
    abroad, as its customs count them. An empty cell: no revision was found. Turn dollars into
    billions.
    """
    rows = russian_current_account
    years = rows["period_end"].dt.month - rows["period_start"].dt.month == 11
    rows = rows[years & (rows["item"] == "current account")].sort_values("stated_on")
    rows = rows.assign(year=rows["period_start"].dt.year).groupby("year")["value_usd"]
    table = pd.DataFrame({"surplus, first stated": rows.first(), "last stated": rows.last()})
    table["last stated"] = table["last stated"].where(rows.count() > 1)
    goods = russian_customs_totals.query("partner == 'world' and period_type == 'year'")
    goods = goods[goods["vintage"].str.contains("Rosstat|February 2024")]
    goods = goods.assign(year=goods["period_start"].dt.year)
    goods = goods.pivot(index="year", columns="flow", values="value_usd")
    table[["goods sold", "goods bought"]] = goods[["export", "import"]]
    return (table.astype(float) / 1e9).round(1).rename_axis(columns="US$ billion")
