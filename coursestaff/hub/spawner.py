"""Start servers a few at a time: a class that comes at once waits in a line, not for nothing."""

from asyncio import Semaphore, sleep
from collections.abc import AsyncIterator
from typing import ClassVar

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import wait_for_http_server
from traitlets import Integer


class QueuedSpawner(LocalProcessSpawner):
    """Starts a process on this machine when its turn has come, and waits until it answers.

    JupyterHub's own limit of concurrent starts turns people away with an error.
    """

    at_once = Integer(2, help="servers that may start at the same time", config=True)
    line: ClassVar[list["QueuedSpawner"]] = []
    turns: ClassVar[Semaphore | None] = None

    async def start(self) -> tuple[str, int]:
        """Wait for a turn, start, and give the turn on when JupyterLab answers."""
        if QueuedSpawner.turns is None:
            QueuedSpawner.turns = Semaphore(self.at_once)
        self.line.append(self)
        try:
            async with QueuedSpawner.turns:
                self.line.remove(self)
                ip, port = await super().start()
                address = f"http://{ip}:{port}{self.server.base_url}api"
                await wait_for_http_server(address, timeout=self.http_timeout)
        finally:
            if self in self.line:
                self.line.remove(self)
        return ip, port

    async def progress(self) -> AsyncIterator[dict]:
        """Tell who waits how many are before them."""
        while self in self.line:
            before = self.line.index(self)
            who = {0: "Yours will start next", 1: "One other server will start before yours"}
            words = who.get(before, f"{before} other servers will start before yours")
            yield {"progress": 10, "message": f"Many servers are starting at once. {words}."}
            await sleep(2)
        yield {"progress": 50, "message": "Your own JupyterLab is starting."}
