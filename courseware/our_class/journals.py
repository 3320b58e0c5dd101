"""A class's journals: their tallies and their charts. `read_class` makes them from files."""

import pandas as pd

from courseware import ui
from courseware.our_class import polls, predictions, verdicts
from courseware.our_class.tallies import Tallies


class ClassJournals(Tallies):
    """A class's exported journals. No table has a name, and none can be grouped by person.

    Attributes:
        journals: how many journals are counted.
        left_out: table of what was not counted, or only in part: file, why.

    """

    def __init__(self, answers: pd.DataFrame, journals: int, left_out: pd.DataFrame) -> None:
        """Keep what was read; use `read_class` to make one."""
        super().__init__(answers)
        self.journals = journals
        self.left_out = left_out

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
        verdicts.show(self, chapter)

    def _repr_html_(self) -> str:
        parts = [
            f"<p>{self.journals} journals are counted; {len(self.left_out)} files were left out, "
            "or counted in part.</p>"
        ]
        for caption, frame in (("Predictions", self.tally()), ("Polls (per cent)", self.polls())):
            if not frame.empty:
                parts.append(ui.table(frame.astype(object), caption))
        if not self.left_out.empty:  # folded: file names may be names of people
            table = ui.table(self.left_out, "What was left out, and why")
            parts.append(ui.details("What was left out, and why (shows file names)", table))
        return ui.card("The class's journals", "".join(parts))
