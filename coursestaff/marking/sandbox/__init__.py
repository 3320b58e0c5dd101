"""Run code that nobody here has read: in a sandbox, within limits, answering in plain JSON.

`zygote` is what others use (`Zygote.run`); `isolation` says whether a sandbox can be had, and with
which limits. Behind them: `forking` (the process that submissions are forked from), `confinement`
(how a child is shut in, with `kernel` and `syscalls`), `worker` (how cells run) and
`reply_validation` (how what comes back is read).
"""
