"""From whom the five buy arms and goods, and to whom they sell."""


def arms_by_supplier(arms_transfers, states):
    """Who delivered arms to the five from 2013 to 2022, in per cent of the volume.

    Take the deliveries of major arms known to SIPRI. Arms come in lumps, so add up ten years. Give
    the shares of Russia, of China, and of the largest other supplier, whose name is in brackets
    after the state's. SIPRI measures volume, not money. A supplier without a delivery in the
    register has zero.
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

    Take the lists of the World Factbook for 2022: the first five suppliers, in whole per cent.
    Give Russia, China, and the largest other supplier, whose name is in brackets after the
    state's; of several that are equal, the first by code. An empty cell means that it is not among
    the first five, which is not zero.
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

    Take the lists of the World Factbook for 2022: the first five buyers, in whole per cent. Give
    each of the five a column. An empty cell means that it is not among the first five, which is not
    zero.
    """
    names = states.loc[states["five"], "name"]
    rows = partner_shares[partner_shares["iso3"].isin(names.index)]
    rows = rows[(rows["year"] == 2022) & (rows["flow"] == "export")]
    table = rows.pivot(index="partner_name", columns="iso3", values="share_pct").astype(float)
    table = table[names.index].rename(columns=names).rename_axis("buyer")
    return table.rename_axis(columns="per cent of exports")
