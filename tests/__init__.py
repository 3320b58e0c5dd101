import coursestaff  # noqa: F401  before nbformat: it then loads in a tenth of the time
