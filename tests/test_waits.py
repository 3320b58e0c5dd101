"""What Shift + Enter waits for is told as the table says."""

from benchmarks.chapters import Wait, Walk, rows


def walk(name, first, *others):
    waits = [Wait("00-setup", True, first), *others]
    return Walk(name, 2.54, waits)


def test_a_row_tells_open_cells_and_the_slowest_after_the_first():
    cells = [Wait(f"00-{n}", True, float(n)) for n in range(1, 20)]
    table = rows([walk("00_a", 900.0, *cells, Wait("00-map", False, 400.0))])
    assert table[2] == "| 00_a | 2.5 | 20 | 10 | 19 | 00-19: 19 | 00-map: 400 |"


def test_the_last_row_takes_all_open_cells_together():
    one = walk("00_a", 900.0, Wait("00-b", True, 10.0), Wait("00-c", False, 5000.0))
    other = walk("01_a", 800.0, Wait("01-b", True, 20.0), Wait("01-c", True, 30.0))._replace(
        opening=3.0
    )
    assert rows([one, other])[-1] == "| all; the longest opening | 3.0 | 5 | 30 | 900 |  |  |"


def test_a_chapter_without_folded_cells_has_a_row_too():
    assert rows([walk("00_a", 9.0)])[2] == "| 00_a | 2.5 | 1 | 9 | 9 |  |  |"
