"""A chart is judged by what can be seen of it, and honest ways of drawing it are all alike."""

from functools import cache

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from coursestaff.exercises.spec import Question
from coursestaff.marking import compare
from coursestaff.marking.marks import mark, public_part
from courseware.answers.describe import describe
from courseware.answers.kinds import problem
from courseware.answers.kinds.chart import OTHER_UNIT
from tests.exercises import NAMES, exercise, notebook_dict, solution

BARS = pd.Series({"a": 3.0, "b": -1.0, "c": 0.0})
YEARS = pd.Series([1.0, 4.0, 2.0, 5.0, 3.0, 6.0], index=range(2005, 2011))

#: exercise → honest code for its chart, by different hands; BARS is the right column.
HONEST = {
    "02_the_trade_lifeline": [
        "chart = products[2023].plot.bar(title='T', ylabel='Mt')",
        "chart = products[2023].plot(kind='barh', title='T', xlabel='Mt', legend=False)",
        "chart = products[2023].round(1).sort_index().plot.bar(title='T', ylabel='Mt')",
        "chart = products[2023].rename(str.upper).plot.barh(title='T', xlabel='Mt')",
        "fig, chart = plt.subplots()\nchart.bar(products.index, products[2023])\n"
        "chart.set_title('T')\nchart.set_ylabel('Mt')",
        "fig, ax = plt.subplots()\nchart = ax.barh(products.index, products[2023])\n"
        "fig.suptitle('T')\nax.set_xlabel('Mt')",
        # one bar in another colour, in a call of its own, or over the others
        "fig, chart = plt.subplots()\nrest = products[2023].drop('Europe')\n"
        "chart.barh(rest.index, rest, color='0.8')\n"
        "chart.barh('Europe', products.loc['Europe', 2023], color='darkred')\n"
        "chart.set(title='T', xlabel='Mt')",
        "fig, chart = plt.subplots()\nchart.bar(products.index, products[2023], color='0.8')\n"
        "chart.bar(['China'], [products.loc['China', 2023]])\nchart.set(title='T', ylabel='Mt')",
        "fig, chart = plt.subplots()\nfor buyer in products.index:\n"
        "    chart.bar(buyer, products.loc[buyer, 2023], fill=False)\n"
        "chart.set(title='T', ylabel='Mt')",
    ],
    "03_friends_or_partners": [
        "chart = votes.plot(y=['China', VOTER], title='T', ylabel='u')",
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='u', style=['-o', '--'])",
        "chart = votes['China'].plot(title='T', ylabel='u')\nvotes[VOTER].plot(ax=chart)",
        "chart = votes[['China', VOTER]].round(2).plot(title='T', ylabel='u')",
        "chart = (votes[['China', VOTER]] * 100).plot(title='T', ylabel='per cent of votes')",
        "two = votes[['China', VOTER]]\ntwo.index = \"'\" + two.index.astype(str).str[2:]\n"
        "chart = two.plot(title='T', ylabel='u')",
        "two = votes[['China', VOTER]].rename(columns={'China': 'CHN', VOTER: 'the other'})\n"
        "chart = two.plot(title='T', ylabel='u', color='k', style=['-', '--'])",
        "chart = votes[[VOTER, 'China']].plot(title='T', ylabel='u', color='k', legend=False)\n"
        "chart.annotate('China', (2020, 0.7))\nchart.annotate(VOTER, (2020, 0.6))",
        "two = votes[['China', VOTER]]\ntwo.index = pd.to_datetime(two.index.astype(str))\n"
        "fig, chart = plt.subplots()\nchart.plot(two.index, two)\nchart.set(title='T', ylabel='u')",
        "fig, chart = plt.subplots()\nfor state in ('China', VOTER):\n"
        "    chart.plot(votes.index.astype(str), votes[state], label=state)\n"
        "chart.set(title='T', ylabel='u')",
        # the later years dotted, a level, and a mark on the year of the largest gap
        "fig, chart = plt.subplots()\nfor state in ('China', VOTER):\n"
        "    chart.plot(votes[state].loc[:2014])\n    chart.plot(votes[state].loc[2014:], ls=':')\n"
        "chart.axhline(0.5)\nchart.axvline(2014)\nchart.plot([2010], [0.7], 'o')\n"
        "chart.set(title='T', ylabel='u')",
    ],
    "05_silk_roads_then_and_now": [
        "flow = BARS\nby_flow = flow.plot.bar(title='T', ylabel='bcm')",
        "flow = BARS.round(1)\nby_flow = flow.plot.barh(title='T', xlabel='bcm')",
        "flow = BARS\nfig, by_flow = plt.subplots()\n"
        "by_flow.barh(flow.index, flow, color=['C0', 'w', 'C1'], edgecolor='k')\n"
        "by_flow.set(title='T', xlabel='bcm')",
    ],
    "06_the_belt_and_road_at_ten": [
        "share = to_china / to_all * 100\n"
        "two = share[['Uzbekistan', 'Tajikistan']].loc[2003:2022]\n"
        "two.index = two.index.astype(str)\nchart = two.plot(title='T', ylabel='%')",
        "two = (to_china / to_all * 100).loc[2003:2022, ['Uzbekistan', 'Tajikistan']].round(0)\n"
        "two.index = pd.to_datetime(two.index.astype(str))\n"
        "chart = two.plot(title='T', ylabel='%')",
        "two = (to_china / to_all).loc[2003:2022] * 100\nfig, chart = plt.subplots()\n"
        "chart.plot(two.index, two['Tajikistan'])\nchart.plot(two.index, two['Uzbekistan'])\n"
        "chart.set_title('T', loc='left')\nchart.set_ylabel('%')",
    ],
    "08_five_states_between_two_powers": [
        "bars['Not listed'] = 100 - listed.sum()\nchart = bars.plot.barh(title='T', xlabel='%')",
        "bars['NOT LISTED'] = 100 - bars.sum()\nchart = bars.plot.bar(title='T', ylabel='%')",
        "fig, chart = plt.subplots()\nchart.barh(listed.index, listed)\n"
        "chart.barh('not listed', 100 - listed.sum(), color='0.7')\n"
        "chart.set(title='T', xlabel='%')",
        "bars['not listed'] = 100 - listed.sum()\nbars = bars.sort_values()\n"
        "bars.index = bars.index.str.replace(' ', '\\n')\n"
        "chart = bars.plot.barh(title='T', xlabel='%')",
    ],
}
#: what is done to an honest chart → how many points it costs, or "all".
DONE = {
    "chart.set_title('')": 1,
    "chart.set_title(' … ')": 1,
    r"for title in titles: title.set_text('\u200b\ufeff')": 1,
    "for title in titles: title.set_fontsize(0.01)": 1,
    "for title in titles: title.set_position((0.5, 40))": 1,
    r"chart.set(xlabel='\u200b', ylabel='\u200b')": 1,
    "for text in (chart.xaxis.label, chart.yaxis.label): text.set_fontsize(0.01)": 1,
    "chart.xaxis.set_label_coords(0.5, -40)\nchart.yaxis.set_label_coords(-40, 0.5)": 1,
    "number_axis.set_inverted(True)": 1,
    "chart.set(xlabel='pupils a km', ylabel='pupils a km')": 1,
    "chart.add_patch(plt.Rectangle((-1e4, -1e4), 3e4, 3e4, color='w', zorder=9))": "all",
    "chart.axhspan(-1e4, 1e4, color='black', zorder=9)": "all",
    "for mark in marks: mark.set_clip_path(plt.Circle((0, 0), 1e-9, transform=chart.transAxes))": (
        "all"
    ),
    "for mark in marks: mark.set_clip_box(Bbox([[-9, -9], [-8, -8]]))": "all",
    "for title in titles: title.set_color('none')": 1,
    "for title in titles: title.set_visible(False)": 1,
    "chart.set(xlabel='', ylabel='')": 1,
    "chart.set_axis_off()": 1,
    "chart.set(title='', xlabel='', ylabel='')": 2,
    "for mark in marks: mark.set_alpha(0)": "all",
    "for mark in marks: mark.set_alpha(0.001)": "all",
    "for mark in marks: mark.set_visible(False)": "all",
    "for mark in marks: mark.set(color='white')": "all",
    "for mark in marks: mark.set(color='white', linewidth=0)": "all",
    "for mark in marks[1:]: mark.remove()": "all",
    "chart.set(xlim=(0, 0.1), ylim=(0, 0.1))": "all",
    "chart.set_visible(False)": "all",
    "chart.cla()": "all",
}
DRAWN = {
    (name, question.id): question
    for name in NAMES
    for question in exercise(name).checked
    if question.public.get("marks")
}


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@cache
def names_before(name, answer):
    """Return the namespace of a solution's notebook just before an answer's cell."""
    names = {}
    for cell in notebook_dict(exercise(name).notebook)["cells"]:
        if cell["id"] == answer:
            break
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
    plt.close("all")
    return names | {"plt": plt, "pd": pd, "np": np}


def drawn(name, question, code):
    """Return the axes that code gives to a question's name."""
    names = dict(names_before(name, f"{question.id}-answer"))
    for key, value in names.items():
        if isinstance(value, pd.DataFrame | pd.Series):
            names[key] = value.copy()
    code = code.replace(
        "BARS",
        "pd.Series({'Lines A to C': sold.loc[YEAR, ['Kazakhstan', 'Turkmenistan', 'Uzbekistan']]"
        ".sum(), 'Line D': 0, 'Power of Siberia': sold.loc[YEAR, 'Russia']})",
    )
    exec(code, names)
    return names[question.answer]


def judged(name, question, value):
    """Return the mark, and what a student's own check says."""
    expected, found = solution(name), describe(value)
    return mark(question, expected, found), problem(public_part(question, expected), found)


def test_every_exercise_with_a_chart_has_honest_ways_of_drawing_it():
    assert HONEST.keys() == {name for name, _ in DRAWN}


@pytest.mark.parametrize(("name", "id"), DRAWN)
def test_honest_charts_lose_nothing_and_the_student_s_own_check_agrees(name, id):
    for code in HONEST[name]:
        got, said = judged(name, DRAWN[name, id], drawn(name, DRAWN[name, id], code))
        assert (got.points, said) == (got.of, None), code
        plt.close("all")


@pytest.mark.parametrize("done", DONE)
@pytest.mark.parametrize(("name", "id"), DRAWN)
def test_what_is_not_seen_does_not_count_and_both_looks_say_so(name, id, done):
    """What the question needs costs one point each, and never the last one."""
    question = DRAWN[name, id]
    for code in HONEST[name][:2]:
        chart = drawn(name, question, code)
        marks = chart.patches if question.public["marks"] == "bars" else chart.get_lines()
        titles = [text for text in chart.findobj(Text) if text.get_text() == "T"]
        sideways = any(group.orientation == "horizontal" for group in chart.containers)
        known = {"chart": chart, "marks": list(marks), "titles": titles, "plt": plt, "Bbox": Bbox}
        exec(done, known | {"number_axis": chart.xaxis if sideways else chart.yaxis})
        got, said = judged(name, question, chart)
        lost = DONE[done]
        assert got.points == (0 if lost == "all" else max(got.of - lost, 1)), code
        if lost != "all":
            assert (said or OTHER_UNIT.format(question.answer)) in got.words, code
        plt.close("all")


#: exercise → what is drawn wrongly with the right numbers → how many points it costs, or "all".
MISLEADING = {
    "03_friends_or_partners": {
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='u')\n"
        "chart.legend([VOTER, 'China'])": "all",
        "two = votes[['China', VOTER]]\ntwo.columns = [VOTER, 'China']\n"
        "chart = two.plot(title='T', ylabel='u')": "all",
        "chart = votes['China'].plot(label=f'{VOTER} with Russia', title='T', ylabel='u')\n"
        "votes[VOTER].plot(ax=chart, label='China with Russia')\nchart.legend()": "all",
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='u', color='k', legend=False)": 1,
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='u', color='k')": 1,
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='million tonnes')": 1,
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='per cent')": 1,
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='billion dollars')": 1,
        "chart = (votes[['China', VOTER]] * 100).plot(title='T', ylabel='u')": "all",
        "chart = votes[['China', VOTER]].plot(title='T', ylabel='u', ylim=(1, 0))": 1,
    },
    "05_silk_roads_then_and_now": {
        "flow = BARS\nflow['Line D'] = 0.5\n"
        "by_flow = flow.plot.bar(title='T', ylabel='bcm')": "all",
        "flow = BARS\nby_flow = flow.plot.bar(title='T', ylabel='bcm', width=1e-9)": "all",
        "flow = BARS\nby_flow = flow.plot.barh(title='T', xlabel='bcm', xlim=(50, 0))": 1,
        "flow = BARS\nby_flow = flow.plot.barh(title='T', xlabel='million tonnes')": 1,
    },
    "06_the_belt_and_road_at_ten": {
        "two = (to_china / to_all * 100).loc[2003:2022, ['Uzbekistan', 'Tajikistan']]\n"
        "chart = two.plot(title='T', ylabel='%')\n"
        "chart.legend(['Tajikistan', 'Uzbekistan'])": "all",
    },
}


@pytest.mark.parametrize("name", MISLEADING)
def test_right_numbers_that_mislead_lose_what_they_should(name):
    question = next(each for (of, _), each in DRAWN.items() if of == name)
    for code, lost in MISLEADING[name].items():
        got, _ = judged(name, question, drawn(name, question, code))
        assert got.points == (0 if lost == "all" else got.of - lost), (code, got.words)
        plt.close("all")


@pytest.mark.parametrize(("name", "id"), DRAWN)
def test_a_check_that_passes_and_a_right_answer_that_loses_do_not_meet(name, id):
    """Whatever the solution and the misconceptions draw, with or without its words."""
    question, expected = DRAWN[name, id], solution(name)
    keys = [id, *(f"{id}.wrong.{n}" for n in range(len(question.misconceptions)))]
    for key in keys:
        for words in ({}, {"title": ""}, {"ylabel": "…"}):
            answer = expected.answers[key] | words
            got = mark(question, expected, answer)
            said = problem(public_part(question, expected), answer)
            assert got.points < got.of or said is None, key
            assert 0 < got.points < got.of if key == id and words else True


def test_bars_in_pieces_are_one_series_and_bars_side_by_side_are_two():
    _, axes = plt.subplots()
    axes.bar(BARS.index, BARS.clip(lower=0))
    axes.bar(BARS.index, BARS.clip(upper=0), color="red")
    assert describe(axes)["bars"] == [[["a", 3.0], ["b", -1.0], ["c", 0.0]]]
    _, axes = plt.subplots()
    up, down = BARS[BARS >= 0], BARS[BARS < 0]
    axes.barh(up.index, up)
    axes.barh(down.index, down)
    assert describe(axes)["bars"] == [[["a", 3.0], ["b", -1.0], ["c", 0.0]]]
    pair = pd.DataFrame({"x": BARS, "y": BARS + 1})
    assert len(describe(pair.plot.bar())["bars"]) == 2


def test_a_line_in_pieces_is_one_series_and_two_lines_that_cross_are_two():
    _, axes = plt.subplots()
    axes.plot(YEARS.loc[:2007])
    axes.plot(YEARS.loc[2007:2008], ":")  # a piece of two points is no level: it goes on
    axes.plot(YEARS.loc[2008:], "--")
    assert describe(axes)["lines"] == [[[float(x), y] for x, y in YEARS.items()]]
    _, axes = plt.subplots()
    axes.plot(YEARS)
    axes.plot(YEARS.index, YEARS[::-1])
    axes.plot([2005, 2010], [3, 3])
    assert len(describe(axes)["lines"]) == 2


@pytest.mark.parametrize(
    "index",
    [
        YEARS.index.astype(str),
        pd.PeriodIndex(YEARS.index.astype(str), freq="Y"),
        pd.to_datetime(YEARS.index.astype(str)),
        pd.to_datetime([f"{year}-12-31" for year in YEARS.index]),
    ],
)
@pytest.mark.parametrize("marks", ["lines", "bars"])
def test_years_are_years_however_they_are_written(index, marks):
    name, id = "06_the_belt_and_road_at_ten", "q7"
    question = DRAWN[name, id]
    about = {**question.public, "marks": marks}
    asked = Question(id, question.kind, 3, answer="chart", public=about)
    one, other = YEARS, YEARS.set_axis(index)
    draw = (lambda table: table.plot()) if marks == "lines" else (lambda table: table.plot.bar())
    plt.figure()
    expected = describe(draw(one))
    plt.figure()
    found = describe(draw(other))
    assert compare.same(asked, expected, found) and compare.same(asked, found, expected)
    plt.figure()
    assert not compare.same(asked, expected, describe(draw(other.shift(1, fill_value=0))))


def test_days_of_one_year_are_not_one_place():
    question = next(iter(DRAWN.values()))
    asked = Question("q1", question.kind, 3, answer="c", public={"marks": "lines"})
    days = pd.Series([1.0, 1.0, 1.0], index=pd.date_range("2020-01-01", periods=3, freq="MS"))
    plt.figure()
    one = describe(days.plot())
    plt.figure()
    other = describe(days.shift(1, freq="MS").plot())
    assert not compare.same(asked, one, other)
