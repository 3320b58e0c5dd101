"""JupyterLab's style sheet on students' desks: ``custom/custom.css`` beside this file."""

from pathlib import Path

c = get_config()  # noqa: F821 (traitlets puts it there when it reads this file)

c.LabApp.custom_css = True
# Where that sheet lies has no setting of its own.
c.ServerApp.tornado_settings = {"static_custom_path": [str(Path(__file__).with_name("custom"))]}
