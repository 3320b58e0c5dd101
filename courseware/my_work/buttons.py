"""*Save my work* and *Bring my work back*, below the first cell that runs in a browser."""

from base64 import b64encode
from html import escape
from pathlib import Path

import ipywidgets as widgets

from courseware import CourseError, ui
from courseware.journal.format import now
from courseware.my_work import editions, packed
from courseware.ui import scripts

INTRO = (
    "Your answers are kept only in this browser. Save a copy before you stop for the day, so that "
    "you can go on in another browser or on another computer."
)
LEFT_OUT = (
    "First save each open page with Ctrl+S. The copy holds your journal, your brief and the "
    "exercises that you have worked on, but not what you typed into the cells of a chapter."
)
OPENING = (
    "To open another chapter or an exercise, save this page, choose Kernel → Shut Down All "
    "Kernels…, and go on from the {}. Each open page needs about 1 GB of memory."
)
#: The page above JupyterLab's own.
START = '<a href="../index.html" style="text-decoration:underline">start page</a>'
NEWER = (
    "The site has a newer edition of {}. Your copy stays as it is, and nothing replaces it. To "
    "open the newer edition, rename your copy in the list of files (right-click it and choose "
    "Rename), close its tab, and open the chapter from the start page again."
)
NOT_PACKED = (
    "Your work could not be packed, because the browser's storage did not return all of it. No "
    "copy has been saved. Please press the button again."
)
NOT_KEPT = (
    "The browser's storage has not kept all of your work, so a part of it may be missing here. "
    "Keep the zip that you chose, and choose it again. Work that has already come back is not "
    "brought back twice."
)
_FITS = widgets.Layout(width="max-content")
#: ipywidgets writes " (0)" after the words of an upload button. Here it is a second line, for which
#: the button has no room.
_ONE_LINE = "nl-one-line"
_CUT_OFF = (
    f"<style>.jupyter-widgets.jupyter-button.{_ONE_LINE}{{white-space:pre;height:2.2em;"
    "line-height:2.2em;padding-block:0}</style>"
)


class WorkCard(ui.OnlyAlive, widgets.VBox):
    """The two buttons: ``save_button`` and ``upload``; ``status`` says what came of them."""

    def __init__(self) -> None:
        """Offer both, and say which notebooks of this folder have a newer edition."""
        self.save_button = widgets.Button(
            description="Save my work", button_style="primary", icon="download", layout=_FITS
        )
        self.upload = widgets.FileUpload(
            accept=".zip", description="Bring my work back\n", layout=_FITS
        ).add_class(_ONE_LINE)
        self.status = widgets.HTML()
        self.save_button.on_click(lambda _: self.save())
        self.upload.observe(lambda change: self.bring_back(change.new), "value")
        old = editions.outdated(Path.cwd())
        said = [INTRO, LEFT_OUT, *([NEWER.format(", ".join(old))] if old else [])]
        lines = "".join(f"<p>{escape(line)}</p>" for line in said)
        lines += f"<p>{OPENING.format(START)}</p>"
        body = widgets.HTML(_CUT_OFF + ui.card("Your work in this browser", lines, "note"))
        row = widgets.HBox([self.save_button, self.upload], layout={"flex_flow": "row wrap"})
        super().__init__([body, row, self.status], layout={"max_width": "52em"})

    def save(self) -> None:
        """Give the browser one file to save."""
        self._say("Your work is being packed.")
        try:
            content = b64encode(packed.pack()).decode()
        except OSError:
            self._say(NOT_PACKED)
            return
        name = f"my-work-{now():%Y-%m-%d}.zip"
        self.status.value = (
            f'<div role="status">Your browser saves {name} among its downloads. If it does not, '
            f'<a download="{name}" href="data:application/zip;base64,{content}" '
            'style="text-decoration:underline">press here</a>.'
            f'<img src="{scripts.EMPTY}" alt="" onload="this.previousElementSibling.click();'
            'this.remove()"></div>'
        )

    def bring_back(self, files: tuple) -> None:
        """Bring back what is in the chosen file, and say what became of it."""
        if not files:
            return
        self._say("Your work is being brought back.")
        try:
            said = packed.bring_back(bytes(files[0]["content"]))
        except CourseError as problem:
            said = [str(problem)]
        except OSError:
            said = [NOT_KEPT]
        else:
            said.append("To see your answers, run their cells again.")
        self.upload.value = ()
        self._say(*said)

    def _say(self, *sentences: str) -> None:
        self.status.value = "".join(map(ui.told, sentences))

    def __repr__(self) -> str:
        """Say what it is; a notebook's file keeps this."""
        return "<Save my work>"
