"""Dividers: two points held apart, to walk along a line."""

import numpy as np

EARTH_KM = 6371.0088  # mean radius, to turn a chord through the globe into an arc on it


def divider_walk(positions: np.ndarray, step: float) -> tuple[float, np.ndarray]:
    """Return the length in km of a walk along a line with dividers open at ``step`` km.

    From each foot the next stands where the line is first ``step`` away; the rest up to the end
    counts as a part of a step.

    Args:
        positions: (longitude, latitude) of the line's points, in degrees.
        step: distance between the two points of the dividers, in km.

    Returns:
        The length, and the places stepped on (first and last point included).

    """
    points = _on_the_globe(np.asarray(positions, dtype=float))
    reach = (2 * EARTH_KM * np.sin(step / 2 / EARTH_KM)) ** 2  # squared chord of an arc of `step`
    foot, at, feet = points[0], 1, [points[0]]
    while (hit := _first_beyond(points, at, foot, reach)) is not None:
        start = foot if hit == at else points[hit - 1]
        along, back = points[hit] - start, start - foot
        a, b, c = along @ along, 2 * along @ back, back @ back - reach
        foot = start + along * (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)
        feet.append(foot)
        at = hit
    rest = 2 * EARTH_KM * np.arcsin(np.linalg.norm(points[-1] - foot) / 2 / EARTH_KM)
    return (len(feet) - 1) * step + rest, _in_degrees(np.array([*feet, points[-1]]))


def _first_beyond(points: np.ndarray, at: int, foot: np.ndarray, reach: float) -> int | None:
    """Return the first point from ``at`` on that is farther from ``foot``, in small looks."""
    for start in range(at, len(points), 256):
        apart = points[start : start + 256] - foot
        far = np.flatnonzero(np.einsum("ij,ij->i", apart, apart) >= reach)
        if far.size:
            return start + int(far[0])
    return None


def _on_the_globe(positions: np.ndarray) -> np.ndarray:
    """Return degrees as points in space, in km (a sphere: a difference of a few in a thousand)."""
    lon, lat = np.radians(positions).T
    return EARTH_KM * np.column_stack(
        [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]
    )


def _in_degrees(points: np.ndarray) -> np.ndarray:
    x, y, z = points.T
    return np.degrees(np.column_stack([np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))]))
