"""What JupyterHub is told. There is no secret in it: those JupyterHub makes itself, and keeps."""

import shlex
import shutil
import sys
from pathlib import Path

from tornado.log import app_log
from tornado.web import RequestHandler
from traitlets.config import Config

from coursestaff.hub.environment import proxy_program
from coursestaff.hub.logging_in import SlipAuthenticator
from coursestaff.hub.network import Network
from coursestaff.hub.place import COURSE, FORMGRADER, Place, home
from coursestaff.hub.sizes import Sizes
from coursestaff.hub.spawner import QueuedSpawner

FIRST = "/lab/tree/notebooks/00_start_here.ipynb"
GRADERS = f"formgrade-{COURSE}"
HERE = Path(__file__).resolve().parent
FAULT = 500  # and above: statuses that are the hub's own fault
IDLE = 3600  # seconds without a request, and a server goes; what is saved stays
KERNEL_IDLE = 2 * 3600  # seconds, of a kernel whose page is closed


def configure(c: Config, place: Place, where: Network) -> None:
    """Fill in JupyterHub's configuration.

    Args:
        c: the configuration, changed in place.
        place: the hub.
        where: it can be reached.

    """
    sizes, members = Sizes.of_this_machine(), place.read()
    _network(c, place, where)
    _who_may_come_in(c, place)
    _servers(c, place, sizes)
    _grading(c, place, members.graders, where.inside + 2)
    _culling(c)


def _network(c: Config, place: Place, where: Network) -> None:
    """Set addresses and the proxy. Hub and proxy talk to each other on this machine only."""
    scheme = "https" if where.certificate else "http"
    c.JupyterHub.bind_url = f"{scheme}://{where.address}:{where.port}"
    if where.certificate:
        c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = str(where.certificate), str(where.key)
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{where.inside}"
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{where.inside + 1}"
    # It tells the address of each request that fails, with names of people's files: not in the log
    # that is kept, but in one that only root reads, and that begins anew at every start.
    into = ["sh", "-c", f'exec "$0" "$@" >{shlex.quote(str(place.proxy_log))} 2>&1']
    proxy = [shutil.which("node"), str(proxy_program(place))]
    if not where.certificate:  # then a web server in front says that it speaks https, and only it
        proxy.append("--no-x-forward")
    c.ConfigurableHTTPProxy.command = [*into, *proxy]
    c.ConfigurableHTTPProxy.log_level = "error"
    if where.subdomains:
        c.JupyterHub.subdomain_host = where.subdomains
    c.ConfigurableHTTPProxy.pid_file = str(place.private / "proxy.pid")
    c.JupyterHub.db_url = f"sqlite:///{place.private / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(place.private / "cookie_secret")
    c.JupyterHub.template_paths = [str(HERE / "templates")]
    c.JupyterHub.log_level = "WARN"
    # Addresses hold the names of people's files: of requests only faults are told, and where.
    c.JupyterHub.tornado_settings = {"log_function": tell_faults}


def tell_faults(handler: RequestHandler) -> None:
    """Log a request that failed by a fault of the hub's, without its address."""
    if handler.get_status() >= FAULT:
        app_log.error("%s failed: %s", type(handler).__name__, handler.get_status())


def _who_may_come_in(c: Config, place: Place) -> None:
    c.JupyterHub.authenticator_class = SlipAuthenticator
    # Not the other accounts of this machine; who is new in a group needs no start of the hub.
    c.LocalAuthenticator.allowed_groups = {place.students_group, place.graders_group}
    c.LocalAuthenticator.create_system_users = False


def _servers(c: Config, place: Place, sizes: Sizes) -> None:
    c.JupyterHub.spawner_class = QueuedSpawner
    c.QueuedSpawner.at_once = sizes.starts
    c.JupyterHub.concurrent_spawn_limit = 0  # they wait in QueuedSpawner's line
    c.JupyterHub.active_server_limit = sizes.servers
    c.Spawner.start_timeout = 600  # of it most is waiting in line
    c.Spawner.http_timeout = 120
    # When all are stopped at once, too, no server keeps the others waiting.
    c.LocalProcessSpawner.interrupt_timeout = 3
    c.LocalProcessSpawner.term_timeout = c.LocalProcessSpawner.kill_timeout = 1
    # What lies in a home adds no pages of its own to a student's server.
    c.Spawner.disable_user_config = True
    programs = place.environment / "bin"
    c.Spawner.cmd = [
        *(str(place.python), "-P", "-m", "coursestaff.hub.own_server"),
        str(programs / "jupyterhub-singleuser"),
    ]
    c.Spawner.notebook_dir = f"~/{COURSE}"
    c.Spawner.default_url = FIRST
    c.Spawner.args = [
        "--ServerApp.log_level=WARN",
        "--KernelManager.transport=ipc",  # over TCP a neighbour could listen to what cells show
        f"--MappingKernelManager.cull_idle_timeout={KERNEL_IDLE}",
        "--ServerApp.terminado_settings={'shell_command': ['/bin/bash']}",
    ]
    c.Spawner.env_keep = ["LANG", "LC_ALL", "TZ"]
    c.Spawner.environment = {
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        # A class shares few cores: threads of one student's numpy would only take memory.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _grading(c: Config, place: Place, graders: list[str], port: int) -> None:
    """Let graders mark in one formgrader, which runs in the name of the first of them."""
    c.JupyterHub.load_groups = {GRADERS: {"users": graders}}
    c.JupyterHub.load_roles = [
        {
            "name": "grader",
            "groups": [GRADERS],
            "scopes": [f"access:services!service={FORMGRADER}"],
        },
        {
            "name": "idle-culler",
            "services": ["idle-culler"],
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        },
    ]
    keeper = graders[0]
    programs = place.environment / "bin"
    c.JupyterHub.services = [
        {
            "name": FORMGRADER,
            "url": f"http://127.0.0.1:{port}",
            "command": [
                *(str(place.python), "-P", "-m", "coursestaff.hub.own_server"),
                str(programs / "jupyterhub-singleuser"),
                "--ServerApp.log_level=WARN",
            ],
            "user": keeper,
            "cwd": str(home(keeper) / COURSE),
            "environment": {
                "HOME": str(home(keeper)),
                "JUPYTERHUB_DEFAULT_URL": "/formgrader",
                "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
            },
            "oauth_no_confirm": True,
        }
    ]


def _culling(c: Config) -> None:
    c.JupyterHub.services.append(
        {
            "name": "idle-culler",
            "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE}"],
        }
    )
