"""What a run of the tests says at its end, and what of it shares a process."""

from types import SimpleNamespace

import pytest

from tests.conftest import PROVED, place, told


def report(*proved):
    return SimpleNamespace(user_properties=[*proved])


def test_what_several_tests_prove_is_counted_once():
    reports = [
        report(("claims", ["C01", "C02"]), ("tables", ["evidence"])),
        report(("claims", ["C02", "C03"])),
        report(),
    ]
    claims, tables = told(reports)
    assert claims == f"3 claims            {PROVED['claims']}"
    assert tables == f"1 tables            {PROVED['tables']}"


def test_a_run_that_proves_nothing_of_a_kind_is_silent_on_it():
    assert list(told([report()])) == []


def test_nobody_proves_what_nobody_has_words_for(proved):
    with pytest.raises(AssertionError):
        proved("chatter", "much")


@pytest.mark.parametrize(
    ("nodeid", "where"),
    [
        ("tests/test_site.py::test_headings_are_nested", "test_site"),
        ("tests/offline/test_trade.py::test_a", "test_trade"),
        ("tests/browser/test_page.py::test_a[02_the_trade_lifeline]", "browser-1"),
        ("tests/browser/test_explorers.py::test_a[02-trade]", "browser-1"),
        ("tests/browser/test_journal.py::test_a[09_the_verdict]", "browser-2"),
        ("tests/browser/test_charts.py::test_a[12-4.2]", "browser-2"),
        ("tests/browser/test_exercise.py::test_a", "browser-2"),
    ],
)
def test_tests_in_the_browser_share_two_processes(nodeid, where):
    assert place(nodeid) == where
