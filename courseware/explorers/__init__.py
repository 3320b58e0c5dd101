"""Interactive explorers. Each works by keyboard and has printed presets.

``registry`` lists them. An explorer is one module, or a folder of its name where it needs more:
the explorer itself in the module of that name, beside it what it looks up, places and says; titles
and presets are words of its chapter (``courseware.words``).
"""
