"""Where the ways of Central Asia lie, how large a map makes a state, and what trains carry."""

import pandas as pd


def towns_on_the_way(waypoints):
    """Towns on roads and railways of the region, as positions.

    Take the towns that the course uses to draw its routes. Their positions come from two
    gazetteers. Longitude comes first, as in most software: degrees east, then degrees north.
    """
    table = waypoints.set_index("name")[["lon", "lat"]].round(3)
    table.columns = ["longitude", "latitude"]
    return table.rename_axis("town").rename_axis(columns="degrees")


def sizes_by_map(countries_region):
    """How large Russia and China are on three maps.

    Draw the outlines of both states on each map and measure their areas there. The equal-area map
    keeps the sizes that they have on the globe, but the other two maps do not. Natural Earth draws
    Crimea (Ukraine; annexed by Russia in 2014) with Russia, so it is counted there. The other
    occupied parts of Ukraine are counted as Ukraine.
    """
    states = countries_region.set_index("iso3").loc[["RUS", "CHN"]].geometry.segmentize(0.5)
    equal = "+proj=aea +lat_1=30 +lat_2=55 +lat_0=43 +lon_0=80 +datum=WGS84"
    plain = "+proj=eqc +datum=WGS84"
    swollen = "+proj=merc +lon_0=80 +datum=WGS84"
    table = pd.DataFrame({"equal-area Albers": states.to_crs(equal).area / 1e12})
    table["plate carrée"] = states.to_crs(plain).area / 1e12
    table["Mercator"] = states.to_crs(swollen).area / 1e12
    table = table.T.round(1)
    table.columns = ["Russia", "China"]
    return table.rename_axis("map").rename_axis(columns="million square km, as the map shows it")


def region_freight(transport_corridors):
    """Freight by rail to and through Central Asia, as the operators state it.

    Keep whole years, and freight in tonnes. Kazakhstan's railway reports the freight that crosses
    the border between Kazakhstan and China. For the freight that crosses the Caspian Sea, the
    source is the operators' association of the Middle Corridor up to 2023, and a holding company in
    Azerbaijan for 2024. An empty cell is a year for which we found no figure. Some goods may be
    counted on both ways, so the two are not added up.
    """
    rows = transport_corridors[transport_corridors["measure"] == "cargo"]
    year, months = rows["period_end"].dt.year, rows["period_end"].dt.month
    rows = rows[months.eq(12) & rows["period_start"].dt.month.eq(1)].assign(year=year)
    reporters = ["KTZ", "TITR Association through World Bank", "AZCON Holding"]
    routes = ["Kazakhstan-China rail", "Middle Corridor"]
    rows = rows[rows["publisher"].isin(reporters) & rows["route"].isin(routes)]
    rows = rows.assign(tonnes=rows["value"] / 1000)
    table = rows.pivot(index="year", columns="route", values="tonnes").astype(float).round(2)
    table.columns = ["Kazakhstan and China, by rail", "Middle Corridor"]
    return table.rename_axis(columns="million tonnes")


def ways_to_tashkent(waypoints, routes):
    """Two ways from Xi'an to Tashkent, as positions.

    The southern way follows an old road to Kashgar, and then today's road through Osh. The northern
    way is a railway through Urumqi and Almaty. For both ways, the course chose towns and connected
    them by straight lines. Longitude comes first.
    """
    positions = waypoints.set_index("name")[["lon", "lat"]].round(3)
    stops = routes.set_index(["route_id", "seq"])["waypoint"]
    south = [*stops["ancient_road"].loc[:12], *stops["cku_road"].loc[2:]]
    north = [*stops["rail_alashankou"].loc[:6], *stops["rail_khorgos"].loc[2:6], "Tashkent"]
    ways = {"south": positions.loc[south], "north": positions.loc[north]}
    table = pd.concat(ways, names=["way", "town"])
    table.columns = ["longitude", "latitude"]
    return table.rename_axis(columns="degrees")
