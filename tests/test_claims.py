"""The claim register, its cards, and the trial of a claim."""

import json
import re
import shutil
from html import escape, unescape

import ipywidgets as widgets
import pytest

from coursestaff.chapters import with_companions
from coursestaff.publishing import claims_page, run_sheets
from courseware import claims, data, journal, manifest, ui, views, words
from courseware.claims import BUT, CAVEATS, FAILS, HOLDS, UNKNOWN
from courseware.claims.cards import label_told, verdict_markup
from courseware.claims.home import AtHome, verdicts_on
from courseware.claims.tables_say import filled, tables_say
from courseware.journal.format import Entry
from courseware.journal.store import current_store
from courseware.verdicts import CAVEATS_IN_SHORT, HOW_FAR, READINGS
from tests.notebooks import CHAPTERS, read
from tests.test_journal import displayed

ALL = [f"C{number:02d}" for number in range(1, 85)]


def text_of(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", markup))


def secrets(claim: claims.Claim) -> list[str]:
    """What must not be seen before judging."""
    return [text for text in (claim.verdict_reason, claim.dissent, claim.since) if text]


# Look up


def test_the_register_holds_the_84_claims_in_order():
    assert list(claims.register()) == ALL


def test_every_field_of_a_claim_comes_from_its_row():
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
    ("asked", "near"), [("C9", "C09"), ("C85", "C84"), ("c09", "C09"), (9, "C09"), ("C00", "C01")]
)
def test_an_unknown_id_is_answered_with_the_nearest_and_the_range(asked, near):
    with pytest.raises(claims.UnknownClaimError) as caught:
        claims.get(asked)
    assert f"nearest id is {near!r}" in str(caught.value)
    assert "from C01 to C84" in str(caught.value)


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


@pytest.mark.parametrize("asked", ["", "nonsense", None])
def test_an_id_without_a_number_is_answered_too(asked):
    with pytest.raises(claims.UnknownClaimError, match="from C01 to C84"):
        claims.get(asked)


def test_a_claim_printed_or_shown_keeps_its_verdict_to_itself():
    for claim in claims.register().values():
        seen = repr(claim) + text_of(displayed(claim)["text/html"])
        assert not any(secret in seen for secret in secrets(claim))


def test_select_filters_by_everything_at_once():
    found = claims.select(paragraph="P2", chapter=2, core=True, claim_type="prediction")
    assert [claim.claim_id for claim in found] == ["C09", "C11"]
    assert {claim.verdict for claim in claims.select(verdict="wrong")} == {"wrong"}
    found = {claim.verdict for claim in claims.select(verdict=BUT)}
    assert found == {"accurate with caveat", "imprecise"}


def test_a_table_of_claims_keeps_their_verdicts_to_itself():
    chosen = claims.select(chapter="02")
    shown = claims.table(chosen)
    assert list(shown["claim"]) == [claim.claim_id for claim in chosen]
    assert not any(secret in shown.to_string() for each in chosen for secret in secrets(each))
    assert not set(shown.to_numpy().ravel()) & {claim.verdict for claim in chosen}


@pytest.mark.parametrize("asked", ["02", "2", 2])
def test_a_chapter_may_be_a_number_or_two_digits(asked):
    assert {claim.chapter for claim in claims.select(chapter=asked)} == {"02"}


@pytest.mark.parametrize(
    "wrong", [{"chapter": 12}, {"paragraph": "P99"}, {"claim_type": "fact"}, {"verdict": "true"}]
)
def test_a_filter_that_cannot_match_says_what_there_is(wrong):
    with pytest.raises(claims.ClaimError, match=r"Choose one of these:|The course uses"):
        claims.select(**wrong)


def test_a_filter_that_matches_nothing_gives_an_empty_table_with_its_columns():
    empty = claims.table(claims.select(paragraph="P0", core=True))
    assert empty.empty
    assert "what it says" in empty.columns


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
    assert "verdict" not in shown
    assert "grade" not in shown
    for cell in re.findall(r"<td[^>]*>([^<]*)</td>", markup):
        assert unescape(cell) not in claims.COURSE_SAYS


@pytest.mark.parametrize("claim_id", ALL)
def test_every_claim_has_a_card_that_tells_all_and_folds_the_verdict(claim_id):
    claim = claims.get(claim_id)
    markup = claims.card(claim_id).data
    face, fold = markup.split("<details", 1)
    assert claim.summary in text_of(face)
    assert claim.paragraph in face
    assert not any(secret in text_of(face) for secret in secrets(claim))
    assert not fold.startswith(" open")
    for secret in secrets(claim):
        assert secret in text_of(fold)
    for finding in claims.evidence(claim_id)["finding"]:
        assert finding in text_of(fold)
    assert "nan" not in re.findall(r"[a-zA-Z]+", text_of(markup))
    assert "None" not in text_of(face)


@pytest.mark.parametrize("claim_id", ALL)
def test_links_on_cards_are_web_addresses_and_complete(claim_id):
    markup = claims.card(claim_id).data
    linked = [unescape(url) for url in re.findall(r'href="([^"]*)"', markup)]
    assert all(url.startswith(("http://", "https://")) for url in linked)
    assert sorted(linked) == sorted(claims.evidence(claim_id)["address"].dropna())


def test_pages_written_after_the_article_are_told_apart():
    shown = text_of(claims.card("C03").data)
    known, later = shown.split("Pages written later about that time")
    assert "Evidence as of 28 May 2023" in known
    assert "published 2023-07-01, about 2023-05" in later
    assert "2023-07-01" not in known


@pytest.mark.parametrize("evidence_id", ["E001", "E039", "E200"])
def test_a_piece_that_a_chapter_names_can_be_looked_up(evidence_id):
    row = data.load("evidence").set_index("evidence_id").loc[evidence_id]
    shown = text_of(claims.piece(evidence_id).data)
    assert row["finding"] in shown and f"{evidence_id} · on {row['claim_id']}" in shown
    assert not any(secret in shown for secret in secrets(claims.get(row["claim_id"])))
    assert evidence_id in text_of(claims.card(row["claim_id"]).data)


def test_a_piece_that_is_not_there_is_told_with_the_range():
    with pytest.raises(claims.ClaimError, match=r"'E999'. The pieces run from E001 to E\d{3}"):
        claims.piece("E999")


def test_every_piece_that_a_chapter_names_is_there():
    known = set(data.load("evidence")["evidence_id"])
    prose = "".join(c.source for path in CHAPTERS for c in read(path).cells)
    named = set(re.findall(r"\bE\d{3}\b", prose))
    assert len(named) > 30 and named <= known


@pytest.mark.parametrize("claim_id", ALL)
def test_a_verdict_comes_first_and_its_evidence_stays_folded(claim_id):
    verdict, *folded = verdict_markup(claims.get(claim_id)).split("<details")
    claim = claims.get(claim_id)
    assert claim.why in text_of(verdict)
    assert claim.verdict_reason in text_of("".join([verdict, *folded]))
    number = len(claims.evidence(claim_id))
    folds = min(number, 1) + bool(claim.verdict_in_short)
    assert "<li" not in verdict and len(folded) == folds
    if not number:
        return
    assert not any(fold.startswith(" open") for fold in folded)
    counted = "1 piece" if number == 1 else f"{number} pieces"
    assert f"The evidence: {counted}, with addresses" in text_of(f"<{folded[-1]}")
    assert folded[-1].count("<li>") == number


def test_missing_titles_and_pages_are_told_in_words():
    rows = data.load("evidence")
    no_title = rows[rows["title"].isna() & rows["url"].notna()].iloc[0]
    link = f">{escape(no_title['publisher'])}</a>"
    assert link in claims.card(no_title["claim_id"]).data, "the publisher is the link"
    no_page = rows[rows["publisher"].isna()].iloc[0]
    assert "no page seen" in claims.card(no_page["claim_id"]).data


ROWS = data.load("evidence")


@pytest.mark.parametrize("claim_id", ALL)
def test_evidence_shows_whose_it_is_and_when_what_it_tells_was_so(claim_id):
    shown = " ".join(text_of(claims.card(claim_id).data).split())
    for row in ROWS[ROWS["claim_id"] == claim_id].to_dict("records"):
        if isinstance(row["publisher_label"], str):
            assert label_told(row["publisher_label"]) in shown
        if isinstance(row["fact_date"], str):
            fact = row["fact_date"].replace(
                "standing", "something that does not change from day to day"
            )
            assert f", about {fact}" in shown
    for title in quoted(claim_id):
        shown = shown.replace(title, "")
    assert "relayed" not in shown, "a word of archives, not of students"
    assert "page without a recorded title" not in shown


def quoted(claim_id):
    """Return the words of the tables themselves, which a card repeats."""
    rows = ROWS[ROWS["claim_id"] == claim_id]
    texts = [*rows["finding"], *rows["publisher"].dropna(), *rows["title"].dropna()]
    return [" ".join(text.split()) for text in texts]


def test_every_label_is_written_alike_whatever_the_country():
    labels = ROWS["publisher_label"].dropna().unique()
    assert {label_told(label) for label in labels} >= {
        "state media (China)",
        "state media (Russia)",
        "public broadcaster (UK)",
        "government-funded media (US)",
        "government (China)",
    }
    for label in labels:
        assert re.fullmatch(r"[a-z -]+ \([A-Z][\w ]+\)", label_told(label))


def test_a_note_is_said_once():
    for claim_id in ALL:
        for item in re.findall("<li>(.*?)</li>", claims.card(claim_id).data):
            notes = [note for note in text_of(item).split("; ") if len(note) > 12]
            assert len(notes) == len(set(notes)), claim_id


def test_what_we_did_not_check_is_said_in_words_of_its_own():
    shown = text_of(claims.card("C80").data)
    assert "not checked by us: it could be checked, but we have not done so" in shown
    assert "and this says nothing about the claim (not compared)" in shown
    assert "cannot be known" not in shown


def test_a_reading_is_not_called_a_judgement_of_value():
    for claim in claims.register().values():
        if claim.verdict == "opinion":
            is_value = "judgement of value" in claim.meaning
            assert is_value == (claim.claim_type not in READINGS), claim.claim_id


def test_no_place_calls_a_reading_an_opinion():
    """Card, table of the claims for home, the register's page, slides, run sheet, and tables."""
    readings = [claim for claim in claims.register().values() if claim.is_reading]
    assert {"C16", "C82"} == {claim.claim_id for claim in readings}
    page = text_of(claims_page.pages({})["claims.md"])
    for claim in readings:
        shown = text_of(claims.card(claim.claim_id).data)
        assert "Verdict: a reading: it interprets the facts" in " ".join(shown.split())
        assert "a value judgement" not in shown and "none: a reading is not graded" in shown
        assert run_sheets.in_the_room(claim) == "cannot be known (a reading)"
        assert f"{claim.judged}: {claim.meaning}" in page
        (row,) = re.findall(rf"{claim.claim_id}</th>(.*?)</tr>", verdicts_on("09", [claim]), re.S)
        assert ">a reading<" in row and ">opinion<" not in row


def test_where_no_page_was_found_it_is_said_that_the_gap_is_ours():
    without = [c for c in claims.register().values() if claims.evidence(c.claim_id).empty]
    assert {claim.is_value for claim in without} == {True, False}
    for claim in without:
        shown = text_of(claims.card(claim.claim_id).data)
        assert ("That is a gap in our sources, not evidence against" in shown) != claim.is_value
        assert ("which evidence alone cannot settle" in shown) == claim.is_value


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
    shown = " ".join(text_of(verdict_markup(claim)).split())
    assert said in shown
    places = [shown.find(f"{name}:") for name in ("Why", "What this chapter's tables say")]
    assert 0 < places[0] < places[1] < shown.find("The evidence:") % len(shown)
    assert said in unescape(claims_page.pages({})["claims.md"])


def test_what_the_tables_say_is_left_out_where_they_have_changed(monkeypatch):
    claim = claims.get("C17")
    assert tables_say(claim).startswith("In 2022 China's agreement score")
    assert tables_say(claims.get("C14")) == ""
    written = words.verdict("03", "C17")
    for change in ({"holds": "least < 0.5"}, {"says": "{nothing}"}, {"tables": {"alike": "gone"}}):
        monkeypatch.setattr(words, "verdict", lambda *_, change=change: {**written, **change})
        assert tables_say(claim) == ""
        assert "tables say" not in verdict_markup(claim)


def test_how_far_a_claim_cannot_be_known_follows_one_rule():
    """A value or a reading is unknowable by nature; what a survey could settle is not."""
    for claim in claims.register().values():
        if claim.verdict == "opinion":
            assert claim.checkable == "no", claim.claim_id
        elif claim.verdict == "not checkable":
            assert HOW_FAR[claim.checkable] in claim.meaning
        else:
            assert claim.checkable != "no", claim.claim_id
        if claim.verdict == "not checked by us" and claim.checkable == "yes":
            assert "could be checked" in claim.verdict_reason.split(". ")[0], claim.claim_id


def test_a_long_reason_is_read_in_short_first():
    """A verdict is read on one screen; the slides have room for as much."""
    for claim in claims.register().values():
        assert len(claim.why) <= 850, claim.claim_id
        if claim.verdict_in_short:
            assert len(claim.verdict_in_short) < len(claim.verdict_reason) / 2, claim.claim_id


def test_kinds_of_a_caveat_stand_on_the_card_in_words():
    shown = text_of(claims.card("C71").data)
    assert "in your words: holds, but (imprecise: quantifier, wording)" in shown
    assert f"quantifier ({CAVEATS['quantifier']})" in shown


def test_later_outcomes_come_last_and_under_their_own_heading():
    assert claims.evidence("C09")["relation"].iloc[-1] == claims.LATER
    shown = text_of(claims.card("C09").data)
    assert shown.index("Evidence as of") < shown.index("What came later")


def test_evidence_is_complete_and_needs_a_known_claim():
    assert sum(len(claims.evidence(i)) for i in ALL) == len(data.load("evidence"))
    with pytest.raises(claims.UnknownClaimError):
        claims.evidence("C99")


def seen(home: AtHome) -> str:
    """Return what stands above the fold, as text."""
    return text_of(" ".join(part.value for part in (home.heading, *home.lines.values())))


@pytest.mark.parametrize("chapter", range(1, 10))
def test_the_course_s_verdicts_on_what_is_left_for_home_are_folded(chapter):
    home = claims.verdict_table(chapter)
    fold = home.children[-1].value
    assert fold.startswith("<details") and " open" not in fold.split(">")[0]
    listed, shown = seen(home), text_of(fold)
    for claim in claims.select(chapter=chapter):
        assert (claim.why in shown) == (not claim.core)
        assert not any(secret in listed for secret in secrets(claim))
        assert (claim.summary in listed) == (claim.claim_id in home.buttons) == (not claim.core)
        assert (claim.claim_id in shown.split(": judge first")[0]) == (not claim.core)


def test_a_claim_for_home_is_tried_below_its_line_by_its_button():
    home = claims.verdict_table("02")
    first, second = [*home.buttons][:2]
    assert home.buttons[first].description == f"Judge {first}"
    assert home.trial is None
    home.buttons[second].click()
    assert home.trial.claim.claim_id == second
    assert home.children.index(home.trial) == 5  # keys, heading, status and two rows come before it
    assert f"{second} is open below its line" in home.status.value
    home.buttons[first].click()
    assert home.trial.claim.claim_id == first
    assert [isinstance(part, claims.Trial) for part in home.children].count(True) == 1
    home.buttons[first].click()
    assert home.trial is None and "closed" in home.status.value
    assert not [part for part in home.children if isinstance(part, claims.Trial)]


def test_the_claims_for_home_say_which_are_left_as_soon_as_one_is_judged():
    home = claims.verdict_table("02")
    number = len(home.chosen)
    assert f"For home: judge these {number} " in seen(home)
    first, *others = home.chosen
    home.buttons[first.claim_id].click()
    home.trial.pass_button.click()
    assert f"{number - 1} of these {number} claims still to judge" in seen(home)
    assert (seen(home).count("(judged)"), seen(home).count("(still to judge)")) == (1, number - 1)
    assert home.trial is not None, "the trial stays open, so that the course's verdict can be read"
    for claim in others:
        journal.save_verdict(claim.claim_id, "02", None)
    assert f"you have judged all {number}" in seen(claims.verdict_table("02"))


def test_what_a_notebook_keeps_of_the_claims_for_home_gives_nothing_away():
    kept = displayed(claims.verdict_table("02"))
    assert kept["text/html"] == ""
    assert kept["text/plain"] == "<claims for home of chapter 02>"


# Verdicts


def test_every_verdict_of_the_course_has_one_of_the_four_words_and_a_meaning():
    used = {claim.verdict for claim in claims.register().values()}
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
    assert {kind for claim in claims.register().values() for kind in claim.but} == set(CAVEATS)
    assert {c.evidence_grade for c in claims.register().values()} <= set(claims.GRADES)


@pytest.mark.parametrize(
    ("own", "course", "says"),
    [
        (HOLDS, HOLDS, "You and the course agree"),
        (UNKNOWN, UNKNOWN, "You and the course agree"),
        (HOLDS, BUT, "Your verdict is one step away"),
        (FAILS, BUT, "Your verdict is one step away"),
        (BUT, HOLDS, "Your verdict is one step away"),
        (UNKNOWN, BUT, "You and the course give different kinds"),
        (HOLDS, FAILS, "You and the course are far apart"),
        (FAILS, HOLDS, "You and the course are far apart"),
        (UNKNOWN, HOLDS, "You and the course give different kinds"),
        (FAILS, UNKNOWN, "You and the course give different kinds"),
        (None, HOLDS, "You passed"),
        (HOLDS, None, "The course has not checked"),
    ],
)
def test_distance_in_plain_words(own, course, says):
    assert claims.distance(own, course).startswith(says)


KINDS = ("unit", "reporter")


def test_naming_any_one_kind_agrees_fully():
    for kind in KINDS:
        said = claims.distance(BUT, BUT, kind, KINDS)
        assert said.startswith(
            f"You and the course agree, and the “but” is about the same thing: {kind}"
        )
        (other,) = set(KINDS) - {kind}
        assert f"also names: {other}" in said
    assert "also" not in claims.distance(BUT, BUT, "unit", ("unit",))


def test_another_kind_is_neighbouring_and_both_are_named():
    for kind in set(CAVEATS) - set(KINDS):
        said = claims.distance(BUT, BUT, kind, KINDS)
        assert said.startswith("You and the course both say “holds, but”")
        assert f"You: {kind}. The course: unit, reporter." in said


@pytest.mark.parametrize("claim", claims.register().values(), ids=ALL)
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


def test_a_trial_is_a_widget_that_a_browser_can_open():
    """``Widget.open`` connects to the browser; a method of that name would cut the line."""
    assert claims.Trial.open is widgets.Widget.open


def test_nothing_is_recorded_and_nothing_opens_without_a_choice():
    trial = claims.trial("C09")
    trial.record_button.click()
    assert "you have not chosen a verdict yet" in trial.status.value
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
    assert "Choose what the “but” is about" in trial.status.value
    assert journal.read_verdict("C09") is None
    trial.but.value = "date"
    trial.record_button.click()
    assert "Saved: holds, but (date) (70 % sure)" in trial.status.value
    trial.open_button.click()
    assert "You: holds, but (date)." in trial.verdict.value
    assert "about the same thing: date. The course also names: wording." in trial.verdict.value
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
    assert "have not chosen a verdict" not in trial.status.value
    assert "Press “Record my verdict”" in trial.status.value
    trial.record_button.click()
    trial.but.value = "unit"
    assert "Choose what the “but” is about" not in trial.status.value
    trial.sure.value = 90
    trial.record_button.click()
    assert "Saved: holds, but (unit) (90 % sure)" in trial.status.value


def test_how_sure_has_no_default_and_may_be_left_unsaid():
    trial = claims.trial("C24")
    assert "You may leave this out" in trial.sure.description
    trial.choice.value = FAILS
    trial.record_button.click()
    kept = journal.read_verdict("C24")
    assert (kept["verdict"], kept["confidence"]) == (FAILS, None)
    assert "sure" not in trial.status.value
    assert claims.trial("C24").sure.per_cent is None
    assert claims.own_verdicts()["how sure"].isna().all()


@pytest.mark.parametrize("claim_id", ["C24", "C10", "C80"])
def test_an_opened_verdict_has_one_bar_whatever_it_says(claim_id):
    trial = claims.trial(claim_id)
    trial.pass_button.click()
    trial.open_button.click()
    ground = re.search('nl-bar" style="background:([^;]+);', trial.verdict.value)[1]
    assert ground == ui.BARS["verdict"][0]


def test_a_pass_is_recorded_and_opens_the_way_too():
    trial = claims.trial("C05")
    trial.choice.value = FAILS
    trial.pass_button.click()
    assert journal.read_verdict("C05")["passed"]
    assert trial.choice.value is None
    trial.open_button.click()
    assert "A pass is an answer" in trial.verdict.value


def test_a_trial_run_again_brings_the_verdict_back_but_leaves_it_closed():
    first = claims.trial("C24")
    first.choice.value, first.sure.value = FAILS, 95
    first.record_button.click()
    again = claims.trial("C24")
    assert (again.choice.value, again.sure.value) == (FAILS, 95)
    assert not again.open_button.disabled
    assert again.verdict.value == ""


def test_what_was_chosen_and_not_recorded_outlives_its_cell_running_again():
    first = claims.trial("C24")
    first.choice.value, first.sure.value = FAILS, 95
    again = claims.trial("C24")
    assert (again.choice.value, again.sure.value) == (FAILS, 95)
    assert "not recorded yet" in again.status.value and again.open_button.disabled
    again.record_button.click()
    assert journal.read_verdict("C24")["verdict"] == FAILS
    assert "Recorded earlier" in claims.trial("C24").status.value


def test_a_pass_is_restored_as_a_pass():
    claims.trial("C24").pass_()
    again = claims.trial("C24")
    assert again.choice.value is None
    assert "you passed" in again.status.value
    assert not again.open_button.disabled


def test_a_change_of_mind_after_opening_is_said_and_compared_anew():
    trial = claims.trial("C24")
    trial.choice.value, trial.sure.value = HOLDS, 60
    trial.record_button.click()
    trial.open_button.click()
    assert "far apart" in trial.verdict.value
    trial.choice.value = FAILS
    trial.record_button.click()
    assert "You and the course agree" in trial.verdict.value
    assert "after opening" in trial.status.value


def test_what_a_notebook_keeps_of_a_trial_gives_nothing_away():
    trial = claims.trial("C24")
    trial.choice.value, trial.sure.value = FAILS, 60
    trial.record()
    kept = displayed(trial)
    assert kept["text/html"] == ""
    assert kept["text/plain"] == "<trial of C24>"


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


def test_trials_write_into_the_journal_folder(journal_dir):
    claims.trial("C09").pass_()
    assert any((journal_dir / "entries").glob("C09.verdict*"))


def test_an_unknown_claim_has_no_trial():
    with pytest.raises(claims.UnknownClaimError, match="nearest id is 'C84'"):
        claims.trial("C84a5")


# Figures in the reasons, computed anew


def lag_gap():
    """Return China's border price for Russian crude less Brent of the month before, by month."""
    crude = data.load("russian_energy_to_china").query("product == 'crude_oil'").set_index("month")
    brent = data.load("brent_monthly").set_index("month")["brent_usd_bbl"]
    before = brent.set_axis(brent.index.to_period("M") + 1)
    price = crude["value_usd"] / crude["volume_t"] / 7.33  # barrels a tonne, as in E219
    return price.set_axis(price.index.to_period("M")) - before


def finding_of(piece):
    """Return what a piece of the evidence on C07 says."""
    return claims.evidence("C07").set_index("evidence").loc[piece, "finding"]


def test_the_discount_named_in_c07_follows_from_the_tables():
    gap = lag_gap()
    finding = finding_of("E219")
    months = {"July": "2022-07", "October": "2022-10"}
    within = ", ".join(f"{-gap[month]:.0f} in {name}" for name, month in months.items())
    mean = round(-gap["2022-04":"2022-12"].mean())
    assert f"{mean} dollars a barrel lower over April-December 2022 ({within}," in finding
    assert f"in 2015-19 it had been {gap['2015':'2019'].mean():.1f} higher" in finding
    assert f"on average {mean} dollars less than Brent" in claims.get("C07").verdict_reason


def test_the_prices_of_gas_in_the_evidence_on_c07_follow_from_the_tables():
    rows = data.load("gas_prices").query("fuel == 'pipeline_gas' and public_by_article")
    reuters = rows[rows["stated_by"] == "Reuters"].set_index("seller_iso3")
    paid = (reuters["value_usd"] / reuters["volume_bcm"] / 1e6).astype(float).round().astype(int)
    before = rows[(rows["period_start"] == "2021-01") & (rows["volume_bcm"] > 0)]
    before = before[before["kind"] == "price"].set_index("seller_iso3")["price_usd_per_1000m3"]
    assert f"({paid['TKM']} and {paid['RUS']} dollars for 1,000 cubic metres)" in finding_of("E261")
    assert f"up to {before['RUS']} dollars for 1,000 cubic metres" in finding_of("E262")
    assert f"Turkmenistan's {before['TKM']:.0f}," in finding_of("E262")
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
    reason = claims.get("C46").verdict_reason
    assert f"about {70.2 / 0.46:.0f} times" in reason
    assert f"still about {with_partners:.0f} times." in reason
    exact = f"gives exactly {70.2 / 0.7:.0f})"
    assert f"(a base of $0.7bn, which has also been published, {exact}" in reason
