"""What Chinese lenders signed for the five states, paid out, are owed and were paid."""

import pandas as pd


def chinese_finance_signed(chinese_finance_by_year, states):
    """Loans and grants of China's official lenders that were signed, by year and state.

    Take the amounts that AidData adds up for all classes of flow together. Give each of the five
    states a column, and add one for the whole world, which includes them. A year without a record
    is empty. These are commitments in constant dollars of 2021, not payments. Give the values in
    billion dollars.
    """
    chosen = [*states.index[states["five"]], "WLD"]
    rows = chinese_finance_by_year[chinese_finance_by_year["iso3"].isin(chosen)]
    sums = rows.groupby(["year", "iso3"])["adjusted_usd2021"].sum()
    table = sums.unstack("iso3")[chosen].rename(columns=states["name"])
    table = (table / 1e9).round(3)
    return table.rename_axis(columns="US$ billion of 2021")


def received_from_china(net_flows, states):
    """Official loans from China that were paid out, by year and state.

    Take the inflows that the ONE Campaign adds up from the World Bank's debt statistics. They are
    what the five states' public sectors received from China as an official lender. A year without a
    row is empty. Give the values in billion dollars.
    """
    rows = net_flows[net_flows["indicator"].str.startswith("bilateral")]
    rows = rows[rows["direction"] == "inflow"]
    sums = rows.groupby(["year", "iso3"])["value_usd"].sum()
    table = (sums.unstack("iso3") / 1e9).round(2).rename(columns=states["name"])
    return table.rename_axis(columns="US$ billion")


def paid_to_china(net_flows, states):
    """Principal and interest paid to China, by year and state.

    Take the outflows that the ONE Campaign adds up from the World Bank's debt statistics. They are
    what the five states' public sectors paid on official loans from China. Outflows are stored with
    a minus sign, so remove it. A year without a row is empty. Give the values in billion dollars.
    """
    rows = net_flows[net_flows["indicator"].str.startswith("bilateral")]
    rows = rows[rows["direction"] == "outflow"]
    sums = -rows.groupby(["year", "iso3"])["value_usd"].sum()
    table = (sums.unstack("iso3") / 1e9).round(2).rename(columns=states["name"])
    return table.rename_axis(columns="US$ billion")


def owed_to_china(debt_to_china, states):
    """What was owed to China at the end of each year, by state.

    Take the debt of the five states' public sectors to China as an official lender, up to the end
    of 2022. A year that the World Bank does not report is empty, which does not mean zero. Give the
    values in billion dollars.
    """
    rows = debt_to_china[debt_to_china["year"] <= 2022]
    table = rows.pivot(index="year", columns="iso3", values="debt_usd") / 1e9
    return table.round(2).rename(columns=states["name"]).rename_axis(columns="US$ billion")


def five_and_china(debt_to_china, debt_service, net_flows, world_bank, states):
    """What the five states received from China, owed it and paid it, and their GDP.

    Take what the five states' public sectors received from China as an official lender, as the ONE
    Campaign adds it up. From the World Bank, take what they owed China at the end of each year and
    what they paid it. Principal is a part of what was paid. Payments after 2022 are only due by
    contract. A year without a figure is empty, which does not mean zero. Give the values in million
    dollars.
    """
    paid = debt_service[debt_service["creditor_iso3"] == "CHN"]
    whole = paid[["principal_usd", "interest_usd"]].sum(axis=1, min_count=1)
    received = net_flows[net_flows["direction"] == "inflow"]
    received = received[received["indicator"].str.startswith("bilateral")]
    gdp = world_bank[world_bank["indicator"] == "gdp_usd"]
    parts = {
        "owed": debt_to_china.assign(usd=debt_to_china["debt_usd"]),
        "paid": paid.assign(usd=whole),
        "principal": paid.assign(usd=paid["principal_usd"]),
        "received": received.assign(usd=received["value_usd"]),
        "GDP": gdp.assign(usd=gdp["value"]),
    }
    rows = pd.concat(parts, names=["what"]).astype({"usd": float})
    sums = rows.groupby(["what", "year", "iso3"])["usd"].sum(min_count=1)
    table = sums.unstack("iso3")[states.index[states["five"]]] / 1e6
    return table.rename(columns=states["name"]).round(3).rename_axis(columns="US$ million")


def kazakhstan_three_lists(chinese_finance_by_year, chinese_finance_projects, aei_transactions):
    """Chinese money for Kazakhstan by year, by three lists that must not be added.

    AidData's first table adds up all records that are fit for adding, and its second table adds up
    those with a place on the map. The American Enterprise Institute's list holds large deals of
    Chinese firms, in the edition published in autumn 2021. AidData uses dollars of 2021, and the
    other list uses dollars of the year itself. A year in which a list has no entry is empty; in
    2001, this is true of all three.
    """
    money = chinese_finance_by_year[chinese_finance_by_year["iso3"] == "KAZ"]
    place = chinese_finance_projects[chinese_finance_projects["iso3"] == "KAZ"]
    deals = aei_transactions[aei_transactions["iso3"] == "KAZ"]
    deals = deals[deals["version"] == "2021 autumn"]
    placed = place.dropna(subset="amount_usd2021").groupby("commitment_year")
    table = pd.DataFrame({"all records": money.groupby("year")["adjusted_usd2021"].sum()})
    table["records with a place"] = placed["amount_usd2021"].sum().astype(float)
    table["deals of firms"] = deals.groupby("year")["value_usd"].sum()
    table = (table.reindex(range(2000, 2022)) / 1e9).round(2).rename_axis("year")
    return table.rename_axis(columns="US$ billion")


def aiddata_dollars(chinese_finance_projects, us_prices):
    """How many dollars of 2021 AidData makes of a dollar, compared with American prices.

    The titles of some projects state the sum that was signed, in dollars of the time. Divide
    AidData's amount in dollars of 2021 by this sum, and take the median of each year. The other
    column shows the ratio according to American consumer prices. Years in which no title states a
    sum are filled in from their neighbours.
    """
    said = chinese_finance_projects["title"].str.extract(r"provides \$([\d.]+) (billion|million)")
    signed = said[0].astype(float) * said[1].map({"billion": 1e9, "million": 1e6})
    factor = chinese_finance_projects["amount_usd2021"].astype(float) / signed
    factor = factor.groupby(chinese_finance_projects["commitment_year"]).median()
    prices = us_prices.set_index("year")["usd_2022_per_usd"]
    table = pd.DataFrame({"American prices": prices / prices[2021]}).loc[2000:2021]
    table["AidData"] = factor.reindex(table.index).interpolate(limit_direction="both")
    return table.round(2).rename_axis(columns="dollars of 2021 for a dollar of the year")


def creditors_paid(debt_service, states):
    """What the five states paid to each lending state in 2022.

    Add the principal and the interest of 2022, as the World Bank reports them. Each creditor has a
    row, and the row World is the total of all of them. Loans from international banks are not
    included. An empty cell is either zero or not reported, because the source cannot tell the two
    apart. Give the values in million dollars.
    """
    names = states["name"]
    rows = debt_service[debt_service["year"] == 2022]
    paid = rows["principal_usd"].fillna(0) + rows["interest_usd"].fillna(0)
    rows = rows.assign(paid=paid.astype(float) / 1e6)
    table = rows.pivot(index="creditor_iso3", columns="iso3", values="paid")
    table = table.rename(index=names, columns=names).round(1).rename_axis("creditor")
    return table.rename_axis(columns="US$ million")


def service_to_china(debt_service, states):
    """What was paid to China on official debt, by year and state.

    Take the rows with China as the creditor up to 2022, because later payments are only due, and
    add principal and interest. An empty cell is either zero or not reported, because the source
    cannot tell the two apart. Give the values in million dollars.
    """
    rows = debt_service[~debt_service["scheduled"]]
    rows = rows[rows["creditor_iso3"] == "CHN"]
    paid = rows["principal_usd"].fillna(0) + rows["interest_usd"].fillna(0)
    rows = rows.assign(paid=paid.astype(float) / 1e6)
    table = rows.pivot(index="year", columns="iso3", values="paid").rename(columns=states["name"])
    return table.round(3).rename_axis(columns="US$ million")


def service_to_all(debt_service, states):
    """What was paid to all lending states together, by year and state.

    Take the rows with the total of all creditors up to 2022, because later payments are only due,
    and add principal and interest. Loans from commercial banks and from international banks are not
    included. Give the values in million dollars.
    """
    rows = debt_service[~debt_service["scheduled"]]
    rows = rows[rows["creditor_iso3"] == "WLD"]
    paid = rows["principal_usd"].fillna(0) + rows["interest_usd"].fillna(0)
    rows = rows.assign(paid=paid.astype(float) / 1e6)
    table = rows.pivot(index="year", columns="iso3", values="paid").rename(columns=states["name"])
    return table.round(3).rename_axis(columns="US$ million")
