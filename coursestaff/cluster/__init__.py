"""Grade on the workers of a Dask cluster: ``course grade NAME --cluster ADDRESS``.

On the coordinator's side `dispatch` (`Workers`) hands submissions out. `worker_plugin` is what each
worker runs, and `tls` how the two connect. `marking.environment_match` tells whether a worker would
grade as the coordinator's machine does.

Any process that can connect to a scheduler can run code on all its workers. Therefore every
connection that leaves this computer uses TLS, with certificates on both sides.

Dask was chosen because its scheduler repeats what a lost worker had, and because it runs under
Slurm and Kubernetes. The setup is sent as a task's result: scattered data would be lost with the
workers that hold them.
"""

from courseware import CourseError


class ClusterError(CourseError):
    """A cluster cannot be used, or no longer; the message says why and what can be done."""
