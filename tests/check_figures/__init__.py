"""Check figures: values that a table must give, known from its publisher or from another one.

Each module holds a list ``CHECKS`` of (table, what and says who, function of the table, expected
value, absolute tolerance). The helpers below make the functions; ``where`` selects the rows whose
columns have the given values (a list: any of them; a month as "2022-06").
"""

FIVE = ["KAZ", "KGZ", "TJK", "TKM", "UZB"]


def where(df, **wanted):
    for column, value in wanted.items():
        df = df[df[column].isin(value) if isinstance(value, list) else df[column] == value]
    return df


def only(df, column, **wanted):
    """Return the value in the one row that fits."""
    rows = where(df, **wanted)
    assert len(rows) == 1, f"{len(rows)} rows for {wanted}, not one"
    return rows[column].iloc[0]


def one(column, scale=1, **wanted):
    return lambda df: only(df, column, **wanted) / scale


def word(column, **wanted):
    return lambda df: only(df, column, **wanted)


def total(column, scale=1, **wanted):
    return lambda df: float(where(df, **wanted)[column].sum()) / scale


def count(**wanted):
    return lambda df: len(where(df, **wanted))
