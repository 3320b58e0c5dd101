"""The UN-voting explorer: positions and scores against the tables, words, pictures by state."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D

from courseware import article, charts, data, views
from courseware.explorers.un_voting import (
    AGREEMENT,
    ALL_VOTES,
    BESIDE,
    FINAL,
    FIRST,
    LAST,
    UNVotingExplorer,
    VotingState,
)

PNG = b"\x89PNG"
SIX = ("RUS", "KAZ", "KGZ", "TJK", "TKM", "UZB")


@pytest.fixture(scope="module")
def explorer():
    return UNVotingExplorer()


def test_positions_are_the_checked_figures(explorer):
    found = explorer.content(VotingState(states=("CHN", "KAZ", "USA")))
    assert found["RUS"]["ideal_point"][1995] == 0.9518
    assert found["RUS"]["ideal_point"][2013] == -0.2762
    assert found["RUS"]["ideal_point"][2023] == -1.2724
    assert found["CHN"]["ideal_point"][2023] == -1.2032
    assert found["KAZ"]["ideal_point"][2021] == -0.8209
    assert found["USA"]["ideal_point"][2023] == 1.9868


def test_the_band_is_that_of_the_table_and_holds_the_point(explorer):
    table = explorer.content(VotingState(FINAL))["KAZ"]
    assert tuple(table.loc[2023, ["low", "high"]]) == (-0.5419, -0.1894)
    assert (table["low"] < table["ideal_point"]).all()
    assert (table["ideal_point"] < table["high"]).all()


def test_the_two_series_reverse_the_finding_of_2023(explorer):
    state = VotingState(years=(2015, 2023))
    title = explorer.picture(state).finding
    assert title == "In 2023, by all votes, China was 0.07 away from Russia, Kazakhstan 0.73"
    title = explorer.picture(VotingState(FINAL, years=(2015, 2023))).finding
    assert title == "In 2023, by final passage, Kazakhstan was 0.05 away from Russia, China 0.32"


def test_scores_are_those_of_the_agreement_table():
    known, scores = data.load("un_agreement"), data.load("agreement_of_pairs")
    for row in known.itertuples():
        found = scores.loc[row.iso3, row.partner_iso3, row.year]
        assert found["score"] == pytest.approx(row.agreement_index, abs=1.1e-4)
        assert (found["both voted"], found["roll calls"]) == (row.n_both_voted, row.n_rollcalls)


@pytest.mark.parametrize(
    ("view", "reference"),
    [
        ("agreement_with_china", "CHN"),
        ("agreement_with_russia", "RUS"),
        ("agreement_with_america", "USA"),
    ],
)
def test_what_the_chapter_and_the_explorer_both_show_is_the_same(explorer, view, reference):
    shown = explorer.content(VotingState(AGREEMENT, reference, article.seven()))
    for name, series in data.load(view).items():
        known = series.dropna()
        code = next(code for code in shown if article.name(code) == name)
        assert (shown[code]["score"][known.index] - known).abs().max() < 0.00056, name


def test_positions_are_those_of_the_chapter(explorer):
    known = data.load("un_positions")
    for series in (ALL_VOTES, FINAL):
        shown = explorer.content(VotingState(series))
        for code in ("CHN", "RUS", "KAZ"):
            there = known.loc[series, article.name(code)].dropna()
            assert (shown[code]["ideal_point"][there.index] - there).abs().max() < 0.00051


def test_a_score_by_hand():
    votes = pd.DataFrame(
        {
            "year": [2000] * 4,
            "vote_chn": ["Y", "Y", "N", "Y"],
            "vote_rus": ["Y", "A", "Y", np.nan],
        }
    )
    nothing = data.load("un_agreement").iloc[:0]
    table = views.function("agreement_of_pairs")(votes, nothing)
    for pair in (("CHN", "RUS"), ("RUS", "CHN")):
        row = table.loc[(*pair, 2000)]
        assert row["score"] == pytest.approx((1 + 0.5 + 0) / 3)
        assert (row["both voted"], row["roll calls"]) == (3, 4)


def test_any_state_can_be_the_reference_and_the_score_is_the_same_both_ways(explorer):
    for one, other in itertools.combinations((*article.seven(), *BESIDE), 2):
        there = explorer.content(VotingState(AGREEMENT, one, (other,)))
        back = explorer.content(VotingState(AGREEMENT, other, (one,)))
        assert bool(there) == bool(back) == ("BLR" not in (one, other))
        if there:
            pd.testing.assert_frame_equal(there[other], back[one])


def test_russia_is_last_of_six_with_china_in_2023(explorer):
    title = explorer.picture(VotingState(AGREEMENT, "CHN", SIX)).finding
    assert title == (
        "In 2023 Turkmenistan voted most like China (0.90), and Russia voted least like it (0.79)"
    )


def lines_of(moved, code) -> list:
    """Return the lines and marks of one state, in the order of drawing."""
    lines = [artist for artist in moved if isinstance(artist, Line2D)]
    return [line for line in lines if line.get_color() == charts.color(code)]


def test_a_thin_base_is_hollow(explorer):
    moved = explorer.draw(VotingState(AGREEMENT, "USA", ("TKM", "UZB"), (1992, 2010)))
    table = explorer.content(VotingState(AGREEMENT, "USA", ("UZB",), (1992, 2010)))["UZB"]
    thin = table.index[table["both voted"] < 0.5 * table["roll calls"]]
    hollow = lines_of(moved, "UZB")[-1].get_xdata()
    assert list(hollow) == list(thin)
    assert len(thin)


def test_missing_years_break_line_and_band(explorer):
    state = VotingState(ALL_VOTES, "UZB", ("KGZ",))
    moved = explorer.draw(state)
    bands = [artist for artist in moved if isinstance(artist, PolyCollection)]
    for band, (code, table) in zip(bands, explorer.content(state).items(), strict=True):
        (line,) = lines_of(moved, code)
        assert np.isnan(line.get_ydata()).sum() == LAST - FIRST + 1 - len(table)
        assert len(band.get_paths()) == 1 + int((np.diff(table.index) > 1).sum())


def test_nothing_chosen_or_reported_is_a_sentence_with_a_picture(explorer):
    for state, words in (
        (VotingState(AGREEMENT, "RUS", ()), "Choose at least one state"),
        (VotingState(ALL_VOTES, "RUS", ()), "Choose at least one state"),
        (VotingState(AGREEMENT, "RUS", ("RUS",)), "Choose at least one state"),
        (VotingState(AGREEMENT, "RUS", ("BLR",)), "Nothing is reported"),
        (VotingState(AGREEMENT, "CHN", ("BLR",), (2021, 2024)), "Nothing is reported"),
    ):
        drawn = explorer.picture(state)
        assert words in drawn.finding
        assert drawn.png.startswith(PNG)
        assert len(drawn.alt.split()) > 5
    assert explorer.table(VotingState(AGREEMENT, "CHN", ("BLR",), (2021, 2024))).empty


def test_a_chosen_state_without_figures_is_named(explorer):
    words = explorer.picture(VotingState(AGREEMENT, "RUS", ("CHN", "BLR")))
    assert "Not reported: Belarus." in words.unit
    assert "Not reported: Belarus." in words.alt


def test_a_reference_without_a_position_is_told(explorer):
    state = VotingState(ALL_VOTES, "UZB", ("CHN",), (1991, 1992))
    assert "Uzbekistan has no position for 1992" in explorer.picture(state).finding


def test_both_series_share_one_range(explorer):
    limits = []
    for series in (ALL_VOTES, FINAL):
        explorer.picture(VotingState(series))
        limits.append(explorer.figure.axes[0].get_ylim())
    assert limits[0] == limits[1]


def test_the_table_gives_bands_or_bases(explorer):
    table = explorer.table(VotingState(years=(2020, 2024)))
    assert {"5% quantile", "95% quantile", "votes used"} <= {*table}
    assert 2024 not in set(table["year"])  # all votes end in 2023
    assert {"both voted", "roll calls of the year"} <= {*explorer.table(VotingState(AGREEMENT))}
