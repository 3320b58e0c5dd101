"""Which states joined the Belt and Road, when, and in which part of the world."""

import pandas as pd


def belt_road_by_year(belt_road_participants):
    """States that joined the Belt and Road, by year and part of the world.

    Take the states with a likely date of joining, by the year of that date. Count the states in
    each part of the world, as the World Bank divides it, but put South Asia, East Asia and the
    Pacific together. Leave out four states without a date, and China, whose initiative it is. A
    state that left later still counts as having joined.
    """
    parts = {
        "Europe & Central Asia": "Europe and Central Asia",
        "East Asia & Pacific": "Asia and the Pacific",
        "South Asia": "Asia and the Pacific",
        "Sub-Saharan Africa": "Africa south of the Sahara",
        "Middle East & North Africa": "Middle East, North Africa",
        "Latin America & Caribbean": "Latin America, Caribbean",
    }
    rows = belt_road_participants[belt_road_participants["join_year"].notna()]
    year = rows["join_year"].astype(int).rename("year")
    table = pd.crosstab(year, rows["region"].map(parts)).astype(float)
    table = table[list(dict.fromkeys(parts.values()))]
    return table.rename_axis(columns="states that joined in the year")


def belt_road_joined(belt_road_participants):
    """States that joined the Belt and Road in each year.

    Take the states with a likely date of joining, by the year of that date, and count them. Before
    2013 there was nothing to join, so these years have a zero. Leave out four states without a
    date, and China, whose initiative it is. A state that left later still counts as having joined.
    """
    counted = belt_road_participants.groupby("join_year").size().astype(float)
    counted.index = counted.index.astype(int)
    table = counted.reindex(range(2000, 2024), fill_value=0.0).rename("states").to_frame()
    return table.rename_axis("year").rename_axis(columns="states that joined in the year")


def belt_road_waves(belt_road_participants):
    """The states that joined the Belt and Road, in two waves.

    Take the states with a likely date of joining. The first wave consists of the states that joined
    by the end of 2017, and the second of those that joined from 2018 on. The code of three letters
    is the same as that of the states on the map.
    """
    rows = belt_road_participants[belt_road_participants["join_year"].notna()]
    early = rows["join_year"] <= 2017
    waves = early.map({True: "2013 to 2017", False: "2018 to 2023"})
    table = rows[["iso3", "name"]].assign(joined=waves)
    return table.set_index("iso3").rename(columns={"name": "state"})
