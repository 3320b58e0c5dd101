"""The marking sheet: all written answers to one question on one page, inside Jupyter.

``course mark`` (`opening`) starts a Jupyter server with this package as an extension; on a hub the
graders' servers load it, and students' never do. What is asked for (`rubric`), what was answered
(`answers`, `alike`) and what a person gives (`marks`) meet in `handlers`; the page itself is in
``page/``. The gradebook is nbgrader's, and the only place where marks and comments are kept, so
that formgrader and the sheet cannot disagree. It is an extension because log-in, hub and the token
against forgery come with Jupyter. No key marks a group of alike answers: what is 80 per cent alike
may say the opposite.
"""

from jupyter_server.serverapp import ServerApp

from coursestaff.marking.marksheet import handlers


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    handlers.add(app.web_app, app.root_dir)
