"""The summit of Xi'an: meetings of the six, a month of the five, promises, security, freight."""

import pandas as pd


def china_five_meetings(timeline):
    """Meetings of China with all five states, 2020 to 2025.

    Take nine events of the course's list: the leaders' meetings of the six and the foreign
    ministers'. Who met and how is read from each event's own words. A meeting that names a city,
    and is not said to be by video, counts as in person; the city is the one that it names.
    """
    keys = ["T27", "T29", "T33", "T39", "T49", "T53", "T66", "T85", "T72"]
    rows = timeline.set_index("event_id").loc[keys].rename_axis("event")
    said = rows["description"].str.lower()
    ministers, video = said.str.contains("minister"), said.str.contains("video")
    cities = "(Xi'an|Nur-Sultan|Chengdu|Almaty|Astana)"
    table = rows[["date"]].assign(who="leaders", how="in person")
    table["who"] = table["who"].mask(ministers, "foreign ministers")
    table["how"] = table["how"].mask(video, "by video")
    table["city"] = rows["description"].str.extract(cities, expand=False)
    return table


def five_in_spring_2023(timeline, states):
    """The five states with outside powers, late February to late May 2023.

    Take six events of the course's list in which all or some of the five meet China, Russia or
    the United States. The vote at the United Nations, which all states attend, is not among them.
    Say with whom they met, and how many of the five the event names. Two presidents took part by
    video on 25 May.
    """
    short = {"T126": "C5+1 in Astana"}
    short |= {"T49": "ministers in Xi'an", "T50": "parade in Moscow"}
    short |= {"T82": "visa agreement in Xi'an", "T53": "summit in Xi'an"}
    short |= {"T88": "union in Moscow"}
    rows = timeline[timeline["event_id"].isin(short)].sort_values("date")
    five = "|".join(states.index[states["five"]])
    actors = rows["actors"].str.replace("Kassym-Jomart Tokayev", "KAZ")
    actors = actors.str.replace("Emomali Rahmon", "TJK")
    named = actors.str.count(five)
    table = rows[["date"]].assign(what=rows["event_id"].map(short), partner="China")
    table["partner"] = table["partner"].mask(actors.str.contains("Putin"), "Russia")
    table["partner"] = table["partner"].mask(actors.str.contains("USA"), "United States")
    table["of the five"] = named.mask(actors.str.contains("CA5|five"), 5).astype(float)
    return table.set_index("what")


def promises_of_xian(agreements):
    """Sixteen promises of Xi'an, and how each stood when we last looked.

    Take the course's list of promises from the week of the summit, with the kind of each and the
    status that pages show: kept, under way, late, not found, cannot be known. Give the day on
    which it was promised and the day of the first deed that shows it kept; an empty day means that
    no deed was found, or that there is no single day. Say what kind of page shows it. Put the
    kinds of which most was kept first.
    """
    states = ["kept", "under way", "late", "not found", "cannot be known"]
    kinds = ["meetings and rules", "goods, money, building", "culture", "joint work"]
    columns = {"kind": "kind", "status": "status", "promised_on": "promised", "done_on": "done"}
    rows = agreements.assign(place=agreements["status"].map(states.index))
    rows = rows.assign(first=rows["kind"].map(kinds.index))
    rows = rows.sort_values(["first", "place"], kind="stable").set_index("short_label")
    table = rows[[*columns]].rename(columns=columns).rename_axis("promise")
    table["page"] = rows["source_kind"].fillna("no page")
    table["what was found"] = rows["found"]
    return table


def security_beside_the_summit(security_ties, states):
    """China's security ties with the five: said at Xi'an, and not found there.

    Take China's ties up to May 2023, but for the shares of arms imports. What the reports of the
    summit speak of is in one column; what they do not speak of, as far as we read them, is in the
    other. An empty place says only that the tie is in the other column. Times are given as far as
    they are known.
    """
    rows = security_ties[security_ties["power_iso3"] == "CHN"]
    rows = rows[rows["at_xian"].isin(["said", "not found"]) & (rows["kind"] != "arms share")]
    said = rows["at_xian"] == "said"
    years = rows["period_start"] + "–" + rows["period_end"].fillna("")
    table = pd.DataFrame({"tie": rows["tie_id"], "when": rows["period_start"]})
    table["when"] = table["when"].mask(rows["kind"] == "meetings", years)
    table["with"] = rows["with_iso3"].replace({"CA5": "the five"}).replace(states["name"])
    table["said at Xi'an"] = rows["what"].where(said, "")
    table["not found there"] = rows["what"].mask(said, "")
    table["publisher"] = rows["publisher"]
    return table.set_index("tie")


def arms_shares_by_window(arms_transfers, states):
    """China's and Russia's shares of the arms that the five received, in four windows.

    Take SIPRI's register of deliveries to the five states, by volume. Add up windows of five
    years, so that no year counts twice; the last ends before the article. Divide what came from
    each of the two powers by what came from everybody. A zero is a window in which the register
    has no delivery.
    """
    five = states.index[states["five"]]
    rows = arms_transfers[arms_transfers["recipient_iso3"].isin(five)]
    rows = rows[rows["year"].between(2003, 2022)]
    first = rows["year"] - (rows["year"] - 2003) % 5
    rows = rows.assign(window=first.astype(str) + "–" + (first + 4).astype(str))
    table = rows.pivot_table("tiv_million", "window", "supplier_name", "sum", fill_value=0)
    table = table[["China", "Russia"]].div(table.sum(axis=1), axis=0).astype(float) * 100
    table = table.round(1).rename_axis(index="window")
    return table.rename_axis(columns="per cent of the five's arms, by volume")


def china_trade_with_five(central_asia_trade, states):
    """China's trade with the five states, by China's customs.

    Take exports and imports together as China's customs count them, in the edition of the
    International Monetary Fund. Give each state a column, and all five together the last. Turn
    dollars into billions; they are dollars of the year itself.
    """
    names = states.loc[states["five"], "name"]
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[rows["flow"] == "total"]
    table = rows.pivot(index="year", columns="state_iso3", values="value_usd") / 1e9
    table = table[names.index].rename(columns=names)
    table["all five"] = table.sum(axis=1, min_count=5)
    return table.round(2).rename_axis(columns="US$ billion")


def freight_of_the_region(transport_corridors):
    """Freight between China and the region by rail, whole years.

    Take the whole years for two routes: goods by rail between Kazakhstan and China, as
    Kazakhstan's railway counts them, in million tonnes, and freight trains between China and
    Central Asia. Trains between China and Europe, which only pass through, are left out. A year
    that no page gave stays empty.
    """
    names = {"Kazakhstan-China rail": "Kazakhstan–China, million tonnes"}
    names |= {"China-Central Asia trains": "China–Central Asia, trains"}
    rows = transport_corridors[transport_corridors["route"].isin([*names])]
    first, last = rows["period_start"].dt, rows["period_end"].dt
    rows = rows[(first.month == 1) & (last.month == 12)]
    rows = rows.assign(year=rows["period_start"].dt.year)
    rows = rows.assign(amount=rows["value"].mask(rows["measure"] == "cargo", rows["value"] / 1000))
    table = rows.pivot(index="year", columns="route", values="amount")
    return table[[*names]].rename(columns=names).rename_axis(columns="whole years")


def ties_begin(timeline):
    """Three days in the relations of China with the five.

    Take three events of the course's list: the first day of the week in which China and the five
    established relations, the leaders' meeting by video, and the last day of the summit of Xi'an.
    Some pages let that first week end on 6, others on 7 January 1992.
    """
    names = {"T08": "relations begin", "T33": "video summit", "T53": "Xi'an"}
    rows = timeline.set_index("event_id").loc[[*names]]
    table = rows[["date"]].rename(index=names)
    return table.rename_axis("day")


def official_words(wording):
    """Official words of the summit, and what became of them in our copy.

    Take five phrases of the course's list of damaged places that come from the summit's papers.
    Give for each the words that were probably there, and how sure we are of that.
    """
    rows = wording.set_index("item_id").loc[["G05", "G08", "G09", "G10", "G11"]]
    columns = {"phrase": "in our copy", "likely_original": "probably"}
    table = rows[[*columns, "confidence"]].rename(columns=columns)
    return table.set_index("in our copy")


def railway_and_pipe(timeline):
    """Steps of a railway and of a gas line, 2014 to 2024.

    Take the dated steps of the railway from China through Kyrgyzstan to Uzbekistan and of Line D,
    a gas line through Tajikistan, from the course's list of events. Name each by what it was: a
    paper, an agreement, a start, a delay. A plan is not a step and is left out.
    """
    steps = {"T22": "ground broken", "T43": "paper on one section", "T53": "Xi'an"}
    steps |= {"T61": "held up", "T64": "agreement", "T67": "start of work"}
    rows = timeline[timeline["event_id"].isin([*steps])].sort_values("date")
    table = rows[["date"]].assign(step=rows["event_id"].map(steps), work="railway")
    table["work"] = table["work"].mask(rows["event_id"].isin(["T22", "T61"]), "gas Line D")
    return table.set_index("step")


def leaders_met_the_five(timeline, states):
    """Meetings of one outside power with the leaders of all five states, 2022 to 2025.

    Take eight events of the course's list in which the leaders of the five meet China, Russia,
    the European Union or the United States, and nobody else. Say who the partner was, and how
    they met, by the event's own words. The list grew around an article on China, so it may lack
    meetings with others.
    """
    keys = ["T33", "T45", "T53", "T57", "T68", "T72", "T74", "T75"]
    named = {"Xi Jinping": "CHN", "Vladimir Putin": "RUS"}
    rows = timeline.set_index("event_id").loc[keys].rename_axis("event")
    first = rows["actors"].str.split(";").str[0]
    table = pd.DataFrame(
        {"partner": first.replace(named).replace(states["name"]), "date": rows["date"]}
    )
    table["how"] = "in person"
    table["how"] = table["how"].mask(rows["description"].str.contains("video"), "by video")
    table["publisher"] = rows["publisher"]
    return table


def railway_pages(evidence):
    """Four pages on one railway, and what is known of them.

    Take four pages on the railway from China through Kyrgyzstan to Uzbekistan from the course's
    evidence. Give the class of each: first-hand, relayed or reposted. The remark says what the
    course noted when it read the page.
    """
    rows = evidence.set_index("evidence_id").loc[["E094", "E095", "E096", "E097"]]
    columns = {"publisher": "publisher", "source_class": "class", "source_note": "remark"}
    table = rows[[*columns]].rename(columns=columns).rename_axis("page").reset_index()
    table["remark"] = table["remark"].fillna("none")
    return table.set_index(rows["date"].rename("dated"))


def railway_starts(timeline, evidence):
    """When work on the railway began, by two pages.

    One page has a ceremony, to the day. The other has a month and no day: at the earliest work
    began on its first day, at the latest on its last.
    """
    ceremony = timeline.set_index("event_id").loc["T67", "date"]
    note = evidence.set_index("evidence_id").loc["E097", "source_note"]
    month = pd.Timestamp(note.split("start of work in ")[1].split(";")[0])
    table = pd.DataFrame({"earliest": [ceremony, month]}, index=["E096", "E097"])
    table["latest"] = [ceremony, month + pd.offsets.MonthEnd(0)]
    return table.rename_axis("page")


def china_trade_by_state(central_asia_trade, states):
    """China's trade with each of the five, a row a state, a column a year.

    Take exports and imports together as China's customs count them, in the edition of the
    International Monetary Fund. Turn dollars into billions; they are dollars of the year itself.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[(rows["flow"] == "total") & (rows["year"] >= 2013)]
    table = rows.pivot(index="state_iso3", columns="year", values="value_usd") / 1e9
    columns = ["state", *table.columns]
    table["state"] = table.index.map(states["name"])
    return table[columns].round(3).rename_axis(index="code", columns="US$ billion")


def china_shares_by_state(central_asia_trade):
    """Each state's share of China's trade with the five, a row a state, a column a year.

    Take exports and imports together as China's customs count them. Divide each state's trade by
    that of all five, times a hundred. The five shares of a year add up to a hundred.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[(rows["flow"] == "total") & (rows["year"] >= 2013)]
    table = rows.pivot(index="state_iso3", columns="year", values="value_usd")
    table = table / table.sum() * 100
    return table.round(2).rename_axis(index="code", columns="per cent of the five")


def trade_by_road(evidence, central_asia_trade):
    """China's trade with the five, and how much of it went by road, 2020 and 2024.

    Take the two shares by road that one page gives, a copy of a news item that cites China's
    customs; we read them as shares of value. Add all trade with the five in billion dollars, by
    China's customs, in the edition of the International Monetary Fund.
    """
    found = evidence.set_index("evidence_id").loc[["E099"], "finding"]
    shares = found.str.extractall(r"(?P<share>[\d.]+)% in (?P<year>\d{4})").astype(float)
    shares = shares.astype({"year": int}).set_index("year")["share"]
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    total = rows[rows["flow"] == "total"].groupby("year")["value_usd"].sum() / 1e9
    table = pd.DataFrame({"share by road": shares, "all trade": total})
    return table.loc[[2020, 2024]].round(2)
