"""Who is called as a witness, and what others have argued, before the article and after it."""


def witness_pages(evidence):
    """What was found on Kissinger and the two powers, by how near each page is to the words.

    Take the pieces of evidence on the five claims about him, C76 to C78, C80 and C81. Say of each
    page what it is: the publisher's own text, a report of another's, a copy, or nothing that we
    saw. An empty publisher: somebody remembered it, and no page was found.
    """
    said = {"first-hand": "own text", "relayed": "report", "reposted": "copy"}
    said |= {"none": "no page seen"}
    rows = evidence[evidence["claim_id"].isin(["C76", "C77", "C78", "C80", "C81"])]
    rows = rows.assign(page=rows["source_class"].map(said))
    columns = {"evidence_id": "evidence", "claim_id": "claim", "finding": "what it says"}
    columns |= {"page": "page", "publisher": "publisher", "date": "date"}
    table = rows[[*columns]].rename(columns=columns)
    return table.set_index("evidence")


def best_arguments(counterarguments):
    """The best case for and against each thesis, as we see it.

    Take the arguments that we marked as the best for a thesis, against it, or as the best that
    qualify it. Keep what is argued, by whom and when, and what speaks for caution. T1 says two
    things, so its arguments name the half that they bear on.
    """
    rows = counterarguments[counterarguments["best"].fillna("").str.contains("T1|T2")]
    rows = rows.assign(half=rows["t1_half"].fillna("")).sort_values(["best", "half"])
    columns = {"arg_id": "id", "best": "side", "half": "half of T1", "argument": "argument"}
    columns |= {"author": "author", "year": "year", "publisher": "publisher", "caution": "caution"}
    table = rows[[*columns]].rename(columns=columns).astype({"year": "string"})
    return table.set_index("id")


def other_voices(counterarguments):
    """The best statement of five other views, as we see them.

    Take the arguments that we marked as the best of a Central Asian, a Chinese or a Russian view,
    or of one that expects conflict. Keep what is argued, by whom and when, and what speaks for
    caution. An empty year or author: the page does not show it.
    """
    marked = counterarguments["best"].fillna("")
    rows = counterarguments[marked.str.contains("view")].sort_values(["best", "arg_id"])
    columns = {"arg_id": "id", "best": "view", "relation": "to the thesis", "thesis": "thesis"}
    columns |= {"argument": "argument", "author": "author", "year": "year"}
    columns |= {"publisher": "publisher", "caution": "caution"}
    table = rows[[*columns]].rename(columns=columns).astype({"year": "string"})
    return table.set_index("id")
