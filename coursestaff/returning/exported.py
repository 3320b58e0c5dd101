"""When an exercise's points were last exported: what never was is lost if a class is erased.

It is a time alone, in ``autograded/NAME.exported.txt``, of every ``course export`` from 0.2.0 on.
"""

from datetime import UTC, datetime
from pathlib import Path

END = ".exported.txt"
NOTE = f"autograded/{{name}}{END}"


def note(course: Path, name: str) -> None:
    """Note that an exercise's points have just been exported."""
    path = course / NOTE.format(name=name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{datetime.now(UTC).isoformat()}\n", encoding="ascii")


def when(course: Path, name: str) -> datetime | None:
    """Return when an exercise's points were exported last, or None if that is not known."""
    try:
        found = (course / NOTE.format(name=name)).read_text(encoding="ascii")
        time = datetime.fromisoformat(found.strip())
    except (OSError, ValueError):
        return None
    return time if time.tzinfo else None
