"""The helpers that the notebooks of *No Limits?* import.

Importing this package reads no data and loads no drawing library: each chapter imports
the modules it uses, for example ``from courseware import charts, data``.
"""

__version__ = "0.1.0"
