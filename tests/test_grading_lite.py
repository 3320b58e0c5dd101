"""An exercise that was worked on in a browser with nothing installed goes the way of all others."""

import json

import pytest

from coursestaff.collecting import classlist, collect
from tests import handins
from tests.graded import (
    NAME,
    course,
    executor,
    grade,
    grades,
    hand_in,
    no_network,
)

__all__ = ["course", "executor", "grade", "no_network"]  # fixtures
pytestmark = pytest.mark.sandbox
#: What JupyterLite writes of its kernel, as seen in an exercise downloaded from it.
KERNEL = {
    "kernelspec": {"display_name": "Python (Pyodide)", "language": "python", "name": "python"},
    "language_info": {
        "codemirror_mode": {"name": "python", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.8",
    },
}


def downloaded(notebook: dict) -> str:
    """Return a notebook as *Download* in JupyterLite's list of files gives it: run, in one line.

    Below the first cell is the card of *Save my work*, and no widget's state is kept.
    """
    number = 0
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
        if cell["cell_type"] == "code":
            number += 1
            cell |= {"execution_count": number, "outputs": []}
            cell["metadata"] |= {"trusted": True}
    view = {"model_id": "2f3a", "version_major": 2, "version_minor": 0}
    data = {
        "text/html": "",
        "text/plain": "<Save my work>",
        "application/vnd.jupyter.widget-view+json": view,
    }
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    first["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": data}]
    notebook["metadata"] |= KERNEL
    return json.dumps(notebook, ensure_ascii=False, separators=(",", ":"))


#: What the file is called by *Download* in the list of files, and by *File → Download*.
@pytest.mark.parametrize("called", [f"{NAME}.ipynb", f"exercises_{NAME}_{NAME}.ipynb"])
def test_it_is_collected_as_it_is_and_gets_the_marks_of_any_other(course, grade, called):
    hand_in(course, "102", handins.answered(NAME))
    given = downloaded(handins.answered(NAME))
    archive = handins.zipped(course / "all.zip", {f"exampleada_101_9_{called}": given})
    listed = course / "list.csv"
    listed.write_text('Student,ID,Section\n"A, Ada",101,\n"S, Bo",102,\n', encoding="utf-8")
    done = collect.collect(course, NAME, archive, classlist.read(listed, "canvas"))
    assert done.students == ["101"] and not done.left
    kept = course / "submitted" / "101" / NAME / called
    assert kept.read_text(encoding="utf-8") == given
    grade()
    own, other = grades(course, "101"), grades(course, "102")
    assert own == other
    assert sum(auto for auto, _, _ in own[0].values() if auto) > 10
