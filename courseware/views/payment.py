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
    month = rows["period_start"].dt.strftime("%b %Y")
    length = rows["period_end"].dt.month - rows["period_start"].dt.month + 1
    period = month.where(length < 12, month.str[-4:])
    table = pd.DataFrame({"period": period.where(length % 12 < 2, "Jan–Sep " + month.str[-4:])})
    table["share"] = rows["share_pct"]
    table["said by"] = rows["stated_by"].str.split(",").str[0]
    table["said on"] = rows["stated_on"]
    return table.set_index("period").rename_axis(columns="per cent")


def currencies_of_russian_trade(settlement_currency):
    """The yuan, the dollar and the euro in all of Russia's trade.

    Take what the Bank of Russia published of settlements with the whole world, not with China
    alone. Keep the yuan, and the dollar and the euro together. Give each currency a column for
    exports and one for imports. Months that no page gave stay empty.
    """
    rows = settlement_currency[settlement_currency["partner"] == "world"]
    rows = rows[rows["currency"].isin(["yuan", "dollars and euros"])]
    rows = rows.assign(column=rows["currency"] + ", " + rows["flow"] + "s")
    table = rows.pivot(index="period_start", columns="column", values="share_pct")
    order = ["yuan, exports", "yuan, imports"]
    order += ["dollars and euros, exports", "dollars and euros, imports"]
    table = table[order].rename_axis("month")
    return table.rename_axis(columns="per cent of settlements")


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


def chinese_brands_in_russia(china_sales_to_russia):
    """Chinese brands among the new cars sold in Russia.

    Take the shares that the market researcher Autostat gave of single months, or of January and
    February 2023 together. Others count whole years and differ by two points. A Chinese brand
    may be put together in Russia.
    """
    rows = china_sales_to_russia
    rows = rows[rows["item"] == "new cars of Chinese brands"]
    rows = rows[rows["counted_by"].str.startswith("Autostat")]
    table = rows.set_index("period_end")[["share_pct"]].rename_axis("month")
    table = table.rename(columns={"share_pct": "Chinese brands"}).sort_index()
    return table.rename_axis(columns="per cent of new cars sold")
