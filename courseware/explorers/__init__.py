"""Interactive explorers. Each works by keyboard and has printed presets.

An explorer is one module, or a folder of its name where it needs more than one: the explorer
itself in ``__init__.py``, beside it what it looks up, places and says.
"""
