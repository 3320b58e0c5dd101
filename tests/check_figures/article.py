"""The article's claims, their evidence and what was made of them."""

from random import Random

from tests.check_figures import count, one


def cell(key, row, column):
    return lambda df: df.set_index(key).loc[row, column]


def says(key, row, column, *texts):
    return lambda df: all(text in df.set_index(key).loc[row, column] for text in texts)


def figure(claim):
    return one("figure_value", claim_id=claim)


CAVEATS = {"accurate with caveat", "imprecise"}
WEIGHED = ["supports", "contradicts", "qualifies"]


def fact_days(df):
    """Return the day of each fact: its own, or its page's; "standing" counts as long ago."""
    return df["fact_date"].fillna(df["date"]).replace("standing", "").fillna("no day")


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
    (
        "claims",
        "A kind of caveat stands exactly where the verdict is a caveat or imprecise",
        lambda d: (
            set(d["verdict"][d["but"].notna()]) == CAVEATS
            and set(d["verdict"][d["but"].isna()]).isdisjoint(CAVEATS)
        ),
        True,
        0,
    ),
    (
        "claims",
        "Seven claims that nobody has looked up",
        lambda d: set(d["claim_id"][d["verdict"] == "not checked by us"]),
        {"C14", "C73", "C74", "C80", "C81", "C83", "C84"},
        0,
    ),
    (
        "claims",
        "C45: three partners count 37.4 bn for 2022 where China counts 56.6 (central_asia_trade)",
        says("claim_id", "C45", "verdict_reason", "$37.4bn", "56.6"),
        True,
        0,
    ),
    (
        "claims",
        "C46: nobody else's ratio was public, so the rule for single reporters lets it be",
        cell("claim_id", "C46", "but"),
        "unit",
        0,
    ),
    ("evidence", "207 findings of the first fact-check, and those added since", len, 428, 0),
    (
        "evidence",
        "CPC carried 52.2 of 64.3 Mt in 2022 (the consortium; the energy ministry): 81%",
        says("evidence_id", "E277", "finding", "52.2 million", "64.3 million", "four fifths"),
        True,
        0,
    ),
    (
        "evidence",
        "January-August 2026: 185.0 billion, as in china_russia_press_prints",
        says("evidence_id", "E321", "finding", "$185.0bn in January-August 2026"),
        True,
        0,
    ),
    (
        "evidence",
        "Energy Institute, edition of 2026, oil in 2025: 100.72 Mt to China, 84.86 to India",
        says("evidence_id", "E254", "finding", "100.7 million tonnes to China", "84.9 to India"),
        True,
        0,
    ),
    (
        "evidence",
        "UNESCO's description, by another copy (silk-road.com, myunescowhslist): 2014",
        cell("evidence_id", "E083", "fact_date"),
        "2014",
        0,
    ),
    (
        "evidence",
        "OSW, 16 June 2014: the contract of Shanghai, 21 May 2014, 38 bcm a year, 30 years",
        says("evidence_id", "E249", "finding", "21 May 2014", "38 bcm", "30 years"),
        True,
        0,
    ),
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
        "No page later than the article stands against it",
        lambda d: int(
            ((d["relation"] == "contradicts") & (d["date"].fillna("") > "2023-05-28")).sum()
        ),
        0,
        0,
    ),
    (
        "evidence",
        "What speaks for or against a claim was a fact by 28 May 2023",
        lambda d: (d[d["relation"].isin(WEIGHED)].pipe(fact_days) <= "2023-05-28").all(),
        True,
        0,
    ),
    (
        "evidence",
        "Urals, December 2022: 50.47 (Russian Ministry of Finance, by UrduPoint / Sputnik)",
        says("evidence_id", "E216", "finding", "50.47"),
        True,
        0,
    ),
    (
        "evidence",
        "Both halves of T1 have evidence",
        lambda d: set(d["t1_half"].dropna()),
        {"China gains", "at Russia's cost", "both halves"},
        0,
    ),
    (
        "evidence",
        "RFE/RL is labelled as TASS and Xinhua are",
        lambda d: set(
            d["publisher_label"].fillna("none")[d["publisher"].isin(["RFE/RL", "TASS", "Xinhua"])]
        ),
        {"government-funded media, United States", "state media, Russia", "state media, China"},
        0,
    ),
    (
        "evidence",
        "A denial by an interested party is context",
        lambda d: set(d[d["evidence_id"].isin(["E172", "E173"])]["relation"]),
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
        "Every précis has 40 to 80 words",
        lambda d: int(d["precis"].str.split().str.len().between(40, 80).sum()),
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
        says("event_id", "T44", "description", "143 votes to 5, with 35 abst"),
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
        "timeline",
        "First gas agreement of China and Turkmenistan, 3 April 2006 (RFE/RL)",
        lambda d: only_date(d, "T83"),
        "2006-04-03",
        0,
    ),
    (
        "timeline",
        "A court orders the Caspian pipeline to stop, 5 July 2022 (Kursiv, 8 July 2022)",
        lambda d: only_date(d, "T95"),
        "2022-07-05",
        0,
    ),
    (
        "timeline",
        "Supreme Eurasian Economic Council, Moscow, 25 May 2023 (President of Russia)",
        lambda d: only_date(d, "T88"),
        "2023-05-25",
        0,
    ),
    (
        "timeline",
        "Abstaining is neither with Moscow nor against it",
        lambda d: set(d[d["event_id"].isin(["T37", "T44", "T45"])]["stance"]),
        {"abstained or asked Moscow for more respect"},
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
        "agreements",
        "The visa agreement with Kazakhstan in force, 10 November 2023 (Kazakh foreign ministry)",
        lambda d: str(d.set_index("promise_id").loc["K14", "done_on"])[:10],
        "2023-11-10",
        0,
    ),
    (
        "counterarguments",
        "Arguments for and against differ by less than a tenth",
        lambda d: 0.9 < (d["relation"] == "for").sum() / (d["relation"] == "against").sum() < 1.1,
        True,
        0,
    ),
    (
        "second_reading",
        "Thirty claims, drawn as the selection says",
        lambda d: (
            sorted(Random(2).sample([f"C{n:02d}" for n in range(1, 85)], 30)) == [*d["claim_id"]]
        ),
        True,
        0,
    ),
    (
        "second_reading",
        "The two readings agree on all but these, and each is settled in words",
        lambda d: (
            set(d["claim_id"][d["first"] != d["second"]])
            == set(d["claim_id"][d["settled"].notna()])
        ),
        True,
        0,
    ),
    (
        "counterarguments",
        "The third search: 43 rows less two that are too weak",
        count(search=3),
        41,
        0,
    ),
    (
        "counterarguments",
        "The fourth search: single facts, and the strongest pieces of four readers",
        count(search=4),
        34,
        0,
    ),
    (
        "counterarguments",
        "Every argument on T1 has its half",
        lambda d: set(d["thesis"][d["t1_half"].isna()]),
        {"T2"},
        0,
    ),
]


def only_date(df, event):
    return df.set_index("event_id").loc[event, "date"].date().isoformat()
