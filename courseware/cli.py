"""The ``course`` command: what is done to the course from a terminal."""

import argparse
from collections.abc import Sequence

from courseware import data


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status (0: done, 1: the message says what is wrong)."""
    parser = argparse.ArgumentParser(prog="course", description="Look after the course.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser(
        "data", help="after editing a table: renew bytes and sha256 in data/datapackage.json"
    )
    command.set_defaults(run=refresh_data)
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except data.DataError as problem:
        print(problem)
        return 1
    return 0


def refresh_data(options: argparse.Namespace) -> None:
    """Renew the manifest and say which tables had changed."""
    changed = data.refresh_manifest()
    if changed:
        print(f"Renewed in {data.root() / data.MANIFEST}: {', '.join(changed)}.")
        print("Next: look at the difference in git, and add a check figure for what is new.")
    else:
        print("Nothing has changed: every table matches the manifest.")


if __name__ == "__main__":
    raise SystemExit(main())
