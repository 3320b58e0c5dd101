"""The timeline explorer: what is in view, how exact it is, labels that do not collide, controls."""

import itertools
from dataclasses import replace

import pandas as pd
import pytest

from courseware import data, palette
from courseware.explorers.base import Panel
from courseware.explorers.timeline.events import LANES, Rows, apart, headline, ticks
from courseware.explorers.timeline.timeline import (
    BY_YEARS,
    HALF_A_YEAR,
    MOST_LABELS,
    WEEKS,
    TimelineExplorer,
    TimelineState,
)
from tests.test_explorers import texts

PNG = b"\x89PNG"
SIX = ("T27", "T29", "T33", "T39", "T49", "T53")


@pytest.fixture(scope="module")
def explorer():
    return TimelineExplorer()


def keys(explorer, state) -> tuple[str, ...]:
    return tuple(event.key for event in explorer.content(explorer.normalise(state)).events)


def drawn_labels(explorer, state) -> dict:
    """Return the extent of every label that the picture of ``state`` shows."""
    keys_of = {event.label: key for key, event in explorer.events.items()}
    shown = {keys_of.get(text.get_text()): text for text in texts(explorer, state)}
    return {key: text.get_window_extent() for key, text in shown.items() if key}


# What is in view ------------------------------------------------------------------------------


def test_every_event_of_the_table_is_on_a_lane(explorer):
    table = data.load("timeline")
    assert keys(explorer, TimelineState()) != ()
    assert set(keys(explorer, TimelineState())) == set(table["event_id"])
    assert {kind for kinds in LANES.values() for kind in kinds} >= set(table["category"])


def test_every_event_has_a_short_label_and_no_label_is_left_over(explorer):
    assert set(explorer.written("event_labels")) == set(data.load("timeline")["event_id"])
    assert all(len(label) <= 28 for label in explorer.written("event_labels").values())


def test_the_six_meetings_up_to_the_article(explorer):
    state = explorer.presets[0].state
    assert keys(explorer, state) == SIX
    later = replace(state, years=(2020, 2025), later=True)
    assert keys(explorer, later) == (*SIX, "T62", "T66", "T85")
    assert "T72" not in keys(explorer, later), "the table files the Astana summit under treaty"


def test_ten_days_between_the_parade_and_the_end_of_the_summit(explorer):
    state = explorer.presets[2].state
    assert keys(explorer, state) == ("T126", "T81", "T49", "T50", "T53", "T57")
    title = explorer.picture(state).finding
    assert "10 days before “Xi'an summit ends”" in title
    assert "12 days after “Ministers 4, Xi'an”" in title


def test_actors_stand_in_the_table_by_their_names(explorer):
    table = explorer.table(explorer.presets[0].state)
    actors = {actor for cell in table["actors"] for actor in cell.split("; ")}
    assert not {actor for actor in actors if actor in palette.COUNTRIES or actor == "SUN"}


def test_actors_of_all_five_are_actors_of_each(explorer):
    kazakh = keys(explorer, TimelineState(who="Kazakhstan"))
    assert {"T53", "T69", "T82"} <= set(kazakh)
    assert "T80" not in kazakh
    assert set(keys(explorer, TimelineState(who="Russia, five"))) >= {"T50", "T74"}
    assert set(keys(explorer, TimelineState(who="China, Russia"))) >= {"T12", "T34", "T47"}


def test_what_came_after_the_article_can_be_left_out(explorer):
    known = keys(explorer, TimelineState(later=False))
    dates = data.load("timeline").set_index("event_id")["date"]
    assert set(known) == set(dates.index[dates <= "2023-05-28"])
    words = explorer.picture(TimelineState())
    assert f"{(dates > '2023-05-28').sum()} after the article" in words.unit


def test_zoom_goes_by_days_around_the_event(explorer):
    near = set(keys(explorer, TimelineState(event="T50", zoom=WEEKS)))
    assert {"T49", "T50", "T51", "T53", "T54", "T55"} <= near
    assert "T48" not in near
    assert near < set(keys(explorer, TimelineState(event="T50", zoom=HALF_A_YEAR)))


# How exact a date is --------------------------------------------------------------------------


def test_month_and_year_span_the_days_they_could_be(explorer):
    events = explorer.events
    assert events["T04"].last - events["T04"].first == 30
    assert events["T07"].last - events["T07"].first == 365
    assert events["T53"].last == events["T53"].first
    assert [events[key].when for key in ("T04", "T07", "T08", "T51", "T53")] == [
        "October 1991",
        "1992",
        "from 2 January 1992",
        "until 12 May 2023",
        "19 May 2023",
    ]


def test_a_distance_is_no_more_exact_than_its_dates(explorer):
    events = explorer.events
    assert apart(events["T50"], events["T53"], explorer.say) == "10 days"
    assert apart(events["T06"], events["T08"], explorer.say) == "about 8 days"
    assert apart(events["T07"], events["T08"], explorer.say) == "within a year"
    assert apart(events["T01"], events["T53"], explorer.say) == "31.7 years"
    assert apart(events["T81"], events["T49"], explorer.say) == "1 day"


def test_headline_without_neighbours_or_out_of_view(explorer):
    summit = explorer.events["T53"]
    assert headline(summit, [summit], explorer.say) == "“Xi'an summit ends” is alone in this view"
    assert headline(summit, [explorer.events["T50"]], explorer.say).startswith("1 event is in view")


def test_table_says_what_each_date_is_known_to(explorer):
    table = explorer.table(TimelineState(years=(1991, 1992))).set_index("date")
    assert table.loc["October 1991", "known to"] == "month"
    assert table.loc["1992", "known to"] == "year"
    assert table.loc["from 2 January 1992", "known to"] == "first day"


@pytest.mark.parametrize(
    ("first", "last"),
    [("1991-01-01", "2026-12-31"), ("2023-04-24", "2023-06-13"), ("2022-11-17", "2023-11-18")],
)
def test_ticks_are_few_and_inside(first, last):
    start, end = (pd.Timestamp(day).value / 86400e9 for day in (first, last))
    places = [place for place, _ in ticks(start, end)]
    assert 4 <= len(places) <= 8
    assert all(start <= place <= end for place in places)


# Pictures -------------------------------------------------------------------------------------

STATES = [
    *TimelineExplorer.views.values(),
    TimelineState(),
    TimelineState(event="T36", zoom=HALF_A_YEAR),
    TimelineState(event="T76", zoom=HALF_A_YEAR),
    TimelineState(who="Kazakhstan", years=(2019, 2023), event="T42"),
    TimelineState(("summit",), years=(2022, 2025), event="T45"),
    TimelineState(lanes=()),
]


@pytest.mark.parametrize("state", STATES)
def test_labels_stay_apart_and_inside(explorer, state):
    extents = drawn_labels(explorer, state)
    assert len(extents) <= MOST_LABELS
    for (one, a), (other, b) in itertools.combinations(extents.items(), 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert wide <= 0.5 or high <= 2, f"{one} and {other} overlap"  # 2: room for descenders
    for key, extent in extents.items():
        assert extent.x0 >= 0, key
        assert extent.x1 <= explorer.figure.bbox.x1, key
        assert extent.y1 <= explorer.figure.bbox.y1, key


@pytest.mark.parametrize("state", [state for state in STATES if state.lanes])
def test_the_chosen_event_has_a_label_if_it_is_in_view(explorer, state):
    assert state.event in drawn_labels(explorer, state)


def test_few_events_all_have_labels(explorer):
    for preset in explorer.presets:
        bare = set(keys(explorer, preset.state)) - set(drawn_labels(explorer, preset.state))
        assert bare <= {"T01"}, "its mark lies under that of the next day, T02"


def test_rows_refuse_what_does_not_fit():
    rows = Rows(0, 100, 50)
    assert rows.place(50, 200) is None
    assert rows.place(10, 60) is not None
    assert rows.place(12, 60) is not None
    assert rows.place(11, 90) is None


@pytest.mark.parametrize(
    "state",
    [TimelineState(lanes=()), TimelineState(("UN vote",), "China", (2000, 2005))],
)
def test_an_empty_choice_gets_a_sentence(explorer, state):
    drawn = explorer.picture(state)
    assert drawn.png.startswith(PNG)
    assert len(drawn.alt.split()) >= 10
    assert drawn.finding.startswith(("No lane is chosen", "No event in our list"))
    assert explorer.table(state).empty


# Card and controls ----------------------------------------------------------------------------


def test_card_tells_how_an_event_is_known(explorer):
    card = explorer.aside(TimelineState(event="T43"))
    assert "Another report gives 14 September" in card
    assert "to the day" in card
    assert "After the article" not in card
    assert "no part in a verdict" in explorer.aside(TimelineState(event="T72"))
    assert "no page seen" in explorer.aside(TimelineState(event="T10"))


def test_every_event_has_a_card(explorer):
    for key in explorer.events:
        card = explorer.aside(TimelineState(event=key))
        assert key in card
        assert "nan" not in card.lower().replace("nur", "").split()


def test_controls_and_state_go_round(explorer):
    panel = Panel(explorer, TimelineState())
    for preset in explorer.presets:
        panel.go_to(preset.state)
        assert panel.state == explorer.normalise(preset.state)
        for name, control in panel.inputs.items():
            assert control.value == getattr(panel.state, name)
    panel.inputs["lanes"].value = ("war", "summit")
    assert panel.state.lanes == ("summit", "war")
    panel.inputs["event"].value = "T50"
    panel.inputs["zoom"].value = WEEKS
    assert (panel.state.event, panel.state.zoom) == ("T50", WEEKS)
    assert "Parade in Moscow" in panel.aside.value
    panel.inputs["zoom"].value = BY_YEARS
    panel.want_numbers.value = True
    assert "<table" in panel.numbers.value
    panel.inputs["lanes"].value = ()
    assert "No lane is chosen" in panel.figure.value
    assert "Nothing is reported" in panel.numbers.value
