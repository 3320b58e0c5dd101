"""A JupyterHub for a class: ``course hub setup`` makes it, ``course hub start`` runs it.

Accounts are the machine's own (PAM), work travels through nbgrader's exchange, all on one machine.
`place` says where things lie. Who does what: `setting_up` and `delete_class` change the machine as
root; `running` is JupyterHub itself, and `configuration` what it is told; `own_server` runs as
whoever logs in, never as root.
"""
