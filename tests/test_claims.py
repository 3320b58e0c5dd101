"""The claim register, its cards, and the trial of a claim."""

import json
import re
import shutil
from html import unescape

import ipywidgets as widgets
import pytest

from coursestaff.chapters import with_companions
from coursestaff.publishing import claims_page, run_sheets
from courseware import article, claims, data, journal, manifest, ui, views, words
from courseware.claims import BUT, CAVEATS, FAILS, HOLDS, UNKNOWN, cards
from courseware.claims.cards import (
    NO_PAGE_FOUND,
    NO_VALUE_LOOKED_UP,
    STANDING,
    label_told,
    verdict_markup,
)
from courseware.claims.home import AtHome, verdicts_on
from courseware.claims.tables_say import filled, tables_say
from courseware.claims.trial import BUT_WHAT, CHOSEN, NOT_CHOSEN
from courseware.journal.format import Entry
from courseware.journal.store import current_store
from courseware.verdicts import A_READING, CAVEATS_IN_SHORT, HOW_FAR, READINGS, steps, told
from tests.markup import flat, text_of
from tests.notebooks import CHAPTERS, read
from tests.test_journal import displayed

ALL = [f"C{number:02d}" for number in range(1, 85)]
REGISTER = claims.register()
ROWS = data.load("evidence")


def secrets(claim: claims.Claim) -> list[str]:
    """What must not be seen before judging."""
    return [text for text in (claim.verdict_reason, claim.dissent, claim.since) if text]


# Look up


def test_a_claim_comes_from_its_row_and_they_are_in_order():
    assert list(REGISTER) == ALL
    row = data.load("claims").set_index("claim_id").loc["C51"]
    claim = claims.get("C51")
    assert claim.summary == row["summary"]
    assert claim.supports == ("C03", "C19")
    assert claim.opposes == ("C50",)
    assert claim.figure_value is None


def test_figures_are_told_with_unit_and_period():
    assert claims.get("C10").figure == "190 USD billion, 2022"
    assert claims.get("C69").figure == "2022-06-17"
    assert claims.get("C18").figure == ""


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("C9", "C09"),
        ("C85", "C84"),
        ("c09", "C09"),
        (9, "C09"),
        ("C00", "C01"),
        ("", "C01"),
        ("nonsense", "C01"),
        (None, "C01"),
    ],
)
def test_an_unknown_id_is_answered_with_the_nearest_and_the_range(asked, near):
    with pytest.raises(claims.UnknownClaimError) as caught:
        claims.get(asked)
    assert re.findall(r"C\d\d", str(caught.value))[-3:] == ["C01", "C84", near]
    with pytest.raises(claims.UnknownClaimError):
        claims.trial(asked)


def test_what_the_register_does_not_have_is_told_with_what_there_is(snapshot):
    wrong = [{"chapter": 12}, {"paragraph": "P99"}, {"claim_type": "fact"}, {"verdict": "true"}]
    told = []
    for asked in wrong:
        with pytest.raises(claims.ClaimError) as caught:
            claims.select(**asked)
        told.append(str(caught.value))
    assert told == snapshot
    with pytest.raises(claims.ClaimError, match=r"'E999'.* E001 .* E\d{3}\."):
        claims.piece("E999")


def test_an_open_kernel_sees_a_register_edited_on_purpose(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(data.root(), folder)
    monkeypatch.setenv("NO_LIMITS_DATA", str(folder))
    summary, finding = claims.get("C09").summary, claims.evidence("C09")["finding"][0]
    for table, old in (("claims", summary), ("evidence", finding)):
        path = folder / f"{table}.csv"
        path.write_bytes(path.read_bytes().replace(old.encode(), b"Edited since"))
    manifest.refresh(folder)
    assert claims.get("C09").summary == "Edited since"
    assert claims.evidence("C09")["finding"][0] == "Edited since"


def test_select_filters_by_everything_at_once():
    found = claims.select(paragraph="P2", chapter=2, core=True, claim_type="prediction")
    assert [claim.claim_id for claim in found] == ["C09", "C11"]
    assert {claim.verdict for claim in claims.select(verdict="wrong")} == {"wrong"}
    found = {claim.verdict for claim in claims.select(verdict=BUT)}
    assert found == {"accurate with caveat", "imprecise"}
    for chapter in ("02", "2", 2):
        assert {claim.chapter for claim in claims.select(chapter=chapter)} == {"02"}


def test_a_table_of_claims_keeps_their_verdicts_to_itself():
    chosen = claims.select(chapter="02")
    shown = claims.table(chosen)
    assert list(shown["claim"]) == [claim.claim_id for claim in chosen]
    assert not any(secret in shown.to_string() for each in chosen for secret in secrets(each))
    assert not set(shown.to_numpy().ravel()) & {claim.verdict for claim in chosen}
    empty = claims.table(claims.select(paragraph="P0", core=True))
    assert empty.empty and list(empty.columns) == list(shown.columns)


# What is shown


@pytest.mark.parametrize("chapter", range(1, 10))
@pytest.mark.parametrize("core", [None, True, False])
def test_the_passage_table_lists_the_claims_without_any_verdict(chapter, core):
    markup = claims.show_table(chapter, core).data
    shown = text_of(markup)
    for claim in claims.select(chapter=chapter):
        listed = core in (None, claim.core)
        assert (claim.claim_id in shown) == listed
        assert (claim.summary in shown) == listed
        assert not any(secret in shown for secret in secrets(claim))
    assert 'scope="col"' in markup
    assert "<caption" in markup
    for cell in re.findall(r"<t[dh][^>]*>([^<]*)</t", markup):
        assert unescape(cell) not in {*claims.COURSE_SAYS, "verdict", "grade"}


@pytest.mark.parametrize("claim", REGISTER.values(), ids=ALL)
def test_every_claim_has_a_card_that_tells_all_and_folds_the_verdict(claim):
    card = claims.card(claim.claim_id).data
    face, fold = card.split("<details", 1)
    assert claim.summary in text_of(face)
    assert claim.paragraph in face
    seen = text_of(face) + repr(claim) + text_of(displayed(claim)["text/html"])
    assert not any(secret in seen for secret in secrets(claim))
    assert not fold.startswith(" open")
    for secret in (*secrets(claim), *claims.evidence(claim.claim_id)["finding"]):
        assert secret in text_of(fold)
    assert "nan" not in re.findall(r"[a-zA-Z]+", text_of(card))
    assert "None" not in text_of(face)
    linked = [unescape(url) for url in re.findall(r'href="([^"]*)"', card)]
    assert all(url.startswith(("http://", "https://")) for url in linked)
    assert sorted(linked) == sorted(claims.evidence(claim.claim_id)["address"].dropna())
    for item in re.findall("<li>(.*?)</li>", card):
        notes = [note for note in text_of(item).split("; ") if len(note) > 12]
        assert len(notes) == len(set(notes)), "a note is said once"


@pytest.mark.parametrize("claim_id", ALL)
def test_evidence_shows_whose_it_is_and_when_what_it_tells_was_so(claim_id):
    shown = flat(claims.card(claim_id).data)
    rows = ROWS[ROWS["claim_id"] == claim_id]
    for row in rows.to_dict("records"):
        if isinstance(row["publisher_label"], str):
            assert label_told(row["publisher_label"]) in shown
        if isinstance(row["fact_date"], str) and row["fact_date"] != STANDING:
            assert f", about {row['fact_date']}" in shown
    for text in (*rows["finding"], *rows["publisher"].dropna(), *rows["title"].dropna()):
        shown = shown.replace(" ".join(text.split()), "")  # what the tables say themselves
    assert "relayed" not in shown, "a word of archives, not of students"
    assert f"about {STANDING}" not in shown


@pytest.mark.parametrize("claim", REGISTER.values(), ids=ALL)
def test_a_verdict_comes_first_and_its_evidence_stays_folded(claim):
    verdict, *folded = verdict_markup(claim).split("<details")
    assert claim.why in text_of(verdict)
    assert claim.verdict_reason in text_of("".join([verdict, *folded]))
    number = len(claims.evidence(claim.claim_id))
    folds = min(number, 1) + bool(claim.verdict_in_short)
    assert "<li" not in verdict and len(folded) == folds
    if not number:
        return
    assert not any(fold.startswith(" open") for fold in folded)
    assert folded[-1].count("<li>") == number
    heading = text_of(f"<{folded[-1]}".split("</summary>")[0])
    assert re.findall(r"\d+ pieces?\b", heading) == [f"{number} piece{'s' * (number > 1)}"]


def lists_of(claim_id):
    """Return the lists of evidence on a card, each as its heading and its items."""
    return re.findall(r"<p><b>([^<]*):</b></p><ul>(.*?)</ul>", claims.card(claim_id).data)


def test_what_came_later_is_told_apart_and_comes_last():
    (known, of_then), (_, written_later), *_ = lists_of("C03")
    assert article.day_in_words() in known
    assert "2023-07-01" not in of_then
    assert "2023-07-01, about 2023-05" in written_later
    assert claims.evidence("C09")["relation"].iloc[-1] == claims.LATER
    *before, (_, came_later) = lists_of("C09")
    assert claims.LATER in came_later
    assert not [items for _, items in before if f"<b>{claims.LATER}</b>" in items]


@pytest.mark.parametrize("evidence_id", ["E001", "E039", "E200"])
def test_a_piece_that_a_chapter_names_can_be_looked_up(evidence_id):
    row = ROWS.set_index("evidence_id").loc[evidence_id]
    shown = text_of(claims.piece(evidence_id).data)
    assert all(part in shown for part in (row["finding"], evidence_id, row["claim_id"]))
    assert not any(secret in shown for secret in secrets(claims.get(row["claim_id"])))
    assert evidence_id in text_of(claims.card(row["claim_id"]).data)


def test_evidence_is_complete_and_needs_a_known_claim():
    assert sum(len(claims.evidence(i)) for i in ALL) == len(ROWS)
    with pytest.raises(claims.UnknownClaimError):
        claims.evidence("C99")


def test_what_is_not_known_of_a_page_is_told(snapshot):
    names = ("publisher", "title", "address", "label", "date", "date of the fact")
    pages = [
        ("P & Q", "A title", "https://a.b", "state media, China", "2023-05-01", ""),
        ("P & Q", "", "https://a.b", "", "2023-07-01", "2023-05"),
        ("", "A title", "https://a.b", "", "", ""),
        ("P & Q", "A title", "", "", "", "2023-05"),
        ("P & Q", "", "", "", "", ""),
        ("", "", "", "", "", STANDING),
        ("", "", "", "", "", ""),
    ]
    known = [dict(zip(names, page, strict=True)) for page in pages]
    assert [(cards._page(each), cards._dates(each)) for each in known] == snapshot


def test_every_label_is_written_alike_whatever_the_country():
    labels = {label_told(label) for label in ROWS["publisher_label"].dropna().unique()}
    assert labels >= {"state media (China)", "public broadcaster (UK)", "government (China)"}
    assert all(re.fullmatch(r"[a-z -]+ \([A-Z][\w ]+\)", label) for label in labels)


def test_a_reading_is_called_neither_a_judgement_of_value_nor_an_opinion():
    """Card, table of the claims for home, the register's page, slides, run sheet, and tables."""
    opinions = [claim for claim in REGISTER.values() if claim.verdict == "opinion"]
    for claim in opinions:
        assert (claim.meaning == claims.MEANINGS["opinion"]) == (claim.claim_type not in READINGS)
    readings = [claim for claim in opinions if claim.is_reading]
    assert {"C16", "C82"} == {claim.claim_id for claim in readings}
    page = text_of(claims_page.pages({})["claims.md"])
    for claim in readings:
        shown = flat(claims.card(claim.claim_id).data)
        assert claim.judged == A_READING and f"{A_READING}: {claim.meaning}" in shown
        assert claims.GRADES["none"] not in shown and claim.graded in shown
        assert run_sheets.in_the_room(claim) == f"{UNKNOWN} ({A_READING})"
        assert f"{claim.judged}: {claim.meaning}" in page
        (row,) = re.findall(rf"{claim.claim_id}</th>(.*?)</tr>", verdicts_on("09", [claim]), re.S)
        assert f">{A_READING}<" in row and ">opinion<" not in row


def test_what_we_did_not_check_or_find_is_said_in_words_of_its_own():
    shown = flat(claims.card("C80").data)
    assert claims.get("C80").in_four_words is None
    assert claims.MEANINGS["not checked by us"] in shown and UNKNOWN not in shown
    without = [claim for claim in REGISTER.values() if claims.evidence(claim.claim_id).empty]
    assert {claim.is_value for claim in without} == {True}
    for claim in without:
        shown = text_of(claims.card(claim.claim_id).data)
        assert (NO_PAGE_FOUND in shown) != claim.is_value
        assert (NO_VALUE_LOOKED_UP in shown) == claim.is_value


# What the chapter's tables say


def tables_of(number: str) -> list[str]:
    """Return the tables that a chapter or its companion loads, and views of the files they read."""
    both = with_companions(path for path in CHAPTERS if path.stem.startswith(number))
    cells = [cell for path in both for cell in read(path).cells if cell.cell_type == "code"]
    sources = " ".join(cell.source for cell in cells)
    files = re.findall(r'pd\.read_csv\("\.\./data/(\w+)\.csv"\)', sources)
    of_files = [name for name in views.names() if {*files} & {*views.bases(name)}]
    return [*re.findall(r'data\.load\("(\w+)"\)', sources), *files, *of_files]


SAID = [
    (path.stem[:2], claim_id, written)
    for path in CHAPTERS
    for claim_id, written in words.chapter(path.stem[:2]).get("verdicts", {}).items()
]


@pytest.mark.parametrize(
    ("number", "claim_id", "written"), SAID, ids=[f"{s[0]}-{s[1]}" for s in SAID]
)
def test_what_the_tables_say_is_computed_and_stands_above_the_evidence(number, claim_id, written):
    claim = claims.get(claim_id)
    assert claim.chapter == number and claim.core
    assert {*written["tables"].values()} <= {*tables_of(number)}, "neither page shows it"
    said = filled(written)
    assert re.search(r"\d", said) and not re.search(r"[{}]|nan", said)
    assert not re.search(r"\d+(\.\d+)? (per cent|million|billion|dollars)", written["says"])
    verdict = flat(verdict_markup(claim).rsplit("<details", 1)[0])
    assert 0 < verdict.find(claim.why) < verdict.find(said)
    assert said in unescape(claims_page.pages({})["claims.md"])


def test_what_the_tables_say_is_left_out_where_they_have_changed(monkeypatch):
    claim = claims.get("C17")
    written = words.verdict("03", "C17")
    said = tables_say(claim)
    assert said == filled(written) and said in text_of(verdict_markup(claim))
    assert tables_say(claims.get("C14")) == ""
    lines = verdict_markup(claim).count("<p>")
    for change in ({"holds": "least < 0.5"}, {"says": "{nothing}"}, {"tables": {"alike": "gone"}}):
        monkeypatch.setattr(words, "verdict", lambda *_, change=change: {**written, **change})
        assert tables_say(claim) == ""
        assert verdict_markup(claim).count("<p>") == lines - 1


def test_how_far_a_claim_cannot_be_known_follows_one_rule():
    """A value or a reading is unknowable by nature; what a survey could settle is not."""
    for claim in REGISTER.values():
        if claim.verdict == "opinion":
            assert claim.checkable == "no", claim.claim_id
        elif claim.verdict == "not checkable":
            assert HOW_FAR[claim.checkable] in claim.meaning
        else:
            assert claim.checkable != "no", claim.claim_id


def test_a_long_reason_is_read_in_short_first():
    """A verdict is read on one screen; the slides have room for as much."""
    for claim in REGISTER.values():
        assert len(claim.why) <= 850, claim.claim_id
        if claim.verdict_in_short:
            assert len(claim.verdict_in_short) < len(claim.verdict_reason) / 2, claim.claim_id


def test_kinds_of_a_caveat_stand_on_the_card_in_words():
    shown = flat(claims.card("C19").data)
    assert claims.get("C19").told == "holds, but (imprecise: date, wording)"
    assert claims.get("C19").told in shown
    assert f"wording ({CAVEATS['wording']})" in shown


def seen(home: AtHome) -> str:
    """Return what stands above the fold, as text."""
    return text_of(" ".join(part.value for part in (home.heading, *home.lines.values())))


@pytest.mark.parametrize("chapter", range(1, 10))
def test_the_course_s_verdicts_on_what_is_left_for_home_are_folded(chapter):
    home = claims.verdict_table(chapter)
    fold = home.children[-1].value
    assert fold.startswith("<details") and " open" not in fold.split(">")[0]
    listed, shown, summary = seen(home), text_of(fold), fold.split("</summary>")[0]
    for claim in claims.select(chapter=chapter):
        assert (claim.why in shown) == (not claim.core)
        assert not any(secret in listed for secret in secrets(claim))
        assert (claim.summary in listed) == (claim.claim_id in home.buttons) == (not claim.core)
        assert (claim.claim_id in summary) == (not claim.core)


def test_a_claim_for_home_is_tried_below_its_line_by_its_button():
    home = claims.verdict_table("02")
    first, second = [*home.buttons][:2]
    assert first in home.buttons[first].description
    assert home.trial is None
    home.buttons[second].click()
    assert home.trial.claim.claim_id == second
    assert home.children.index(home.trial) == 5  # keys, heading, status and two rows come before it
    opened = home.status.value
    assert second in opened
    home.buttons[first].click()
    assert home.trial.claim.claim_id == first
    assert [isinstance(part, claims.Trial) for part in home.children].count(True) == 1
    home.buttons[first].click()
    assert home.trial is None and home.status.value != opened.replace(second, first)
    assert not [part for part in home.children if isinstance(part, claims.Trial)]


def test_the_claims_for_home_say_which_are_left_as_soon_as_one_is_judged(snapshot):
    home = claims.verdict_table("02")
    number = len(home.chosen)
    headings = [flat(home.heading.value)]
    before = {claim_id: line.value for claim_id, line in home.lines.items()}
    first, *others = home.chosen
    home.buttons[first.claim_id].click()
    home.trial.pass_button.click()
    headings.append(flat(home.heading.value))
    changed = [claim_id for claim_id, line in home.lines.items() if line.value != before[claim_id]]
    assert changed == [first.claim_id]
    assert home.trial is not None, "the trial stays open, so that the course's verdict can be read"
    for claim in others:
        journal.save_verdict(claim.claim_id, "02", None)
    headings.append(flat(claims.verdict_table("02").heading.value))
    told = [[int(figure) for figure in re.findall(r"\d+", heading)] for heading in headings]
    assert told == [[number], [number - 1, number], [number]]
    assert headings == snapshot


def test_what_a_notebook_keeps_of_widgets_gives_nothing_away():
    trial = claims.trial("C24")
    trial.choice.value, trial.sure.value = FAILS, 60
    trial.record()
    kept = displayed(trial), displayed(claims.verdict_table("02"))
    assert [each["text/html"] for each in kept] == ["", ""]
    assert [each["text/plain"][-6:] for each in kept] == ["f C24>", "er 02>"]


# Verdicts


def test_every_verdict_of_the_course_has_one_of_the_four_words_and_a_meaning():
    used = {claim.verdict for claim in REGISTER.values()}
    assert used <= set(claims.COURSE_SAYS) == set(claims.MEANINGS)
    assert claims.COURSE_SAYS == {
        "accurate": HOLDS,
        "accurate with caveat": BUT,
        "imprecise": BUT,
        "misleading": FAILS,
        "wrong": FAILS,
        "not checkable": UNKNOWN,
        "opinion": UNKNOWN,
        "not checked by us": None,
    }
    assert {kind for claim in REGISTER.values() for kind in claim.but} == set(CAVEATS)
    assert {c.evidence_grade for c in REGISTER.values()} <= set(claims.GRADES)


#: The student's verdict, the course's, and how many steps they are apart.
APART = [
    (HOLDS, HOLDS, 0),
    (UNKNOWN, UNKNOWN, 0),
    (HOLDS, BUT, 1),
    (FAILS, BUT, 1),
    (BUT, HOLDS, 1),
    (HOLDS, FAILS, 2),
    (FAILS, HOLDS, 2),
    (UNKNOWN, BUT, 1.5),
    (UNKNOWN, HOLDS, 1.5),
    (FAILS, UNKNOWN, 1.5),
]


def test_distance_in_plain_words(snapshot):
    assert [steps(own, course) for own, course, _ in APART] == [apart for *_, apart in APART]
    said = {
        apart: {claims.distance(*two) for *two, of in APART if of == apart} for *_, apart in APART
    }
    assert {len(sentences) for sentences in said.values()} == {1}
    assert {apart: sentence for apart, (sentence,) in said.items()} == snapshot
    assert [claims.distance(None, HOLDS), claims.distance(HOLDS, None)] == snapshot


KINDS = ("unit", "reporter")


def test_any_one_kind_agrees_fully_and_another_is_neighbouring(snapshot):
    for kind in CAVEATS:
        assert steps(BUT, BUT, kind, KINDS) == (0 if kind in KINDS else 1)
    said = {kind: claims.distance(BUT, BUT, kind, KINDS) for kind in CAVEATS}
    assert said == snapshot
    alone = claims.distance(BUT, BUT, "unit", ("unit",))
    assert said["unit"].startswith(alone) and "reporter" not in alone


@pytest.mark.parametrize("claim", REGISTER.values(), ids=ALL)
def test_the_course_s_verdict_in_the_student_s_words_hides_nothing(claim):
    assert (claim.in_four_words == BUT) == bool(claim.but), (
        f"{claim.claim_id} is {claim.verdict!r}: `but` in data/claims.csv names what it is about "
        "where a verdict is 'accurate with caveat' or 'imprecise', and nowhere else"
    )
    for kind in claim.but:
        assert kind in claim.told
    assert ("imprecise" in claim.told) == (claim.verdict == "imprecise")
    assert ("not checked by us" in claim.told) == (claim.in_four_words is None)


def test_own_verdicts_are_compared_one_by_one():
    journal.save_verdict("C09", "02", BUT, 80, "date")  # the course: wording, date
    journal.save_verdict("C13", "02", BUT, None, "date")  # the course: reporter
    journal.save_verdict("C24", "04", HOLDS, 90)  # the course: does not hold
    journal.save_verdict("C80", "09", UNKNOWN, 90)  # not checked by us
    journal.save_verdict("C10", "02", None)
    table = claims.compared().set_index("claim")
    assert table["steps"].to_dict() == {"C09": 0, "C13": 1, "C24": 2}
    assert table.loc["C13", ["my verdict", "but", "the course"]].tolist() == [BUT, "date", BUT]


# The trial


def test_a_trial_starts_without_a_choice_and_with_the_verdict_closed():
    trial = claims.trial("C09")
    assert trial.choice.value is None
    assert list(trial.choice.options) == list(claims.VERDICTS)
    assert trial.but.value is None
    assert trial.but.layout.display == "none"
    assert list(dict(trial.sure.options).values())[1:] == list(range(50, 101, 5))
    assert trial.sure.per_cent is None
    assert trial.open_button.disabled
    seen = text_of("".join(part.value for part in (trial.children[0], trial.status, trial.verdict)))
    assert not any(secret in seen for secret in secrets(claims.get("C09")))
    # It connects to the browser; a method of that name would cut the line.
    assert claims.Trial.open is widgets.Widget.open


def test_nothing_is_recorded_and_nothing_opens_without_a_choice():
    trial = claims.trial("C09")
    trial.record_button.click()
    assert NOT_CHOSEN in text_of(trial.status.value)
    trial.open_verdict()
    assert trial.verdict.value == ""
    assert trial.open_button.disabled
    assert journal.read_verdict("C09") is None


def test_judge_record_open():
    trial = claims.trial("C09")
    trial.choice.value = HOLDS
    trial.sure.value = 80
    trial.record_button.click()
    kept = journal.read_verdict("C09")
    assert (kept["verdict"], kept["confidence"], kept["chapter"]) == (HOLDS, 80, "02")
    assert trial.verdict.value == ""
    assert not trial.open_button.disabled
    trial.open_button.click()
    opened = text_of(trial.verdict.value)
    claim = claims.get("C09")
    assert all(secret in opened for secret in secrets(claim))
    assert claims.distance(HOLDS, claim.in_four_words) in opened
    assert claims.evidence("C09")["finding"][0] in opened


def test_what_but_is_asked_in_a_second_click():
    trial = claims.trial("C09")
    trial.choice.value = BUT
    assert trial.but.layout.display is None
    assert [kind for _, kind in trial.but.options] == list(CAVEATS) == list(CAVEATS_IN_SHORT)
    for label, kind in trial.but.options:
        assert label == f"{kind}: {CAVEATS_IN_SHORT[kind]}"
    trial.sure.value = 70
    trial.record_button.click()
    assert BUT_WHAT in text_of(trial.status.value)
    assert journal.read_verdict("C09") is None
    trial.but.value = "date"
    trial.record_button.click()
    status = text_of(trial.status.value)
    assert told(BUT, "date") in status and re.findall(r"\d+", status)[0] == "70"
    trial.open_button.click()
    assert told(BUT, "date") in trial.verdict.value
    assert claims.distance(BUT, BUT, "date", claims.get("C09").but) in text_of(trial.verdict.value)
    again = claims.trial("C09")
    assert (again.choice.value, again.but.value, again.but.layout.display) == (BUT, "date", None)
    again.choice.value = HOLDS
    assert again.but.layout.display == "none"
    again.record_button.click()
    assert journal.read_verdict("C09")["but"] is None


def test_what_was_asked_for_is_withdrawn_once_it_is_given():
    trial = claims.trial("C09")
    trial.record_button.click()
    trial.choice.value = BUT
    assert NOT_CHOSEN not in text_of(trial.status.value)
    assert trial.record_button.description in trial.status.value
    trial.record_button.click()
    trial.but.value = "unit"
    assert BUT_WHAT not in text_of(trial.status.value)


def test_how_sure_has_no_default_and_may_be_left_unsaid():
    trial = claims.trial("C24")
    trial.choice.value = FAILS
    trial.record_button.click()
    kept = journal.read_verdict("C24")
    assert (kept["verdict"], kept["confidence"]) == (FAILS, None)
    assert "%" not in trial.status.value
    assert claims.trial("C24").sure.per_cent is None
    assert claims.own_verdicts()["how sure"].isna().all()


@pytest.mark.parametrize("claim_id", ["C24", "C10", "C80"])
def test_an_opened_verdict_has_one_bar_whatever_it_says(claim_id):
    trial = claims.trial(claim_id)
    trial.pass_button.click()
    trial.open_button.click()
    ground = re.search('nl-bar" style="background:([^;]+);', trial.verdict.value)[1]
    assert ground == ui.BARS["verdict"][0]


def test_a_pass_is_recorded_opens_the_way_too_and_is_restored():
    trial = claims.trial("C05")
    trial.choice.value = FAILS
    trial.pass_button.click()
    assert journal.read_verdict("C05")["passed"]
    assert trial.choice.value is None
    trial.open_button.click()
    assert claims.distance(None, claims.get("C05").in_four_words) in text_of(trial.verdict.value)
    again = claims.trial("C05")
    assert again.choice.value is None
    assert not again.open_button.disabled


def test_a_trial_run_again_brings_the_verdict_back_but_leaves_it_closed():
    first = claims.trial("C24")
    first.choice.value, first.sure.value = FAILS, 95
    again = claims.trial("C24")  # what was chosen and not recorded outlives its cell
    assert (again.choice.value, again.sure.value) == (FAILS, 95)
    assert CHOSEN in text_of(again.status.value) and again.open_button.disabled
    again.record_button.click()
    assert journal.read_verdict("C24")["verdict"] == FAILS
    third = claims.trial("C24")
    assert (third.choice.value, third.sure.value) == (FAILS, 95)
    assert told(FAILS) in text_of(third.status.value)
    assert CHOSEN not in text_of(third.status.value)
    assert not third.open_button.disabled
    assert third.verdict.value == ""


def test_a_change_of_mind_after_opening_is_said_and_compared_anew():
    trial = claims.trial("C24")
    trial.choice.value, trial.sure.value = HOLDS, 60
    trial.record_button.click()
    recorded = text_of(trial.status.value)
    trial.open_button.click()
    assert claims.distance(HOLDS, FAILS) in trial.verdict.value
    trial.choice.value = FAILS
    trial.record_button.click()
    assert claims.distance(FAILS, FAILS) in trial.verdict.value
    assert len(text_of(trial.status.value)) > len(recorded) + 40, "that it came after opening"


def test_own_verdicts_lists_what_was_judged():
    assert claims.own_verdicts().empty
    journal.save_verdict("C24", "04", FAILS, 90)
    journal.save_verdict("C09", "02", None)
    journal.confidence("T1", "A statement").save()
    own = claims.own_verdicts()
    assert list(own["claim"]) == ["C09", "C24"]
    assert list(own["my verdict"]) == ["pass", FAILS]
    assert own["how sure"].isna().tolist() == [True, False]


def test_an_entry_without_an_answer_is_no_pass():
    entry = Entry("C24", "verdict", "Does it hold?", details={"chapter": "04"})
    current_store().update(entry.key, lambda _: entry)
    assert claims.own_verdicts().empty


@pytest.mark.parametrize(("part", "bad"), [("value", "true"), ("confidence", "very")])
def test_a_bad_verdict_on_disk_counts_as_none(journal_dir, part, bad):
    journal.save_verdict("C24", "04", FAILS, 90)
    journal.save_verdict("C09", "02", HOLDS, 60)
    for path in journal_dir.rglob("C24*"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["answer"][part] = bad
        path.write_text(json.dumps(content), encoding="utf-8")
    assert list(claims.own_verdicts()["claim"]) == ["C09"]
    trial = claims.trial("C24")
    assert trial.choice.value is None
    assert trial.open_button.disabled
    trial.choice.value, trial.sure.value = HOLDS, 60
    trial.record()
    assert list(claims.own_verdicts()["claim"]) == ["C09", "C24"]


# Figures in the reasons, computed anew


def lag_gap(months=1):
    """Return China's border price for Russian crude less Brent so many months before, by month."""
    crude = data.load("russian_energy_to_china").query("product == 'crude_oil'").set_index("month")
    brent = data.load("brent_monthly").set_index("month")["brent_usd_bbl"]
    before = brent.set_axis(brent.index.to_period("M") + months)
    price = crude["value_usd"] / crude["volume_t"] / 7.33  # barrels a tonne, as in E219
    return price.set_axis(price.index.to_period("M")) - before


def figures(text):
    """Return the numbers in a text."""
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def finding_of(piece):
    """Return what a piece of the evidence on C07 says."""
    return claims.evidence("C07").set_index("evidence").loc[piece, "finding"]


def test_the_discount_named_in_c07_follows_from_the_tables():
    gap = lag_gap()
    mean = f"{round(-gap['2022-04':'2022-12'].mean())}"
    months = {f"{-gap[month]:.0f}" for month in ("2022-07", "2022-10")}
    before = f"{gap['2015':'2019'].mean():.1f}"
    assert {mean, before, *months} <= figures(finding_of("E219"))
    same = f"{-lag_gap(0)['2022-04':'2022-12'].mean():.0f}"
    assert {mean, same, before} <= figures(claims.get("C07").verdict_reason)


def test_the_prices_of_gas_in_the_evidence_on_c07_follow_from_the_tables():
    rows = data.load("gas_prices").query("fuel == 'pipeline_gas' and public_by_article")
    reuters = rows[rows["stated_by"] == "Reuters"].set_index("seller_iso3")
    paid = (reuters["value_usd"] / reuters["volume_bcm"] / 1e6).astype(float).round().astype(int)
    before = rows[(rows["period_start"] == "2021-01") & (rows["volume_bcm"] > 0)]
    before = before[before["kind"] == "price"].set_index("seller_iso3")["price_usd_per_1000m3"]
    assert {f"{paid['TKM']}", f"{paid['RUS']}"} <= figures(finding_of("E261"))
    assert {f"{before['RUS']}", f"{before['TKM']:.0f}"} <= figures(finding_of("E262"))
    spring = rows[rows["period_start"].between("2019-12", "2020-03") & rows["page_date"].notna()]
    spring = spring[spring["kind"] == "price"]
    spring = spring.set_index("buyer_iso3")["price_usd_per_1000m3"]
    assert spring["CHN"] > spring["EUR"], "in early 2020 China paid more than Europe"


def test_the_ratios_named_in_c46_follow_from_the_tables():
    rows = data.load("central_asia_trade").query(
        "year == 2022 and power_iso3 == 'CHN' and flow == 'total'"
    )
    china = rows[rows["reporter_iso3"] == "CHN"].set_index("state_iso3")["value_usd"]
    own = rows[rows["reporter_iso3"] != "CHN"].groupby("state_iso3")["value_usd"].first()
    with_partners = own.combine_first(china).sum() / 0.46e9
    ratios = (70.2 / 0.46, with_partners, 70.2 / 0.7)
    assert {f"{ratio:.0f}" for ratio in ratios} <= figures(claims.get("C46").verdict_reason)
