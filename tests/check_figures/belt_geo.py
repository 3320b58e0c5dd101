"""Belt and Road, Chinese finance, and the tables behind the maps."""

from pyproj import Geod
from shapely import Point

from courseware import data
from tests.check_figures import FIVE, count, one, only, total, where, word

MILLION, BILLION = 1e6, 1e9
EARTH = Geod(ellps="WGS84")


def rounded_classes(state):
    """Add up the three classes of finance, each rounded to US$ 0.01 bn."""

    def value(df):
        classes = where(df, iso3=state).groupby("flow_class")["adjusted_usd2021"].sum()
        return (classes.astype(float) / BILLION).round(2).sum()

    return value


def creditors_against_total(df):
    """Greatest gap in dollars between the sum of creditors and the published total."""
    sums = df.fillna({"principal_usd": 0, "interest_usd": 0}).assign(
        is_total=df["creditor_iso3"] == "WLD"
    )
    sums = sums.groupby(["is_total", "iso3", "year"])[["principal_usd", "interest_usd"]].sum()
    return float((sums.loc[False] - sums.loc[True]).astype(float).abs().max().max())


def km_from(name, lon, lat):
    """How far a place lies from where another gazetteer puts it."""

    def value(df):
        place = where(df, name=name).iloc[0]
        return EARTH.inv(place["lon"], place["lat"], lon, lat)[2] / 1000

    return value


def growth(route, first, last, **wanted):
    """Growth of yearly cargo on a route, per cent."""

    def value(df):
        cargo = where(df, route=route, measure="cargo", **wanted)
        years = [
            only(cargo, "value", period_start=f"{y}-01", period_end=f"{y}-12")
            for y in (first, last)
        ]
        return 100 * (years[1] / years[0] - 1)

    return value


def drawn_otherwise(df):
    """Return the places that lie in another unit of the two country maps than the table says."""
    maps = {"world_map_unit": "countries_world", "region_map_unit": "countries_region"}
    return {
        (row["place"], column)
        for column, name in maps.items()
        for shapes in [data.load(name)]
        for _, row in df.fillna("").iterrows()
        if "".join(shapes.loc[shapes.contains(Point(row["lon"], row["lat"])), "iso3"])
        != row[column]
    }


def all_groups(df):
    """Add up the groups of North Kazakhstan in 2021."""
    row = where(df, place="North Kazakhstan oblast", year=2021).iloc[0]
    others = [float(part.rsplit(" ", 1)[1]) for part in row["others_pct"].split("; ")]
    return row["russian_pct"] + row["kazakh_pct"] + sum(others)


def border(one_side, other_side):
    def value(df):
        sides = {one_side, other_side}
        pairs = zip(df["iso3_left"], df["iso3_right"], strict=True)
        return float(df[[set(pair) == sides for pair in pairs]]["length_km"].sum())

    return value


def area_km2(name):
    def value(df):
        shape = where(df, name=name).geometry.iloc[0]
        return abs(EARTH.geometry_area_perimeter(shape)[0]) / 1e6

    return value


def stop(route, position):
    return lambda d: where(d, route_id=route).sort_values("seq")["waypoint"].iloc[position]


GFDC = "Green Finance & Development Center, December 2023"
AIDDATA = "AidData GCDF 3.0"
PARTNERS, YEARLY, PROJECTS = (
    "belt_road_participants",
    "chinese_finance_by_year",
    "chinese_finance_projects",
)
JOINED = {
    2013: 7,
    2014: 1,
    2015: 18,
    2016: 5,
    2017: 24,
    2018: 63,
    2019: 15,
    2020: 1,
    2021: 5,
    2022: 4,
    2023: 3,
}
#: US$ bn of 2021, adjusted, 2000-2021; and, of geocoded records only, US$ bn of 2021
FINANCE = {"KAZ": 64.14, "KGZ": 4.12, "TJK": 6.25, "TKM": 12.28, "UZB": 18.21, "RUS": 169.27}
GEOCODED = {"KAZ": 39.10, "RUS": 141.98, "UZB": 11.80}
#: US$ million: owed to China in 2024, and principal paid to China in 2022
DEBT = {"KAZ": 1895.8, "KGZ": 1653.7, "TJK": 824.9, "TKM": 76.4, "UZB": 3698.3}
PRINCIPAL = {"KAZ": 36.0, "KGZ": 75.7, "TJK": 97.0, "TKM": 21.0, "UZB": 160.0}
FLOWS = [
    ("KAZ", "inflow", 2164),
    ("KGZ", "outflow", -557),
    ("TJK", "inflow", 1531),
    ("TKM", "outflow", -10254),
    ("UZB", "inflow", 3262),
]
DEALS = [
    ("KAZ", "2021 autumn", 35290),
    ("RUS", "2021 autumn", 58390),
    ("UZB", "2005-2025 release", 3580),
]
#: km along Natural Earth's 1:10m lines
BORDERS = [
    ("KAZ", "CHN", 1503, 0.5),
    ("KAZ", "UZB", 2183, 0.5),
    ("KAZ", "KGZ", 1017, 0.5),
    ("KAZ", "TKM", 373, 0.5),
    ("RUS", "CHN", 3545, 1),
    ("KGZ", "CHN", 839, 0.5),
    ("KAZ", "RUS", 6657.6, 0.05),
]
#: km of the border between Kazakhstan and Russia: resolution, method, length
RULERS = [
    ("Natural Earth", "1:110 million", "boundary line", 4730.4),
    ("Natural Earth", "1:50 million", "boundary line", 5458.0),
    ("OpenStreetMap", "10 km", "common vertices", 5863.9),
    ("OpenStreetMap", "1 km", "common vertices", 7197.1),
    ("OpenStreetMap", "100 m", "common vertices", 7645.9),
    ("OpenStreetMap", "10 m", "ring", 7947.4),
]

CHECKS = [
    (PARTNERS, f"150 partners, China left out ({GFDC})", len, 150, 0),
    *(
        (PARTNERS, f"{number} joined in {year} ({GFDC})", count(join_year=year), number, 0)
        for year, number in JOINED.items()
    ),
    (PARTNERS, f"Four have no date ({GFDC})", lambda d: int(d["join_year"].isna().sum()), 4, 0),
    (PARTNERS, f"Italy left in 2023 ({GFDC})", one("exit_year", iso3="ITA"), 2023, 0),
    (PARTNERS, f"Kazakhstan joined in 2015 ({GFDC})", one("join_year", iso3="KAZ"), 2015, 0),
    *(
        (YEARLY, f"{state} 2000–2021, US$ bn ({AIDDATA})", rounded_classes(state), value, 0.005)
        for state, value in FINANCE.items()
    ),
    (
        YEARLY,
        f"KAZ 2000–2021, US$ bn, rounded once ({AIDDATA})",
        total("adjusted_usd2021", BILLION, iso3="KAZ"),
        64.146,
        0.001,
    ),
    (
        YEARLY,
        "The world within 2 % of AidData's headline of US$ 1.34 trillion (press release of 2023)",
        total("adjusted_usd2021", 1e12, iso3="WLD"),
        1.34,
        0.027,
    ),
    (PROJECTS, f"Records ({AIDDATA})", len, 478, 0),
    (PROJECTS, f"Records of Tajikistan ({AIDDATA})", count(iso3="TJK"), 88, 0),
    *(
        (
            PROJECTS,
            f"{state}, US$ bn ({AIDDATA})",
            total("amount_usd2021", BILLION, iso3=state),
            value,
            0.005,
        )
        for state, value in GEOCODED.items()
    ),
    (
        PROJECTS,
        f"Rosneft 2013, US$ bn ({AIDDATA})",
        one("amount_usd2021", BILLION, record_id=85211),
        37.2,
        0.05,
    ),
    *(
        (
            "debt_to_china",
            f"{state} owes China in 2024, US$ million (World Bank IDS)",
            one("debt_usd", MILLION, iso3=state, year=2024),
            value,
            0.05,
        )
        for state, value in DEBT.items()
    ),
    (
        "debt_to_china",
        "Turkmenistan's greatest debt, of 2013, US$ million (World Bank IDS)",
        lambda d: where(d, iso3="TKM")["debt_usd"].max() / MILLION,
        7329.1,
        0.05,
    ),
    *(
        (
            "debt_service",
            f"{state} pays China principal in 2022, US$ million (World Bank IDS)",
            one("principal_usd", MILLION, iso3=state, creditor_iso3="CHN", year=2022),
            value,
            0.05,
        )
        for state, value in PRINCIPAL.items()
    ),
    (
        "debt_service",
        "Creditors add up to the total (World Bank IDS)",
        creditors_against_total,
        0,
        30,
    ),
    *(
        (
            "net_flows",
            f"{state}, {direction}, US$ million (ONE Campaign)",
            total("value_usd", MILLION, iso3=state, direction=direction),
            value,
            0.5,
        )
        for state, direction, value in FLOWS
    ),
    (
        "transport_corridors",
        "Middle Corridor 2022–2023, per cent (World Bank 86)",
        growth("Middle Corridor", 2022, 2023, publisher="TITR Association through World Bank"),
        86,
        0.7,
    ),
    (
        "transport_corridors",
        "Kazakhstan–China rail 2022–2023, per cent (The Astana Times 22)",
        growth("Kazakhstan-China rail", 2022, 2023),
        22,
        0.5,
    ),
    (
        "transport_corridors",
        "The misprint of January to September 2022 is out (Kazinform 1.084 Mt)",
        one("value", route="Middle Corridor", period_end="2022-09"),
        1084,
        0,
    ),
    *(
        (
            "gas_pipeline_events",
            f"{what} ({who})",
            lambda d, key=key: f"{only(d, 'date', **key):%F}",
            day,
            0,
        )
        for what, who, key, day in [
            (
                "Framework with Turkmenistan",
                "RFE/RL",
                {"kind": "framework agreement"},
                "2006-04-03",
            ),
            ("Kovykta–Chayanda", "Agenzia Nova", {"kind": "opening of a part"}, "2022-12-21"),
        ]
    ),
    ("map_statements", "Points lie where the table says", drawn_otherwise, set(), 0),
    ("map_statements", "Crimea on both maps", word("world_map_unit", place="Crimea"), "RUS", 0),
    (
        "local_ethnic_shares",
        "North Kazakhstan 2021: all groups, per cent",
        all_groups,
        100,
        0.011,
    ),
    (
        "local_ethnic_shares",
        "North Kazakhstan 2021: more Russians than Kazakhs (tblit.ru, census)",
        lambda d: bool(
            where(d, place="North Kazakhstan oblast", year=2021)
            .eval("russian_pct > kazakh_pct")
            .all()
        ),
        True,
        0,
    ),
    (
        "place_names",
        "Kachiry is Terenkol (zhasalash.kz)",
        word("current_name", name="Kachiry"),
        "Terenkol",
        0,
    ),
    (
        "freight_trains",
        "9,343 westbound and 8,180 eastbound in 2023 (New Silkroad Discovery, text of the post)",
        one("departures", year=2023),
        9343 + 8180,
        0,
    ),
    ("freight_trains", "2011 (New Silkroad Discovery, chart)", one("departures", year=2011), 17, 0),
    *(
        (
            "aei_transactions",
            f"{state}, {version}, US$ million (American Enterprise Institute)",
            total("value_usd", MILLION, iso3=state, version=version),
            value,
            0,
        )
        for state, version, value in DEALS
    ),
    ("pipelines", "Segments (Global Energy Monitor)", len, 47, 0),
    (
        "pipelines",
        "Lines A, B and C, bcm a year (RFE/RL and Global Energy Monitor)",
        total("capacity", segment=["Line A", "Line B", "Line C"]),
        55,
        0,
    ),
    (
        "pipelines",
        "Line D, bcm a year (Global Energy Monitor)",
        total("capacity", segment="Line D"),
        30,
        0,
    ),
    (
        "pipelines",
        "Both stretches of Power of Siberia list the same 38 bcm (Global Energy Monitor)",
        lambda d: set(where(d, segment_id=["P2352", "P2353"])["capacity"]),
        {38.0},
        0,
    ),
    (
        "pipelines",
        "Power of Siberia, both stretches, km (Global Energy Monitor)",
        total("route_length_km", segment_id=["P2352", "P2353"]),
        1709 + 1187,
        0,
    ),
    (
        "pipelines",
        "Atasu–Alashankou, km (Global Energy Monitor)",
        total("route_length_km", segment="Atasu-Alashankou"),
        933,
        0,
    ),
    (
        "waypoints",
        "Kashgar lies where GeoNames has it, km",
        km_from("Kashgar", 75.96992, 39.47634),
        0,
        5,
    ),
    ("places", "Xi'an lies where GeoNames has it, km", km_from("Xi'an", 108.92861, 34.25833), 0, 6),
    (
        "places",
        "Tashkent lies where GeoNames has it, km",
        km_from("Tashkent", 69.21627, 41.26465),
        0,
        10,
    ),
    ("places", "Places of the five states", count(iso3=FIVE), 159, 0),
    ("routes", "The road ends in Tashkent (finding E084)", stop("cku_road", -1), "Tashkent", 0),
    ("routes", "The road starts in Kashgar (finding E084)", stop("cku_road", 0), "Kashgar", 0),
    ("countries_world", "Features (Natural Earth 1:110m)", len, 177, 0),
    ("countries_region", "Features with valid geometry", lambda d: int(d.is_valid.sum()), 31, 0),
    *(
        ("boundaries_region", f"{a}–{b}, km (Natural Earth 1:10m)", border(a, b), value, tolerance)
        for a, b, value, tolerance in BORDERS
    ),
    *(
        (
            "border_lengths",
            f"Kazakhstan–Russia at {resolution}, {method}, km ({family})",
            one("length_km", resolution=resolution, method=method),
            value,
            0.05,
        )
        for family, resolution, method, value in RULERS
    ),
    ("border_kaz_rus", "The eleven lengths, added up, km", total("length_km"), 74305.6, 0.05),
    (
        "border_kaz_rus",
        "Vertices of the full line at 10 m (OpenStreetMap)",
        one("n_vertices", resolution="10 m", method="common vertices"),
        13140,
        0,
    ),
    (
        "lakes_region",
        "The Caspian with Kara-Bogaz-Gol, square km (works of reference: about 390,000)",
        area_km2("Caspian Sea"),
        390_000,
        12_000,
    ),
    ("rivers_region", "Rivers kept", len, 23, 0),
]
