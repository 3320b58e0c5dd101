"""What a class's journals show: charts in which nobody can be picked out, and honest numbers."""

import json

import pandas as pd
import pytest

from courseware import charts, claims, journal, palette, ui
from courseware.journal import class_export
from courseware.journal.format import Answer, Entry, Outcome, now
from courseware.our_class import drawing, verdicts
from tests.test_journal import restart, write

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


@pytest.fixture
def drawn(monkeypatch):
    """The charts that are shown, as (figure, alt, table), and the messages beside them."""
    found = type("Drawn", (), {"charts": [], "messages": []})()

    def show(fig, alt, table, caption="", formats=None):
        charts.picture(charts.png(fig), alt, 900)
        ui.table(table, caption, formats)
        found.charts.append((fig, alt, table))

    monkeypatch.setattr(charts, "show", show)
    monkeypatch.setattr(drawing, "display", lambda html: found.messages.append(html.data))
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
    export_class(tmp_path / "class")
    return journal.read_class(tmp_path / "class")


@pytest.fixture
def four(tmp_path):
    export_class(tmp_path / "class", SIX[:4])
    return journal.read_class(tmp_path / "class")


def title(fig) -> str:
    return " ".join(fig.get_suptitle().split())


def subtitle(fig) -> str:
    return next(" ".join(t.get_text().split()) for t in fig.texts if t.get_gid() == "subtitle")


# Polls


def test_polls_are_drawn_by_value_and_never_joined(six, drawn):
    six.draw_polls()
    ((fig, alt, table),) = drawn.charts
    assert title(fig) == "The class's median: T1 rose from 40 to 60"
    assert "T1: median 40 per cent at the beginning (5 answers), median 60 per cent closing" in alt
    opening = table[table["when"] == "at the beginning"]
    assert opening["how sure, per cent"].tolist() == [20, 40, 60, 80]
    assert opening["answers"].tolist() == [1, 2, 1, 1]
    dots = [len(c.get_offsets()) for ax in fig.axes for c in ax.collections]
    assert dots == [5, 5]
    lines = [line for ax in fig.axes for line in ax.get_lines()]
    joined = [line for line in lines if len(set(line.get_xdata())) == 2 and line.get_ydata()[0]]
    assert joined == []
    assert "T2" in drawn.messages[0]
    assert "T2" not in title(fig) + alt


def test_a_closing_that_few_gave_is_not_drawn(tmp_path, drawn):
    some = [(g, o, c if k < 3 else None, v, s) for k, (g, o, c, v, s) in enumerate(SIX)]
    export_class(tmp_path / "class", some)
    journal.read_class(tmp_path / "class").draw_polls()
    ((fig, alt, table),) = drawn.charts
    assert set(table["when"]) == {"at the beginning"}
    assert "closing" not in alt
    assert any("fewer than 5 answers" in text.get_text() for text in fig.axes[0].texts)


@pytest.mark.parametrize("draw", ["draw_polls", "draw_predictions", "draw_verdicts"])
def test_with_four_journals_nothing_is_drawn(four, drawn, draw):
    getattr(four, draw)()
    assert drawn.charts == []
    (message,) = drawn.messages
    assert "at least 5 answers" in message
    assert "a dot would be a person" in message


@pytest.mark.parametrize("draw", ["draw_polls", "draw_predictions", "draw_verdicts"])
def test_an_empty_class_is_said_in_words(tmp_path, drawn, draw):
    (tmp_path / "class").mkdir()
    getattr(journal.read_class(tmp_path / "class"), draw)()
    assert drawn.charts == []
    assert "Nothing to draw yet" in drawn.messages[0]


# Predictions


def test_numbers_are_drawn_as_multiples_of_their_outcome(six, drawn):
    six.draw_predictions()
    ratios, zero, choices = drawn.charts
    assert title(ratios[0]) == "33% of the class's numbers were within a tenth of the outcome"
    row = ratios[2].set_index("id").loc["02-growth"]
    assert (row["lowest"], row["median"], row["highest"]) == (10, 41, 400)
    assert (row["predicted"], row["within a tenth"], row["outcome"]) == (6, 2, 40)
    assert "multiples of the outcome: 02-growth 1." in ratios[1]
    texts = [text.get_text() for text in ratios[0].axes[0].texts]
    assert "1" in texts  # one beyond three times the outcome
    assert "02-zero" not in set(ratios[2]["id"])
    assert "outcome 0" in " ".join(text.get_text() for text in zero[0].axes[0].texts)
    assert title(choices[0]) == "0 of 6 choices were the outcome"
    assert drawn.messages == []


def test_choices_are_bars_with_the_outcome_even_if_nobody_chose_it(six, drawn):
    six.draw_predictions("02-who")
    ((_, alt, table),) = drawn.charts
    assert table["choice"].tolist() == ["China", "EU", "India"]
    assert table["how many"].tolist() == [5, 1, 0]
    assert table["outcome"].tolist() == ["", "", "yes"]
    assert "most chose China" in alt


def test_one_question_has_an_axis_of_its_own(six, drawn):
    six.draw_predictions("02-growth")
    ((fig, alt, table),) = drawn.charts
    assert title(fig) == "2 of 6 predictions were within a tenth of the outcome"
    assert "6 predictions, 10 to 400, median 41; the outcome was 40" in alt
    assert table["how many"].sum() == 6
    assert fig.axes[0].get_xlabel() == "per cent"
    with pytest.raises(journal.JournalError, match="02-growth"):
        six.draw_predictions("02-nothing")


def test_late_predictions_are_not_drawn(tmp_path, drawn):
    export_class(tmp_path / "class")
    late = [entry("02-growth", 40.0, outcome=40.0, late=True)]
    write_export(tmp_path / "class" / "late.json", late, "f" * 32)
    journal.read_class(tmp_path / "class").draw_predictions("02-growth")
    assert drawn.charts[0][2]["how many"].sum() == 6


def test_questions_without_an_outcome_or_with_one_value_can_be_drawn(tmp_path, drawn):
    (tmp_path / "class").mkdir()
    for number in range(5):
        entries = [entry("02-growth", 7.0), entry("02-other", -3.0, outcome=-2.0)]
        path = tmp_path / "class" / f"j{number}.json"
        write_export(path, entries, f"{number:032x}")
    class_ = journal.read_class(tmp_path / "class")
    class_.draw_predictions()
    class_.draw_predictions("02-other")
    titles = [title(fig) for fig, _, _ in drawn.charts]
    assert "The class's median: 7 per cent" in titles
    assert len(titles) == 3


# Verdicts


def test_verdicts_stand_beside_the_course_s(six, drawn):
    six.draw_verdicts()
    ((fig, alt, table),) = drawn.charts
    assert table["claim"].tolist() == ["C09"]
    row = table.iloc[0]
    assert row["the course"] == claims.get("C09").told == "holds, but (wording, date)"
    assert row["but what"] == "date 1, reporter 1"
    assert row[list(verdicts.LOOKS)].tolist() == [2, 2, 1, 0, 1]
    assert row["how sure (median, per cent)"] == 70
    assert title(fig) == "On 0 of 1 core claims most of the class judges as the course does"
    assert "C09 (17%)" in alt, "who names another kind of caveat does not agree"
    assert "H holds; B holds, but; F does not hold" in subtitle(fig)
    bars = {bar.get_linewidth(): bar.get_width() for bar in fig.axes[0].patches}
    assert bars[verdicts._FRAME["linewidth"]] == pytest.approx(100 / 6)
    assert "C13" in drawn.messages[0]


def test_the_class_s_verdicts_have_a_column_of_what_a_caveat_is_about(six):
    table = six.verdicts()
    about = table[table["verdict"] == "holds, but"]
    assert about["but"].tolist() == ["date", "reporter"]
    assert set(table.loc[table["verdict"] != "holds, but", "but"]) == {""}
    assert "claim_id,chapter,verdict,but,journals" in table.to_csv(index=False)


def test_imprecise_is_counted_apart_and_the_quantifier_is_named(six, drawn, monkeypatch):
    loose, plain, unseen = claims.get("C71"), claims.get("C09"), claims.get("C48")
    assert verdicts.course_tally([loose, plain, unseen]) == (
        "The course's own verdicts on these 3 claims: holds, but: 1; "
        "imprecise: 1 (the quantifier is off in C71); not checked by us: 1."
    )
    said = []
    monkeypatch.setattr(verdicts, "display", lambda html: said.append(html.data))
    six.draw_verdicts()
    assert "holds, but: 1" in said[0]


def test_a_folder_of_both_versions_is_read_and_old_caveats_agree_by_their_word(tmp_path, drawn):
    place = tmp_path / "class"
    export_class(place)
    for number in (2, 3):
        path = place / f"j{number}.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        for each in content["entries"]:
            del each["but"]
            if each["value"] == "holds, but":
                each["value"] = "holds with a caveat"
        write(path, {**content, "version": 1})
    class_ = journal.read_class(place)
    assert class_.journals == 6
    assert class_.left_out.empty
    about = class_.verdicts().query("verdict == 'holds, but'")
    assert about["but"].tolist() == ["not asked then"]
    class_.draw_verdicts()
    ((_, alt, _),) = drawn.charts
    assert "C09 (33%)" in alt


def test_every_verdict_of_the_class_is_looked_for(six, drawn):
    six.draw_verdicts(chapter=2)
    assert len(drawn.charts) == 1
    six.draw_verdicts(chapter="03")
    assert "Nothing to draw yet" in drawn.messages[-1]
    with pytest.raises(claims.ClaimError, match="99"):
        six.draw_verdicts(chapter=99)


def test_letters_on_bars_can_be_read():
    for colour, _, _ in verdicts.LOOKS.values():
        letters = palette.ink_on(colour)
        dark, light = sorted((palette.luminance(letters), palette.luminance(colour)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_confidence_per_claim(six):
    table = six.confidence().set_index("claim_id")
    assert table.loc["C09"].tolist() == [5, 60, 70, 80]
    assert table.loc["C10", "journals"] == 6


# Privacy, damage


def test_no_chart_holds_a_student_s_words_or_file(six, drawn):
    six.draw_polls()
    six.draw_predictions()
    six.draw_verdicts()
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
    why = class_.left_out.set_index("file")["why"]
    assert set(why.index) == {"cut.json", "empty.json", "old.json", "odd.json", "half.json"}
    assert "old" in why["old.json"]
    class_.draw_polls()
    class_.draw_predictions()
    class_.draw_verdicts()
    assert len(drawn.charts) == 5


def test_a_cell_shows_the_chart_and_its_table(six, monkeypatch):
    sent = []
    monkeypatch.setattr(charts, "display", lambda html: sent.append(html.data))
    monkeypatch.setattr(drawing, "display", lambda html: sent.append(html.data))
    six.draw_polls()
    assert "<figure" in sent[0]
    assert "<caption" in sent[0]
    assert "Not drawn" in sent[1]


@pytest.mark.parametrize("size", [5, 60])
def test_words_stay_inside_the_picture(size, tmp_path, drawn):
    students = [SIX[number % 5] for number in range(size)]
    export_class(tmp_path / "class", students)
    class_ = journal.read_class(tmp_path / "class")
    class_.draw_polls()
    class_.draw_predictions()
    class_.draw_verdicts()
    for fig, _, _ in drawn.charts:
        fig.canvas.draw()
        texts = [text for ax in fig.axes for text in (*ax.texts, *ax.get_yticklabels(), ax.title)]
        boxes = [text.get_window_extent() for text in texts if text.get_text()]
        assert all(fig.bbox.x0 <= b.x0 and b.x1 <= fig.bbox.x1 for b in boxes)
    assert isinstance(class_.left_out, pd.DataFrame)
