"""What a class's journals show: charts in which nobody can be picked out, and honest numbers."""

import json
import pickle
import re
import traceback
import zipfile
from textwrap import dedent

import pandas as pd
import pytest

from courseware import charts, claims, journal, palette
from courseware.journal import class_export, own_files
from courseware.journal.format import Answer, Entry, Outcome, now
from courseware.our_class import class_verdicts, dot_plots, hand_ins, summary
from courseware.verdicts import BUT, IMPRECISE, LOOKS, NOT_CHECKED
from tests.notebooks import ROOT
from tests.test_journal import restart, write

GUIDE = ROOT / "coursestaff" / "publishing" / "guide_pages"

SIX = [
    # Of each: prediction, opening, closing, verdict on C09, how sure
    (10.0, 20.0, 60.0, "holds", 60.0),
    (30.0, 40.0, 50.0, "holds", 70.0),
    (38.0, 80.0, 80.0, "holds, but", 80.0),  # date: one of the kinds that the course names
    (44.0, 40.0, 30.0, "holds, but", 90.0),  # reporter: another kind
    (50.0, 60.0, 65.0, "does not hold", 50.0),
    (400.0, None, None, None, None),
]

KINDS = {80.0: "date", 90.0: "reporter"}


@pytest.fixture(autouse=True)
def folder(journal_dir):
    restart()
    return journal_dir


def title(fig):
    return fig.words.title


def figures(words):
    """Return the numbers in some words."""
    return [int(n) for n in re.findall(r"(?<![\w.-])\d+(?!\w|\.\d)", words)]


@pytest.fixture
def drawn(monkeypatch):
    """The charts that are shown, as (figure, alt, table), and the messages beside them."""
    found = type("Drawn", (), {"charts": [], "messages": []})()

    def put(chart):
        chart.figure.words = chart.words  # for `title`
        found.charts.append((chart.figure, chart.words.alt, chart.table.frame))

    monkeypatch.setattr(charts.showing, "put", put)
    monkeypatch.setattr(dot_plots, "display", lambda html: found.messages.append(html.data))
    return found


def export_class(place, students=SIX) -> None:
    """Write one export per student, as `journal.export` does, but without a journal each."""
    place.mkdir(exist_ok=True)
    for number, (guess, opening, closing, verdict, sure) in enumerate(students):
        entries = [
            entry("02-growth", guess, outcome=40.0),
            entry("02-zero", guess, outcome=0.0),
            entry("02-who", "China" if number else "EU", outcome="India"),
            entry("T1", opening, "poll", moment="opening"),
            entry("T1", closing, "poll", moment="closing"),
            entry("02-lifeline", f"PRIVATE words of {number}", "answer"),
            entry("C09", verdict, "verdict", sure=sure, but=KINDS.get(sure)),
            entry("C10", "holds", "verdict", sure=75.0),  # not core
        ]
        if number < 2:
            entries.append(entry("T2", 50.0, "poll", moment="opening"))
        if number < 4:
            entries.append(entry("C13", "holds", "verdict", sure=75.0))
        write_export(place / f"j{number}.json", entries, f"{number:032x}")


def write_export(path, entries, journal_id) -> None:
    path.write_text(class_export.encode(entries, journal_id), encoding="utf-8")


def entry(
    id, value, kind="prediction", *, moment="", outcome=None, sure=None, late=False, but=None
) -> Entry:
    details = {"unit": "per cent", "options": ["China", "India", "EU"], "chapter": "02"}
    answer = Answer(value, now(), confidence=sure, late=late, but=but)
    shown = None if outcome is None else Outcome(outcome, now())
    return Entry(id, kind, f"Question {id}?", moment, details, (answer,), shown)


@pytest.fixture
def six(tmp_path):
    return read(tmp_path)


def read(tmp_path, students=SIX):
    export_class(tmp_path / "class", students)
    return journal.read_class(tmp_path / "class")


def draw_all(tallied) -> None:
    tallied.draw_polls()
    tallied.draw_predictions()
    tallied.draw_verdicts()


# Polls


def test_polls_are_drawn_by_value_and_never_joined(six, drawn):
    six.draw_polls()
    ((fig, alt, table),) = drawn.charts
    assert figures(alt)[-4:] == [40, 5, 60, 5]
    opening = table[table["when"] == table["when"].iloc[0]]
    assert opening["how sure, per cent"].tolist() == [20, 40, 60, 80]
    assert opening["answers"].tolist() == [1, 2, 1, 1]
    dots = [len(c.get_offsets()) for ax in fig.axes for c in ax.collections]
    assert dots == [5, 5]
    lines = [line for ax in fig.axes for line in ax.get_lines()]
    joined = [line for line in lines if len(set(line.get_xdata())) == 2 and line.get_ydata()[0]]
    assert joined == []
    assert "T2" in drawn.messages[0]
    assert "T2" not in title(fig) + alt


@pytest.mark.parametrize(("more", "told"), [(8, [7, 15, 8]), (7, [])])
def test_from_fifteen_pairs_on_the_title_counts_them_and_not_the_medians(
    tmp_path, drawn, more, told
):
    """The median rises from 45 to 60, while most of those who answered twice became less sure."""
    pairs = [(45.0, 40.0)] * more + [(20.0, 60.0)] * 7 + [(None, 90.0)] * 6
    read(tmp_path, [(10.0, before, after, None, None) for before, after in pairs]).draw_polls()
    ((fig, alt, _),) = drawn.charts
    assert figures(title(fig)) == told
    assert not told or {45, 60} < {*figures(alt)}


def test_a_closing_that_few_gave_is_not_drawn(tmp_path, drawn):
    some = [(g, o, c if k < 3 else None, v, s) for k, (g, o, c, v, s) in enumerate(SIX)]
    read(tmp_path, some).draw_polls()
    ((fig, alt, table),) = drawn.charts
    assert len({*table["when"]}) == 1 and table["answers"].sum() == 5
    assert figures(alt)[-2:] == [40, 5]
    assert any(summary.TOO_FEW in text.get_text() for text in fig.axes[0].texts)


@pytest.mark.parametrize("draw", ["draw_polls", "draw_predictions", "draw_verdicts"])
@pytest.mark.parametrize("students", [SIX[:4], []])
def test_with_four_journals_or_none_nothing_is_drawn_and_that_is_said(
    tmp_path, drawn, draw, students, snapshot
):
    getattr(read(tmp_path, students), draw)()
    assert drawn.charts == []
    (message,) = drawn.messages
    assert f"{dot_plots.FEWEST}" in message and re.sub(r"<[^>]*>", " ", message) == snapshot


# Predictions


def test_numbers_are_drawn_as_multiples_of_their_outcome(six, drawn):
    six.draw_predictions()
    ratios, zero, choices = drawn.charts
    assert "33%" in title(ratios[0])
    row = ratios[2].set_index("id").loc["02-growth"]
    assert (row["lowest"], row["median"], row["highest"]) == (10, 41, 400)
    assert (row["predicted"], row["within a tenth"], row["outcome"]) == (6, 2, 40)
    assert "02-growth 1." in ratios[1]
    texts = [text.get_text() for text in ratios[0].axes[0].texts]
    assert "1" in texts  # one beyond three times the outcome
    assert "02-zero" not in set(ratios[2]["id"])
    assert any(figures(text.get_text()) == [0] for text in zero[0].axes[0].texts)
    assert figures(title(choices[0])) == [0, 6]
    assert drawn.messages == []


def test_choices_are_bars_with_the_outcome_even_if_nobody_chose_it(six, drawn):
    six.draw_predictions("02-who")
    ((_, alt, table),) = drawn.charts
    assert "China" in alt
    assert table["choice"].tolist() == ["China", "EU", "India"]
    assert table["how many"].tolist() == [5, 1, 0]
    assert table["outcome"].tolist() == ["", "", "yes"]


def test_one_question_has_an_axis_of_its_own_without_late_predictions(tmp_path, drawn):
    export_class(tmp_path / "class")
    late = [entry("02-growth", 40.0, outcome=40.0, late=True)]
    write_export(tmp_path / "class" / "late.json", late, "f" * 32)
    class_ = journal.read_class(tmp_path / "class")
    class_.draw_predictions("02-growth")
    ((fig, alt, table),) = drawn.charts
    assert class_.journals == 7 and figures(title(fig)) == [2, 6]
    assert figures(alt)[-5:] == [6, 10, 400, 41, 40]
    assert table["how many"].sum() == 6
    assert fig.axes[0].get_xlabel() == "per cent"
    with pytest.raises(journal.JournalError, match="02-growth"):
        class_.draw_predictions("02-nothing")


def test_questions_without_an_outcome_or_with_one_value_can_be_drawn(tmp_path, drawn):
    (tmp_path / "class").mkdir()
    for number in range(5):
        entries = [entry("02-growth", 7.0), entry("02-other", -3.0, outcome=-2.0)]
        path = tmp_path / "class" / f"j{number}.json"
        write_export(path, entries, f"{number:032x}")
    class_ = journal.read_class(tmp_path / "class")
    class_.draw_predictions()
    class_.draw_predictions("02-other")
    titles = [figures(title(fig)) for fig, _, _ in drawn.charts]
    assert [7] in titles and len(titles) == 3


# Verdicts


def test_verdicts_stand_beside_the_course_s(six, drawn):
    six.draw_verdicts()
    ((fig, alt, table),) = drawn.charts
    assert table["claim"].tolist() == ["C09"]
    row = table.iloc[0]
    assert row["the course"] == claims.get("C09").told == "holds, but (wording, date)"
    assert row["but what"] == "date 1, reporter 1"
    assert row[list(class_verdicts.LOOKS)].tolist() == [2, 2, 1, 0, 1]
    assert row["how sure (median, per cent)"] == 70
    assert figures(title(fig)) == [0, 1]
    assert "C09 (17%)" in alt, "who names another kind of caveat does not agree"
    for verdict, look in LOOKS.items():
        assert f"{look.letter} {verdict}" in fig.words.subtitle
    bars = {bar.get_linewidth(): bar.get_width() for bar in fig.axes[0].patches}
    assert bars[class_verdicts._FRAME["linewidth"]] == pytest.approx(100 / 6)
    assert "C13" in drawn.messages[0]


def test_how_sure_few_were_is_not_told(tmp_path, drawn):
    """Six judged, four said how sure: they may pass over that question."""
    some = [(10.0, 20.0, 60.0, "holds", 60.0 if k < 4 else None) for k in range(6)]
    read(tmp_path, some).draw_verdicts()
    ((fig, _, table),) = drawn.charts
    assert table["holds"].tolist() == [6]
    assert table["how sure (median, per cent)"].isna().all()
    assert not fig.axes[1].lines


def test_the_class_s_verdicts_have_a_column_of_what_a_caveat_is_about(six):
    table = six.verdicts()
    about = table[table["verdict"] == "holds, but"]
    assert about["but"].tolist() == ["date", "reporter"]
    assert set(table.loc[table["verdict"] != "holds, but", "but"]) == {""}
    assert "claim_id,chapter,verdict,but,journals" in table.to_csv(index=False)


def test_imprecise_is_counted_apart_and_the_quantifier_is_named(six, drawn, monkeypatch):
    loose, plain, unseen = claims.get("C64"), claims.get("C09"), claims.get("C80")
    tally = class_verdicts.course_tally([loose, plain, unseen])
    assert f"{BUT}: 1; {IMPRECISE}: 1 (" in tally and f"; {NOT_CHECKED}: 1" in tally
    assert re.findall(r"C\d\d", tally) == ["C64"]
    said = []
    monkeypatch.setattr(class_verdicts, "display", lambda html: said.append(html.data))
    six.draw_verdicts()
    assert f"{BUT}: 1" in said[0]


def test_a_caveat_that_does_not_say_what_is_not_counted(tmp_path):
    export_class(tmp_path / "class")
    path = tmp_path / "class" / "j2.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for each in content["entries"]:
        each["but"] = None
    write(path, content)
    class_ = journal.read_class(tmp_path / "class")
    assert class_.verdicts().query("verdict == 'holds, but'")["but"].tolist() == ["reporter"]
    assert figures(class_.left_out["why"][0]) == [8, 9]


def test_every_verdict_of_the_class_is_looked_for(six, drawn):
    six.draw_verdicts(chapter=2)
    assert len(drawn.charts) == 1
    six.draw_verdicts(chapter="03")
    assert len(drawn.charts) == 1 and drawn.messages
    with pytest.raises(claims.ClaimError, match="99"):
        six.draw_verdicts(chapter=99)


def test_letters_on_bars_can_be_read():
    for colour, _, _ in class_verdicts.LOOKS.values():
        letters = palette.ink_on(colour)
        dark, light = sorted((palette.luminance(letters), palette.luminance(colour)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_confidence_per_claim(six):
    table = six.confidence().set_index("claim_id")
    assert table.loc["C09"].tolist() == [5, 60, 70, 80]
    assert table.loc["C10", "journals"] == 6


# Privacy, damage


def test_no_chart_holds_a_student_s_words_or_file(six, drawn):
    draw_all(six)
    everything = " ".join(
        f"{title(fig)} {alt} {table.to_csv()} "
        + " ".join(text.get_text() for ax in fig.axes for text in ax.texts)
        for fig, alt, table in drawn.charts
    )
    assert "PRIVATE" not in everything
    assert "j0" not in everything
    assert six.words("02-lifeline") == []


def test_damaged_old_and_half_filled_journals_leave_the_charts_standing(tmp_path, drawn):
    place = tmp_path / "class"
    export_class(place)
    whole = json.loads((place / "j0.json").read_text())
    (place / "cut.json").write_text((place / "j1.json").read_text()[:200])
    (place / "empty.json").write_text("")
    write(place / "old.json", {**whole, "version": 0})
    odd = {**whole, "journal": "e" * 32, "entries": [*whole["entries"], 3, {"id": "T1"}]}
    write(place / "odd.json", odd)
    half = {**whole, "journal": "f" * 32, "entries": whole["entries"][:1]}
    write(place / "half.json", half)
    class_ = journal.read_class(place)
    assert class_.journals == 8
    names = sorted(path.stem for path in place.iterdir())
    left_out = [names[int(file.split()[1]) - 1] for file in class_.left_out["file"]]
    assert sorted(left_out) == ["cut", "empty", "half", "odd", "old"]
    draw_all(class_)
    assert len(drawn.charts) == 5


def test_a_cell_shows_the_chart_and_its_table(six, monkeypatch):
    sent = []
    monkeypatch.setattr(charts.page, "display", lambda html: sent.append(html.data))
    monkeypatch.setattr(dot_plots, "display", lambda html: sent.append(html.data))
    six.draw_polls()
    assert "<figure" in sent[0]
    assert "<caption" in sent[0]
    assert "T2" in sent[1]


@pytest.mark.parametrize("size", [5, 60])
def test_words_stay_inside_the_picture(size, tmp_path, drawn):
    class_ = read(tmp_path, [SIX[number % 5] for number in range(size)])
    draw_all(class_)
    for fig, _, _ in drawn.charts:
        fig.canvas.draw()
        texts = [text for ax in fig.axes for text in (*ax.texts, *ax.get_yticklabels(), ax.title)]
        boxes = [text.get_window_extent() for text in texts if text.get_text()]
        assert all(fig.bbox.x0 <= b.x0 and b.x1 <= fig.bbox.x1 for b in boxes)
    assert isinstance(class_.left_out, pd.DataFrame)


# A platform's zip


NAMED = {
    "canvas": "{name}_LATE_{n}_9{n}_journal.json",
    "moodle": "{name} Forgotten_{n}_assignsubmission_file_/journal.json",
}
BAD = {"cut": "{", "empty": "", "bytes": b"\xff\xfe", "other": '{"hello": 1}'}


def zipped(place, form, more=None):
    """Return a platform's zip of six journals and bad files; every name begins with Diaz."""
    folder = place / "class"
    export_class(folder)
    contents = [path.read_bytes() for path in sorted(folder.glob("*.json"))]
    contents += [*BAD.values(), contents[0], *(more or [])]
    path = place / "submissions.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents):
            archive.writestr(NAMED[form].format(name=f"Diaz{number:02}", n=number), content)
        archive.writestr("__MACOSX/._Diaz.json", "{")
        archive.writestr("Diaz_1_2_journal.html", "<p>not read</p>")
    return path


@pytest.mark.parametrize("form", NAMED)
def test_a_platform_s_zip_is_read_and_its_names_stay_in_it(tmp_path, form):
    class_ = journal.read_class(zipped(tmp_path, form))
    assert class_.journals == 6
    assert class_.tally().set_index("id").loc["02-growth", "predicted"] == 6
    assert class_.left_out["file"].tolist() == ["file 7", "file 8", "file 9", "file 10", "file 11"]
    assert figures(class_.left_out["why"].iloc[-1]) == [1]
    held = pickle.dumps(class_) + class_._repr_html_().encode()
    assert b"Diaz" not in held
    assert b"Forgotten" not in held


def test_a_zip_and_the_folder_it_unpacks_to_are_tallied_alike(tmp_path):
    archive = zipped(tmp_path, "moodle")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "unpacked")
    one, other = journal.read_class(archive), journal.read_class(tmp_path / "unpacked")
    pd.testing.assert_frame_equal(one.tally(), other.tally())
    pd.testing.assert_frame_equal(one.left_out, other.left_out)


def test_what_unpacks_to_too_much_is_left_out_or_refused(tmp_path, monkeypatch):
    bomb = b" " * (hand_ins.MOST + 1)
    class_ = journal.read_class(zipped(tmp_path, "canvas", [bomb]))
    assert class_.journals == 6
    last = class_.left_out.iloc[-1]
    assert last["file"] == "file 12" and figures(last["why"]) == [2]
    monkeypatch.setattr(hand_ins, "MOST_ALL", 2 * hand_ins.MOST)
    with pytest.raises(journal.JournalError, match="4 MB"):
        journal.read_class(zipped(tmp_path, "canvas", [bomb] * 3))


def test_a_zip_s_own_sizes_are_not_believed(tmp_path):
    path = zipped(tmp_path, "canvas", [b" " * (hand_ins.MOST + 1)])
    content = path.read_bytes()
    path.write_bytes(content.replace((hand_ins.MOST + 1).to_bytes(4, "little"), b"\x09\0\0\0"))
    class_ = journal.read_class(path)
    assert class_.journals == 6
    assert "file 12" in set(class_.left_out["file"])


def test_what_is_no_zip_is_told_without_a_name_from_inside(tmp_path):
    path = zipped(tmp_path, "canvas")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(journal.JournalError, match=r"submissions\.zip") as told:
        journal.read_class(path)
    assert "Diaz" not in "".join(traceback.format_exception(told.value))


def test_a_zip_whose_files_cannot_be_opened_is_read_as_far_as_it_goes(tmp_path):
    path = zipped(tmp_path, "canvas")
    with zipfile.ZipFile(path) as opened:
        at = opened.infolist()[3].header_offset
    content = bytearray(path.read_bytes())
    content[at + 34] ^= 1  # its name in one place is not its name in the other
    path.write_bytes(content)
    class_ = journal.read_class(path)
    assert class_.journals == 5
    assert class_.left_out["file"].iloc[0] == "file 4"


def test_whatever_byte_of_a_zip_is_wrong_no_name_from_inside_is_told(tmp_path):
    path, name = tmp_path / "submissions.zip", NAMED["canvas"].format(name="Díaz", n=1)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "{}")
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + b"\xff" + whole[place + 1 :])
        try:
            said = str(list(hand_ins.contents(path)))
        except journal.JournalError as problem:
            refused += 1
            said = "".join(traceback.format_exception(problem))
        assert "az_LATE_1_91" not in said
    assert refused


# Raised hands


def test_raised_hands_are_tallied_beside_journals(tmp_path, drawn):
    export_class(tmp_path / "class")
    counts = {"India": 7, "china": 0, "pass": 2, "outcome": "india"}
    class_ = journal.read_class(tmp_path / "class", hands={"02-buyer": counts})
    row = class_.tally().set_index("id").loc["02-buyer"]
    assert (row["predicted"], row["passed"], row["close"], row["outcome"]) == (7, 2, 7, "India")
    assert class_.journals == 6
    assert " 9." in class_._repr_html_()
    class_.draw_predictions("02-buyer")
    assert figures(title(drawn.charts[0][0])) == [7, 7]


def test_hands_alone_may_be_raised_for_numbers_and_for_spans_of_numbers(drawn):
    counts = {"0 to 10": 5, "12,5": 1, 30: 1, "outcome": 8.3}
    class_ = journal.read_class(hands={"02-tonnes": counts})
    assert class_.journals == 0
    predicted = class_.predictions("02-tonnes")
    assert predicted["prediction"].tolist() == [5, 5, 5, 5, 5, 12.5, 30]
    assert set(predicted["outcome"]) == {8.3}
    assert " 5 were" in class_._repr_html_()
    class_.draw_predictions()
    assert len(drawn.charts) == 1


def test_what_the_guide_has_typed_for_raised_hands_is_drawn(drawn):
    page = (GUIDE / "room.md").read_text(encoding="utf-8")
    cell = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    names = {}
    exec(dedent(cell), names)
    asked = names["our_class"].tally()
    assert asked["predicted"].tolist() == [23, 24] and asked["passed"].tolist() == [2, 0]
    assert len(drawn.charts) == 2


WRONG_HANDS = [
    ("02-buyer", "Chna", 7),
    ("02-buyer", "China", -1),
    ("02-buyer", "China", 1001),
    ("02-buyer", "China", "7"),
    ("02-buyer", "China", True),
    ("02-buyer", "outcome", "pass"),
    ("02-bier", "China", 7),
    ("../x", "China", 7),
    ("02-tonnes", "", 7),
    ("02-tonnes", "many", 7),
    ("02-tonnes", 501, 7),
    ("02-tonnes", "outcome", "0 to 10"),
]


def test_what_is_wrong_with_a_count_is_said(snapshot):
    told = []
    for question, answer, people in WRONG_HANDS:
        with pytest.raises(journal.JournalError, match=re.escape(question)) as problem:
            journal.read_class(hands={question: {answer: people}})
        told.append(str(problem.value))
    for wrong, said in zip(["'Chna'", "-1", "1001", "'7'", "True"], told, strict=False):
        assert wrong in said
    assert told == snapshot
    for most in (0, 1000):
        hands = journal.read_class(hands={"02-buyer": {"China": most}}).hands
        assert len(hands.answers) == most


# The summary on a page


def test_the_summary_has_few_columns_and_the_outcome_in_words(six):
    page = six._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    heads = page.split("</thead>")[0]
    assert heads.count("<th ") == 6
    for words in ("41 per cent (10 to 400)", ">40 per cent", ">2 of 6"):
        assert f"{words}</td>" in page
    assert "<td" in page.split(": China</td>")[1], "the outcome follows"


def test_the_summary_tells_nothing_of_four(tmp_path):
    page = read(tmp_path, SIX[:4])._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    assert summary.TOO_FEW in page
    assert "02-growth" not in page and " of 4 " not in page and "<td" not in page


@pytest.mark.parametrize("closings", [range(3), range(4, 9)])
def test_how_few_moved_is_not_told_though_many_answered_once(tmp_path, closings):
    """Five and five may have one in common, whose way would then be plain."""
    some = [
        (10.0, 40.0 if k < 5 else None, 60.0 if k in closings else None, None, None)
        for k in range(9)
    ]
    page = read(tmp_path, some)._repr_html_().replace("\N{NO-BREAK SPACE}", " ")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", page)[-3:]
    assert figures(cells[0]) == [40, 5]
    assert figures(cells[1]) == ([60, 5] if len(closings) == 5 else [dot_plots.FEWEST])
    assert cells[2] == summary.TOO_FEW


def test_a_question_that_somebody_wrote_into_their_own_file_is_not_shown(tmp_path, drawn):
    export_class(tmp_path / "class")
    made_up = [Entry("02-made-up", "prediction", "WORDS", "", {}, (Answer(1.0, now()),))]
    write_export(tmp_path / "class" / "own.json", made_up, "e" * 32)
    class_ = journal.read_class(tmp_path / "class")
    class_.draw_predictions()
    assert figures(drawn.messages[-1])[-1] == 1
    page = class_._repr_html_() + "".join(drawn.messages)
    assert "WORDS" not in page
    assert "made-up" not in page


def test_no_words_of_a_file_that_is_left_out_are_told(tmp_path):
    (tmp_path / "class").mkdir()
    for number, version in enumerate(("WORDS", ["WORDS"], 10**400)):
        content = {"format": own_files.MARK, "version": version}
        write(tmp_path / "class" / f"{number}.json", content)
    class_ = journal.read_class(tmp_path / "class")
    assert len(class_.left_out) == 3
    page = class_._repr_html_()
    assert "WORDS" not in page
    assert "0000" not in page
