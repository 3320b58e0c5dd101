"""JupyterLab on students' desks: its style sheet and the icon of its tab, beside this file."""

from pathlib import Path

c = get_config()  # noqa: F821 (traitlets puts it there when it reads this file)

c.LabApp.custom_css = True
# Where that sheet lies has no setting of its own.
c.ServerApp.tornado_settings = {"static_custom_path": [str(Path(__file__).with_name("custom"))]}
c.ServerApp.extra_static_paths = [str(Path(__file__).with_name("static"))]
