"""JupyterHub as this course runs it: told by `configuration`, and stopped as a whole.

``python -P -m coursestaff.hub.running`` is the hub; `starting` becomes it.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from jupyterhub.app import JupyterHub
from traitlets.config import Config

from coursestaff.hub.configuration import configure
from coursestaff.hub.network import VARIABLE, Network
from coursestaff.hub.place import Place

STOPPED = "The hub and everybody's servers have stopped. All saved work is kept."


class Hub(JupyterHub):
    """A JupyterHub that ends what it has started, once, however often it is told to stop."""

    is_stopping = False

    async def shutdown_cancel_tasks(self, sig: signal.Signals | None = None) -> None:
        """End servers, services and proxy; say so in one sentence."""
        if self.is_stopping:  # a second Ctrl+C would end the ending itself
            return
        self.is_stopping = True
        try:
            await self.cleanup()
        except Exception:  # whatever it is, a second Ctrl+C would not help
            self.log.exception("The hub could not stop everything that it had started.")
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        print(STOPPED, flush=True)
        self._stop_event_loop()

    async def cleanup(self) -> None:
        """End services and servers all at once, and then all else."""
        for regular in self._periodic_callbacks.values():  # one looks after the services' health
            regular.stop()
        managed = (each.spawner for each in self._service_map.values() if each.managed)
        services = [spawner for spawner in managed if spawner]  # one may not have started
        for spawner in services:
            spawner.stop_polling()  # which would start anew what ends
        servers = [
            (user, name)
            for _, user in self.users.items()
            for name, spawner in user.spawners.items()
            if spawner.active
        ]
        ended = await asyncio.gather(
            *(spawner.stop(now=True) for spawner in services),
            *(user.stop(name) for user, name in servers),
            return_exceptions=True,
        )
        for problem in filter(None, ended):
            self.log.error("The hub could not stop everything that it had started: %s", problem)
        await super().cleanup()


def main() -> None:
    """Run the hub of this environment, until it is stopped."""
    told = Config()
    configure(told, Place(Path(sys.prefix).parent), Network.of_text(os.environ[VARIABLE]))
    Hub.instance(config=told)
    Hub.launch_instance([])


if __name__ == "__main__":
    main()
