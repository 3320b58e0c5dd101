"""Who trades with whom: one flow as a part of two wholes, suppliers, buyers and their shares."""

import pandas as pd


def one_flow_two_totals(partner_trade):
    """What China and Russia sell each other, and each side's trade with all partners.

    Take the trade that the Correlates of War project lists for every pair of states. What China
    sells to Russia is a part of all that China exports and of all that Russia imports. What Russia
    sells to China is a part of all that Russia exports and of all that China imports. Give the
    values in billion dollars. The series ends in 2014, and for 1992 to 1994, trade among former
    Soviet states is mostly missing from Russia's sums.
    """
    rows = partner_trade.astype({"value_usd": float})
    keys = ["iso3", "flow", "year"]
    table = rows.pivot(index=keys, columns="partner_iso3", values="value_usd") / 1e9
    chinas, russias = table.loc["CHN"], table.loc["RUS"]
    sells = {"China sells": ("export", "import"), "Russia sells": ("import", "export")}
    parts = {
        words: pd.DataFrame(
            {
                "flow": russias.loc[of_russia, "CHN"],
                "Russia, all": russias.loc[of_russia, "WLD"],
                "China, all": chinas.loc[of_china, "WLD"],
            }
        )
        for words, (of_china, of_russia) in sells.items()
    }
    table = pd.concat(parts, names=["goods", "year"]).round(3)
    return table.rename_axis(columns="US$ billion")


def listed_shares(partner_shares, states):
    """The share of each of seven partners in exports and imports, if it is on the list.

    Take the World Factbook's lists of main partners. The share of a partner that is not on a list
    cannot be larger than that of the last partner on the list. It also cannot be larger than what
    the list leaves over, for which each rounded share counts half a point less. This upper limit is
    in the column "at most".
    """
    seven = states["name"][states["power"] | states["five"]]
    keys = ["iso3", "flow", "year"]
    rows = partner_shares.astype({"share_pct": float})
    table = rows.pivot(index=keys, columns="partner_iso3", values="share_pct")
    table = table.reindex(columns=seven.index).rename(columns=seven)
    lists = rows.groupby(keys)["share_pct"]
    over = (100 - lists.sum()).clip(lower=0) + lists.size() / 2
    table["at most"] = lists.min().clip(upper=over).round(3)
    return table.rename_axis(columns="per cent")


def russian_crude_2022(oil_flows, energy_production, china_crude_imports):
    """Russian crude oil in 2022, and what it is a part of.

    Take what Russia sent to China and to all buyers, according to the Energy Institute's review in
    its edition of 2023. The table also shows all the oil that Russia produced and all the oil that
    China used, according to the same review, and all the crude oil that China imported, according
    to China's customs.
    """
    sent = oil_flows[(oil_flows["year"] == 2022) & (oil_flows["product"] == "crude_oil")]
    sent = sent[sent["origin_iso3"] == "RUS"].set_index("destination_name")["volume_mt"]
    made = energy_production[energy_production["year"] == 2022]
    made = made.set_index(["iso3", "series"])["value"]
    table = pd.DataFrame({"million tonnes": sent[["China", "World"]]})
    table.index = ["sent to China", "Russia's exports"]
    table.loc["Russia's output"] = made["RUS", "oil_production"]
    table.loc["China's use"] = made["CHN", "oil_consumption"]
    bought = china_crude_imports.query("year == 2022 and origin_iso3 == 'WLD'")["volume_mt"]
    table.loc["China's imports"] = bought.sum()
    return table.round(1).rename_axis("oil")


def kazakhstan_sells_to_china(central_asia_trade, world_trade):
    """What Kazakhstan sold to China, as each side reports it, and each side's total.

    Take the exports to China that Kazakhstan reports, and the imports from Kazakhstan that China's
    customs report. Both describe one flow, but the two numbers differ. Next to each number, give
    the total of which it is a part: all exports that Kazakhstan reports, and all imports that China
    reports. Give the values in billion dollars.
    """
    rows = central_asia_trade.query("state_iso3 == 'KAZ' and power_iso3 == 'CHN'")
    ours = rows.query("line == 'Kazakhstan (WITS top five)' and flow == 'export'")
    theirs = rows.query("line == 'China customs (IMF IMTS)' and flow == 'import'")
    world = world_trade.pivot(index="year", columns=["iso3", "flow"], values="world_usd")
    table = pd.DataFrame({"Kazakhstan counts": ours.set_index("year")["value_usd"]})
    table["all that Kazakhstan sold"] = world["KAZ", "export"]
    table["China counts"] = theirs.set_index("year")["value_usd"]
    table["all that China bought"] = world["CHN", "import"]
    table = (table.astype(float) / 1e9).round(3).dropna()
    return table.rename_axis(columns="US$ billion")


def listed_buyers(partner_shares, states):
    """The main buyers of what the five states export, as the World Factbook lists them.

    Take the lists of main partners, for exports only. One row is a state, a year and a buyer, with
    the buyer's share in per cent. A buyer that is missing has a smaller share than the last buyer
    on the list.
    """
    names = states.loc[states["five"], "name"]
    rows = partner_shares[partner_shares["flow"] == "export"]
    rows = rows[rows["iso3"].isin(names.index)].reset_index(drop=True)
    table = pd.DataFrame({"state": rows["iso3"].map(names), "year": rows["year"]})
    table["buyer"] = rows["partner_name"]
    table["share"] = rows["share_pct"].astype(float)
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    return table


def arms_by_supplier(arms_transfers, states):
    """Who delivered arms to the five from 2013 to 2022, in per cent of the volume.

    Take the deliveries of major arms known to SIPRI. A state may receive many arms in one year and
    none in the next, so add up ten years. Give the shares of Russia, of China, and of the largest
    other supplier, whose name is in brackets after the state's. SIPRI measures volume, not money. A
    supplier without a delivery in the register has zero.
    """
    names = states.loc[states["five"], "name"]
    rows = arms_transfers[arms_transfers["year"].between(2013, 2022)]
    rows = rows[rows["recipient_iso3"].isin(names.index)]
    sums = rows.groupby(["recipient_iso3", "supplier_name"])["tiv_million"].sum().unstack()
    shares = sums.div(sums.sum(axis=1), axis=0).fillna(0).astype(float) * 100
    others = shares.drop(columns=["Russia", "China"])
    table = shares[["Russia", "China"]].assign(other=others.max(axis=1)).round(1)
    table.index = table.index.map(names) + " (" + others.idxmax(axis=1) + ")"
    table = table.rename(columns={"other": "largest other"}).rename_axis("state (largest other)")
    return table.rename_axis(columns="per cent of the volume")


def imports_by_supplier(partner_shares, states):
    """From whom the five bought goods in 2022, in per cent of their imports.

    Take the lists of the World Factbook for 2022, which give the first five suppliers in whole per
    cent. Give the shares of Russia, of China, and of the largest other supplier, whose name is in
    brackets after the state's. If several are equally large, take the first by code. An empty cell
    means that the supplier is not among the first five, which does not mean zero.
    """
    names = states.loc[states["five"], "name"]
    rows = partner_shares[partner_shares["iso3"].isin(names.index)]
    rows = rows[(rows["year"] == 2022) & (rows["flow"] == "import")].sort_values("partner_iso3")
    shares = rows.pivot(index="iso3", columns="partner_name", values="share_pct").astype(float)
    others = rows[~rows["partner_iso3"].isin(["RUS", "CHN"])].set_index("partner_name")
    first = others.astype({"share_pct": float}).groupby("iso3")["share_pct"].idxmax()
    table = shares[["Russia", "China"]].copy()
    table["largest other"] = others.groupby("iso3")["share_pct"].max().astype(float)
    table.index = table.index.map(names) + " (" + first + ")"
    table = table.rename_axis("state (largest other)")
    return table.rename_axis(columns="per cent of imports")


def exports_by_buyer(partner_shares, states):
    """To whom the five sold goods in 2022, in per cent of each state's exports.

    Take the lists of the World Factbook for 2022, which give the first five buyers in whole per
    cent. Give each of the five states a column. An empty cell means that the buyer is not among the
    first five, which does not mean zero.
    """
    names = states.loc[states["five"], "name"]
    rows = partner_shares[partner_shares["iso3"].isin(names.index)]
    rows = rows[(rows["year"] == 2022) & (rows["flow"] == "export")]
    table = rows.pivot(index="partner_name", columns="iso3", values="share_pct").astype(float)
    table = table[names.index].rename(columns=names).rename_axis("buyer")
    return table.rename_axis(columns="per cent of exports")
