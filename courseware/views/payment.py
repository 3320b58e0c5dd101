"""What China sells to Russia, and in what currency the trade is paid, as others state it."""

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
