"""Who stands with whom: arms, pledges, votes, what people say, and what came when."""


def arms_between(arms_transfers):
    """Major arms that Russia and China delivered to each other, year by year.

    Take SIPRI's register of deliveries. Each column shows one seller. The volume is SIPRI's
    trend-indicator value, in millions, which measures military strength rather than price. A year
    without an entry stays empty, because the register knows of no delivery in that year.
    """
    rows = arms_transfers[arms_transfers["recipient_iso3"].isin(["CHN", "RUS"])]
    table = rows.pivot(index="year", columns="supplier_name", values="tiv_million").round(2)
    return table[["Russia", "China"]].rename_axis(columns="million trend-indicator values")


def arms_five_years(arms_transfers):
    """Arms that Russia and China delivered to each other, in sums over five years.

    Take SIPRI's register of deliveries of major arms. Add up each period of five years, and name
    the sum by its last year, so that 2022 means 2018 to 2022. A year without an entry counts as
    zero, because the register knows of no delivery in that year.
    """
    rows = arms_transfers[arms_transfers["recipient_iso3"].isin(["CHN", "RUS"])]
    table = rows.pivot(index="year", columns="supplier_iso3", values="tiv_million")
    table = table[["RUS", "CHN"]].set_axis(["from Russia", "from China"], axis=1)
    table = table.fillna(0).rolling(5).sum().dropna().round(1)
    return table.rename_axis(columns="million trend-indicator values")


def agreement_with_china(un_rollcalls, states):
    """How closely each state voted with China in the UN General Assembly.

    Count a yes as 1, an abstention as a half, and a no as 0. The agreement of two votes is one
    minus the distance between them. Take the mean over the recorded votes of a year in which both
    states voted. If a state is absent, does not vote or has no record, leave it out of that vote.
    """
    names = states.loc[states["five"] | states["power"], "name"]
    names = names.set_axis("vote_" + names.index.str.lower()).drop("vote_chn")
    cast = un_rollcalls.set_index("year")[["vote_chn", *names.index]]
    cast = cast.replace({"Y": "1", "A": "0.5", "N": "0"}).astype(float)
    alike = 1 - cast[names.index].sub(cast["vote_chn"], axis=0).abs()
    table = alike.groupby("year").mean().rename(columns=names).round(3)
    return table.rename_axis(columns="agreement with China, 0 to 1")


def agreement_in_the_world_2019(un_agreement_world, states):
    """How closely Russia, the five and the rest of the world voted with China in 2019.

    Take the agreement scores of 192 states with China, where a yes counts 1, an abstention a half,
    and a no 0. Keep Russia, the five and the state with the lowest score. Two more rows show
    positions among all 192 states. A quarter of the states have scores below the lower quarter, and
    half have scores below the middle state.
    """
    names = states.loc[states["five"] | states["power"], "name"].drop("CHN")
    world = un_agreement_world.set_index("iso3")["agreement_index"].astype(float)
    table = world[names.index].rename(index=names)
    called = un_agreement_world.set_index("iso3")["state_name"]
    table[called[world.idxmin()]] = world.min()
    table["lower quarter of the world"] = world.quantile(0.25)
    table["middle state of the world"] = world.median()
    table = table.sort_values().round(3).to_frame("agreement").rename_axis("state")
    return table.rename_axis(columns="agreement with China, 0 to 1")


def agreement_with_russia(un_rollcalls, states):
    """How closely China and the five voted with Russia in the UN General Assembly.

    Count a yes as 1, an abstention as a half, and a no as 0. The agreement of two votes is one
    minus the distance between them. Take the mean over the recorded votes of a year in which both
    states voted. If a state is absent, does not vote or has no record, leave it out of that vote.
    """
    names = states.loc[states["five"] | states["power"], "name"]
    names = names.set_axis("vote_" + names.index.str.lower()).drop("vote_rus")
    cast = un_rollcalls.set_index("year")[["vote_rus", *names.index]]
    cast = cast.replace({"Y": "1", "A": "0.5", "N": "0"}).astype(float)
    alike = 1 - cast[names.index].sub(cast["vote_rus"], axis=0).abs()
    table = alike.groupby("year").mean().rename(columns=names).round(3)
    return table.rename_axis(columns="agreement with Russia, 0 to 1")


def agreement_with_russia_by_part(un_rollcalls):
    """How closely China and Kazakhstan voted with Russia in 2017, by what was voted on.

    Calculate agreement in the same way as for China. A yes counts 1, an abstention a half, and a no
    0. The agreement of two votes is one minus the distance between them, and the score is the mean.
    Here, votes on whole texts, on single paragraphs and on amendments are kept apart. The last
    column says how many votes there were.
    """
    rows = un_rollcalls[un_rollcalls["year"] == 2017].set_index("part")
    cast = rows[["vote_rus", "vote_chn", "vote_kaz"]]
    cast = cast.replace({"Y": "1", "A": "0.5", "N": "0"}).astype(float)
    alike = 1 - cast[["vote_chn", "vote_kaz"]].sub(cast["vote_rus"], axis=0).abs()
    table = alike.groupby("part").mean().set_axis(["China", "Kazakhstan"], axis=1).round(2)
    table["votes"] = cast.groupby("part").size()
    return table.rename_axis("voted on").rename_axis(columns="agreement with Russia, 0 to 1")


def un_positions(un_ideal_points, states):
    """Where three states stand in the UN General Assembly, by two series.

    Take the ideal points that scholars estimate from votes. An ideal point is a position on a line
    without a unit, and states that often vote alike are close to each other on this line. One
    series uses all recorded votes, and the other uses only votes on final passage, that is, on
    whole texts. Keep China, Russia and Kazakhstan.
    """
    three = ["CHN", "RUS", "KAZ"]
    rows = un_ideal_points[un_ideal_points["iso3"].isin(three)]
    table = rows.pivot(index=["series", "year"], columns="iso3", values="ideal_point")
    table = table[three].rename(columns=states["name"]).round(3)
    return table.rename_axis(columns="ideal point")


def un_bands_2022(un_ideal_points, states):
    """How exactly the places of seven states in the UN General Assembly are known, in 2022.

    Take the ideal points of 2022, by both series, for China, Russia and the five. One in twenty of
    all places that the model tries for a state lies below the lower end of its band, and one in
    twenty lies above the upper end. In the last column, say whether the band overlaps Russia's.
    """
    names = states.loc[states["five"] | states["power"], "name"]
    rows = un_ideal_points[un_ideal_points["year"] == 2022].set_index("iso3")
    rows = rows.loc[names.index].assign(state=names).sort_values("series", kind="stable")
    columns = {"low": "lower end", "ideal_point": "middle", "high": "upper end"}
    table = rows.set_index(["series", "state"])[[*columns]].rename(columns=columns)
    table = table.astype(float).round(3)
    russia = table.xs(names["RUS"], level="state")
    above = table["lower end"].le(russia["upper end"], level="series")
    below = table["upper end"].ge(russia["lower end"], level="series")
    table["overlaps Russia's"] = above & below
    return table.rename_axis(columns="ideal point")


def agreement_with_america(un_agreement, states):
    """How closely seven states voted with the United States in the UN General Assembly.

    Take the agreement scores of China, Russia and the five with the United States. A yes counts 1,
    an abstention a half, and a no 0. The agreement of two votes is one minus the distance between
    them. The score is the mean over the recorded votes of a year in which both states voted.
    """
    rows = un_agreement[un_agreement["partner_iso3"] == "USA"]
    table = rows.pivot(index="year", columns="iso3", values="agreement_index").astype(float)
    table = table.rename(columns=states["name"]).round(3)
    return table.rename_axis(columns="agreement with the United States, 0 to 1")


def voted_like_america(voting_coincidence_us, states):
    """How often states voted as the United States did in the UN General Assembly in 2022.

    Take the scores of the US Department of State for 2022, where 1 means always and 0 means never.
    A partial agreement counts a half, and absences are left out. This is the measure of one
    government.
    """
    names = states.loc[states["five"] | states["power"], "name"]
    rows = voting_coincidence_us[voting_coincidence_us["year"] == 2022].set_index("iso3")
    table = rows.loc[names.index, ["coincidence_score"]].rename(index=names)
    table.columns = ["voted like the United States"]
    return table.rename_axis("state")


def views_of_each_other(opinion_pew):
    """How many people had a favourable view of the other country, and of the United States.

    Take the polls of Pew Research Center in China and in Russia. Keep the share of all respondents
    whose view was very or somewhat favourable. In China, Pew last asked about Russia in 2015; in
    Russia, it last asked about China in 2019. Years without a poll stay empty.
    """
    rows = opinion_pew[opinion_pew["iso3"].isin(["CHN", "RUS"])]
    rows = rows[(rows["iso3"] != rows["opinion_of_iso3"]) & (rows["year"] >= 2005)]
    pairs = rows["iso3"] + rows["opinion_of_iso3"]
    names = {"RUSCHN": "in Russia, on China", "CHNRUS": "in China, on Russia"}
    names |= {"RUSUSA": "in Russia, on America", "CHNUSA": "in China, on America"}
    rows = rows.assign(who=pairs.map(names))
    table = rows.pivot(index="year", columns="who", values="favourable_pct")[[*names.values()]]
    return table.astype(float).round(1).rename_axis(columns="per cent favourable")


def polls_since_the_invasion(opinion_polls, states):
    """What other pollsters asked in China and in Russia after the full-scale invasion.

    Take every answer about the other country, its relations or the United States from polls in
    China and Russia since March 2022. Questions and answers are in our words. The questions differ
    from poll to poll, so a chart should not connect the answers with a line. Polls taken after May
    2023 are later than the article.
    """
    rows = opinion_polls[opinion_polls["iso3"].isin(["CHN", "RUS"])]
    about = ["Russia?", "United States?", "China", "relations", "Influence of Russia"]
    rows = rows[rows["question"].str.contains("|".join(about).replace("?", "[?]"))]
    question = rows["question"].str.replace("attitude to", "view of")
    question = question.str.replace("the view of China in Russia", "Russia's view of China")
    rows = rows.assign(question=question, where=rows["iso3"].map(states["name"]))
    names = {"year": "year", "where": "asked in", "question": "question", "answer": "answer"}
    table = rows.rename(columns=names).set_index([*names.values()]).sort_index()
    table = table[["percent", "publisher"]].set_axis(["per cent", "pollster"], axis=1)
    return table.astype({"per cent": float})


def steps_around_the_invasion(chosen_events, timeline):
    """Twelve dated steps between China, Russia and the five, and the invasion itself.

    Take the thirteen events that we chose from the course's timeline, from the first meeting of
    ministers to the summit in Xi'an. Say in a few words what happened, and whether it happened
    before the full-scale invasion of 24 February 2022. The table chosen_events says why we chose
    each, and the timeline has more events.
    """
    chosen = chosen_events.query("view == 'steps_around_the_invasion'").set_index("event_id")
    table = timeline.set_index("event_id").loc[chosen.index, ["date"]].sort_values("date")
    table["before the invasion"] = table["date"] < "2022-02-24"
    return table.assign(what=chosen["label"]).rename_axis("event")
