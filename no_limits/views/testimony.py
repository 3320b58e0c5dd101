"""Who is called as a witness, and what others have argued, before the article and after it."""


def witness_pages(evidence):
    """What was found on Kissinger and the two powers, by how near each page is to the words.

    Take the pieces of evidence on the five claims about Kissinger: C76 to C78, C80 and C81. Say
    what each page is: the publisher's own text, a report of somebody else's text, a copy, or
    nothing that we saw. If somebody remembered a text but no page was found, the cell for the
    publisher says so.
    """
    said = {"first-hand": "own text", "relayed": "report", "reposted": "copy"}
    said |= {"none": "no page seen"}
    rows = evidence[evidence["claim_id"].isin(["C76", "C77", "C78", "C80", "C81"])]
    rows = rows.assign(page=rows["source_class"].map(said))
    rows = rows.assign(publisher=rows["publisher"].fillna("from memory"))
    rows = rows.assign(date=rows["date"].fillna("").str[:7]).sort_values(
        ["claim_id", "evidence_id"]
    )
    columns = {"evidence_id": "evidence", "claim_id": "claim", "finding": "what it says"}
    columns |= {"page": "page", "publisher": "publisher", "date": "month"}
    table = rows[[*columns]].rename(columns=columns)
    return table.set_index("evidence")


def best_arguments(counterarguments):
    """The best case for and against each thesis, as we see it.

    Take the arguments that we marked as the best for a thesis, the best against it, or the best
    that qualify it. Keep what is argued, by whom, where and when, and reasons for caution. T1 makes
    two statements, so each argument on it says which of the two it concerns.
    """
    rows = counterarguments[counterarguments["best"].fillna("").str.contains("T1|T2")]
    rows = rows.assign(half=rows["t1_half"].fillna("")).sort_values(["best", "half"])
    year = rows["year"].astype("string").fillna("undated")
    rows = rows.assign(who=rows["author"] + ", " + rows["publisher"] + ", " + year)
    columns = {"arg_id": "id", "best": "side", "half": "half of T1", "argument": "argument"}
    columns |= {"who": "who, where and when", "caution": "caution"}
    table = rows[[*columns]].rename(columns=columns)
    return table.set_index("id")


def other_voices(counterarguments):
    """The best statements of four other views, as we see them.

    Take the arguments that we marked as the best for a Central Asian, a Chinese or a Russian view,
    or for a view that expects the two powers to clash ("hawkish"). Say which thesis each argument
    concerns and on which side it is. Keep what is argued, by whom, where and when, and reasons for
    caution.
    """
    marked = counterarguments["best"].fillna("")
    rows = counterarguments[marked.str.contains("view")].sort_values(["best", "arg_id"])
    year = rows["year"].astype("string").fillna("undated")
    author = rows["author"].fillna("author not shown")
    rows = rows.assign(who=author + ", " + rows["publisher"] + ", " + year)
    rows = rows.assign(side=rows["relation"] + " " + rows["thesis"].replace("both", "T1 and T2"))
    columns = {"arg_id": "id", "best": "view", "side": "side", "argument": "argument"}
    columns |= {"who": "who, where and when", "caution": "caution"}
    table = rows[[*columns]].rename(columns=columns)
    return table.set_index("id")
