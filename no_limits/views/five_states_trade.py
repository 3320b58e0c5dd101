"""China's trade with the five states: over thirty years, and as each side counts it."""

import pandas as pd


def five_with_china(central_asia_trade, us_prices):
    """China's trade with the five states together, as China reports it.

    Take the total trade with each of the five that China's customs report, in the International
    Monetary Fund's edition of 2025, and add up the five. The other column shows the same trade in
    dollars of 2022, according to American consumer prices. Give the values in billion dollars.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[rows["flow"] == "total"]
    table = pd.DataFrame({"current dollars": rows.groupby("year")["value_usd"].sum() / 1e9})
    dollars = us_prices.set_index("year")["usd_2022_per_usd"]
    table["dollars of 2022"] = table["current dollars"] * dollars
    return table.astype(float).round(1).rename_axis(columns="US$ billion")


def china_partners_1992_2022(partner_trade, central_asia_trade, china_russia_trade_annual, states):
    """China's trade with six partners at the start and thirty years later.

    For 1992, take exports and imports from the Correlates of War, which fills in what was not
    reported from the partner's figures and rounds to a million. For 2022, take what China's customs
    report, in the International Monetary Fund's edition of 2025. The sum of the five states has a
    row of its own. Give the values in million dollars.
    """
    six = ["RUS", *states.index[states["five"]]]
    first = partner_trade[(partner_trade["iso3"] == "CHN") & (partner_trade["year"] == 1992)]
    first = first.groupby("partner_iso3")["value_usd"].sum().reindex(six)
    last = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    last = last.query("year == 2022 and flow == 'total'").set_index("state_iso3")["value_usd"]
    russia = china_russia_trade_annual[china_russia_trade_annual["year"] == 2022]
    russia = russia.query("line == 'China customs (IMF IMTS)' and flow == 'total'")
    table = pd.DataFrame({1992: first.astype(float), 2022: last.astype(float)}).loc[six]
    table = table.sort_values(1992, ascending=False)
    table.loc["RUS", 2022] = russia["value_usd"].iloc[0]
    table.loc["The five states"] = table.drop("RUS").sum()
    table = (table / 1e6).round().rename(states["name"]).rename_axis("partner")
    return table.rename_axis(columns="US$ million")


def count_by_china(central_asia_trade, states):
    """Trade of the five states with China in 2022, as China reports it.

    Take what China's customs report for each of the five, in the International Monetary Fund's
    edition of 2025. One figure is what China says it sold to the state, and the other is all trade,
    exports and imports together. Give the values in billion dollars.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[rows["year"] == 2022]
    table = rows.pivot(index="state_iso3", columns="flow", values="value_usd") / 1e9
    table = table[["export", "total"]].astype(float).round(2).rename(index=states["name"])
    table.columns = ["China says it sold", "all trade, by China"]
    return table.rename_axis("state").rename_axis(columns="US$ billion")


def count_by_states(central_asia_trade, states):
    """Trade with China in 2022, as the states themselves report it.

    Take the figures of the statistics offices of Kazakhstan, Kyrgyzstan and Uzbekistan: what each
    says its country bought from China, and all trade, exports and imports together. Tajikistan and
    Turkmenistan have no row, because no figure of their own was found. Give the values in billion
    dollars.
    """
    rows = central_asia_trade[central_asia_trade["partner_iso3"] == "CHN"]
    rows = rows[(rows["year"] == 2022) & rows["line"].str.contains("statistics")]
    table = rows.pivot(index="state_iso3", columns="flow", values="value_usd") / 1e9
    table = table[["import", "total"]].astype(float).round(2).rename(index=states["name"])
    table.columns = ["the state says it bought", "all trade, by the state"]
    return table.rename_axis("state").rename_axis(columns="US$ billion")


def kyrgyz_counts(central_asia_trade, world_bank):
    """Goods from China for Kyrgyzstan by two counts, and what Kyrgyzstan sold to Russia.

    China's column shows what China's customs say was sold to Kyrgyzstan. Kyrgyzstan's column shows
    what the Kyrgyz statistics office says was bought. The other columns show the country's whole
    output (GDP), according to the World Bank, and what the same Kyrgyz office reports as sold to
    Russia. Give the values in billion dollars.
    """
    rows = central_asia_trade[central_asia_trade["state_iso3"] == "KGZ"].set_index("year")
    china = rows[(rows["reporter_iso3"] == "CHN") & (rows["flow"] == "export")]
    own = rows[rows["line"].str.contains("statistics")]
    bought = own[(own["partner_iso3"] == "CHN") & (own["flow"] == "import")]
    sold = own[(own["partner_iso3"] == "RUS") & (own["flow"] == "export")]
    gdp = world_bank[(world_bank["iso3"] == "KGZ") & (world_bank["indicator"] == "gdp_usd")]
    table = pd.DataFrame({"China": china["value_usd"], "Kyrgyzstan": bought["value_usd"]})
    table["GDP"] = gdp.set_index("year")["value"]
    table["sold to Russia"] = sold["value_usd"]
    table = (table.loc[1994:2023].astype(float) / 1e9).round(2)
    return table.rename_axis(columns="US$ billion")


def china_trade_by_partner(central_asia_trade, china_russia_trade_annual, states):
    """China's trade with each of the five states and with Russia, as China reports it.

    Take exports and imports together, from 2001 on, as China's customs report them in the
    International Monetary Fund's edition of 2025. Each partner has a row, and each year a column.
    Give the values in million dollars.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[rows["flow"] == "total"]
    table = rows.pivot(index="year", columns="state_iso3", values="value_usd")
    russia = china_russia_trade_annual.query("line == 'China customs (IMF IMTS)'")
    russia = russia[russia["flow"] == "total"].set_index("year")
    table["RUS"] = russia["value_usd"]
    table = (table.astype(float) / 1e6).round(1).rename(columns=states["name"]).T
    return table.rename_axis("partner").rename_axis(columns="US$ million")


def press_counts_2024(mirror_reports, states):
    """Trade of the five states with China in 2024, by China's customs and by others.

    Take what newspapers and agencies reported for the whole of 2024, in both directions. One column
    shows China's customs, the other anybody else who gave a figure: the state's own statistical
    agency or, if we found none of its, the Eurasian Development Bank. For Kyrgyzstan, nobody else
    gave one. The sum of the five is the reported sum. Give the values in billion dollars.
    """
    places = [*states.index[states["five"]], "CA5"]
    rows = mirror_reports[mirror_reports["flow"] == "total"]
    rows = rows[rows["period_start"].eq("2024-01") & rows["period_end"].eq("2024-12")]
    china = rows[rows["reporter_iso3"] == "CHN"].set_index("partner_iso3")["value_usd"]
    others = rows[rows["partner_iso3"] == "CHN"]
    own_first = others["publisher"].eq("Eurasian Development Bank").sort_values(kind="stable").index
    others = others.loc[own_first].groupby("reporter_iso3")["value_usd"].first()
    table = pd.DataFrame({"China's customs": china, "another count": others}).loc[places]
    table = (table.astype(float) / 1e9).round(1).rename(index=states["name"])
    return table.rename_axis("state").rename_axis(columns="US$ billion")
