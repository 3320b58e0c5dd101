"""Every explorer is driven in a browser and measured: the lists that say how forget none."""

import importlib
import pkgutil

import pytest

from courseware import explorers
from courseware.explorers.base import Explorer
from tests.browser.explorers import EXPLORERS


@pytest.fixture(scope="module")
def every() -> set[type[Explorer]]:
    """Return the explorers of the package, found without any list."""
    for module in pkgutil.iter_modules(explorers.__path__, f"{explorers.__name__}."):
        importlib.import_module(module.name)
    found = Explorer.__subclasses__()
    return {each for each in found if each.__module__.startswith(explorers.__name__)}


def test_each_is_driven_by_keyboard_in_a_browser(every):
    assert set(EXPLORERS) == every


def test_each_is_measured(every):
    pytest.importorskip("resource", reason="the benchmarks measure memory as Unix counts it")
    from benchmarks.bench import WALKS

    assert set(WALKS) == every
    assert all(next(states()) for states in WALKS.values())
