"""Votes, arms, pledges, people, opinion, and the series of the World Bank."""

from courseware import data
from tests.check_figures import count, one, only, total, where, word

SENT = "money sent from Russia"
POINTS = {"Y": 1.0, "A": 0.5, "N": 0.0}


def agreement(a, b, year):
    """One less the mean distance of two states' votes; absences are left out."""

    def value(df):
        votes = where(df, year=year)
        gap = votes[f"vote_{a}"].map(POINTS) - votes[f"vote_{b}"].map(POINTS)
        return 1 - gap.abs().mean()

    return value


def greatest(column, **wanted):
    return lambda d: where(d, **wanted)[column].max()


def turkmen_votes(df):
    """Votes of Turkmenistan on the texts since February 2022, absences left out."""
    rows = where(df, iso3="TKM", vote=["Y", "N", "A"])
    return int((rows["resolution_id"] >= "U08").sum())


def grounds(df):
    known = df["vote"].isin(list("YNAX"))
    return bool((known == df["basis"].isin(GROUNDS)).all())


def tally(label):
    return lambda d: tuple(int(only(d, column, label=label)) for column in ("yes", "no", "abstain"))


def mix(answer, in_russian):
    """What everybody answers if both languages answer as in March 2022."""

    def value(df):
        asked = {"poll": "Demoscope, Mar 2022", "answer": answer, "split_by": "language"}
        asked["question"] = "Which side in the war do you support?"
        parts = [
            only(df, "percent", group=f"interviewed in {language}", **asked)
            for language in ("Russian", "Kazakh")
        ]
        return in_russian * parts[0] + (1 - in_russian) * parts[1]

    return value


def waves_against_answers(df):
    """Greatest gap between a wave's three shares and the rows of opinion_polls."""
    polls = data.load("opinion_polls")
    sides = {"for_russia_pct": "Russia", "for_ukraine_pct": "Ukraine", "neutral_pct": "neutral"}
    asked = {"question": "Which side in the war do you support?", "iso3": "KAZ"}
    return max(
        abs(row[column] - only(polls, "percent", poll=row["poll"], answer=answer, **asked))
        for _, row in df.iterrows()
        for column, answer in sides.items()
    )


TALLIES = [
    ("75/29", "Unian", (63, 17, 62)),
    ("75/192", "Unian", (64, 23, 86)),
    ("Council of Europe, Apr 2023", "kaktus.media", (122, 5, 18)),
    ("Crimea, Dec 2024", "Ukrinform", (81, 14, 80)),
]
GROUNDS = ["roll call list", "press", "inference", "sponsor, no roll call read"]
IDEAL = [
    ("RUS", 1995, 0.9518),
    ("RUS", 2013, -0.2762),
    ("RUS", 2023, -1.2724),
    ("CHN", 2023, -1.2032),
    ("KAZ", 2021, -0.8209),
    ("KAZ", 2023, -0.5460),
    ("USA", 2023, 1.9868),
]
INDEX = [
    ("RUS", 1995, 0.8269),
    ("RUS", 2019, 0.7558),
    ("CHN", 2019, 0.8807),
    ("RUS", 2023, 0.6420),
    ("CHN", 2023, 0.8313),
]
RECOMPUTED = [
    ("kaz", "rus", 2005, 0.8830),
    ("kaz", "rus", 2019, 0.7558),
    ("chn", "rus", 2019, 0.8721),
    ("kaz", "rus", 2023, 0.6420),
    ("kaz", "chn", 2023, 0.8313),
]
ARMS = [("KAZ", "RUS", 2655.2), ("TKM", "TUR", 574.1), ("TKM", "CHN", 245.6)]
PLEDGES = [
    ("KAZ", "RUS", "defense", 27),
    ("RUS", "TKM", "defense", 11),
    ("CHN", "RUS", "nonaggression", 27),
]
MIGRANTS = [("RUS", "KAZ", 2558907), ("RUS", "TJK", 466252), ("KAZ", "RUS", 2476018)]
FAVOURABLE = [("RUS", "CHN", 2014, 64), ("RUS", "CHN", 2015, 79), ("CHN", "RUS", 2014, 66)]
WORLD_BANK = [
    ("TJK", 2022, "remittances_pct_gdp", 1, 49.90, 0.005),
    ("KGZ", 2021, "remittances_pct_gdp", 1, 32.56, 0.005),
    ("UZB", 2022, "remittances_pct_gdp", 1, 17.22, 0.005),
    ("CHN", 2023, "gdp_usd", 1e12, 17.79, 0.006),
    ("RUS", 2023, "gdp_usd", 1e12, 2.021, 0.0006),
    ("KAZ", 2023, "trade_pct_gdp", 1, 62.33, 0.005),
]

CHECKS = [
    *(
        (
            "un_ideal_points",
            f"{state} {year}, all votes (Voeten, July 2025)",
            one("ideal_point", iso3=state, year=year, series="all votes"),
            value,
            1e-4,
        )
        for state, year, value in IDEAL
    ),
    (
        "un_ideal_points",
        "Votes of Turkmenistan used in 2023 (Voeten, July 2025)",
        one("n_votes", iso3="TKM", year=2023, series="all votes"),
        73,
        0,
    ),
    (
        "un_ideal_points",
        "Every estimate lies inside its band",
        lambda d: bool(d["ideal_point"].between(d["low"], d["high"]).all()),
        True,
        0,
    ),
    *(
        (
            "un_agreement",
            f"KAZ–{partner} {year} (Voeten, Strezhnev and Bailey)",
            one("agreement_index", iso3="KAZ", partner_iso3=partner, year=year),
            value,
            1e-4,
        )
        for partner, year, value in INDEX
    ),
    *(
        (
            "un_agreement_world",
            f"{state} 2019 (un_agreement, computed apart)",
            one("agreement_index", iso3=state),
            value,
            1e-4,
        )
        for state, value in {"KAZ": 0.8807, "RUS": 0.8721, "USA": 0.2045}.items()
    ),
    ("un_agreement_world", "Votes of China in 2019", greatest("n_both_voted"), 88, 0),
    *(
        (
            "un_rollcalls",
            f"{a.upper()}–{b.upper()} {year}, computed from the votes (Voeten's index)",
            agreement(a, b, year),
            value,
            1e-4,
        )
        for a, b, year, value in RECOMPUTED
    ),
    (
        "un_rollcalls",
        "A/RES/68/262: 100 in favour (UN)",
        one("yes", resolution="A/RES/68/262"),
        100,
        0,
    ),
    (
        "un_rollcalls",
        "A/RES/68/262: 58 abstain (UN)",
        one("abstain", resolution="A/RES/68/262"),
        58,
        0,
    ),
    *(
        (
            "voting_coincidence_us",
            f"Kazakhstan {year} (US Department of State)",
            one("coincidence_score", iso3="KAZ", year=year),
            value,
            1e-6,
        )
        for year, value in {2018: 0.22, 2023: 0.36}.items()
    ),
    (
        "voting_coincidence_us",
        "Votes counted in 2023 (US Department of State)",
        greatest("n_votes", year=2023),
        88,
        0,
    ),
    ("ukraine_resolutions", "ES-11/1: 141 in favour (UN)", one("yes", label="ES-11/1"), 141, 0),
    (
        "ukraine_resolutions",
        "ES-11/8: 73 abstain (UN Digital Library)",
        one("abstain", label="ES-11/8"),
        73,
        0,
    ),
    (
        "ukraine_resolutions",
        "ES-11/9: 12 against (UN Digital Library)",
        one("no", label="ES-11/9"),
        12,
        0,
    ),
    *(
        (
            "ukraine_resolutions",
            f"{label}: votes as the press printed them ({who})",
            tally(label),
            printed,
            0,
        )
        for label, who, printed in TALLIES
    ),
    (
        "ukraine_resolutions",
        "Kept in order of date",
        lambda d: bool(d["date"].is_monotonic_increasing),
        True,
        0,
    ),
    *(
        (
            "ukraine_votes",
            f"Kazakhstan on {text}, {what} (Unian's list of noes)",
            word("vote", resolution_id=text, iso3="KAZ"),
            vote,
            0,
        )
        for text, what, vote in [("U07a", "Crimea, military", "A"), ("U07b", "rights", "N")]
    ),
    ("ukraine_votes", "Cells that are inferred", count(basis="inference"), 3, 0),
    (
        "ukraine_votes",
        "Cells on sponsorship alone",
        count(basis="sponsor, no roll call read"),
        5,
        0,
    ),
    (
        "ukraine_votes",
        "Every text has nine rows",
        lambda d: set(d.groupby("resolution_id").size()),
        {9},
        0,
    ),
    ("ukraine_votes", "Turkmenistan takes no side after February 2022 (UN)", turkmen_votes, 0, 0),
    ("ukraine_votes", "A known vote has a ground, an unknown one has none", grounds, True, 0),
    *(
        (
            "arms_transfers",
            f"{seller} to {buyer} 2000–2023, million TIV (SIPRI)",
            total("tiv_million", recipient_iso3=buyer, supplier_iso3=seller),
            value,
            0.06,
        )
        for buyer, seller, value in ARMS
    ),
    *(
        (
            "arms_transfers",
            f"RUS to CHN {year}, million TIV (SIPRI)",
            one("tiv_million", recipient_iso3="CHN", supplier_iso3="RUS", year=year),
            value,
            0.06,
        )
        for year, value in {2005: 3066.0, 2023: 371.5}.items()
    ),
    *(
        (
            "alliances",
            f"{a}–{b}: years of a {kind} pledge (ATOP)",
            total(kind, iso3_a=a, iso3_b=b),
            value,
            0,
        )
        for a, b, kind, value in PLEDGES
    ),
    (
        "alliances",
        "China has no defence pledge (ATOP)",
        lambda d: int(d[(d["iso3_a"] == "CHN") | (d["iso3_b"] == "CHN")]["defense"].sum()),
        0,
        0,
    ),
    (
        "memberships",
        "Four of the states are full members of the CSTO to this day (Correlates of War)",
        lambda d: len(where(d[d["iso3"] != "UZB"], organisation="CSTO", status="full member")),
        4,
        0,
    ),
    *(
        (
            "migrant_stock",
            f"In {home} from {origin}, 2020 (UN DESA)",
            one("persons", destination_iso3=home, origin_iso3=origin, year=2020),
            value,
            0,
        )
        for home, origin, value in MIGRANTS
    ),
    (
        "ethnic_russians",
        "Kazakhstan 1989: share of the two counts, per cent (Soviet census)",
        lambda d: (
            100
            * only(d, "ethnic_russians", iso3="KAZ", year=1989)
            / only(d, "total_population", iso3="KAZ", year=1989)
        ),
        37.8,
        0.05,
    ),
    (
        "ethnic_russians",
        "Kazakhstan 2021, per cent (census)",
        one("share_pct", iso3="KAZ", year=2021),
        15.54,
        1e-6,
    ),
    *(
        (
            "opinion_pew",
            f"{who} favourable to {whom} {year}, per cent (Pew Research Center)",
            one("favourable_pct", iso3=who, opinion_of_iso3=whom, year=year),
            value,
            0.6,
        )
        for who, whom, year, value in FAVOURABLE
    ),
    (
        "opinion_pew",
        "Favourable, unfavourable and do not know add up to 100",
        lambda d: (
            (d["favourable_pct"] + d["unfavourable_pct"] + d["dk_refused_pct"]).sub(100).abs().max()
        ),
        0,
        0.21,
    ),
    (
        "opinion_polls",
        "15 % see an attack as possible, May 2023 (Demoscope, Reuters)",
        one("percent", poll="Demoscope, May 2023", answer="possible"),
        15,
        1e-6,
    ),
    (
        "opinion_polls",
        "The three answers of May 2023 add up to 100.1 by rounding (Demoscope)",
        total("percent", poll="Demoscope, May 2023", question="Could Russia attack Kazakhstan?"),
        100.1,
        1e-6,
    ),
    (
        "demoscope_waves",
        "For Russia 39 in March 2022 (RFE/RL)",
        one("for_russia_pct", month="2022-03"),
        39,
        0,
    ),
    (
        "demoscope_waves",
        "For Ukraine 21.1 in May 2023 (Reuters)",
        one("for_ukraine_pct", month="2023-05"),
        21.1,
        1e-6,
    ),
    (
        "opinion_polls",
        "83 % of Russians view China well, January 2026 (bglobal.bg, 6 February 2026)",
        total("percent", poll="Levada, Jan 2026", question="What is your attitude to China?"),
        83,
        1e-6,
    ),
    ("demoscope_waves", "Shares are those of opinion_polls", waves_against_answers, 0, 0),
    (
        "opinion_groups",
        "For Russia in March 2022, mixed from both languages (39 in all, RFE/RL)",
        mix("Russia", 0.77),
        39,
        0.5,
    ),
    (
        "opinion_groups",
        "For Ukraine in March 2022, mixed from both languages (10 in all, Demoscope)",
        mix("Ukraine", 0.77),
        10,
        1,
    ),
    (
        "opinion_groups",
        "November's mix of languages would have left 38.75 for Russia; 13 were (Demoscope)",
        mix("Russia", 0.75),
        38.75,
        1e-6,
    ),
    (
        "opinion_polls",
        "Nothing of the propaganda network's Gallup came in",
        lambda d: int(d["url"].str.contains("news-pravda").sum()),
        0,
        0,
    ),
    (
        "opinion_polls",
        "80 % of Chinese see Russia positively, March 2022 (CEIAS)",
        one("percent", iso3="CHN", question="How do you view Russia?", answer="positive"),
        80,
        0,
    ),
    (
        "opinion_polls",
        "8.3 % six months earlier (Reuters)",
        one("percent", poll="Demoscope, Nov 2022", answer="possible"),
        8.3,
        1e-6,
    ),
    (
        "opinion_polls",
        "Response rate of May 2023, per cent (Demoscope)",
        greatest("response_rate_pct", poll="Demoscope, May 2023"),
        15,
        0,
    ),
    (
        "public_diplomacy",
        "Elite visits, Kazakhstan (AidData)",
        total("elite_visits", iso3="KAZ"),
        279,
        0,
    ),
    (
        "public_diplomacy",
        "Elite visits, Uzbekistan (AidData)",
        total("elite_visits", iso3="UZB"),
        157,
        0,
    ),
    (
        "public_diplomacy",
        "Students from Kazakhstan in China 2017 (AidData)",
        one("students_in_china", iso3="KAZ", year=2017),
        14224,
        0,
    ),
    ("xi_visits", "Visits found, that of May 2015 with them (Xinhua)", len, 16, 0),
    ("xi_visits", "To Uzbekistan in June 2016 (Global Times)", count(iso3="UZB", year=2016), 1, 0),
    (
        "putin_visits",
        "Two trips to Kazakhstan in 2024 (News.Az: the second of the year)",
        lambda d: len(where(d[d["month"].dt.year == 2024], iso3="KAZ")),
        2,
        0,
    ),
    (
        "putin_visits",
        "All five states in 2022; the fifth in December (The Bulletin; Agenzia Nova)",
        lambda d: sorted(d[d["month"].dt.year == 2022]["iso3"]),
        ["KAZ", "KGZ", "TJK", "TKM", "UZB"],
        0,
    ),
    (
        "putin_visits",
        "None of the years that were not covered is in the sample",
        lambda d: set(d["month"].dt.year),
        {2017, 2022, 2023, 2024, 2025, 2026},
        0,
    ),
    (
        "summits",
        "Turkmenistan sent its ambassador to Almaty (News Central Asia)",
        lambda d: "TKM (ambassador" in only(d, "attended", format="China-Central Asia", number=6),
        True,
        0,
    ),
    (
        "summits",
        "The second summit of China and the five ended on 17 June 2025 (MK)",
        lambda d: f"{only(d, 'end', format='China-Central Asia', level='leaders', number=2):%F}",
        "2025-06-17",
        0,
    ),
    (
        "xi_putin_meetings",
        "Before September 2023, from the 41st to come (Sputnik)",
        one("count", as_of="2023-09-01"),
        41 - 1,
        0,
    ),
    (
        "xi_putin_meetings",
        "About 40 in March 2023 (Ushakov), and it is marked as such",
        lambda d: (only(d, "count", as_of="2023-03-17"), int(d["approximate"].sum())),
        (40, 1),
        0,
    ),
    (
        "xi_putin_meetings",
        "37 meetings by 15 December 2021 (TASS)",
        one("count", as_of="2021-12-15"),
        37,
        0,
    ),
    *(
        (
            "world_bank",
            f"{state} {year}, {indicator} (World Bank)",
            one("value", scale, iso3=state, year=year, indicator=indicator),
            value,
            tolerance,
        )
        for state, year, indicator, scale, value, tolerance in WORLD_BANK
    ),
    *(
        (
            "energy_production",
            f"Gas of {state} 2022, bcm (Energy Institute)",
            one("value", iso3=state, year=2022, series="gas_production"),
            value,
            0.006,
        )
        for state, value in {"TKM": 78.27, "RUS": 618.37, "KAZ": 25.96}.items()
    ),
    *(
        (
            "security_ties",
            f"{who}'s share of the five's arms imports, {first}–{last}, per cent ({cable})",
            one("value", power_iso3=who, kind="arms share", period_start=first, with_iso3="CA5"),
            value,
            0,
        )
        for who, first, last, value, cable in [
            ("CHN", "2015", "2019", 18, "Kennan Cable 52"),
            ("RUS", "2016", "2020", 52, "Kennan Cable 68"),
        ]
    ),
    (
        "work_in_russia",
        "Uzbekistan 2022: 87 per cent of 16.9 billion (World Bank, by bne IntelliNews)",
        lambda d: only(d, "value", iso3="UZB", item=SENT, period_start="2022-01") / 16_900 * 100,
        87,
        1.5,
    ),
    (
        "work_in_russia",
        "Entries for work early in 2023: those named are almost 1.3 million (FSB)",
        lambda d: d[d["iso3"] != "WLD"].query("item == 'entries for work'")["value"].sum() / 1e6,
        1.3,
        0.05,
    ),
]
