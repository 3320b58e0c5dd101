"""Kept charts: one file each, never twice, never lost, never in the class's file."""

import io
import json
import re
from datetime import datetime
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from ipywidgets.widgets import widget
from PIL import Image

from courseware import charts, journal
from courseware.explorers.base import Panel
from courseware.journal import kept_pictures
from courseware.journal.keep_button import KeepButton
from no_limits.explorers.debt import DebtExplorer
from tests import notebooks
from tests.exercises import run
from tests.test_journal import (
    MEMORY,
    NOT_ON_DISK,
    Checker,
    answered,
    displayed,
    polled,
    refused,
    restart,
    use,
)

ALT = "A line that rises from one to two between 2021 and 2022."


@pytest.fixture(autouse=True)
def folder(journal_dir, monkeypatch):
    restart()
    monkeypatch.setattr(charts.page, "display", lambda _: None)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return journal_dir


def show(title="Trade grew", height=2, alt=ALT) -> None:
    ax = pd.Series([1, height], [2021, 2022]).plot(figsize=(5, 3))
    charts.show(ax, title=title, unit="US$ billion", source="China's customs", alt=alt)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "pictures").glob("*"))


# The button below a chart


@pytest.fixture
def button(monkeypatch):
    """The button of a chart that was shown before another one."""
    buttons = []
    monkeypatch.setattr(charts.page, "BELOW", [lambda words: buttons.append(KeepButton(words))])
    show("Trade grew")
    show("Trade fell")
    assert [each.shown.title for each in buttons] == ["Trade grew", "Trade fell"]
    return buttons[0]


def test_a_button_keeps_its_own_chart_with_a_reason(button):
    assert list(button.children) == [button.open_button]
    assert journal.kept_charts().empty
    button.open_button.click()
    assert "chart 1 " in button.status.value
    (kept,) = kept_pictures.all_kept()
    assert (kept.title, kept.alt, kept.why) == ("Trade grew", ALT, ())
    seen, saved = (Image.open(io.BytesIO(each.png)) for each in (button.shown, kept))
    assert seen.size == (1000, 600) and saved.convert("RGB").tobytes() == seen.tobytes()
    button.why.value = "shows the jump"  # the line is left: it saves itself
    for _ in range(2):
        assert "chart 1 " in button.status.value
        (row,) = journal.kept_charts().to_dict("records")
        assert (row["title"], row["why"]) == ("Trade grew", "shows the jump")
        button.save_button.click()


def test_a_chart_that_was_kept_before_says_so_at_the_first_press(button):
    button.open_button.click()
    again = KeepButton(button.shown)
    again.open_button.click()
    assert "chart 1," in again.status.value
    assert len(journal.kept_charts()) == 1


def test_a_button_closes_what_it_opened_and_keeps_what_was_typed(button):
    button.open_button.click()
    button.why.value = "shows the jump"
    button.open_button.click()
    assert list(button.children) == [button.open_button]
    button.open_button.click()
    assert button.why.value == "shows the jump" and button.why in button.children


def test_a_button_adds_two_models_a_chart_and_no_picture_to_the_file(button):
    known = set(widget._instances)
    KeepButton(button.shown)
    assert len(set(widget._instances) - known) == 2
    button.open_button.click()
    button.why.value = "shows the jump"
    kept = displayed(button)
    assert kept["text/html"] == "" and kept["text/plain"] == "<Keep this chart>"
    assert len(json.dumps(kept)) + len(button.next_day()) < 700


def test_only_in_front_of_somebody_a_chart_has_a_button():
    shows = ["from courseware import charts, data", 'x = data.load("russian_crude_by_buyer")']
    shows.append(f'charts.show(x.plot(), title="T", unit="u", source="s", alt={ALT!r})')
    for somebody in ({}, {"JPY_SESSION_NAME": "02_x.ipynb"}):
        cells = [nbformat.v4.new_code_cell(source) for source in shows]
        done = run(nbformat.v4.new_notebook(cells=cells), notebooks.ROOT, **somebody)
        assert all(output.output_type == "display_data" for output in done.cells[-1].outputs), done
        kinds = [kind for output in done.cells[-1].outputs for kind in output.data]
        assert ("application/vnd.jupyter.widget-view+json" in kinds) == bool(somebody)
        assert len(done.cells[-1].outputs) == (3 if somebody else 1)


# Keeping


def test_charts_remember_what_was_shown_last():
    show()
    show("Trade fell\nagain")
    shown = charts.last_shown()
    assert shown[1:] == ("Trade fell again", "US$ billion", ALT, "Source: China's customs", "", "")
    assert Image.open(io.BytesIO(shown.png)).size == (1000, 600)


def test_a_refused_chart_is_not_remembered():
    show("Shown before")
    with pytest.raises(charts.ChartError):
        show(alt="no")
    assert charts.last_shown().title == "Shown before"


def test_nothing_shown_is_said_in_words(folder, monkeypatch):
    monkeypatch.setattr(charts, "last_shown", lambda: None)
    journal.keep_chart()
    assert not folder.exists()


def test_a_kept_chart_has_its_words_inside_and_survives_a_restart(folder):
    show()
    card = journal.keep_chart("  shows\nthe jump ").data
    (path,) = files(folder)
    assert "Chart 1: Trade grew" in card and f"](pictures/{path.name})" in card
    restart()
    table = journal.kept_charts()
    assert table.columns.tolist() == ["id", "chapter", "title", "why", "kept on"]
    assert table.iloc[0, :4].tolist() == [1, "", "Trade grew", "shows the jump"]
    assert str(table["kept on"].dt.tz) == "UTC"
    (kept,) = kept_pictures.all_kept()
    assert (kept.alt, kept.source) == (ALT, "Source: China's customs")
    assert Image.open(path).convert("RGB").tobytes() == (
        Image.open(io.BytesIO(charts.last_shown().png)).convert("RGB").tobytes()
    )
    assert "jump" not in repr(kept)


def test_the_same_picture_is_kept_once(folder, snapshot):
    show()
    told = []
    for reason in ("first reason", "", "second reason"):
        told.append(kept_pictures.keep(charts.last_shown(), reason)[1])
        assert journal.kept_charts()["why"].tolist() == [reason or "first reason"]
        show()
    assert kept_pictures.all_kept()[0].why == ("first reason", "second reason")
    assert len(files(folder)) == 1 and told == snapshot


def test_the_same_curve_under_another_title_is_another_picture():
    show()
    journal.keep_chart()
    shown = charts.last_shown()
    kept_pictures.keep(charts.Shown(shown.png, "Trade grew by half", *shown[2:]))
    show(height=3)
    journal.keep_chart()
    assert journal.kept_charts()["id"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("session", "chapter"),
    [
        ("notebooks/02_the_trade_lifeline.ipynb", "02"),
        ("C:\\course\\notebooks\\05_silk_roads.ipynb", "05"),
        ("02_the_trade_lifeline/mine.ipynb", ""),
        ("Untitled.ipynb", ""),
    ],
)
def test_the_chapter_is_kept_where_it_is_known(monkeypatch, session, chapter):
    monkeypatch.setenv("JPY_SESSION_NAME", session)
    show()
    journal.keep_chart()
    assert journal.kept_charts()["chapter"].tolist() == [chapter]
    assert "course" not in kept_pictures.all_kept()[0].png.decode("latin-1")


def test_the_panel_s_button_keeps_what_is_seen(folder):
    explorer = DebtExplorer()
    panel = Panel(explorer, explorer.presets[0].state)
    assert panel.keep_button.description and panel.keep_button.tooltip
    panel.keep_button.click()
    assert 'role="status"' in panel.kept.value and "chart 1 " in panel.kept.value
    (kept,) = kept_pictures.all_kept()
    drawn = explorer.picture(panel.state)
    assert (kept.title, kept.subtitle, kept.alt) == (drawn.finding, drawn.unit, drawn.alt)
    assert kept.source == explorer.source
    panel.go_to(explorer.presets[1].state)
    assert panel.kept.value == ""
    panel.keep_button.click()
    panel.keep_button.click()
    assert "chart 2," in panel.kept.value
    assert len(files(folder)) == 2


# Dropping


def test_a_chart_can_be_dropped(folder):
    for height in (2, 3, 4):
        show(height=height)
        journal.keep_chart()
    journal.drop_chart(2)
    assert journal.kept_charts()["id"].tolist() == [1, 3]
    with pytest.raises(journal.JournalError, match=r"2\D+1, 3"):
        journal.drop_chart(2)
    assert len(files(folder)) == 2


def test_delete_all_removes_kept_charts_and_spares_other_files(folder):
    show()
    journal.keep_chart()
    (folder / "pictures" / ".chart-0.png.12345678.tmp").write_text("half")
    (folder / "pictures" / "mine.png").write_text("mine")
    assert "1 kept chart" in (card := journal.delete_all().data) and "charts" not in card
    journal.delete_all(confirm=True)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["mine.png"]
    assert journal.kept_charts().empty


# Damage, disk, two notebooks


def test_a_write_cut_short_leaves_no_half_picture(folder, monkeypatch):
    show()
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", refused)
        card = journal.keep_chart("kept in memory").data
    assert NOT_ON_DISK in card
    assert files(folder) == []
    assert journal.kept_charts()["why"].tolist() == ["kept in memory"]
    show(height=3)
    journal.keep_chart()
    restart()
    assert journal.kept_charts()["id"].tolist() == [1, 2]


def test_a_read_only_disk_is_said_once_and_export_still_shows_it(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    use(tmp_path / "file" / "journal", monkeypatch)
    show()
    assert MEMORY in (card := journal.keep_chart().data) and NOT_ON_DISK in card
    show(height=3)
    assert NOT_ON_DISK not in journal.keep_chart().data
    html = journal.export(tmp_path / "out").html.read_text(encoding="utf-8")
    assert html.count("<img ") == 2
    journal.drop_chart(1)
    assert journal.kept_charts()["id"].tolist() == [2]


@pytest.mark.parametrize("damage", ["cut", "empty", "words"])
def test_a_damaged_picture_is_told_and_left_alone(folder, damage, capsys):
    show()
    journal.keep_chart()
    (path,) = files(folder)
    whole = path.read_bytes()
    bad = {
        "cut": whole[: len(whole) // 2],
        "empty": b"",
        "words": whole.replace(b'"number": 1', b'"number": x'),
    }[damage]
    path.write_bytes(bad)
    restart()
    assert journal.kept_charts().empty
    show(height=3)
    journal.keep_chart()
    assert len(journal.kept_charts()) == 1
    assert path.read_bytes() == bad
    assert path.name in capsys.readouterr().out


def test_keeping_a_picture_whose_file_is_damaged_mends_it(folder):
    show()
    journal.keep_chart()
    (path,) = files(folder)
    path.write_bytes(b"garbage")
    restart()
    journal.keep_chart()
    restart()
    Image.new("RGB", (2, 2)).save(folder / "pictures" / "photo.png")  # not ours
    assert len(journal.kept_charts()) == 1


# Import, export, class


def test_import_brings_charts_along_and_keeps_both_reasons(folder, tmp_path, monkeypatch):
    use(tmp_path / "old", monkeypatch)
    for height in (2, 3):
        show(height=height)
        journal.keep_chart(f"old {height}")
    before = {path: path.read_bytes() for path in (tmp_path / "old").rglob("*.png")}
    use(folder, monkeypatch)
    show(height=4)
    journal.keep_chart()
    show(height=3)
    journal.keep_chart("new 3")
    report = journal.import_from(tmp_path / "old")
    assert report["kind"].tolist() == ["picture", "picture"]
    assert report["taken"].tolist() == [True, True]
    table = journal.kept_charts()
    assert table["id"].tolist() == [1, 2, 3]
    assert table["why"].tolist() == ["", "old 3", "old 2"]
    assert kept_pictures.all_kept()[1].why == ("new 3", "old 3")
    assert {path: path.read_bytes() for path in (tmp_path / "old").rglob("*.png")} == before
    assert not journal.import_from(tmp_path / "old")["taken"].any()


def test_the_student_s_export_shows_kept_charts():
    polled(40)
    show("Trade <grew>")
    journal.keep_chart("PRIVATE <b>reason</b>")
    paths = journal.export()
    html = paths.html.read_text(encoding="utf-8")
    page = Checker()
    page.feed(html)
    assert page.balance["figure"] == page.balance["figcaption"] == 0
    assert f'alt="{ALT}"' in html
    assert "data:image/png;base64," in html
    assert "PRIVATE &lt;b&gt;reason" in html
    markdown = paths.markdown.read_text(encoding="utf-8")
    assert ALT in markdown


def test_the_class_s_file_never_holds_charts():
    answered()
    show("SECRET title")
    journal.keep_chart("PRIVATE reason")
    text = journal.export().json.read_text(encoding="utf-8")
    assert not re.search("SECRET|PRIVATE|png|picture", text)
    assert [entry["kind"] for entry in json.loads(text)["entries"]] == ["answer"]


def test_a_caption_says_it_all():
    when = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
    kept = kept_pictures.Kept(3, "Trade grew", "US$", "alt", "Source: customs", "02", when, ("so",))
    told = kept_pictures.caption(kept)
    assert re.fullmatch(r"\w+ 3\. Trade grew\. US\$\. .*\bso\. Source: customs\.", told)
