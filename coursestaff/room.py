"""The room's guesses on the instructor's screen: ``room.show("02-tonnes")`` in a notebook.

Students send a guess by ticking a box (`courseware.room`). The page draws them by fives and looks
again by itself; once the chapter's outcome cell has run in this journal, the outcome stands beside.
``course room FOLDER`` makes the folder where a class shares a disk; a hub has its own room.
"""

import asyncio
from argparse import Namespace
from collections import Counter, defaultdict
from contextlib import suppress
from html import escape
from pathlib import Path

import ipywidgets as widgets
from IPython.utils.capture import capture_output

from courseware import CourseError, journal, ui, words
from courseware.our_class import predictions
from courseware.our_class.paper_forms import Counted, Tally
from courseware.our_class.tallies import Tallies
from courseware.room import STEP, VARIABLE, LivePoll, Steps, ask, here, lying

EVERY = 2  # seconds between two looks
ANEW, SURE = "Begin anew", "Delete all these guesses? Click again to confirm"
DROP = 0o1733  # a folder into which all may lay files, and which only its owner can read
#: What has been shown of a folder's guesses, by folder and question: a cell that runs again must
#: not show the one guess that has come since.
_SHOWN: defaultdict[tuple[Path, str], Steps] = defaultdict(Steps)


class RoomError(CourseError):
    """There is no room to look at; the message says what to do."""


class Guesses:
    """The guesses to one question, as many of them as may be shown."""

    def __init__(self, room: LivePoll, question: str) -> None:
        """Look at nothing yet."""
        self.room, self.question = room, question
        self._steps = _SHOWN[room.folder, question]

    def look(self) -> tuple[int, Counter]:
        """Return how many guesses are there, and those that may be shown.

        Raises:
            OSError, ValueError: the room cannot be reached.

        """
        if self.room.has_service:
            told = ask(self.room.folder, {"look": self.question})
            return told["there"], Counter(dict(told["shown"]))
        all_of_them = lying(self.room.folder).items()
        own = Counter({guess: n for (key, guess), n in all_of_them if key == self.question})
        return own.total(), self._steps.see(own)

    def clear(self) -> None:
        """Forget the guesses to this question, for another class.

        Raises:
            OSError, ValueError: the room cannot be reached, or a file not be deleted.

        """
        if self.room.has_service:
            ask(self.room.folder, {"clear": self.question})
        else:
            lying(self.room.folder, forget=self.question)


class Page(widgets.VBox):
    """What the room guessed at one question, and the outcome once it has been shown."""

    def __init__(self, guesses: Guesses) -> None:
        """Draw what is there now; `watch` goes on looking."""
        self.guesses = guesses
        self.asked = words.prediction(guesses.question)["question"]
        self.told, self.chart = widgets.HTML(), widgets.HTML()
        self.again = widgets.Button(
            description=ANEW,
            tooltip="Delete these guesses, because another class begins",
            layout=widgets.Layout(width="auto", align_self="flex-start"),
        )
        self.again.on_click(lambda _: self._begin_at_second_click())
        self._drawn: tuple | None = None
        super().__init__([self.told, self.chart, self.again])
        self.look()

    def look(self) -> None:
        """Draw anew what has changed."""
        try:
            there, shown = self.guesses.look()
        except (OSError, ValueError, KeyError, TypeError):
            self._tell(
                "The room's folder cannot be reached at the moment. This page will try again."
            )
            return
        self._tell(_counted(there, shown.total()))
        entry = journal.read(self.guesses.question, "prediction")
        outcome = entry.outcome.value if entry and entry.outcome else None
        if (shown, outcome) != self._drawn and shown:
            self._draw(shown, outcome)
        elif not shown:
            self.chart.value = ""
        self._drawn = (Counter(shown), outcome)

    def _tell(self, sentence: str) -> None:
        style = 'style="margin:0.2em 0;line-height:1.4"'
        said = "".join(f"<p {style}>{escape(each)}</p>" for each in (self.asked, sentence))
        self.told.value = ui.card("The room's guesses", said, "predict")

    def _begin_at_second_click(self) -> None:
        """Ask first: guesses that one click forgot before the class could not be sent again."""
        sure = self.again.description == SURE
        self.again.description = ANEW if sure else SURE
        if sure:
            self.begin_anew()

    def begin_anew(self) -> None:
        """Forget the guesses to this question."""
        with suppress(OSError, ValueError):
            self.guesses.clear()
        self.look()

    async def watch(self) -> None:
        """Look again for as long as this page stands in its notebook."""
        while self.comm is not None:
            await asyncio.sleep(EVERY)
            self.look()

    def _draw(self, shown: Counter, outcome: float | str | None) -> None:
        question = self.guesses.question
        known = ((question, outcome),) if outcome is not None else ()
        tally = Tally(tuple(Counted(question, *each) for each in shown.items()), known)
        with capture_output() as shows:
            predictions.show(Tallies(tally.journals(), "guesses sent to the room"), question)
        self.chart.value = "".join(each.data["text/html"] for each in shows.outputs)


def _counted(there: int, shown: int) -> str:
    """Return how many have sent a guess, and how many of these are drawn."""
    sent = f"{there} guess{'es' * (there != 1)} sent"
    if shown:
        return f"{sent}, {shown} drawn. The chart is drawn again after every {STEP} more guesses."
    return (
        f"{sent}. The chart appears once there are {STEP} guesses, because with fewer a dot could "
        "be traced to a person."
    )


def show(question: str) -> Page:
    """Show the room's guesses to one question, and go on looking.

    Args:
        question: a prediction's id, such as ``"02-tonnes"``.

    Raises:
        RoomError: this class has no room.
        UnknownWordsError: the course asks no such prediction.

    """
    room = here()
    if room is None:
        raise RoomError(
            f"This class has no room, because {VARIABLE} is not set. Run `course room FOLDER` to "
            "make one in a folder that the class shares. That command also explains how to set "
            f"{VARIABLE}."
        )
    page = Page(Guesses(room, question))
    with suppress(RuntimeError):  # outside a notebook nothing waits for it
        page.watching = asyncio.get_running_loop().create_task(page.watch())
    return page


def make(folder: Path) -> None:
    """Make a folder into which everybody can lay a guess, and which only its owner can read.

    Raises:
        RoomError: it cannot be made, or holds something else already.

    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RoomError(f"{folder} is not empty. Give the room a folder of its own.")
        folder.chmod(DROP)
    except OSError as problem:
        raise RoomError(
            f"{folder} cannot be used as a room: {problem.strerror}. Choose another folder."
        ) from problem


def begin(course: Path, options: Namespace) -> None:
    """Make a room, and say what to set: ``course room``."""
    folder = options.folder.resolve()
    make(folder)
    print(f"Students can put a guess into {folder}, but they cannot see what is in it.")
    print(
        "Set this environment variable on every computer in the room, including yours, before "
        "JupyterLab starts:"
    )
    print(f"  {VARIABLE}={folder}")
    print(
        "Then run this in a notebook of your own: from coursestaff import room; "
        'room.show("02-tonnes")'
    )
