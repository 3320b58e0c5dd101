"""The article: its claims in short, its links, its sources, its dates, and our evidence on it."""

import pandas as pd


def claims_in_short(claims):
    """The claims of the article, in short.

    Take the register of claims. Name each row by the claim's id. Of some twenty columns, keep
    three: the paragraph of the claim, its type, and a label of a few words.
    """
    columns = {"paragraph": "paragraph", "claim_type": "type", "short_label": "in short"}
    table = claims.set_index("claim_id").rename_axis("claim")
    return table[[*columns]].rename(columns=columns)


def argument_links(claims):
    """Which claim supports which.

    Take the claims that are given as a reason for another claim. Give each reason a row of its own,
    which is called a link. It holds the claim, its label and type, and the claim that it supports.
    In the last column, count how many links support that other claim in all. The links are the
    course's reading, because the author seldom says which claim is a reason for which.
    """
    columns = {"claim_id": "claim", "short_label": "in short", "claim_type": "type"}
    claims = claims.astype({"claim_type": "category"})  # a type without any is counted as 0
    rows = claims[claims["supports"].notna()].rename(columns=columns)
    rows = rows.assign(above=rows["supports"].str.split("; ")).explode("above")
    table = rows[[*columns.values()]].assign(**{"holds up": rows["above"]})
    table["supports in all"] = rows["above"].map(rows["above"].value_counts())
    return table.set_index(pd.RangeIndex(1, len(table) + 1, name="link"))


def claims_and_sources(claims):
    """For which claims the article itself gives a source.

    Take the register of claims. If the text names a source, or hints at one without a name, write
    "named or hinted at". Otherwise write "not given". Keep this next to the paragraph, the type and
    the label of each claim. Count the letters of our summary of it.
    """
    columns = {"paragraph": "paragraph", "claim_type": "type", "short_label": "in short"}
    rows = claims.set_index("claim_id").rename_axis("claim")
    table = rows[[*columns]].rename(columns=columns)
    table["source"] = "named or hinted at"
    table["source"] = table["source"].mask(rows["source_in_text"] == "none", "not given")
    table["letters"] = rows["summary"].str.len()
    return table


def dates_behind_p1(chosen_events, timeline):
    """What the first paragraph refers to, with dates.

    Take the eight events that we chose from the course's timeline. Seven are what the paragraph
    says about the war, about Xi's work in Central Asia and about the friendship, in the order in
    which it mentions them. The eighth is the article itself. Describe each event in a few words.
    Count the days from the joint statement of February 2022.
    """
    chosen = chosen_events.query("view == 'dates_behind_p1'").set_index("event_id")
    columns = {"label": "event", "subject": "speaks of"}
    table = chosen[[*columns]].rename(columns=columns)
    table["date"] = timeline.set_index("event_id")["date"]
    table["days since the statement"] = (table["date"] - table["date"]["T34"]).dt.days
    return table.set_index("event")


def evidence_pages(evidence):
    """How near each piece of evidence is to its source.

    Take the course's evidence on the claims. Say how near each page is to its source: it can be its
    publisher's own text, a report of what somebody else published, or a copy of another site's
    text. If we saw no page, say so. Keep the claim that the page is about, its relation to that
    claim, and its publisher.
    """
    nearness = {"first-hand": "own text", "relayed": "report", "reposted": "copy"}
    nearness |= {"none": "no page seen"}
    table = evidence.set_index("evidence_id").rename_axis("piece")
    table = table.assign(page=table["source_class"].map(nearness))
    table = table.rename(columns={"claim_id": "claim"})
    return table[["claim", "relation", "publisher", "page"]]


def damaged_phrases(wording):
    """Damaged phrases of our copy, and what the author probably wrote.

    Take the phrases that the course has marked as damaged. Name each phrase by its id. Keep the
    phrase, the probable original, the kind of damage, and how sure the course is.
    """
    columns = {"paragraph": "paragraph", "phrase": "our copy has", "damage_type": "damage"}
    columns |= {"likely_original": "probably written", "confidence": "how sure"}
    order = ["paragraph", "our copy has", "probably written", "damage", "how sure"]
    table = wording.set_index("item_id").rename_axis("phrase")
    return table[[*columns]].rename(columns=columns)[order]


def verdicts_in_all(claims):
    """The course's verdicts, all together.

    Take the verdict on each claim without the claim's id, so that no verdict on a claim is given
    away. Add the type of the claim, and say as which of the student's four verdicts the course's
    verdict counts. Verdicts on claims that the course did not check are not compared.
    """
    four = {"accurate": "holds", "accurate with caveat": "holds, but", "imprecise": "holds, but"}
    four |= {"misleading": "does not hold", "wrong": "does not hold"}
    four |= {"not checkable": "cannot be known", "opinion": "cannot be known"}
    four |= {"not checked by us": "not compared"}
    rows = claims.sort_values(["claim_type", "verdict"]).reset_index(drop=True)
    table = rows[["claim_type", "verdict"]].set_axis(["type", "our verdict"], axis=1)
    table["among the four"] = table["our verdict"].map(four)
    return table.rename_axis("number")


def ten_claims_to_type(classmate_letters, claims):
    """Ten claims whose type is to be chosen.

    Take ten claims from all parts of the article, in the article's order. Keep what each claim
    says, in the course's words, but leave out its type.
    """
    rows = claims.set_index("claim_id").rename_axis("claim").loc[classmate_letters["claim_id"]]
    return rows[["summary"]].rename(columns={"summary": "what it says"})


def ten_claims_typed(classmate_letters, claims):
    """Ten claims, typed by the register and by a classmate.

    Take the same ten claims as `ten_claims_to_type`. Write the type of each claim in the register
    as a letter: F event fact, N quantitative fact, Q words attributed to somebody, I
    interpretation, V value judgement, P prediction. Add the letters of a classmate, who is
    invented.
    """
    letters = {"event fact": "F", "quantitative fact": "N", "attribution-quote": "Q"}
    letters |= {"interpretation": "I", "value judgement": "V", "prediction": "P"}
    table = classmate_letters.set_index("claim_id").rename_axis("claim")
    table["register"] = claims.set_index("claim_id")["claim_type"].map(letters)
    return table[["register", "classmate"]]


def seven_pages(chosen_pages, evidence):
    """Seven pages of the evidence, and what they say.

    Take seven pieces of evidence. Keep who published the page, what sort of page it is, and what it
    says. Leave out how near the page is to its source.
    """
    chosen = chosen_pages.loc[chosen_pages["view"] == "seven_pages", "evidence_id"]
    columns = {"publisher": "publisher", "source_kind": "sort of page", "finding": "what it says"}
    table = evidence.set_index("evidence_id").rename_axis("piece").loc[chosen]
    return table[[*columns]].rename(columns=columns)
