"""The events of the table ``timeline`` as the explorer draws them, and time in words.

Also the ticks of a span of days, and rows in which labels do not cover each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from math import ceil

import pandas as pd
from matplotlib import dates as mdates

from courseware import article, data
from courseware.quantities import num

#: Lanes from top to bottom, and the table's categories that run on each.
LANES = {
    "summit": ("summit",),
    "institution": ("institution",),
    "treaty": ("treaty",),
    "UN vote": ("UN vote",),
    "infrastructure": ("infrastructure",),
    "trade": ("trade",),
    "speech": ("speech",),
    "war": ("war",),
    "other": ("independence", "poll", "publication", "other"),
}
_CODES = {
    "CHN": ("Xi Jinping", "CNPC"),
    "RUS": (
        "Vladimir Putin",
        "Vyacheslav Nikonov",
        "Dmitry Medvedev's VK account",
        "CSTO",
        "CSTO states",
        "Mikhail Mishustin",
        "Alexander Novak",
        "Rosatom",
        "Gazprom",
    ),
    "CA5": ("five Central Asian presidents", "five Central Asian foreign ministers"),
    "KAZ": ("Kassym-Jomart Tokayev",),
    "TJK": ("Emomali Rahmon",),
}
_CODE = {name: code for code, names in _CODES.items() for name in names}
#: Labels of a few words, for the marks; an event without one gets the start of its description.
SHORT = dict(
    line.split(" ", 1)
    for line in """\
T01 Kyrgyzstan independent
T02 Uzbekistan independent
T03 Tajikistan independent
T04 Turkmenistan independent
T05 Kazakhstan independent
T06 Gorbachev resigns
T07 First year of trade
T08 Relations with all five
T09 Security treaty, Tashkent
T10 Shanghai Five
T11 SCO founded
T12 China–Russia treaty
T13 CSTO founded
T14 Kazakh–Russian border treaty
T15 Oil pipeline to China
T16 Gas pipeline opens
T17 Xi at Nazarbayev University
T18 Maritime Silk Road
T19 Crimea annexed
T20 Gas line C starts
T21 Putin on Kazakh statehood
T22 Line D: ground broken
T23 Eurasian Union begins
T24 C5+1 launched
T25 Kashgar–Osh–Tashkent road
T26 Target of 200 billion
T27 Ministers 1, by video
T28 Nikonov: "a gift"
T29 Ministers 2, Xi'an
T30 CSTO sends troops
T31 Trade "hundredfold"
T32 CSTO troops leave
T33 Leaders' video summit
T34 "No limits" statement
T35 Luhansk, Donetsk recognised
T36 Full-scale invasion
T37 UN: invasion
T38 UN: Human Rights Council
T39 Ministers 3, Nur-Sultan
T40 Tokayev in St Petersburg
T41 Post on Medvedev's account
T42 Xi in Kazakhstan
T43 Railway paper, Samarkand
T44 UN: annexations
T45 First summit with Russia
T46 Trade of 2022 printed
T47 Xi in Moscow
T48 First quarter printed
T49 Ministers 4, Xi'an
T50 Parade in Moscow
T51 Poll in Kazakhstan
T52 Kissinger interview
T53 Xi'an summit ends
T54 Forum in Shanghai
T55 The article
T56 Umarov and Gabuev
T57 Leaders' C5+1, New York
T58 Russian gas to Uzbekistan
T59 Kissinger dies
T60 Trade of 2023 printed
T61 Line D held up
T62 Secretariat opens
T63 Putin in Beijing
T64 Railway agreement
T65 Xi's state visit, Astana
T66 Ministers 5, Chengdu
T67 Railway launched
T68 EU summit, Samarkand
T69 Tourism train
T70 Rosatom chosen
T71 Moscow: no worries
T72 Second summit, Astana
T73 Pipeline memorandum
T74 Putin and the five, Dushanbe
T75 C5+1, White House
T76 Kazakh–Russian alliance
T77 Russia trade 2025 printed
T78 Trade with the five 2025
T79 UN: new text on Ukraine
T80 Railway: open in 2030?
T81 UN: Council of Europe
T82 Visa-free agreement
T83 Turkmen gas: agreement
T84 Turkmen gas: contract due
T85 Ministers 6, Almaty
T86 Police post, Tajikistan
T87 Visas: Uzbekistan
T88 Eurasian Union, Moscow
T121 Olympics, Beijing
T122 Putin in Dushanbe
T123 Putin in Ashgabat
T124 Putin in Samarkand
T125 Putin in Bishkek
T126 C5+1, Astana
T127 The five meet, Astana
T128 The five meet, Cholpon-Ata
T129 Komilov in the senate
T91 Call for a referendum
T92 Rally in Almaty
T93 Caspian pipeline: storm
T94 Keosayan's threat
T95 Court order on the pipeline
T96 Oil routes around Russia
T97 Caspian pipeline: order ends
T98 Russians enter Kazakhstan
T99 Astana asks Moscow to react
T100 Tajiks deported
T101 SCO bank decided
T102 Drones at the terminal
T103 Solovyov on Central Asia
T104 Putin in Astana
T105 Record surplus
T106 No arms, says Qin
T107 Oil sanctions, buyers stop
T108 Oil sanctions eased
T109 Xi to Turkmenistan
T110 Treaty, Tajikistan
T111 Putin in Beijing, 2026
T112 Union asks Armenia
T113 Tokayev in Shanghai
T114 Treaty, Kyrgyzstan
T115 SCO summit, Bishkek
T116 Trade of eight months 2026
T117 Putin: not drift apart
T118 Kazakhstan: second plant
T119 Uzbekistan and Rosatom
T120 American firms, Bishkek
T89 Line D put first
T90 Gas prices told
T147 Protest at a Chinese article
T148 'Independence' in Petropavl
T149 Sentences in Petropavl
T150 Yurt in Bucha
T151 Putin: lands as 'gifts'
T152 Memorial to 1916, Bishkek
T153 Revolution holiday renamed
T142 Wang Yi calls Astana
T143 Bombers round Japan
T144 Vostok 2022, with China
T145 Bombers land at the other
T146 'No limit' called rhetoric
T130 Oil embargo and price cap
T131 Kyrgyz–Tajik fighting
T132 Unrest in Kazakhstan
T133 Union and Belt: a statement
T134 Union and China: an accord
T135 American order on banks
T136 NATO: "decisive enabler"
T137 Garpiya: two firms listed
T138 Wang Yi to Kallas, reported
T139 EU lists two Chinese banks
T140 Three borders, Khujand
T141 Nord Stream blown up""".splitlines()
)
EVERYBODY = "everybody"
#: What a date says, by its precision.
EXACT = {
    "day": "to the day",
    "month": "the day is not known",
    "year": "only the year is known",
    "start": "the first of several days",
    "end": "the last of several days",
}


@dataclass(frozen=True)
class Event:
    """One row of the table ``timeline``: its span of possible days, and how it is drawn."""

    key: str
    label: str
    lane: str
    precision: str
    first: float
    last: float
    party: str
    codes: frozenset[str]
    row: pd.Series = field(repr=False, compare=False)

    @property
    def middle(self) -> float:
        """Where the mark stands: the day, or the middle of the month or year."""
        return (self.first + self.last) / 2

    @property
    def later(self) -> bool:
        """Whether it came after the article."""
        return self.row["date"].date() > article.day()

    @property
    def when(self) -> str:
        """The date, as exact as it is known."""
        date = self.row["date"]
        day = article.in_words(date)
        forms = {
            "month": f"{date:%B %Y}",
            "year": f"{date:%Y}",
            "start": f"from {day}",
            "end": f"until {day}",
        }
        return forms.get(self.precision, day)


class Rows:
    """The rows above and below one lane, in pixels, and what is written there already."""

    HALF, STEP, NEAR = 7, 15, 17  # half a line of text, a row, and the first row's distance

    def __init__(self, left: float, right: float, height: float) -> None:
        """Take a lane's left and right end and its height; in a low one words stand above only."""
        self.left, self.right = left, right
        count = 1 + max(0, int((height / 2 - self.NEAR - self.HALF) // self.STEP))
        sides = (1, -1) if height >= 2 * (self.NEAR + self.HALF) else (1,)
        self._taken: dict[tuple[int, int], list[tuple[float, float]]] = {
            (row, side): [] for row in range(count) for side in sides
        }

    def place(self, x: float, width: float) -> tuple[float, float] | None:
        """Return the left end and the distance from the lane of a label for a mark at ``x``.

        A line leads from the mark to a label in a row further out, so it needs room too. Returns
        None if no place is free.
        """
        for start in (x - 5, x - width + 5, x - width / 2):
            span = (start - 4, start + width + 4)
            if start < self.left or span[1] > self.right:
                continue
            for (row, side), there in self._taken.items():
                nearer = [self._taken[at, side] for at in range(row)]
                if _free(there, span) and all(_free(taken, (x - 3, x + 3)) for taken in nearer):
                    there.append(span)
                    for taken in nearer:
                        taken.append((x - 3, x + 3))
                    return start, side * (self.NEAR + row * self.STEP)
        return None


def _free(taken: list[tuple[float, float]], span: tuple[float, float]) -> bool:
    return not any(a < span[1] and b > span[0] for a, b in taken)


def headline(chosen: Event, events: Sequence[Event]) -> str:
    """Say how long before and after its neighbours in view the chosen event happened."""
    keys = [event.key for event in events]
    if chosen.key not in keys:
        number = f"{len(keys)} event{'s' * (len(keys) > 1)}"
        return f"{number} in view; the chosen one, {chosen.label}, is not among them"
    at = keys.index(chosen.key)
    parts = []
    if at:
        parts.append(f"{apart(events[at - 1], chosen)} after “{events[at - 1].label}”")
    if at + 1 < len(keys):
        parts.append(f"{apart(chosen, events[at + 1])} before “{events[at + 1].label}”")
    return f"{chosen.label}: {', '.join(parts) or 'alone in this view'}"


def apart(one: Event, other: Event) -> str:
    """Return the time between two events in words, no more exact than their dates."""
    days = abs(round(other.middle - one.middle))
    exact = one.precision == other.precision == "day"
    if days > 730:
        return f"{'' if exact else 'about '}{num(days / 365.25):.1f} years"
    if not exact and "year" in (one.precision, other.precision):
        most = max(other.last - one.first, one.last - other.first)
        years = ceil(most / 366)
        return "within a year" if years == 1 else f"within {years} years"
    number = f"{days} day{'s' * (days != 1)}"
    return number if exact else f"about {number}"


def ticks(first: float, last: float) -> list[tuple[float, str]]:
    """Return four to eight ticks, each with its label: days, months or years."""
    start, end = (pd.Timestamp(mdates.num2date(day)).tz_localize(None) for day in (first, last))
    days = last - first
    edge = end - pd.Timedelta(days=days * 0.03)  # a label further right would be cut
    if days < 120:
        found, form = pd.date_range(start, end, freq="10D"), "{0.day} {0:%b %Y}"
    elif days < 1200:
        months = pd.date_range(start.replace(day=1), end, freq="MS")
        found, form = months[:: -(-len(months) // 7)], "{0:%b %Y}"
    else:
        years = pd.date_range(start.replace(day=1, month=1), end, freq="YS")
        found, form = years[:: -(-len(years) // 7)], "{0:%Y}"
    return [(mdates.date2num(day), form.format(day)) for day in found if start <= day <= edge]


@cache
def who() -> dict[str, tuple[str, ...]]:
    """Return who must be among the actors of an event, by what the control says."""
    return {
        EVERYBODY: (),
        "all five states": ("CA5",),
        "China with all five": ("CHN", "CA5"),
        "Russia with all five": ("RUS", "CA5"),
        "China": ("CHN",),
        "Russia": ("RUS",),
        "China and Russia": ("CHN", "RUS"),
        **{article.name(code): (code,) for code in (*article.five(), "USA")},
        "United Nations": ("UN General Assembly",),
    }


def read_events() -> dict[str, Event]:
    """Return the events by id, in order of time."""
    rows = data.load("timeline").sort_values(["date", "event_id"], kind="stable")
    return {row["event_id"]: _event(row) for _, row in rows.iterrows()}


def _event(row: pd.Series) -> Event:
    codes = {_CODE.get(name, name) for name in row["actors"].split("; ")}
    if "CA5" in codes:
        codes.update(article.five())
    first = mdates.date2num(row["date"])
    lasts = {
        "month": row["date"] + pd.offsets.MonthEnd(0),
        "year": row["date"].replace(month=12, day=31),
    }
    last = mdates.date2num(lasts.get(row["date_precision"], row["date"]))
    party = {(True, False): "C", (False, True): "R", (True, True): "B"}.get(
        ("CHN" in codes, "RUS" in codes), ""
    )
    return Event(
        key=row["event_id"],
        label=SHORT.get(row["event_id"]) or " ".join(row["description"].split()[:4]),
        lane=next(lane for lane, kinds in LANES.items() if row["category"] in kinds),
        precision=row["date_precision"],
        first=first,
        last=last,
        party=party,
        codes=frozenset(codes),
        row=row,
    )
