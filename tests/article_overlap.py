"""Find runs of nine or more words that the project shares with the article.

The article is not part of the course. Whoever has a copy runs, from the course folder::

    python tests/article_overlap.py PATH/TO/article.txt

It prints each file with the first such run and exits with 1 if there is any.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

LENGTH = 9
SUFFIXES = {".csv", ".json", ".ipynb", ".md", ".py", ".txt", ".yaml", ".yml", ".cff"}


def words(text: str) -> list[str]:
    """Return the words of ``text`` in lower case, apostrophes made alike."""
    return re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))


def runs(text: str) -> list[tuple[str, ...]]:
    """Return every run of ``LENGTH`` words."""
    found = words(text)
    return [tuple(found[i : i + LENGTH]) for i in range(len(found) - LENGTH + 1)]


def prose(path: Path) -> str:
    """Return a file's text; of a notebook, the source of its cells, unless it is damaged."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    try:
        return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    except ValueError:  # some of what is handed in
        return text


def main(article: Path) -> int:
    """Compare every tracked text file with the article."""
    theirs = set(runs(article.read_text(encoding="utf-8")))
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True)
    shared = 0
    for path in map(Path, listed.stdout.splitlines()):
        if path.suffix not in SUFFIXES or not path.is_file():
            continue
        hit = next((run for run in runs(prose(path)) if run in theirs), None)
        if hit:
            shared += 1
            print(f"{path}: {' '.join(hit)}")
    print(f"{shared} files share {LENGTH} words in a row with the article")
    return 1 if shared else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
