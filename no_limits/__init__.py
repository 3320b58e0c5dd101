"""All that would be another thing for another article: its facts, words, views, explorers, pages.

`courseware`, the frame, finds this package by the name of the course's tables, in
``datapackage.json``, and knows nothing else of it.
"""
