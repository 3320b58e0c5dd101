"""A class's journals: their tallies and their charts. `read_class` makes them from files."""

import pandas as pd

from courseware.journal.class_export import Shared
from courseware.our_class import class_verdicts, polls, predictions, summary
from courseware.our_class.hands import Hands
from courseware.our_class.tallies import EXPORTED, Tallies


class ClassJournals(Tallies):
    """A class's exported journals. No table has a name, and none can be grouped by person.

    Attributes:
        journals: how many journals are counted.
        left_out: table of what was not counted, or only in part: file (by number, see
            `read_class`), why.
        hands: the raised hands that are counted beside the journals.

    """

    def __init__(self, journals: list[list[Shared]], left_out: pd.DataFrame, hands: Hands) -> None:
        """Keep what was read; use `read_class` to make one."""
        own = [[answer] for answer in hands.answers]
        super().__init__(journals + own, _source(len(journals), hands))
        self.journals = len(journals)
        self.left_out = left_out
        self.hands = hands

    def draw_polls(self) -> None:
        """Show how sure the class was of each statement, at the beginning and at the end.

        No answer can be traced: the two moments are not joined, and what fewer than five answered
        is not drawn.
        """
        polls.show(self)

    def draw_predictions(self, key: str | None = None) -> None:
        """Show where the predictions lay, beside the outcomes.

        Args:
            key: one question, on an axis of its own; all questions if left out. What fewer
                than five predicted in time is not drawn.

        Raises:
            JournalError: no journal holds a prediction with this id.

        """
        predictions.show(self, key)

    def draw_verdicts(self, chapter: str | int | None = None) -> None:
        """Show how the class judged each core claim, how sure it was, and the course's verdict.

        Args:
            chapter: such as ``"02"``; all chapters if left out. What fewer than five judged is not
                drawn.

        Raises:
            ClaimError: the register has no claims for that chapter.

        """
        class_verdicts.show(self, chapter)

    def _repr_html_(self) -> str:
        return summary.card(self)


def _source(journals: int, hands: Hands) -> str:
    """Return what predictions rest on."""
    if not hands.answers:
        return EXPORTED
    return f"{EXPORTED}, and raised hands" if journals else "the class's raised hands"
