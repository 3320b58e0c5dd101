"""What Russia's fuels weigh, who buys them, and at what price."""

import pandas as pd


def russian_fuels_to_china(russian_energy_to_china):
    """Russian fuels that China bought, in tonnes and in dollars, by year.

    For four fuels, add up the months of each year as China's customs print them. Keep a sum only if
    it covers twelve months. Give the sums in million tonnes and billion dollars. Three kinds of
    cells are empty: pipeline gas in 2020, for which a month is missing; the tonnes of pipeline gas
    in 2022, which China no longer printed; and all dollars of liquefied gas, which the file does
    not contain.
    """
    names = {"crude_oil": "crude oil", "coal": "coal"}
    names |= {"lng": "liquefied gas", "pipeline_gas": "pipeline gas"}
    rows = russian_energy_to_china
    rows = rows[rows["product"].isin([*names])]
    rows = rows.assign(year=rows["month"].dt.year, fuel=rows["product"].map(names))
    rows = rows[rows["year"].between(2020, 2022)].astype({"volume_t": float, "value_usd": float})
    sums = rows.groupby(["fuel", "year"])[["volume_t", "value_usd"]].sum(min_count=12)
    table = sums / [1e6, 1e9]
    table.columns = ["million tonnes", "US$ billion"]
    return table.round(2).loc[[*names.values()]]


def russian_crude_by_buyer(oil_flows):
    """Russian crude oil by buyer.

    Take the crude oil that Russia sends, according to the Energy Institute's yearly review (bp's
    review until its edition of 2022). Keep three buyers: China, India, and the group of states that
    the review calls Europe. Each year comes from the edition for that year.
    """
    rows = oil_flows[oil_flows["product"] == "crude_oil"]
    rows = rows[rows["origin_iso3"] == "RUS"]
    buyers = rows[rows["destination_name"].isin(["China", "India", "Europe"])]
    table = buyers.pivot(index="year", columns="destination_name", values="volume_mt")
    return table[["China", "India", "Europe"]].round(1).rename_axis(columns="million tonnes")


def oil_products_by_buyer(oil_flows):
    """Russian oil products by buyer.

    Take the oil products that Russia sends, according to the Energy Institute's yearly review (bp's
    review until its edition of 2022). Leave out the total for the world, and Russia itself. Each
    year comes from the edition for that year. A cell is empty if an edition does not print the
    figure.
    """
    rows = oil_flows[oil_flows["product"] == "oil_products"]
    rows = rows[rows["origin_iso3"] == "RUS"]
    rows = rows[~rows["destination_name"].isin(["World", "Russia"])]
    rows = rows.rename(columns={"destination_name": "buyer"})
    table = rows.pivot(index="buyer", columns="year", values="volume_mt").round(1)
    return table.rename_axis(columns="million tonnes")


def crude_gap_to_brent(russian_energy_to_china, brent_monthly, urals_quotes):
    """What China paid for Russian crude oil, and what Urals cost, compared with Brent.

    Divide the dollars that China's customs report by the barrels, at 7.33 barrels to a tonne. A
    cargo is priced about a month before it is recorded, so subtract the price of Brent in the month
    before. The second column shows the price of Urals, the Russian blend, minus that of Brent in
    the same month, for the months for which a ministry's price was found. A number below zero means
    cheaper than Brent.
    """
    oil = russian_energy_to_china[russian_energy_to_china["product"] == "crude_oil"]
    oil = oil.set_index("month").loc["2015":].astype({"value_usd": float, "volume_t": float})
    price = oil["value_usd"] / oil["volume_t"] / 7.33
    brent = brent_monthly.set_index("month")["brent_usd_bbl"]
    quotes = urals_quotes[urals_quotes["kind"] == "month"].set_index("period")
    table = pd.DataFrame({"at China's border": price - brent.shift(1)})
    table = table.loc["2015":"2023-11"]
    table["Urals"] = -quotes["discount_usd_bbl"]
    table = table.dropna(how="all").round(1).rename_axis("month")
    return table.rename_axis(columns="US$ a barrel, compared with Brent")
