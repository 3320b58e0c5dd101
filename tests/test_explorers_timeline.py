"""The timeline explorer: what is in view, how exact it is, labels that do not collide, cards."""

from dataclasses import replace
from html import unescape

import pandas as pd
import pytest

from courseware import data, palette
from no_limits.explorers.timeline.events import LANES, Rows, apart, headline, lanes, ticks
from no_limits.explorers.timeline.timeline import MOST_LABELS, TimelineExplorer, TimelineState
from tests.test_explorers import assert_room, texts

SIX = ("T27", "T29", "T33", "T39", "T49", "T53")


@pytest.fixture(scope="module")
def explorer():
    return TimelineExplorer()


def keys(explorer, state) -> tuple[str, ...]:
    return tuple(event.key for event in explorer.content(explorer.normalise(state)).events)


def labelled(explorer, state) -> set[str]:
    """Return the events of which the picture of ``state`` shows a label."""
    shown = {text.get_text() for text in texts(explorer, state)}
    return {key for key, event in explorer.events.items() if event.label in shown}


# What is in view ------------------------------------------------------------------------------


def test_every_event_of_the_table_is_on_a_lane_and_has_a_short_label(explorer):
    table, written = data.load("timeline"), explorer.written("event_labels")
    assert set(keys(explorer, TimelineState())) == set(table["event_id"]) == set(written)
    assert set(lanes()) >= set(table["category"]) and set(lanes().values()) == set(LANES)
    assert all(len(label) <= 28 for label in written.values())


def test_the_six_meetings_up_to_the_article(explorer):
    state = explorer.presets[0].state
    assert keys(explorer, state) == SIX
    later = replace(state, years=(2020, 2025), later=True)
    # The table files the Astana summit, T72, under treaty.
    assert keys(explorer, later) == (*SIX, "T62", "T66", "T85")
    state = explorer.presets[2].state  # ten days from the parade to the end of the summit
    assert keys(explorer, state) == ("T126", "T81", "T49", "T50", "T53", "T57")
    for way, days, key in (("before", 10, "T53"), ("after", 12, "T49")):
        time = explorer.say("apart", "days", days=days)
        told = explorer.say("finds", way, time=time, event=explorer.events[key].label)
        assert told in explorer.picture(state).finding


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        # Actors of all five are actors of each.
        ("Kazakhstan", {"T53", "T69", "T82"}, {"T80"}),
        ("Russia, five", {"T50", "T74"}, set()),
        ("China, Russia", {"T12", "T34", "T47"}, set()),
    ],
)
def test_events_are_chosen_by_actor(explorer, who, seen, unseen):
    found = {*keys(explorer, TimelineState(who=who))}
    assert found >= seen and not found & unseen


def test_what_came_after_the_article_can_be_left_out(explorer):
    known = keys(explorer, TimelineState(later=False))
    dates = data.load("timeline").set_index("event_id")["date"]
    assert set(known) == set(dates.index[dates <= "2023-05-28"])
    after = explorer.say("after", after=(dates > "2023-05-28").sum())
    assert explorer.picture(TimelineState()).unit.endswith(after)


def test_zoom_goes_by_days_around_the_event(explorer):
    near = set(keys(explorer, TimelineState(event="T50", zoom="weeks")))
    assert {"T49", "T50", "T51", "T53", "T54", "T55"} <= near
    assert "T48" not in near
    assert near < set(keys(explorer, TimelineState(event="T50", zoom="half")))


# How exact a date is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "days", "known", "day"),
    [
        ("T04", 31, "month", "October 1991"),
        ("T07", 366, "year", "1992"),
        ("T08", 1, "start", "2 January 1992"),
        ("T51", 1, "end", "12 May 2023"),
        ("T53", 1, "day", "19 May 2023"),
    ],
)
def test_a_date_spans_the_days_that_it_could_be_and_says_so(explorer, event, days, known, day):
    found, said = explorer.events[event], explorer.written("when")
    assert found.last - found.first == days - 1
    assert found.when == (explorer.say("when", known, day=day) if known in said else day)
    heads = explorer.written("columns")
    table = explorer.table(TimelineState()).set_index(heads["event"])
    row = table.loc[found.row["description"]]
    assert row[heads["date"]] == found.when
    assert row[heads["known"]] == explorer.written("known").get(known, known)


@pytest.mark.parametrize(
    ("one", "other", "key", "number"),
    [
        ("T50", "T53", "days", 10),
        ("T06", "T08", "about days", 8),
        ("T07", "T08", "within one", 1),
        ("T01", "T53", "years", 31.7),
        ("T81", "T49", "days", 1),
    ],
)
def test_a_distance_is_no_more_exact_than_its_dates(explorer, one, other, key, number):
    found = apart(explorer.events[one], explorer.events[other], explorer.say)
    assert found == explorer.say("apart", key, days=number, years=number)


def test_headline_without_neighbours_or_out_of_view(explorer):
    summit, parade, say = explorer.events["T53"], explorer.events["T50"], explorer.say
    alone = say("finds", "event", event=summit.label, parts=[say("finds", "alone")])
    assert headline(summit, [summit], say) == alone
    elsewhere = say("finds", "elsewhere", event=summit.label, number=1)
    assert headline(summit, [parade], say) == elsewhere


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


@pytest.mark.parametrize(
    "state",
    [
        *TimelineExplorer.views.values(),
        TimelineState(),
        TimelineState(event="T36", zoom="half"),
        TimelineState(event="T76", zoom="half"),
        TimelineState(who="Kazakhstan", years=(2019, 2023), event="T42"),
        TimelineState(("summit",), years=(2022, 2025), event="T45"),
        TimelineState(lanes=()),
    ],
)
def test_labels_have_room_and_the_chosen_event_has_one(explorer, state):
    assert_room(explorer, state)
    named, shown = labelled(explorer, state), keys(explorer, state)
    assert len(named) <= MOST_LABELS
    assert state.event in named or not state.lanes
    if state in explorer.views.values():  # few events all have labels
        assert {*shown} - named <= {"T01"}, "its mark lies under that of the next day, T02"


def test_rows_refuse_what_does_not_fit():
    rows = Rows(0, 100, 50)
    assert rows.place(50, 200) is None
    assert rows.place(10, 60) is not None
    assert rows.place(12, 60) is not None
    assert rows.place(11, 90) is None


def test_a_card_tells_how_an_event_is_known(explorer):
    cards = {key: explorer.aside(TimelineState(event=key)) for key in explorer.events}
    for key, card in cards.items():
        assert key in card
        assert "nan" not in card.lower().replace("nur", "").split()
    said = explorer.written("card")
    assert explorer.events["T43"].row["note"] in unescape(cards["T43"])
    assert explorer.written("exact", "day") in cards["T43"]
    assert said["no verdict"] in cards["T72"] and said["no verdict"] not in cards["T43"]
    assert said["no page"] in cards["T10"]


def test_actors_stand_in_the_table_by_their_names(explorer):
    table = explorer.table(explorer.presets[0].state)
    actors = table[explorer.written("columns", "actors")].str.split("; ").explode()
    assert not {*actors} & {*palette.countries(), "SUN"}
