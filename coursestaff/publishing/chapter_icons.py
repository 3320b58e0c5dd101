"""The picture on each chapter's card, drawn from the tables of the chapter; none has a label.

What a picture shows is said in ``pages/home_page.yaml``. Chapter 03's has no numbers behind it on
purpose, and no picture has an axis: what a chapter asks first is not answered here.
"""

from coursestaff.publishing.svg import Box, around, bar, dot, points, polyline, tiles
from courseware import article, claims, data
from courseware.explorers.argument_map.graph import EVERYTHING, scene

WIDTH, HEIGHT = 160, 56


def draw(number: str) -> str:
    """Return the content of the picture of a chapter, ``WIDTH`` by ``HEIGHT``."""
    return _PICTURES[number]()


def _outcome() -> str:
    line = polyline(points([(12, 28), (148, 28)]))
    return line + dot((50, 28), 7, "hollow") + dot((112, 28), 7)


def _argument() -> str:
    places = scene(EVERYTHING).places
    box = around([(x, y) for x, y in places.values()], WIDTH, HEIGHT)
    return "".join(
        dot(box.place(*at), 3.4 if n in article.theses() else 1.3) for n, at in places.items()
    )


def _trade() -> str:
    counted = data.load("china_russia_trade_by_reporter")["China"].dropna()
    box = Box(8, 6, 152, 50, (counted.index.min(), counted.index.max()), (0, counted.max()))
    return polyline(box.line(counted.items()))


def _pair() -> str:
    line = polyline(points([(38, 28), (100, 28)]))
    return line + dot((38, 28), 8, "hollow") + dot((118, 28), 20, "hollow")


def _promises() -> str:
    return tiles(len(data.load("promises_of_xian")), 8, 13, 4, WIDTH, HEIGHT)


def _road() -> str:
    steps = data.load("routes").query("route_id == 'ancient_road'").sort_values("seq")
    towns = data.load("waypoints").set_index("name").loc[steps["waypoint"], ["lon", "lat"]]
    pairs = list(towns.itertuples(index=False, name=None))
    box = around(pairs, WIDTH, HEIGHT)
    return polyline(box.line(pairs)) + "".join(dot(box.place(*pair), 2.2) for pair in pairs)


def _joined() -> str:
    states = data.load("belt_road_by_year").sum(axis=1).cumsum()
    step, top = 144 / len(states), states.max()
    return "".join(
        bar(8 + n * step, 50 - 44 * count / top, step - 3, 44 * count / top)
        for n, count in enumerate(states)
    )


def _border() -> str:
    shapes = data.load("border_kaz_rus").query("family == 'Natural Earth'")
    coarse = shapes.loc[shapes["n_vertices"].idxmin(), "geometry"]
    pairs = [(x * 0.64, y) for x, y in coarse.coords]  # a degree of longitude at 50 degrees north
    return polyline(around(pairs, WIDTH, HEIGHT).line(pairs))


def _halves() -> str:
    parts = data.load("china_part_of_two").query("state == 'Kazakhstan'")
    own = parts[parts["who counts"] == "the two customs"]
    above, step = own["China's part"] - 50, 144 / len(own)
    scale = 22 / above.abs().max()
    return "".join(
        bar(8 + n * step, 28 - max(part, 0) * scale, step - 2, abs(part) * scale)
        for n, part in enumerate(above)
    )


def _claims() -> str:
    return tiles(len(claims.register()), 21, 5, 2, WIDTH, HEIGHT)


_PICTURES = {
    "00": _outcome,
    "01": _argument,
    "02": _trade,
    "03": _pair,
    "04": _promises,
    "05": _road,
    "06": _joined,
    "07": _border,
    "08": _halves,
    "09": _claims,
}
