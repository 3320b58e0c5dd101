"""The summit of Xi'an: meetings of the six, a month of the five, promises, security, freight."""

import pandas as pd


def china_five_meetings(chosen_events, timeline):
    """Meetings of China with all five states, 2020 to 2025.

    Take nine events from the course's list: the meetings of the six leaders and those of the
    foreign ministers. Take who met, and how, from each event's own words. If an event names a city
    and does not say that the meeting was by video, it counts as in person, in that city.
    """
    chosen = chosen_events.query("view == 'china_five_meetings'").set_index("event_id")
    rows = timeline.set_index("event_id").loc[chosen.index].rename_axis("event")
    said = rows["description"].str.lower()
    ministers, video = said.str.contains("minister"), said.str.contains("video")
    cities = "(Xi'an|Nur-Sultan|Chengdu|Almaty|Astana)"
    table = rows[["date"]].assign(who="leaders", how="in person")
    table["who"] = table["who"].mask(ministers, "foreign ministers")
    table["how"] = table["how"].mask(video, "by video")
    table["city"] = rows["description"].str.extract(cities, expand=False)
    return table


def five_in_spring_2023(chosen_events, timeline, states):
    """The five states with outside powers, late February to late May 2023.

    Take six events from the course's list in which all or some of the five meet China, Russia or
    the United States. Leave out the vote at the United Nations, which all states attend. Say with
    whom they met, and how many of the five the event names. Two presidents took part by video on 25
    May.
    """
    chosen = chosen_events.query("view == 'five_in_spring_2023'").set_index("event_id")
    rows = timeline.set_index("event_id").loc[chosen.index].sort_values("date")
    five = "|".join(states.index[states["five"]])
    actors = rows["actors"].str.replace("Kassym-Jomart Tokayev", "KAZ")
    actors = actors.str.replace("Emomali Rahmon", "TJK")
    named = actors.str.count(five)
    table = rows[["date"]].assign(what=chosen["label"], partner="China")
    table["partner"] = table["partner"].mask(actors.str.contains("Putin"), "Russia")
    table["partner"] = table["partner"].mask(actors.str.contains("USA"), "United States")
    table["of the five"] = named.mask(actors.str.contains("CA5|five"), 5).astype(float)
    return table.set_index("what")


def promises_of_xian(agreements):
    """Sixteen promises of Xi'an, and how each stood when we last looked.

    Take the course's list of promises from the week of the summit, with the kind of each promise
    and the status that pages show: kept, under way, late, not found, cannot be known. Give the day
    of the promise and the day of the first action that shows it was kept. An empty day means that
    no action was found, or that there is no single day. Say what kind of page shows it. Put the
    kinds of promise of which most were kept first.
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

    Take China's ties up to May 2023, except the shares of arms imports. One column shows what the
    reports of the summit mention. The other shows what they do not mention, as far as we read them.
    An empty cell means only that the tie is in the other column. Times are given as far as they are
    known.
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

    Take SIPRI's register of deliveries to the five states, by volume. Add up periods of five years,
    so that no year counts twice; the last period ends before the article. Divide what came from
    each of the two powers by what came from all suppliers. A zero means that the register has no
    delivery in that period.
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

    Take exports and imports together as China's customs report them, in the edition of the
    International Monetary Fund. Give each state a column, and put all five together in the last
    column. Give the values in billion dollars of the year itself.
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

    Take the whole years for two routes. One is goods by rail between Kazakhstan and China, as
    Kazakhstan's railway reports them, in million tonnes. The other is freight trains between China
    and Central Asia. Leave out trains between China and Europe, which only pass through. A year
    stays empty if no page gave a figure.
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


def ties_begin(chosen_events, timeline):
    """Three days in the relations of China with the five.

    Take three events from the course's list: the first day of the week in which China and the five
    established relations, the leaders' meeting by video, and the last day of the summit of Xi'an.
    Some pages say that the first week ended on 6 January 1992, and others that it ended on 7
    January.
    """
    chosen = chosen_events.query("view == 'ties_begin'").set_index("event_id")
    rows = timeline.set_index("event_id").loc[chosen.index, ["date"]]
    return rows.rename(index=chosen["label"]).rename_axis("day")


def official_words(wording):
    """Official words of the summit, and what became of them in our copy.

    Take five phrases that come from the summit's papers in the course's list of damaged phrases.
    For each phrase, give the words that were probably there, and how sure we are of them.
    """
    rows = wording.set_index("item_id").loc[["G05", "G08", "G09", "G10", "G11"]]
    columns = {"phrase": "in our copy", "likely_original": "probably"}
    table = rows[[*columns, "confidence"]].rename(columns=columns)
    return table.set_index("in our copy")


def railway_and_pipe(chosen_events, timeline):
    """Steps of a railway and of a gas line, 2014 to 2024.

    From the course's list of events, take the dated steps of two projects: the railway from China
    through Kyrgyzstan to Uzbekistan, and Line D, a gas line through Tajikistan. Name each step by
    what it was: a paper, an agreement, a start, a delay. Leave out plans, because a plan is not a
    step.
    """
    chosen = chosen_events.query("view == 'railway_and_pipe'").set_index("event_id")
    rows = timeline.set_index("event_id").loc[chosen.index].sort_values("date")
    table = rows[["date"]].assign(step=chosen["label"], work=chosen["subject"])
    return table.set_index("step")


def leaders_met_the_five(chosen_events, timeline, states):
    """Meetings of one outside power with the leaders of all five states, 2022 to 2025.

    Take eight events from the course's list in which the leaders of the five meet China, Russia,
    the European Union or the United States, and nobody else. Say who the partner was, and how they
    met, according to the event's own words. The list was made for an article on China, so it may
    lack meetings with others.
    """
    chosen = chosen_events.query("view == 'leaders_met_the_five'").set_index("event_id")
    named = {"Xi Jinping": "CHN", "Vladimir Putin": "RUS"}
    rows = timeline.set_index("event_id").loc[chosen.index].rename_axis("event")
    first = rows["actors"].str.split(";").str[0]
    table = rows[["date"]].assign(partner=first.replace(named).replace(states["name"]))
    table["how"] = "in person"
    table["how"] = table["how"].mask(rows["description"].str.contains("video"), "by video")
    table["publisher"] = rows["publisher"]
    return table[["partner", "date", "how", "publisher"]]


def railway_pages(chosen_pages, evidence):
    """Four pages on one railway, and what is known of them.

    From the course's evidence, take four pages on the railway from China through Kyrgyzstan to
    Uzbekistan. Give the class of each page: first-hand, relayed or reposted. The remark says what
    the course noted when it read the page.
    """
    chosen = chosen_pages.loc[chosen_pages["view"] == "railway_pages", "evidence_id"]
    rows = evidence.set_index("evidence_id").loc[chosen]
    columns = {"publisher": "publisher", "source_class": "class", "source_note": "remark"}
    table = rows[[*columns]].rename(columns=columns).rename_axis("page").reset_index()
    table["remark"] = table["remark"].fillna("none")
    return table.set_index(rows["date"].rename("dated"))


def railway_starts(timeline, evidence):
    """When work on the railway began, according to two pages.

    One page gives the exact day of a ceremony. The other gives only a month, so work began on the
    first day of that month at the earliest and on its last day at the latest.
    """
    ceremony = timeline.set_index("event_id").loc["T67", "date"]
    note = evidence.set_index("evidence_id").loc["E097", "source_note"]
    month = pd.Timestamp(note.split("start of work in ")[1].split(";")[0])
    table = pd.DataFrame({"earliest": [ceremony, month]}, index=["E096", "E097"])
    table["latest"] = [ceremony, month + pd.offsets.MonthEnd(0)]
    return table.rename_axis("page")


def china_trade_by_state(central_asia_trade, states):
    """China's trade with each of the five, with states as rows and years as columns.

    Take exports and imports together as China's customs report them, in the edition of the
    International Monetary Fund. Give the values in billion dollars of the year itself.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[(rows["flow"] == "total") & (rows["year"] >= 2013)]
    table = rows.pivot(index="state_iso3", columns="year", values="value_usd") / 1e9
    columns = ["state", *table.columns]
    table["state"] = table.index.map(states["name"])
    return table[columns].round(3).rename_axis(index="code", columns="US$ billion")


def china_shares_by_state(central_asia_trade):
    """Each state's share of China's trade with the five, states as rows, years as columns.

    Take exports and imports together as China's customs report them. Divide each state's trade by
    that of all five, and multiply by a hundred. The five shares of a year add up to a hundred.
    """
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    rows = rows[(rows["flow"] == "total") & (rows["year"] >= 2013)]
    table = rows.pivot(index="state_iso3", columns="year", values="value_usd")
    table = table / table.sum() * 100
    return table.round(2).rename_axis(index="code", columns="per cent of the five")


def trade_by_road(evidence, central_asia_trade):
    """China's trade with the five, and how much of it went by road, 2020 and 2024.

    Take the two shares by road from one page, which is a copy of a news item that cites China's
    customs. We read them as shares of value. Add all trade with the five in billion dollars, as
    China's customs report it in the edition of the International Monetary Fund.
    """
    found = evidence.set_index("evidence_id").loc[["E099"], "finding"]
    shares = found.str.extractall(r"(?P<share>[\d.]+)% in (?P<year>\d{4})").astype(float)
    shares = shares.astype({"year": int}).set_index("year")["share"]
    rows = central_asia_trade[central_asia_trade["reporter_iso3"] == "CHN"]
    total = rows[rows["flow"] == "total"].groupby("year")["value_usd"].sum() / 1e9
    table = pd.DataFrame({"share by road": shares, "all trade": total})
    return table.loc[[2020, 2024]].round(2)
