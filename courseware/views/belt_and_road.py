"""Who joined the Belt and Road, when, and what ceiling a curve would have foretold."""

import pandas as pd


def belt_road_by_year(belt_road_participants):
    """States that joined the Belt and Road, by year and part of the world.

    Take the states with a likely date, by the year of that date. Count those of each part of the
    world, as the World Bank divides it; South Asia, East Asia and the Pacific are put together.
    Four states without a date are left out, and China, whose initiative it is. A state that left
    later still counts as having joined.
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


def belt_road_waves(belt_road_participants):
    """The states that joined the Belt and Road, in two waves.

    Take the states with a likely date. Those that joined by the end of 2017 are the first wave,
    those from 2018 on the second. The code of three letters is that of the map's states.
    """
    rows = belt_road_participants[belt_road_participants["join_year"].notna()]
    early = rows["join_year"] <= 2017
    waves = early.map({True: "2013 to 2017", False: "2018 to 2023"})
    table = rows[["iso3", "name"]].assign(joined=waves)
    return table.set_index("iso3").rename(columns={"name": "state"})


def belt_road_ceilings(belt_road_participants):
    """How many states would join in the end, as a curve would have foretold each year.

    Take how many states had joined by the end of each year, and the growth since the year before.
    A logistic curve is one whose growth falls in a straight line as the number rises; where that
    line reaches nought is the ceiling. Fit the line to the years known by then, and read off the
    ceiling. Three years of growth are the least for a line.
    """
    so_far = belt_road_participants.groupby("join_year").size().astype(float).cumsum()
    before = so_far.shift(1).iloc[1:]
    growth = (so_far / before - 1).iloc[1:]
    slope = before.expanding(3).cov(growth) / before.expanding(3).var()
    middle = growth.expanding(3).mean() / slope
    table = pd.DataFrame({"joined so far": so_far})
    table["ceiling foretold"] = before.expanding(3).mean() - middle
    table = table.loc[2016:].round()
    table.index = table.index.astype(int)
    return table.rename_axis("known up to").rename_axis(columns="states")
