"""What the course holds at its end: facts to weigh, what came later, forecasts, all verdicts."""

import numpy as np
import pandas as pd


def facts_on_the_tie(
    china_russia_trade_annual,
    world_trade,
    russian_customs_totals,
    un_agreement,
    arms_transfers,
    china_sales_to_russia,
    xi_putin_meetings,
    world_bank,
    states,
    article_day,
):
    """Six facts on China and Russia, to be weighed under four stories.

    Work out the figures from the tables of chapter 03: shares of trade, agreement in the UN,
    Russian arms to China in periods of five years, and meetings of the leaders. China's share of
    Russia's trade in 2022 divides China's first release by the total that Russia released in March
    2023. China's total for 2022 is the World Bank's, which includes services, so that Russia's
    share of it is a little too small. The five states' agreement with China is the standard of
    comparison for the votes, and the arms are compared with two earlier periods. What China sends
    comes from the press: The Wall Street Journal read leaked customs records (E310) and gave the
    sums for chips, and Politico reported rifles (E368). The last fact has no figure (C04, A41,
    E404, E405).
    """
    trade = china_russia_trade_annual.query(
        "year == 2019 and flow == 'total' and line.str.contains('DOTS')"
    ).set_index("reporter_iso3")["value_usd"]
    share = trade / world_trade.query("year == 2019").groupby("iso3")["world_usd"].sum()
    printed = china_russia_trade_annual.query(
        "year == 2022 and flow == 'total' and line.str.contains('first release')"
    )["value_usd"].sum()
    whole = russian_customs_totals.query(
        "partner == 'world' and period_start >= '2022' and vintage.str.contains('March 2023')"
    )["value_usd"].sum()
    china = world_bank.query("iso3 == 'CHN' and year == 2022").set_index("indicator")["value"]
    votes = un_agreement.query("year == 2022").pivot(
        index="iso3", columns="partner_iso3", values="agreement_index"
    )
    five = votes["CHN"][states.index[states["five"]]]
    arms = arms_transfers.query("supplier_iso3 == 'RUS' and recipient_iso3 == 'CHN'")
    arms = arms.set_index("year")["tiv_million"].rolling(5).sum()
    more = [arms[2022] / arms[last] * 100 - 100 for last in (2017, 2005)]
    chips = china_sales_to_russia.query("item == 'integrated circuits'")["value_usd"] / 1e6
    met = xi_putin_meetings.query("as_of < @article_day").sort_values("as_of").iloc[-1]
    lines = {
        "trade": f"China's share of Russia's trade was {share['RUS']:.0%} in 2019 and "
        f"{printed / whole:.0%} in 2022. Russia's share of China's trade was {share['CHN']:.1%}, "
        f"then about {100 * printed / china['gdp_usd'] / china['trade_pct_gdp']:.0%}.",
        "votes": "UN agreement scores with China in 2022 (1 is highest): Russia "
        f"{votes['CHN']['RUS']:.2f}, the five states {min(five):.2f} to {max(five):.2f}.",
        "arms": f"Russia's arms to China in 2018–22 were {more[0]:.0f}% more than in 2013–17 and "
        f"{-more[1]:.0f}% less than in 2001–05 (SIPRI, volume).",
        "goods": "China sent most recorded goods with a military use, but few known weapons. Chip "
        f"sales rose from {min(chips):.0f} to {max(chips):.0f} million dollars in 2022.",
        "meetings": f"By {met['as_of']:%B %Y}, Xi and Putin had met about {met['count']} times, "
        "according to Putin's aide.",
        "words": "The words 'no limits' (2022) were missing in March 2023. China's envoy called "
        "them rhetoric, and his mission objected.",
    }
    return pd.DataFrame({"what is known": lines}).rename_axis("fact")


def facts_on_the_five(gas_flows, debt_service):
    """Four facts on the five states, to be weighed under the same stories.

    Work out two figures from the tables of chapters 05 and 08. One is the gas that each power
    bought. The Energy Institute reports the CIS without Russia, so Azerbaijan's gas is included.
    The other is what each of the five paid to China on debts to states (World Bank). The other two
    facts have no figure (C20, E159). The facts on Xi'an and on the debts concern what China gains,
    and those on gas and on the parade concern Russia's cost.
    """
    gas = gas_flows.query("series == 'interregional' and fuel == 'pipeline_gas'")
    gas = gas[gas["origin_name"].str.startswith("Other CIS")]
    gas = gas.set_index(["destination_iso3", "year"])["gas_bcm"]
    paid = debt_service.query("year == 2022").set_index(["creditor_iso3", "iso3"])
    owed = (paid["principal_usd"] + paid["interest_usd"]).astype(float).unstack(0)
    owed = (owed["CHN"] / owed["WLD"]).dropna()
    lines = {
        "Xi'an": "In May 2023, Xi received all five presidents in Xi'an without Russia.",
        "debts": f"In 2022, between {owed.min():.0%} and {owed.max():.0%} of what each of the five "
        "paid on debts to states went to China.",
        "gas": (
            f"The region's gas, billion m³: Russia bought {gas['RUS', 2000]:.0f} in 2000, "
            f"{gas['RUS', 2008]:.0f} in 2008 (its peak) and {gas['RUS', 2022]:.0f} in 2022. China "
            f"bought 0 before 2010 and {gas['CHN', 2022]:.0f} in 2022."
        ),
        "parade": "On 9 May 2023, all five presidents were in Moscow with Putin.",
    }
    return pd.DataFrame({"what is known": lines}).rename_axis("fact")


def chapters_on_the_theses(chapter_readings, central_asia_trade, opinion_polls, states):
    """What the tables of chapters 01 to 08 contribute to the two theses.

    Take the course's reading of each chapter's tables. For T1, it says what China gains and
    what this costs Russia, and for T2, whether the friendship is false. First say which way the
    tables point: for, against, both, or neither, if the chapter has no table on the question or its
    tables decide nothing. Then say in a few words why. Work out the growth of trade and the shares
    of the poll from the tables of chapters 04 and 07.
    """
    trade = central_asia_trade.query("reporter_iso3 == 'CHN' and flow == 'total'")
    trade = trade[trade["state_iso3"].isin(states.index[states["five"]])]
    trade = trade.groupby("year")["value_usd"].sum()
    poll = opinion_polls[opinion_polls["question"] == "Could Russia attack Kazakhstan?"]
    poll = poll[poll["poll"] == "Demoscope, May 2023"].set_index("answer")["percent"]
    figures = {"growth": trade[2022] / trade[2019] - 1, "impossible": poll["impossible"]}
    figures["possible"] = 100 - poll["impossible"]
    why = pd.Series([words.format(**figures) for words in chapter_readings["why"]])
    rows = chapter_readings.assign(said=chapter_readings["points"] + ": " + why)
    return rows.pivot(index="chapter", columns="question", values="said").rename_axis(columns=None)


def putin_in_the_five(putin_visits, states):
    """Visits of Vladimir Putin to the five states, as far as pages were found.

    Take the visits that were found, by month. Name the state and the first occasion that a page
    gives. The list is a sample: it covers 2017 and the years from 2022 on, and a visit for which
    nobody searched is not in it.
    """
    rows = putin_visits.sort_values(["month", "iso3"]).reset_index(drop=True)
    table = pd.DataFrame({"month": rows["month"].dt.strftime("%Y-%m")})
    table["state"] = rows["iso3"].map(states["name"])
    table["occasion"] = rows["occasion"].str.split("; ").str[0]
    table["publisher"] = rows["publisher"].str.split("; ").str[0]
    table.index = pd.RangeIndex(1, len(table) + 1, name="visit")
    return table


def emergency_votes_since(ukraine_votes, ukraine_resolutions, vote_subjects, states, article_day):
    """How eight states voted in the UN's emergency session on the war after the article.

    Take the texts that the session adopted after the article, as far as we searched. Name each text
    by its month and subject; the second text of February 2025 was an American draft that others
    changed. Write each vote as a word; "absent" means that the state cast no vote. About half of
    the votes come from a roll call list, and the others from the press.
    """
    eight = ["RUS", "CHN", "USA", *states.index[states["five"]]]
    said = {"Y": "yes", "N": "no", "A": "abstained", "X": "absent"}
    texts = ukraine_resolutions[ukraine_resolutions["date"] > article_day]
    texts = texts.merge(vote_subjects, on="resolution_id").set_index("resolution_id")
    label = texts["date"].dt.strftime("%Y-%m ") + texts["subject"]
    rows = ukraine_votes[ukraine_votes["resolution_id"].isin(texts.index)]
    rows = rows.assign(text=rows["resolution_id"].map(label), vote=rows["vote"].map(said))
    table = rows.pivot(index="iso3", columns="text", values="vote").loc[eight]
    table = table[[*label]].rename(index=states["name"])
    return table.rename_axis("state").rename_axis(columns=None)


def events_since(timeline, states, article_day):
    """What happened after the article between the five states, China, Russia and others.

    Take the events in our timeline after 28 May 2023, as far as we searched. Sort them by who takes
    part: the five with China, with Russia or with others, or China with Russia alone. Leave out
    events without such a pair, for example an essay. The list was made for an article on China, so
    its rows should not be counted.
    """
    rows = timeline[timeline["date"] > article_day].sort_values("date")
    who = rows["actors"]
    five = who.str.contains("|".join(["CA5", "five", *states.index[states["five"]]]))
    china, russia = who.str.contains("CHN|Xi|CNPC"), who.str.contains("RUS|Putin|Rosatom|Gazprom")
    lanes = {"the five, with China": five & china, "the five, with Russia": five & russia}
    lanes |= {"the five, with others": five & who.str.contains("USA|EUU")}
    lanes |= {"China with Russia": china & russia}
    lane = np.select([*lanes.values()], [*lanes], "")
    table = pd.DataFrame({"date": rows["date"], "who": lane})
    table["what"], table["publisher"] = rows["description"], rows["publisher"]
    table.index = rows["event_id"].rename("event")
    return table[table["who"] != ""].sort_values(["who", "date"])


def claims_that_look_ahead(claims):
    """The claims of the article that look ahead, and what came.

    Take the claims of the type prediction. Say whose forecast each is, and whether it gives a
    number and a year, because a forecast without them can hardly fail. The last column shows what
    our register says about the time since the article, as far as we searched. It is not a part of
    the verdict.
    """
    rows = claims[claims["claim_type"] == "prediction"].set_index("claim_id")
    table = pd.DataFrame({"what it predicts": rows["summary"]})
    table["who says so"] = rows["source_in_text"].replace("none", "the author")
    exact = rows["figure_value"].notna() & rows["figure_period"].notna()
    table["number and year"] = exact.map({True: "both", False: "no"})
    table["what came since"] = rows["since"]
    return table.rename_axis("claim")


def verdict_tally(claims):
    """The course's verdicts on all claims, by type of claim.

    Convert the register's seven words to the four that you use: "accurate with caveat" becomes
    "holds, but", and "opinion" and "not checkable" become "cannot be known". This last verdict has
    two columns: by nature, or in part, if some of a claim can be checked and the rest cannot. Two
    words have columns of their own: "imprecise", if the direction is right but a number or a word
    such as "all" is not, and what we did not check. Count the claims of each type under each word.
    """
    by_nature, in_part = "cannot be known, by nature", "cannot be known, in part"
    said = {"accurate": "holds", "accurate with caveat": "holds, but", "imprecise": "imprecise"}
    said |= {"misleading": "does not hold", "wrong": "does not hold"}
    said |= {"opinion": by_nature, "not checkable": by_nature}
    words = claims["verdict"].map(said).fillna("not checked by us")
    words = words.mask((words == by_nature) & (claims["checkable"] == "partly"), in_part)
    order = ["holds", "holds, but", "imprecise", "does not hold"]
    order += [by_nature, in_part, "not checked by us"]
    table = pd.crosstab(claims["claim_type"], words)
    table = table.reindex(columns=order, fill_value=0).astype(float)
    table = table.sort_values([by_nature, "holds"], ascending=[False, True])
    return table.rename_axis("type").rename_axis(columns="claims")
