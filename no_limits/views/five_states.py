"""The five states of Central Asia and their partners: trade, pledges, votes, work, third ways."""

import pandas as pd


def the_five_in_short(places, world_bank, boundaries_region, states):
    """The five states of Central Asia: capital, people, and borders with China and Russia.

    Take the capitals and the land borders from Natural Earth's maps, and the population in 2022
    from the World Bank. A border has two sides, so read each border twice. Keep the borders that
    have China or Russia on the other side, and join the two names if a state borders both.
    """
    names = states.loc[states["five"], "name"]
    capitals = places[places["kind"] == "capital"].set_index("iso3")["name"]
    people = world_bank[(world_bank["indicator"] == "population") & (world_bank["year"] == 2022)]
    left, right = boundaries_region["iso3_left"], boundaries_region["iso3_right"]
    sides = pd.DataFrame({"state": pd.concat([left, right]), "other": pd.concat([right, left])})
    powers = sides[sides["other"].isin(["CHN", "RUS"])].sort_values("other")
    powers = powers.assign(name=powers["other"].map(states["name"])).groupby("state")["name"]
    table = pd.DataFrame({"state": names, "capital": capitals.reindex(names.index)})
    table["million people"] = (people.set_index("iso3")["value"].astype(float) / 1e6).round(1)
    table["borders on"] = powers.agg(" and ".join).reindex(names.index, fill_value="neither")
    return table.set_index("state")


def borders_with_the_two(boundaries_region, states):
    """The land borders of the five states with China and with Russia, as lines.

    Take the land borders from Natural Earth's map. Keep those that have one of the five states on
    one side and China or Russia on the other. Name each row by both, and say with which of the two
    powers the border is.
    """
    five = states.index[states["five"]]
    left, right = boundaries_region["iso3_left"], boundaries_region["iso3_right"]
    swapped = boundaries_region.assign(iso3_left=right, iso3_right=left)
    sides = pd.concat([boundaries_region, swapped])
    rows = sides[sides["iso3_left"].isin(five) & sides["iso3_right"].isin(["CHN", "RUS"])]
    rows = rows.assign(power=rows["iso3_right"].map(states["name"]))
    names = rows["iso3_left"].map(states["name"]) + " and " + rows["power"]
    return rows.set_index(names.rename("border"))[["power", "geometry"]].sort_index()


def china_part_of_two(central_asia_trade, states):
    """China's part of each state's trade with China and Russia, by source.

    Take total trade as three sources report it: the customs of the two powers; the state's own
    statistics; and, for Turkmenistan, China's customs together with sums that Russian officials
    gave to the press. Keep the years for which one source has both powers. Divide China's sum by
    the sum of both, so that China is ahead if the result is above fifty per cent. Every source
    keeps rows of its own.
    """
    sources = {
        "China customs (IMF IMTS)": "the two customs",
        "Russia customs (Rosstat)": "the two customs",
    }
    rows = central_asia_trade[central_asia_trade["flow"] == "total"]
    own = rows["line"].str.contains("statistics")
    source = rows["line"].map(sources).mask(own, "its own statistics")
    press = rows["state_iso3"].eq("TKM") & ~rows["line"].str.contains("WITS|Turkmen officials")
    rows = rows.assign(source=source.mask(press, "sums in the press")).dropna(subset="source")
    rows = rows.assign(state=rows["state_iso3"].map(states["name"]))
    both = rows.pivot(index=["state", "source", "year"], columns="power_iso3", values="value_usd")
    part = (both["CHN"] / (both["CHN"] + both["RUS"]) * 100).astype(float).round(1).dropna()
    table = part.sort_index(ascending=[True, False, True]).reset_index(name="China's part")
    table = table.astype({"year": "Int64"})
    table = table.rename(columns={"source": "who counts"})
    return table.rename_axis(columns="per cent of trade with both")


def pledges_to_the_five(alliances, memberships, states):
    """What Russia and China have pledged to the five in treaties, and who is in the CSTO.

    Take the pledges that the ATOP project codes in treaties of two or more states. Keep those in
    which Russia or China and one of the five take part, and give the first and the last year of
    each. The coding ends with 2018. The last column shows the time in the Collective Security
    Treaty Organization (CSTO), the alliance that Russia leads. An empty cell means that no such
    pledge is coded.
    """
    names = states.loc[states["five"], "name"]
    powers = states.loc[states["power"], "name"]
    rows = alliances.melt(["iso3_a", "iso3_b", "year"], var_name="pledge", value_name="held")
    back = rows.rename(columns={"iso3_a": "iso3_b", "iso3_b": "iso3_a"})
    rows = pd.concat([rows, back]).query("held == 1")
    rows = rows.assign(state=rows["iso3_a"].map(names), power=rows["iso3_b"].map(powers))
    years = rows.groupby(["power", "pledge", "state"])["year"].agg(["min", "max"]).astype(str)
    spans = years["min"] + "–" + years["max"]
    wanted = [("Russia", "defense"), ("China", "defense"), ("China", "consultation")]
    table = spans.unstack(["power", "pledge"]).reindex(columns=pd.MultiIndex.from_tuples(wanted))
    table.columns = ["Russia: to defend", "China: to defend", "China: to consult"]
    csto = memberships[memberships["organisation"] == "CSTO"].set_index("iso3").rename(index=names)
    table["CSTO"] = csto["member_from"] + "–" + csto["member_until"].fillna("")
    return table.rename_axis("state")


def backing_and_steps(chosen_events, timeline):
    """Words of backing and steps of 2022, each with its day.

    Take the twelve events of 2022 that we chose from the timeline: Chinese words of support, steps
    of the five, a request for troops, and what two Russian courts ordered for the Caspian pipeline.
    The table chosen_events says why we chose each, and who acts. Sort the events by day.
    """
    chosen = chosen_events.query("view == 'backing_and_steps'").set_index("event_id")
    rows = timeline.set_index("event_id").loc[chosen.index]
    table = rows[["date"]].assign(event=chosen["label"], who=chosen["subject"])
    return table.set_index("event").sort_values("date")


def votes_on_invasion(ukraine_votes, ukraine_resolutions, vote_subjects, states, article_day):
    """How Russia, China and the five voted in the UN on the invasion, up to the article.

    Take the six texts of the emergency session (ES-11), from March 2022 to February 2023, by date.
    Write each vote as a word; "absent" means that the state cast no vote. Most votes come from
    lists in the press. Three are inferred rather than read: ES-11/2 for Uzbekistan and
    Turkmenistan, and ES-11/4 for Turkmenistan.
    """
    seven = ["RUS", "CHN", *states.index[states["five"]]]
    said = {"Y": "yes", "N": "no", "A": "abstained", "X": "absent"}
    texts = ukraine_resolutions.set_index("resolution_id")
    label = texts["label"] + ": " + vote_subjects.set_index("resolution_id")["subject"]
    label = label[texts["date"] < article_day]
    rows = ukraine_votes.assign(text=ukraine_votes["resolution_id"].map(label))
    rows = rows.assign(vote=rows["vote"].map(said)).dropna(subset="text")
    table = rows.pivot(index="text", columns="iso3", values="vote")[seven]
    return table.rename(columns=states["name"]).rename_axis(columns=None)


def world_on_invasion(ukraine_resolutions, article_day):
    """How the states of the world voted on the six texts of the emergency session.

    Take the texts of the emergency session on the invasion (ES-11) up to the article. Count the
    states that voted yes, abstained and voted no. States that were absent are not counted.
    """
    rows = ukraine_resolutions[ukraine_resolutions["topic"] == "emergency session ES-11"]
    rows = rows[rows["date"] < article_day].set_index("label").rename_axis("text")
    table = rows[["yes", "abstain", "no"]].rename(columns={"abstain": "abstained"})
    return table.astype(int).rename_axis(columns="states")


def money_sent_home(work_in_russia, world_bank, states):
    """Money sent in 2022, measured twice: transfers from Russia, remittances from everywhere.

    For each of the five, take the transfers from Russia in 2022. They are as a central bank
    reported them or, for Tajikistan, as unnamed sources expected them; Kyrgyzstan's figure covers
    eleven months. A transfer can be wages, or the savings of a Russian who moved. Compare these
    transfers with the personal remittances from all countries, as the World Bank reports them. Give
    both also in per cent of the state's GDP. The two publishers count different things, so the
    first figure is not a part of the second; for Kazakhstan and Uzbekistan, it is larger. An empty
    cell means that no figure was found, which does not mean zero.
    """
    names = states.loc[states["five"], "name"]
    rows = work_in_russia[work_in_russia["item"] == "money sent from Russia"]
    rows = rows[rows["period_start"].eq("2022-01")].set_index("iso3")
    bank = world_bank[world_bank["year"].eq(2022)]
    bank = bank.pivot(index="iso3", columns="indicator", values="value").astype(float)
    table = pd.DataFrame(index=names.index)
    table["transfers from Russia, US$ billion"] = (rows["value"] / 1000).round(1)
    share = rows["value"] * 1e6 / bank["gdp_usd"] * 100
    table["transfers from Russia, per cent of GDP"] = share.round(1)
    table["remittances, per cent of GDP"] = bank["remittances_pct_gdp"].round(1)
    return table.rename(index=names).rename_axis("state")


def kazakh_oil_by_way_out(evidence):
    """The oil that Kazakhstan exported in 2022, by the way on which it left.

    From one report (E277), take the oil from Kazakhstan that the Caspian pipeline carried, and all
    the oil that Kazakhstan exported. From another (E378), take the oil that went round Russian
    ports. The rest therefore passed through Russia as well, by ways that the reports do not name.
    """
    found = evidence.set_index("evidence_id")["finding"]
    pipe, whole = found.loc[["E277"]].str.findall(r"[\d.]+(?= million tonnes)").iloc[0]
    (past,) = found.loc[["E378"]].str.findall(r"[\d.]+(?= million tonnes bypassed)").iloc[0]
    ways = {"by the Caspian pipeline, through Russia": float(pipe)}
    ways |= {"without a Russian port": float(past)}
    ways |= {"by other ways through Russia": float(whole) - sum(ways.values())}
    table = pd.DataFrame({"Kazakhstan's oil": ways}).round(1).rename_axis("way")
    return table.rename_axis(columns="million tonnes")


def clubs_of_the_five(memberships, states):
    """In which organisations the five are, up to the article.

    Take four organisations: the customs union EAEU and the alliance CSTO, which are both led by
    Russia; the SCO, with Russia and China; and the CIS of former Soviet republics. Give the year
    from which a state has been a member and, if it has left, the year in which it left.
    """
    names = states.loc[states["five"], "name"]
    rows = memberships[memberships["iso3"].isin(names.index)].copy()
    rows = rows[rows["member_until"].isna() | (rows["status"] == "full member")]
    rows = rows.drop_duplicates(["organisation", "iso3"])
    words = rows["member_from"].str[:4].radd("since ")
    left = rows["member_from"].str[:4] + "–" + rows["member_until"].str[:4]
    words = words.mask(rows["member_until"].notna(), left)
    words = words.mask(rows["status"] == "associate member", words + ", associate")
    words = words.mask(rows["note"].str.contains("Observer", na=False), "observer")
    rows = rows.assign(said=words.fillna("no"), state=rows["iso3"].map(names))
    table = rows.pivot(index="state", columns="organisation", values="said")
    return table[["EAEU", "CSTO", "SCO", "CIS"]].rename_axis(columns=None)


def chinese_money_four_ways(chinese_finance_by_year, debt_to_china, net_flows, states):
    """Chinese official money for the five, in four numbers.

    "Signed" is what AidData reports for 2000 to 2021, in dollars of 2021, including loans to
    companies and sums that were never paid out. "Received" and "paid" are what the World Bank's
    debtor reports show up to 2022 for loans between states, in current dollars; "paid" includes
    interest. "Owed" is the official debt at the end of 2022. Give the values in billion dollars,
    and never add the four numbers.
    """
    five = chinese_finance_by_year["iso3"].isin(states.index[states["five"]])
    signed = chinese_finance_by_year.loc[five, "adjusted_usd2021"].sum()
    loans = net_flows[net_flows["indicator"].str.startswith("bilateral")]
    flows = loans.groupby("direction")["value_usd"].sum().abs()
    owed = debt_to_china.loc[debt_to_china["year"] == 2022, "debt_usd"].sum()
    four = {"signed, 2000–2021": signed, "received, to 2022": flows["inflow"]}
    four |= {"paid, with interest, to 2022": flows["outflow"], "owed, end of 2022": owed}
    table = pd.DataFrame({"all five": four}).astype(float) / 1e9
    return table.round(1).rename_axis("what").rename_axis(columns="US$ billion")


def links_one_by_one(
    central_asia_trade, migrant_stock, arms_transfers, debt_service, public_diplomacy, states
):
    """Six links of each of the five with Russia and with China, one figure in each row.

    Take trade according to the power's customs in 2021 and according to the state's own statistics
    in 2022, both in million dollars. Take the people who live in the country of the power, in 2020;
    arms from 2013 to 2022, in SIPRI's volume; debt service on loans between states in 2022, in
    million dollars; and students in 2017. Leave out figures from the press. A link for which our
    tables have no figure has no row.
    """
    names = states.loc[states["five"], "name"]
    powers = states.loc[states["power"], "name"]
    million = central_asia_trade["value_usd"] / 1e6
    trade = central_asia_trade.assign(million=million).query("flow == 'total'")
    arms = arms_transfers[arms_transfers["year"].between(2013, 2022)]
    paid = debt_service[["principal_usd", "interest_usd"]].astype(float).sum(axis=1) / 1e6
    debt = debt_service.assign(paid=paid).query("year == 2022")
    parts = {
        "trade, customs": trade.query("line.str.contains('customs') and year == 2021"),
        "trade, own statistics": trade.query("line.str.contains('statistics') and year == 2022"),
        "people living there": migrant_stock.query("year == 2020"),
        "arms": arms.groupby(["recipient_iso3", "supplier_iso3"]).sum(numeric_only=True),
        "debt service": debt,
        "students": public_diplomacy.assign(power="CHN").query("year == 2017"),
    }
    columns = {
        "trade, customs": ["state_iso3", "power_iso3", "million"],
        "trade, own statistics": ["state_iso3", "power_iso3", "million"],
        "people living there": ["origin_iso3", "destination_iso3", "persons"],
        "arms": ["recipient_iso3", "supplier_iso3", "tiv_million"],
        "debt service": ["iso3", "creditor_iso3", "paid"],
        "students": ["iso3", "power", "students_in_china"],
    }
    cut = {link: part.reset_index()[columns[link]] for link, part in parts.items()}
    rows = pd.concat(
        {link: part.set_axis([*"spv"], axis=1).astype({"v": float}) for link, part in cut.items()},
        names=["link"],
    ).reset_index("link")
    table = pd.DataFrame({"state": rows["s"].map(names), "link": rows["link"]})
    table = table.assign(power=rows["p"].map(powers), value=rows["v"])
    return table.dropna().round(1).reset_index(drop=True)


def votes_one_by_one(ukraine_votes, ukraine_resolutions, states, article_day):
    """Votes of China and the five in the UN on the invasion and on Crimea, one in each row.

    Take the texts up to the article, both those of the emergency session on the invasion and those
    on Crimea. Name each text by its number, and write each vote as a word; "absent" means that the
    state cast no vote. Three cells are inferred rather than read: ES-11/2 for Uzbekistan and
    Turkmenistan, and ES-11/4 for Turkmenistan.
    """
    six = ["CHN", *states.index[states["five"]]]
    said = {"Y": "yes", "N": "no", "A": "abstained", "X": "absent"}
    about = {"Crimea": "Crimea", "emergency session ES-11": "the invasion"}
    rows = ukraine_votes[ukraine_votes["iso3"].isin(six)]
    texts = ukraine_resolutions[["resolution_id", "label", "date", "topic"]]
    rows = rows.merge(texts[texts["date"] < article_day], on="resolution_id")
    rows = rows[rows["topic"].isin([*about])].sort_values(["date", "iso3"])
    table = pd.DataFrame({"about": rows["topic"].map(about), "text": rows["label"]})
    table["date"] = rows["date"]
    table["state"] = rows["iso3"].map(states["name"])
    table["vote"] = rows["vote"].map(said)
    return table.reset_index(drop=True)


def links_by_year(
    central_asia_trade,
    world_bank,
    migrant_stock,
    arms_transfers,
    debt_service,
    chinese_finance_by_year,
    public_diplomacy,
    xi_visits,
    states,
):
    """Links of each of the five with Russia, China and third powers, year by year.

    Take total trade in billion dollars, once by the customs of the two powers and once by the
    state's own statistics; sums from officials carry the note "press". Take arms in SIPRI's
    million, remittances from all countries in per cent of GDP, people born in the state who live in
    Russia, in thousands, and debt service on loans between states in million dollars; payments that
    were only scheduled carry the note "due". For China only, take finance signed in billion dollars
    of 2021, visits of leaders, and the visits of Xi that were found. Leave out a zero in finance,
    because the records may lack an amount. Add up all suppliers and creditors other than the two
    powers. If nobody publishes a figure, there is no row.
    """
    names = states["name"]
    trade = central_asia_trade.query("flow == 'total' and not line.str.contains('WITS')")
    press = trade["line"].str.contains("officials").map({True: "press", False: ""})
    customs = trade["line"].str.contains("customs|Russian officials")
    paid = debt_service[["principal_usd", "interest_usd"]].astype(float).sum(axis=1, min_count=1)
    signed = chinese_finance_by_year.groupby(["iso3", "year"])["adjusted_usd2021"].sum()
    parts = [
        trade.assign(
            iso3=trade["state_iso3"],
            link=customs.map({True: "trade, customs", False: "trade, own statistics"}),
            who=trade["power_iso3"].map(names),
            value=trade["value_usd"] / 1e9,
            note=press,
        ),
        world_bank.query("indicator == 'remittances_pct_gdp'").assign(
            link="remittances", who="all countries"
        ),
        migrant_stock.query("destination_iso3 == 'RUS'").assign(
            iso3=migrant_stock["origin_iso3"],
            link="migrants",
            who="Russia",
            value=migrant_stock["persons"] / 1e3,
        ),
        arms_transfers.assign(
            iso3=arms_transfers["recipient_iso3"],
            link="arms",
            who=arms_transfers["supplier_iso3"].map(names),
            value=arms_transfers["tiv_million"],
        ),
        debt_service.query("creditor_iso3 != 'WLD'").assign(
            link="debt service",
            who=debt_service["creditor_iso3"].map(names),
            value=paid / 1e6,
            note=debt_service["scheduled"].map({True: "due", False: ""}),
        ),
        (signed[signed > 0] / 1e9).reset_index(name="value").assign(link="finance", who="China"),
        public_diplomacy.assign(link="visits", who="China", value=public_diplomacy["elite_visits"]),
        xi_visits.assign(link="visits", who="Xi", value=1, note=""),
    ]
    rows = pd.concat(parts, ignore_index=True).dropna(subset="value").fillna({"note": ""})
    rows["state"] = rows["iso3"].map(names[states["five"]])
    named = rows["who"].isin(["Russia", "China", "Xi", "all countries"])
    rows["who"] = rows["who"].where(named, "third powers")
    keys = ["state", "link", "who", "year", "note"]
    sums = rows.astype({"value": float}).groupby(keys)["value"].sum()
    return sums.round(3).reset_index()


def votes_by_year(ukraine_votes, ukraine_resolutions, states):
    """How often each of the five cast each kind of vote in the UN on Ukraine, year by year.

    Take every text on Crimea and on the invasion that the course lists, including those after the
    article. Write each vote as a word; "did not vote" means that the state cast no vote, and "not
    established" means that we read of none. Count the texts of a year by what the state did. The
    note says which votes are inferred and not read.
    """
    said = {"Y": "yes", "A": "abstained", "N": "no", "X": "did not vote"}
    five = pd.DataFrame({"iso3": states.index[states["five"]]})
    texts = ukraine_resolutions[["resolution_id", "date"]].merge(five, how="cross")
    rows = texts.merge(ukraine_votes, how="left", on=["resolution_id", "iso3"])
    rows["state"] = rows["iso3"].map(states["name"])
    rows["who"] = rows["vote"].map(said).fillna("not established")
    rows["year"] = rows["date"].dt.year
    rows["note"] = rows["basis"].eq("inference").map({True: "inferred", False: ""})
    rows = rows.assign(link="votes", value=1.0)
    keys = ["state", "link", "who", "year", "note"]
    return rows.groupby(keys)["value"].sum().reset_index()
