"""What the course adds to IPython: installed as ``etc/ipython``, where every kernel looks."""

c = get_config()  # noqa: F821  IPython runs this file and brings it

c.InteractiveShellApp.extensions.append("courseware.ipython_extension")
