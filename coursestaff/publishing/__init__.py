"""The course on paper and on a wall: the printed site, the instructor's guide, the slides."""
