"""Read the numbers of lines and bars off axes, for a chart that came without its table."""

from collections.abc import Sequence

import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes

from courseware.charts import styling
from courseware.charts.drawn import bar_groups, points, upright


def read_off(axes: Sequence[Axes]) -> pd.DataFrame:
    """Return the numbers of the lines and bars on axes: a row a place, a column a series."""
    columns = [column for ax in axes for column in (*_bars(ax), *_lines(ax))]
    columns = [column[~column.index.duplicated()] for column in columns]
    names = [_name(column.name, number) for number, column in enumerate(columns)]
    return pd.concat(columns, axis=1, keys=names, sort=False) if columns else pd.DataFrame()


def _bars(ax: Axes) -> list[pd.Series]:
    groups = bar_groups(ax)
    names = styling.tick_names(ax, groups[0]) if groups else []
    found = []
    for group in groups:
        standing = upright(group)
        sizes = [bar.get_height() if standing else bar.get_width() for bar in group.patches]
        found.append(pd.Series(sizes, names or None, name=group.get_label()))
    return found


def _lines(ax: Axes) -> list[pd.Series]:
    lines = [line for line in ax.get_lines() if line.get_transform() == ax.transData]  # no level
    named = [line for line in lines if not line.get_label().startswith("_")]
    found = []
    for line in named or lines:
        x, y = points(line)
        found.append(pd.Series(y, pd.Index(_places(ax, x), name="at"), name=line.get_label()))
    return found


def _places(ax: Axes, x: Sequence[float]) -> list:
    """Return where points stand: days and months as such, whole numbers as whole."""
    if frequency := getattr(ax, "freq", None):
        return [str(pd.Period(ordinal=int(each), freq=frequency)) for each in x]
    if styling.dates(ax):
        return [pd.Timestamp(mdates.num2date(each)).tz_localize(None) for each in x]
    return [int(each) if each == round(each) else each for each in map(float, x)]


def _name(label: object, number: int) -> str:
    return f"series {number + 1}" if str(label).startswith("_") else str(label)
