"""The article's claims, their evidence and what was made of them."""

from tests.check_figures import count, one


def cell(key, row, column):
    return lambda df: df.set_index(key).loc[row, column]


def says(key, row, column, *texts):
    return lambda df: all(text in df.set_index(key).loc[row, column] for text in texts)


def figure(claim):
    return one("figure_value", claim_id=claim)


CHECKS = [
    ("claims", "84 claims (the first fact-check)", len, 84, 0),
    *(
        (
            "claims",
            f"{number} claims are: {kind} (the first fact-check)",
            count(claim_type=kind),
            number,
            0,
        )
        for kind, number in {"interpretation": 30, "event fact": 25, "quantitative fact": 8}.items()
    ),
    (
        "claims",
        "21 attributions, predictions and value judgements (the first fact-check)",
        count(claim_type=["attribution-quote", "prediction", "value judgement"]),
        21,
        0,
    ),
    (
        "claims",
        "C10 against US$ 190.27 bn (Chinese customs via Vestnik Kavkaza, 13 January 2023)",
        figure("C10"),
        190.27,
        0.5,
    ),
    (
        "claims",
        "C12 against US$ 53.845 bn (Chinese customs via PortNews and Global Times)",
        figure("C12"),
        53.845,
        0.06,
    ),
    (
        "claims",
        "C13 against 38.7 % (Global Times, citing Chinese customs)",
        figure("C13"),
        38.7,
        1.5,
    ),
    ("claims", "C45 against US$ 70.2 bn (People's Daily Online)", figure("C45"), 70.2, 0.3),
    (
        "claims",
        "C57 within 300 miles of 7,591 km (IWPR, border treaty of 2005)",
        figure("C57"),
        7591 / 1.609344,
        300,
    ),
    ("claims", "Twelve claims stand in the starter map", count(in_starter_map=True), 12, 0),
    (
        "claims",
        "Every chapter 01–09 has four or five core claims",
        lambda d: sorted(set(d[d["core"]].groupby("chapter").size())),
        [4, 5],
        0,
    ),
    (
        "claims",
        "C24 is wrong: one leaders' video meeting only (CGTN, 25 January 2022)",
        cell("claim_id", "C24", "verdict"),
        "wrong",
        0,
    ),
    (
        "claims",
        "C64 is imprecise (UN roll calls)",
        cell("claim_id", "C64", "verdict"),
        "imprecise",
        0,
    ),
    (
        "claims",
        "Every claim has a dissent",
        lambda d: int((d["dissent"].str.len() > 20).sum()),
        84,
        0,
    ),
    ("evidence", "207 findings of the first fact-check and 8 added", len, 215, 0),
    (
        "evidence",
        "Gallup, via the press: approval of Russia's leadership 55 %, then 29 %",
        says("evidence_id", "E208", "finding", "55% in 2021 and 29% in 2022"),
        True,
        0,
    ),
    (
        "evidence",
        "Demoscope: 15 %, 23.3 % and 61.8 %",
        says("evidence_id", "E151", "finding", "15%", "23.3%", "61.8%"),
        True,
        0,
    ),
    (
        "evidence",
        "Only three pages later than the article stand against it",
        lambda d: int(
            ((d["relation"] == "contradicts") & (d["date"].fillna("") > "2023-05-28")).sum()
        ),
        3,
        0,
    ),
    (
        "evidence",
        "A denial by an interested party is context",
        lambda d: set(d[d["evidence_id"].isin(["E172", "E173", "E185"])]["relation"]),
        {"context"},
        0,
    ),
    (
        "paragraphs",
        "Words of the stored text without its date stamp (counted)",
        lambda d: int(d["words"].sum()),
        1311,
        0,
    ),
    (
        "paragraphs",
        "Every précis has 40 to 70 words",
        lambda d: int(d["precis"].str.split().str.len().between(40, 70).sum()),
        14,
        0,
    ),
    (
        "wording",
        "No quoted phrase is longer than eight words",
        lambda d: d["phrase"].str.split().str.len().max() <= 8,
        True,
        0,
    ),
    (
        "timeline",
        "UN vote of 12 October 2022: 143-5-35 (Kun.uz)",
        says("event_id", "T44", "description", "143-5-35"),
        True,
        0,
    ),
    (
        "timeline",
        "UN vote on the invasion, 2 March 2022 (UN roll call)",
        lambda d: only_date(d, "T37"),
        "2022-03-02",
        0,
    ),
    (
        "agreements",
        "Six promises were kept by 2026 (pages named row by row)",
        count(status="kept"),
        6,
        0,
    ),
    (
        "counterarguments",
        "Arguments for and against differ by no more than two",
        lambda d: abs(len(d[d["relation"] == "for"]) - len(d[d["relation"] == "against"])) <= 2,
        True,
        0,
    ),
]


def only_date(df, event):
    return df.set_index("event_id").loc[event, "date"].date().isoformat()
