"""Grade on the workers of a Dask cluster: ``course grade NAME --cluster ADDRESS``.

`hands` is the door (`Workers`), on the coordinator's side. `station` is what a worker does,
`road` how the two may talk; `marking.likeness` says whether a worker would do as the
coordinator's machine.

Anyone who can talk to a scheduler can run code on all its workers: that is how Dask works. So off
this computer everything goes through TLS, with certificates on both sides.
"""

from courseware import CourseError


class ClusterError(CourseError):
    """A cluster cannot be used, or no longer; the message says why and what can be done."""
