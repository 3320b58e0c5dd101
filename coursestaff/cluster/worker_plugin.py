"""What a worker of the cluster does: it is looked over, starts its zygote, and then grades.

The plugin is set up on every worker that is there, and on whichever comes later before it gets
work: so a zygote is there before an expected value is on that worker.
"""

import asyncio
from collections.abc import Iterable

from distributed import Worker, WorkerPlugin

from coursestaff.cluster.tls import refuse_in_the_clear
from coursestaff.collecting.handed_in import File
from coursestaff.collecting.releases import Setup
from coursestaff.marking.environment_match import Environment, differences, here
from coursestaff.marking.sandbox.zygote import refuse_what_is_not_safe
from coursestaff.marking.submission import Graded, GradingContext, get_ready, grade_bytes, shut_down
from courseware import CourseError, manifest


class UnfitError(Exception):
    """The worker would not grade as the coordinator's machine does; the message says why."""


class GradingPlugin(WorkerPlugin):
    """Makes workers ready for one run of `course grade`."""

    def __init__(self, run: str, wanted: Environment, context: GradingContext) -> None:
        """Prepare; it travels to the workers.

        Args:
            run: a name for this run of `course grade`, unlike any other's.
            wanted: what the coordinator's machine grades with.
            context: where that machine would run submissions; only the course folder differs here.

        """
        self.name, self._wanted, self._context = run, wanted, context

    async def setup(self, worker: Worker) -> None:
        """Look this worker over and start its zygote; remember what is in the way, if anything."""
        addresses = [worker.address, worker.scheduler.address]
        _contexts[self.name] = await asyncio.to_thread(self._made_ready, addresses)

    async def teardown(self, worker: Worker) -> None:
        """End the zygote, unless another run uses it."""
        _contexts.pop(self.name, None)
        if not _contexts:
            await asyncio.to_thread(shut_down)

    def _made_ready(self, addresses: list[str]) -> GradingContext | str:
        """Return where submissions are run on this worker, or why they cannot be."""
        course = manifest.course_root()
        context = self._context._replace(course=course)
        try:
            for address in addresses:
                refuse_in_the_clear(address)
            if words := differences(self._wanted, here(course)):
                return words
            refuse_what_is_not_safe(course, context.isolated)
            get_ready(context)
        except (CourseError, OSError) as problem:
            return str(problem)
        return context


_contexts: dict[str, GradingContext | str] = {}  # by run: where to work, or why this worker cannot


def refusal(run: str) -> str:
    """Return why this worker cannot take part in a run; empty if it can."""
    found = _contexts.get(run, "it was not prepared for this run.")
    return found if isinstance(found, str) else ""


def graded(run: str, setup: Setup, files: Iterable[File]) -> Graded:
    """Grade one packed folder on this worker.

    Raises:
        UnfitError: this worker cannot take part in the run.

    """
    if words := refusal(run):
        raise UnfitError(words)
    return grade_bytes(setup, _contexts[run], files)
