"""Run code that nobody here has read: shut in, within limits, and answering in plain JSON.

`zygote` is the door (`Zygote.run`), `isolation` says whether and with which limits it opens.
Behind it: `forking` (the process that submissions are forked from), `confining` (how a child is
shut in, with `kernel` and `syscalls`), `worker` (how cells run), `replies` (reads what comes back).
"""
