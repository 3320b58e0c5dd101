"""``course grade``: the processes that grade start first, and load while this one does."""

from argparse import Namespace
from functools import partial
from importlib import import_module
from pathlib import Path

from coursestaff.marking import executor
from courseware import CourseError


def grade_class(course: Path, options: Namespace) -> int:
    """Grade one exercise of a class; return 2 if a person has to look at something."""
    if options.certificates and not options.cluster:
        raise CourseError(
            "--certificates works only together with --cluster. Add --cluster ADDRESS."
        )
    if not options.cluster:
        executor.start_early()
    roster = import_module("coursestaff.roster")
    with roster.step(course, options.name, "grade"):
        workers = None
        if options.cluster:
            dispatch = import_module("coursestaff.cluster.dispatch")
            workers = dispatch.Workers(options.cluster, options.certificates)
        report = import_module("coursestaff.marking.report")
        summary = import_module("coursestaff.marking.coordinator").grade(
            course,
            options.name,
            processes=options.processes,
            workers=workers,
            isolated=not options.without_isolation,
            again=options.again,
            agree=partial(report.agrees, unasked=options.yes),
            tell=report.Progress(),
        )
        in_words = report.as_json if options.json else report.in_words
        print(in_words(options.name, summary))  # before the list, which a full disk can prevent
    if not options.json:
        roster.say_list(course, options.name)
        print(
            "To see how the class did, in a report without names, run `course report "
            f"{options.name}`."
        )
    return 2 if summary.trouble else 0
