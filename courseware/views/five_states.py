"""The five states of Central Asia between two powers: trade, pledges, votes, work, third ways."""

import pandas as pd


def ties_counted(
    central_asia_trade, migrant_stock, arms_transfers, debt_service, public_diplomacy, states
):
    """For how many of the five states a tie with each power is counted.

    Take six ties: trade by the power's customs and by the state's own statistics, people born in
    the state who live with the power, arms, debt service, and students. Count, for Russia and for
    China, the states that have at least one figure in our tables; press figures are left out. An
    empty cell means that nobody in our tables counts this tie, which is not nought.
    """
    rows = central_asia_trade[central_asia_trade["source_kind"] != "press"]
    own = rows[rows["line"].str.contains("statistics")]
    students = public_diplomacy.dropna(subset="students_in_china").assign(power="CHN")
    parts = {
        "trade, the powers' customs": rows[["reporter_iso3", "state_iso3"]],
        "trade, the states' statistics": own[["partner_iso3", "state_iso3"]],
        "people living there": migrant_stock[["destination_iso3", "origin_iso3"]],
        "arms": arms_transfers[["supplier_iso3", "recipient_iso3"]],
        "debt service": debt_service[["creditor_iso3", "iso3"]],
        "students": students[["power", "iso3"]],
    }
    named = {tie: part.set_axis(["power", "state"], axis=1) for tie, part in parts.items()}
    pairs = pd.concat(named, names=["tie"]).reset_index("tie")
    five = pairs["state"].isin(states.index[states["five"]])
    pairs = pairs[pairs["power"].isin(["RUS", "CHN"]) & five]
    table = pairs.groupby(["tie", "power"])["state"].nunique().unstack().astype(float)
    table = table[["RUS", "CHN"]].set_axis(["Russia", "China"], axis=1).loc[[*parts]]
    return table.rename_axis(columns="states of the five with a figure")


def china_part_of_two(central_asia_trade, states):
    """China's part of each state's trade with China and Russia, by who counts.

    Take total trade as four sources count it: the customs of the two powers, the state's own
    statistics, Kazakhstan's lists at the World Bank, and, for Turkmenistan, China's customs
    beside sums that Russian officials gave to the press. Keep the years in which one source has
    both powers. Divide China's sum by the sum of both: above fifty per cent China is ahead. Every
    source keeps rows of its own.
    """
    sources = {
        "China customs (IMF IMTS)": "the two customs",
        "Russia customs (Rosstat)": "the two customs",
        "Kazakhstan (WITS top five)": "lists at the World Bank",
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
    each; the coding ends with 2018. Beside them stands the time in the Collective Security Treaty
    Organization (CSTO), the alliance that Russia leads. An empty cell: no such pledge is coded.
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


def backing_and_steps(timeline):
    """Words of backing and steps of 2022, in days before or after the refusal of 17 June 2022.

    Take eleven events of 2022 from the timeline: Chinese words of support, steps of the five,
    troops that were asked for, and what two Russian courts ordered for the Caspian pipeline. The
    choice is ours, and what a list leaves out was chosen too. Count the days from the refusal of
    Kazakhstan's president in St Petersburg; a minus means before it.
    """
    said = {"T30": "Kazakhstan asks troops in"}
    said |= {"T33": "Xi, by video: general words"}
    said |= {"T37": "UN, invasion: none says yes"}
    said |= {"T38": "UN, Russia's seat: four no"}
    said |= {"T39": "China's minister speaks"}
    said |= {"T40": "Tokayev refuses"}
    said |= {"T95": "Court orders pipe to stop", "T97": "Higher court lifts the order"}
    said |= {"T42": "Xi's pledge to Kazakhstan"}
    said |= {"T44": "UN, annexation: four abstain"}
    said |= {"T45": "Rahmon asks for respect"}
    rows = timeline.set_index("event_id").loc[[*said]]
    table = rows[["date"]].set_axis([*said.values()]).rename_axis("event")
    table["days"] = (table["date"] - rows.loc["T40", "date"]).dt.days.astype(float)
    return table.sort_values("date").rename_axis(columns="days from 17 June 2022")


def votes_on_invasion(ukraine_votes, ukraine_resolutions, states, article_day):
    """How Russia, China and the five voted in the UN on the invasion, up to the article.

    Take the six texts of the emergency session (ES-11), from March 2022 to February 2023, by date.
    Write each vote as a word; "absent" is who cast no vote. Most votes come from lists in the
    press. Three are inferred, not read: ES-11/2 for Uzbekistan and Turkmenistan, ES-11/4 for
    Turkmenistan.
    """
    seven = ["RUS", "CHN", *states.index[states["five"]]]
    said = {"Y": "yes", "N": "no", "A": "abstained", "X": "absent"}
    about = {"ES-11/1": "aggression", "ES-11/2": "civilians", "ES-11/3": "Russia's seat"}
    about |= {"ES-11/4": "annexations", "ES-11/5": "reparation", "ES-11/6": "just peace"}
    texts = ukraine_resolutions.set_index("resolution_id")
    texts = texts[texts["label"].isin([*about]) & (texts["date"] < article_day)]
    label = texts["label"] + ": " + texts["label"].map(about)
    rows = ukraine_votes.assign(text=ukraine_votes["resolution_id"].map(label))
    rows = rows.assign(vote=rows["vote"].map(said)).dropna(subset="text")
    table = rows.pivot(index="text", columns="iso3", values="vote")[seven]
    table = table.rename(columns=states["name"]).rename_axis(columns=None)
    return table


def votes_on_other_texts(ukraine_votes, ukraine_resolutions, states, article_day):
    """How Russia, China and the five voted on Crimea, and on one other text, 2014 to April 2023.

    Take the twelve texts on Crimea, and one on the Council of Europe, whose text names the
    aggression against Ukraine. Put them in the order of their dates. Write each vote as a word;
    "absent" is who cast no vote.
    """
    seven = ["RUS", "CHN", *states.index[states["five"]]]
    said = {"Y": "yes", "N": "no", "A": "abstained", "X": "absent"}
    texts = ukraine_resolutions.set_index("resolution_id").sort_values("date")
    texts = texts[texts["topic"].isin(["Crimea", "other"]) & (texts["date"] < article_day)]
    label = texts["label"].str.split(",").str[0] + texts["date"].dt.strftime(", %Y")
    rows = ukraine_votes.assign(text=ukraine_votes["resolution_id"].map(label))
    rows = rows.assign(vote=rows["vote"].map(said)).dropna(subset="text")
    table = rows.pivot(index="text", columns="iso3", values="vote").loc[label, seven]
    table = table.rename(columns=states["name"]).rename_axis("text").rename_axis(columns=None)
    return table


def world_on_invasion(ukraine_resolutions, article_day):
    """How the states of the world voted on the six texts of the emergency session.

    Take the texts of the emergency session on the invasion (ES-11) up to the article. Give the
    states that said yes, abstained and said no. Who was absent is not in the count.
    """
    rows = ukraine_resolutions[ukraine_resolutions["topic"] == "emergency session ES-11"]
    rows = rows[rows["date"] < article_day].set_index("label").rename_axis("text")
    table = rows[["yes", "abstain", "no"]].rename(columns={"abstain": "abstained"})
    return table.astype(float).rename_axis(columns="states")


def entries_for_work(work_in_russia, states):
    """How often citizens of each state entered Russia for work, January to March 2023.

    Take the entries with the purpose "work" that Russia's border service counts, by citizenship,
    as the press reports them. These are crossings, not persons: who comes twice counts twice.
    Turn them into thousands, and put the largest first.
    """
    chosen = [*states.index[states["five"]], "CHN", "ARM", "AZE"]
    rows = work_in_russia[work_in_russia["item"] == "entries for work"]
    rows = rows[rows["iso3"].isin(chosen) & rows["period_start"].eq("2023-01")]
    table = rows.assign(state=rows["iso3"].map(states["name"])).set_index("state")[["value"]] / 1000
    table = table.set_axis(["entries"], axis=1).round(1).sort_values("entries", ascending=False)
    return table.rename_axis(columns="thousand")


def money_sent_home(work_in_russia, world_bank, states):
    """Money sent in 2022, measured twice: transfers from Russia, remittances from everywhere.

    Take for each of the five the transfers from Russia in 2022, as a central bank counted them, or
    for Tajikistan as unnamed sources expected them; Kyrgyzstan's figure is of eleven months. A
    transfer can be wages or the savings of a Russian who moved. Compare the personal remittances
    from all countries by the World Bank; both also in per cent of the state's GDP. The two
    publishers count different things, so the first is no part of the second: for Kazakhstan and
    Uzbekistan it is larger. An empty cell: no figure was found, which is not zero.
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


def sent_home_by_year(world_bank, states):
    """Money sent home to the five by year, in per cent of each state's GDP, 2005 to 2022.

    Take the World Bank's series of personal remittances received, from all countries. Keep the
    years from 2005 on, when four of the five report. Turkmenistan has rows without a number: it
    reported one year only, 1996.
    """
    names = states.loc[states["five"], "name"]
    rows = world_bank[world_bank["indicator"] == "remittances_pct_gdp"]
    table = rows.pivot(index="year", columns="iso3", values="value")[names.index]
    table = table.loc[2005:2022].astype(float).round(1).rename(columns=names)
    table = table.melt(ignore_index=False, var_name="state", value_name="sent home")
    return table.reset_index()[["state", "year", "sent home"]].rename_axis(
        columns="per cent of GDP"
    )


def corridor_and_border(transport_corridors):
    """Freight on the Middle Corridor, and by rail between Kazakhstan and China.

    Take whole years. The Middle Corridor goes from China over Kazakhstan and the Caspian Sea to the
    Caucasus: the corridor's operators count it up to 2023, a holding of Azerbaijan in 2024. Kazakh
    railways count what crosses the border with China. The two overlap, so they must not be added.
    """
    names = {"Middle Corridor": "Middle Corridor", "Kazakhstan-China rail": "rail with China"}
    rows = transport_corridors[transport_corridors["measure"] == "cargo"]
    rows = rows[rows["route"].isin([*names]) & (rows["publisher"] != "Government of Kazakhstan")]
    first, last = rows["period_start"].dt, rows["period_end"].dt
    rows = rows.assign(year=last.year)[(first.month == 1) & (last.month == 12)]
    table = rows.pivot(index="year", columns="route", values="value") / 1000
    table = table[[*names]].rename(columns=names).astype(float).round(2)
    return table.rename_axis(columns="million tonnes")


def clubs_of_the_five(memberships, states):
    """In which organisations the five are, up to the article.

    Take four organisations: the customs union EAEU and the alliance CSTO, both led by Russia, the
    SCO with Russia and China, and the CIS of former Soviet republics. Give the year from which a
    state is a member, and until when, if it has left.
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


def born_in_the_five(migrant_stock, states):
    """People born in the five who live in Russia, by state of birth, 1990 to 2020.

    Take the estimates of the United Nations, made every five years, of people born in one of the
    five who live in Russia. Most of those born in Kazakhstan moved while both were one Soviet
    state. Turn persons into thousands.
    """
    names = states.loc[states["five"], "name"]
    rows = migrant_stock[migrant_stock["destination_iso3"] == "RUS"]
    table = rows.pivot(index="year", columns="origin_iso3", values="persons")[names.index]
    table = (table.astype(float) / 1000).round(0).rename(columns=names)
    return table.rename_axis(columns="thousand")


def chinese_money_four_ways(chinese_finance_by_year, debt_to_china, net_flows, states):
    """Chinese official money for the five, in four numbers.

    Signed: what AidData counts for 2000 to 2021, in dollars of 2021, loans to companies and sums
    never paid out included. Received and paid: what the World Bank's debtor reports hold to 2022
    of loans between states, in current dollars; paid is with interest. Owed: the official debt at
    the end of 2022. Turn dollars into billions, and never add the four.
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


def distance_moved(un_ideal_points, states):
    """How the distance of the five from each power changed at the UN from 2021 to 2022.

    Take the ideal points of chapter 03 in both series, all votes and final passage. Measure the
    distance of each of the five from Russia and from China in 2021 and in 2022. Give the change:
    above nought a state lay further away in 2022.
    """
    names = states.loc[states["five"], "name"]
    rows = un_ideal_points[un_ideal_points["year"].isin([2021, 2022])]
    place = rows.pivot(index=["series", "year"], columns="iso3", values="ideal_point").astype(float)
    russia = place[names.index].sub(place["RUS"], axis=0).abs().groupby("series").diff().dropna()
    china = place[names.index].sub(place["CHN"], axis=0).abs().groupby("series").diff().dropna()
    russia, china = russia.droplevel("year").T, china.droplevel("year").T
    table = pd.DataFrame({"Russia": russia.unstack(), "China": china.unstack()})
    table = table.rename(index=names).rename_axis(["series", "state"]).round(3)
    return table.rename_axis(columns="change in distance")


def help_named(opinion_polls, states):
    """Whom people in three states named in 2020 as best able to help with COVID-19.

    Take one question of the Central Asia Barometer, spring 2020: who could best help the country
    with COVID-19? Keep the answers Russia and China. It is one matter, two years before the
    full-scale invasion; Tajikistan and Turkmenistan are not in the table.
    """
    rows = opinion_polls[opinion_polls["question"] == "Who could best help with COVID-19?"]
    rows = rows[rows["answer"].isin(["Russia", "China"]) & (rows["year"] == 2020)]
    table = rows.pivot(index="iso3", columns="answer", values="percent")[["Russia", "China"]]
    table = table.astype(float).rename(index=states["name"]).rename_axis("state")
    return table.rename_axis(columns="per cent of answers")


def best_cases_about_t1(counterarguments):
    """The best case of each side about T1, as the course sees it, of any year.

    Take the arguments on T1 that the course calls the best of their side: for, against and in
    between, and the best Russian, Chinese, Central Asian and hawkish views. Some of them were made
    after the article.
    """
    rows = counterarguments[counterarguments["thesis"].isin(["T1", "both"])]
    rows = rows.dropna(subset="best").sort_values(["best", "arg_id"])
    table = rows[["best", "argument", "author"]].set_index(rows["arg_id"].rename("argument no."))
    table["year"] = rows["year"].astype("string").fillna("undated").to_numpy()
    return table.fillna("not given")


def arguments_about_t1(counterarguments):
    """What others argued about T1, that China gains at Russia's cost, by the end of 2023.

    Take every argument that speaks to T1, also those that speak to both theses. Say to which half
    it speaks: that China gains, or that this is at Russia's cost. Leave out what is dated 2024 or
    later; what carries no date stays, and says so. Put the halves together, for before against.
    """
    rows = counterarguments[counterarguments["thesis"].isin(["T1", "both"])]
    rows = rows[(rows["year"] <= 2023) | (rows["year_basis"] == "undated")]
    order = {"for": 0, "qualifies": 1, "against": 2}
    rows = rows.assign(place=rows["relation"].map(order)).sort_values(
        ["t1_half", "place", "arg_id"]
    )
    table = rows[["t1_half", "relation", "argument", "author", "author_from"]]
    table = table.set_axis(["half", "relation", "argument", "author", "from"], axis=1)
    table["year"] = rows["year"].astype("string").fillna("undated")
    table = table.set_index(rows["arg_id"].rename("argument no."))
    return table.fillna("not given")


def ties_one_by_one(
    central_asia_trade, migrant_stock, arms_transfers, debt_service, public_diplomacy, states
):
    """Six ties of each of the five with Russia and with China, one figure a row.

    Take trade by the customs of the power in 2021 and by the state's own statistics in 2022, both
    in million dollars; people who live with the power, of 2020; arms of 2013 to 2022, in SIPRI's
    volume; debt service on loans between states in 2022, in million dollars; and students of 2017.
    Leave press figures out. A tie for which our tables have no figure has no row.
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
    cut = {tie: part.reset_index()[columns[tie]] for tie, part in parts.items()}
    rows = pd.concat(
        {tie: part.set_axis([*"spv"], axis=1).astype({"v": float}) for tie, part in cut.items()},
        names=["tie"],
    ).reset_index("tie")
    table = pd.DataFrame({"state": rows["s"].map(names), "tie": rows["tie"]})
    table = table.assign(power=rows["p"].map(powers), value=rows["v"])
    return table.dropna().round(1).reset_index(drop=True)


def votes_one_by_one(ukraine_votes, ukraine_resolutions, states, article_day):
    """Votes of China and the five in the UN on the invasion and on Crimea, one vote a row.

    Take the texts up to the article: those of the emergency session on the invasion, and those on
    Crimea. Name each by its number, and write each vote as a word; "absent" is who cast no vote.
    Three cells are inferred, not read: ES-11/2 for Uzbekistan and Turkmenistan, ES-11/4 for
    Turkmenistan.
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
