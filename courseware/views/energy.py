"""What pipelines and tankers carry from Central Asia and Russia, and who buys it."""

import pandas as pd


def gas_lines(pipelines):
    """Gas pipelines between Central Asia, Russia and China, as positions.

    Keep the lines for gas. Name each by the pipeline and, where it is listed in parts, by the part.
    The capacity is what the line was designed for, in billion cubic metres (bcm) a year. The status
    is that of October 2024.
    """
    lines = pipelines[pipelines["commodity"] == "gas"]
    part = (", " + lines["segment"].str.replace(": Pipeline Extension", "")).fillna("")
    names = lines["name"].str.replace(" Gas Pipeline", "")
    lines = lines.assign(line=names + part.str.replace(" Gas Pipeline", ""))
    names = {"countries": "states", "capacity": "bcm a year", "route_length_km": "km"}
    lines = lines.rename(columns=names).astype({"km": float})
    lines = lines.set_index("line").sort_values("status", kind="stable")
    return lines[["status", "bcm a year", "km", "states", "geometry"]]


def gas_to_china(gas_flows):
    """Gas that China bought by pipeline, by seller.

    Take pipeline gas that arrives in China, as the Energy Institute's yearly review lists it (until
    its edition of 2022 the company bp's). Each year comes from that year's own edition, and 2022
    is printed with one decimal only. The last column is the sum over all sellers.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["destination_iso3"] == "CHN"]
    table = rows.pivot(index="year", columns="origin_name", values="gas_bcm").round(1)
    table = table.rename(columns={"World": "all sellers"})
    sellers = ["Russia", "Kazakhstan", "Turkmenistan", "Uzbekistan", "Myanmar", "all sellers"]
    return table[sellers].rename_axis(columns="bcm")


def region_gas_by_buyer(gas_flows):
    """Pipeline gas of the CIS without Russia, by two of its buyers.

    Take pipeline gas sent by the states that the Energy Institute calls "Other CIS", in its edition
    of 2024. Keep what went to Russia and to China. Azerbaijan is one of these states; what went to
    China came from Turkmenistan, Uzbekistan and Kazakhstan alone.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_name"].str.startswith("Other CIS")]
    table = rows.pivot(index="year", columns="destination_iso3", values="gas_bcm")
    table = table[["RUS", "CHN"]].round(1)
    table.columns = ["Russia", "China"]
    return table.rename_axis(columns="bcm")


def russian_gas_by_buyer(gas_flows):
    """Russian pipeline gas by two of its buyers.

    Take pipeline gas sent by Russia in the Energy Institute's edition of 2024. Keep what went to
    Europe, the publisher's group with Türkiye in it, and what went to China.
    """
    rows = gas_flows[gas_flows["series"].eq("interregional") & gas_flows["fuel"].eq("pipeline_gas")]
    rows = rows[rows["origin_iso3"] == "RUS"]
    table = rows.pivot(index="year", columns="destination_name", values="gas_bcm")
    return table[["Europe", "China"]].round(1).rename_axis(columns="bcm")


def gas_needs_2022(gas_flows, energy_production):
    """Who needs whom: Turkmenistan's gas and China, 2022.

    Take what Turkmenistan sent to China by pipeline in 2022. Divide it by all that Turkmenistan
    sent abroad by pipeline, by all that it produced, by all that China bought by pipeline, and by
    all the gas that China used. The five numbers are the Energy Institute's.
    """
    rows = gas_flows[(gas_flows["series"] == "matrix") & (gas_flows["fuel"] == "pipeline_gas")]
    rows = rows[rows["year"] == 2022].set_index(["origin_iso3", "destination_iso3"])["gas_bcm"]
    made = energy_production[energy_production["year"] == 2022]
    made = made.set_index(["iso3", "series"])["value"]
    wholes = {"all gas that China uses": made["CHN", "gas_consumption"]}
    wholes |= {"China's imports by pipe": rows["WLD", "CHN"]}
    wholes |= {"Turkmenistan's production": made["TKM", "gas_production"]}
    wholes |= {"Turkmenistan's exports by pipe": rows["TKM", "WLD"]}
    share = rows["TKM", "CHN"] / pd.Series(wholes) * 100
    table = pd.DataFrame({"share": share.round(1)})
    return table.rename_axis("out of").rename_axis(columns="per cent")


def products_to_africa(russian_oil_products, oil_flows):
    """Russian oil products to Africa in 2023, by two publishers.

    Take what the Energy Institute lists of all products to Africa. Beside it stands what a trade
    service (LSEG) counts of diesel alone.
    """
    listed = oil_flows[oil_flows["origin_iso3"].eq("RUS") & oil_flows["year"].eq(2023)]
    listed = listed[listed["product"].eq("oil_products") & listed["destination_name"].eq("Africa")]
    diesel = russian_oil_products[russian_oil_products["year"].eq(2023)]
    diesel = diesel[diesel["destination_name"] == "Africa"]
    numbers = [listed["volume_mt"].sum(), diesel["volume_mt"].sum()]
    table = pd.DataFrame({"to Africa": numbers}).round(1)
    table.index = ["all products, Energy Institute", "diesel alone, LSEG"]
    return table.rename_axis("what is counted").rename_axis(columns="million tonnes")


def gas_deals(gas_pipeline_events):
    """Steps of the gas pipelines to China: deals, openings, delays.

    Take all steps that the course found; it is no full history. Write the date as exactly as it is
    known: a day, a month or a year.
    """
    rows = gas_pipeline_events.sort_values("date", kind="stable")
    day, known = rows["date"].dt, rows["date_precision"]
    when = day.day.astype(str) + day.strftime(" %B %Y")
    when = when.mask(known == "month", day.strftime("%B %Y"))
    when = when.mask(known == "year", day.strftime("%Y"))
    rows = rows.assign(when=when).set_index("when")
    rows = rows.rename(columns={"event": "what happened", "publisher": "who says so"})
    return rows[["date", "pipeline", "what happened", "who says so"]]
