"""Say in plain JSON what a single value is: a number, a text, a date, yes or no, nothing."""

import datetime
import math
import numbers
import sys
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from courseware.answers.answer_types import MAX_TEXT, NOT_A_NUMBER, Described


def single(value: Any) -> Described | None:
    """Describe a single value; None if it is something else."""
    if value is Ellipsis:
        return {"type": "unfinished"}
    if value is None:
        return {"type": "nothing"}
    if isinstance(value, bool | np.bool_):
        return {"type": "yes-no", "value": bool(value)}
    if value is pd.NA or value is pd.NaT or value is np.ma.masked:
        return dict(NOT_A_NUMBER)
    if isinstance(value, datetime.timedelta | np.timedelta64):
        return {"type": "duration", "value": _number(pd.Timedelta(value) / pd.Timedelta(days=1))}
    if isinstance(value, np.complexfloating):
        return None
    if isinstance(value, numbers.Real | np.number | Decimal):
        return {"type": "number", "value": _number(value)}
    if isinstance(value, str):
        return {"type": "text", "value": str(value)[:MAX_TEXT]}
    if isinstance(value, pd.Period):
        value = value.start_time
    if isinstance(value, datetime.date | np.datetime64):
        return _date(value)
    return None


def plain(value: Any) -> float | str:
    """Return a single value as a number or text."""
    try:
        described = single(value)
        if described is None and isinstance(value, np.ndarray):
            described = single(value.item())
    except (Exception, SystemExit):  # an object may do anything when it is looked at
        described = None
    described = described or {"type": "other"}
    found = described.get("value", described["type"])
    return float(found) if isinstance(found, bool) else found


def type_name(value: Any) -> str:
    """Return the name of a value's type, whatever its class says of itself."""
    return type.__dict__["__name__"].__get__(type(value))[:60]


def _number(value: Any) -> float | str:
    """Return a float, or "nan", "infinite" where JSON has no number."""
    try:
        number = float(value)
    except OverflowError:  # a whole number with more than 308 digits
        return sys.float_info.max if value > 0 else -sys.float_info.max
    if math.isnan(number):
        return "nan"
    return number if math.isfinite(number) else "infinite"


def _date(value: Any) -> Described:
    moment = pd.Timestamp(value)
    if moment is pd.NaT:
        return dict(NOT_A_NUMBER)
    return {"type": "date", "value": moment.isoformat()[:19]}
