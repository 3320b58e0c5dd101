"""Which cases of a test are tried in `make test`, and which are left to `make test-all`."""

from collections.abc import Container, Iterable
from typing import TypeVar

import pytest

T = TypeVar("T")


def cases(every: Iterable[T], now: Container[T]) -> list:
    """Return what to parametrize a test or a fixture with: every case, most of them for later.

    Args:
        every: the cases; a tuple gives several arguments.
        now: those of them that `make test` tries. All others are marked ``matrix``.

    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if case in now else pytest.mark.matrix,
        )
        for case in every
    ]


def some(alike: list[T], step: int, first: int = 0) -> list[T]:
    """Return one of every ``step`` things that are much alike, at least one.

    Args:
        alike: in order.
        step: of how many to return one.
        first: which of the first so many.

    """
    return alike[first % len(alike) :: step]
