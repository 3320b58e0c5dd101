"""Kazakhstan: its border with Russia, who lives near it, a disputed post, and what polls found."""

import pandas as pd


def border_lengths_as_stated(evidence):
    """The length of the border of Kazakhstan and Russia, as pages state it.

    Take the evidence on claim C57, one page in each row. Take the number of kilometres from our
    note on the page. Put the shortest length first. Leave out "over" and "more than".
    """
    rows = evidence[evidence["claim_id"] == "C57"]
    km = rows["finding"].str.extract(r"([\d,]{5}) km", expand=False)
    table = pd.DataFrame({"page": rows["publisher"], "km": km.str.replace(",", "").astype(float)})
    table["dated"] = rows["date"]
    return table.set_index("page").sort_values("km")


def border_on_maps(border_lengths):
    """The length of the border of Kazakhstan and Russia, as seven maps draw it.

    Take the three lines of Natural Earth and the four lines of OpenStreetMap that follow the points
    shared by both states' outlines. Put the coarsest line of each maker first. Lengths are measured
    on the globe along the full lines, so a line with more points keeps more bends.
    """
    rows = border_lengths[border_lengths["method"] != "ring"]
    rows = rows.sort_values(["family", "n_vertices"])
    table = pd.DataFrame({"map": rows["family"] + " " + rows["resolution"]})
    table["km"] = rows["length_km"]
    table["points"] = rows["n_vertices"].astype(float)
    return table.set_index("map")


def border_by_tolerance(border_lengths):
    """The length of the border on OpenStreetMap, by how far the line may stray.

    Take the eight lines of OpenStreetMap, each simplified to a tolerance in metres. Four lines
    follow the points that the outlines of both states share, and four follow only Kazakhstan's
    outline. Put the coarsest line first.
    """
    rows = border_lengths[border_lengths["family"] == "OpenStreetMap"]
    rows = rows.assign(tolerance=rows["resolution_m"].astype(int))
    table = rows.pivot(index="tolerance", columns="method", values="length_km")
    names = {"common vertices": "both outlines", "ring": "one outline"}
    table = table.rename(columns=names).sort_index(ascending=False)
    return table.rename_axis(columns="km")


def kazakhstan_census(ethnic_russians):
    """Ethnic Russians in Kazakhstan, at four censuses.

    Take the four censuses, and leave out later estimates. Give the numbers in millions. Add the
    whole population, if the page gives it, and the share in per cent as the page states it.
    """
    rows = ethnic_russians
    rows = rows[(rows["iso3"] == "KAZ") & (rows["kind"] == "census")].set_index("year")
    table = pd.DataFrame({"ethnic Russians": rows["ethnic_russians"].astype(float) / 1e6})
    table["everybody"] = rows["total_population"].astype(float) / 1e6
    table["share counted"] = rows["share_pct"].astype(float)
    return table.round(3)


def russians_in_four_states(ethnic_russians, world_bank, states):
    """Ethnic Russians in four states of Central Asia, in the newest row of each.

    Take the newest census or estimate of each state that has one; for Tajikistan there is none.
    Give the number in thousands and, if the page gives it, the share in per cent. Add the
    population of that year, in thousands, as the World Bank reports it.
    """
    rows = ethnic_russians.sort_values("year").groupby("iso3").tail(1)
    people = world_bank[world_bank["indicator"] == "population"]
    rows = rows.merge(people[["iso3", "year", "value"]], on=["iso3", "year"], how="left")
    table = pd.DataFrame(
        {"state": rows["iso3"].map(states["name"]), "year": rows["year"].astype(float)}
    )
    table["kind"] = rows["kind"]
    table["thousands"] = (rows["ethnic_russians"].astype(float) / 1e3).round(1)
    table["share"] = rows["share_pct"].astype(float)
    table["everybody"] = (rows["value"].astype(float) / 1e3).round(1)
    return table.set_index("state").sort_index()


def towns_by_border(places, place_names, border_kaz_rus, local_ethnic_shares):
    """Towns of Kazakhstan, by their distance to Russia.

    Take the towns that a map of the world names, under today's names if we found them. Measure how
    far each town is from the most detailed line of the border, in kilometres. Add the share of
    ethnic Russians, in per cent, for the few towns for which an encyclopaedia gives it. For the
    other towns we do not know the share, so the cell stays empty.
    """
    rows = places[places["iso3"] == "KAZ"]
    today = place_names.set_index("name")["current_name"]
    table = pd.DataFrame({"town": rows["name"].map(today).fillna(rows["name"])})
    table["on the map as"] = rows["name"]
    table[["kind", "lon", "lat"]] = rows[["kind", "lon", "lat"]]
    lines = border_kaz_rus.set_index(["resolution", "method"]).geometry
    flat = "+proj=aeqd +lat_0=51 +lon_0=66"
    border = lines.to_crs(flat)["10 m", "common vertices"]
    spots = type(lines).from_xy(table["lon"], table["lat"], crs="OGC:CRS84").to_crs(flat)
    table["km to Russia"] = (spots.distance(border) / 1000).round().to_numpy()
    known = local_ethnic_shares[local_ethnic_shares["kind"] == "town"].set_index("place")
    table["ethnic Russians"] = table["town"].map(known["russian_pct"]).astype(float)
    return table.round(2).set_index("town").sort_values("km to Russia")


def who_lives_near(local_ethnic_shares):
    """Who lives in six places near the border, according to encyclopaedias.

    Take all places for which a figure was found: towns, districts and a region. Give the shares of
    ethnic Russians and of ethnic Kazakhs. If the page gives no year, or no share of Kazakhs, the
    cell is empty. We looked for these places because they are near the border, so they are not a
    sample.
    """
    rows = local_ethnic_shares.sort_values("russian_pct", ascending=False)
    year = rows["year"].astype("string").fillna("not shown")
    place = rows["place"].str.replace("oblast", "region")
    table = pd.DataFrame({"place": place, "year": year})
    table["of the"] = rows["kind"].replace("oblast", "region")
    table["Russians"] = rows["russian_pct"].astype(float).round(1)
    table["Kazakhs"] = rows["kazakh_pct"].astype(float).round(1)
    return table.set_index(["place", "year"]).rename_axis(columns="per cent")


def reports_on_the_post(chosen_pages, evidence):
    """Who speaks, in eight findings of the press on the post of August 2022.

    Take the evidence on claims C53, C54 and C55, in the order of the register. Name the newspaper
    or site, and what we found in it. Who speaks in each finding is our reading: the account that
    published the words, an aide of the account's owner, the platform, or the politician himself.
    """
    chosen = chosen_pages.query("view == 'reports_on_the_post'").set_index("evidence_id")
    rows = evidence.set_index("evidence_id").loc[chosen.index].rename_axis("evidence")
    table = pd.DataFrame({"told by": rows["publisher"], "what it says": rows["finding"]})
    return table.assign(**{"who speaks": chosen["label"]})


def attack_poll(opinion_polls):
    """Could Russia attack Kazakhstan? What people there answered.

    Take Demoscope's question in its two waves, November 2022 and May 2023. Give each wave a column
    and each answer a row. Different people were asked in the two waves.
    """
    rows = opinion_polls[opinion_polls["question"] == "Could Russia attack Kazakhstan?"]
    rows = rows.assign(wave=rows["poll"].str.removeprefix("Demoscope, "))
    table = rows.pivot(index="answer", columns="wave", values="percent").astype(float)
    table = table.loc[["possible", "possible under some conditions", "impossible"]]
    return table[["Nov 2022", "May 2023"]].rename_axis(columns="per cent")


def sides_in_the_war(demoscope_waves):
    """Which side in the war do you support? Four waves of a poll in Kazakhstan.

    Take Demoscope's waves, sorted by month. Give the shares for Russia, for Ukraine and for
    neither. Add how many people were asked, and what share of the interviews was in Russian. If we
    did not find this share, the cell stays empty.
    """
    rows = demoscope_waves.assign(month=pd.PeriodIndex(demoscope_waves["month"], freq="M"))
    names = {"for_russia_pct": "Russia", "for_ukraine_pct": "Ukraine", "neutral_pct": "neither"}
    names |= {"sample_size": "asked", "interviews_russian_pct": "in Russian"}
    table = rows.set_index("month").sort_index()[[*names]].rename(columns=names)
    return table.astype(float)


def margins_in_the_war_poll(demoscope_waves):
    """The margins of error of four waves of a poll in Kazakhstan.

    Take the shares for Russia, for Ukraine and for neither in Demoscope's waves, and how many
    people were asked. The margin is calculated as in the chapter, for 95 samples in 100. It
    describes only the error that comes from chance.
    """
    rows = demoscope_waves.assign(month=pd.PeriodIndex(demoscope_waves["month"], freq="M"))
    names = {"for_russia_pct": "Russia", "for_ukraine_pct": "Ukraine", "neutral_pct": "neither"}
    rows = rows.set_index("month").sort_index().rename(columns=names)
    share = rows[["Russia", "Ukraine", "neither"]].astype(float)
    spread = (share * (100 - share)).div(rows["sample_size"].astype(float), axis=0)
    return (1.96 * spread**0.5).round(2).rename_axis(columns="points")


def sides_by_language(opinion_groups):
    """Which side in the war, by the language of the interview, March 2022.

    Take Demoscope's wave of March 2022, for which the pollster gave the shares for Russia and for
    Ukraine separately for interviews in Russian and in Kazakh. For Russia, the page breaks off
    after the two numbers, so we follow the sentence before to tell which number is which.
    """
    rows = opinion_groups[opinion_groups["poll"] == "Demoscope, Mar 2022"]
    rows = rows[rows["question"] == "Which side in the war do you support?"]
    language = rows["group"].str.removeprefix("interviewed in ")
    rows = rows.assign(language=language)
    table = rows.pivot(index="language", columns="answer", values="percent").astype(float)
    return table.rename_axis(columns="per cent")
