"""The course on paper and on a wall: the printed site, the instructor's guide, the slides.

Chapters run once for all of them (`execution`), in kernels that load `mime_output`, so that cells
say as data what they show. `reader` makes one model of notebook, words and notes, which site,
slides and guide read: never HTML, and never prose by pattern. ``pages/`` has what is
written by hand, ``names.csv`` the names in their own script, only in forms that are certain.
"""
