"""A platform's class list is read however it was saved, or refused: nothing in it is guessed."""

import csv
from io import StringIO

import pytest

from coursestaff.collecting import classlist
from coursestaff.collecting.classlist import ClassListError
from coursestaff.collecting.delimited_text import Form
from coursestaff.collecting.lms import PLATFORMS
from coursestaff.collecting.lms.platform import PlatformError
from coursestaff.returning.export import ExportError, in_their_points, scaled

COLUMN = "02 The trade lifeline (77431)"
CANVAS = [
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", COLUMN],
    ["    Points Possible", "", "", "", "", "20.00"],
    ["Müller, Jürgen", "101", "S101", "jm", "Group; 1", ""],
    ["D'Example, Bo", "102", "S102", "bo", "Group, 1", "3.00"],
]
TWO_NAMES = [
    ["LastName", "FirstName", "ID", "SIS Login ID", "Section", COLUMN],
    ["    Points Possible", "", "", "", "", "20,00"],
    ["Müller", "Jürgen", "101", "jm", "Group 1", ""],
    ["Example", "", "102", "bo", "Group 1", ""],
]
MOODLE = [
    ["Identifier", "Full name", "Email address", "Grade", "Maximum grade", "Last modified (grade)"],
    ["Participant 201", "Jürgen Müller", "jm@example.org", "", "20.00", "-"],
]
GERMAN = [
    ["ID", "Vollständiger Name", "ID-Nummer", "Bewertung", "Bestwertung"],
    ["Teilnehmer/in201", "Jürgen Müller", "4711", "-", "20,00"],
]
RUSSIAN = [
    ["Идентификатор", "Полное имя", "Оценка", "Максимальная оценка"],
    ["Участник201", "Юлия Иванова", "", "20,00"],
]
FRENCH = [["Identifiant", "Nom complet", "Note"], ["Participant201", "Zoé Müller", ""]]
SPANISH = [["Identificador", "Nombre completo", "Calificación"], ["Participante201", "Íñigo", ""]]
APART = [
    ["Identifier", "First name", "Last name", "ID number", "Grade"],
    ["Participant 201", "Jürgen", "Müller", "4711", ""],
]
ANONYMOUS = [["Identifier", "Status", "Grade"], ["Participant 201", "No submission", ""]]
FORMS = {
    "canvas": (CANVAS, "canvas", "101", "Müller, Jürgen"),
    "two names": (TWO_NAMES, "canvas", "101", "Müller, Jürgen"),
    "moodle": (MOODLE, "moodle", "201", "Jürgen Müller"),
    "german": (GERMAN, "moodle", "201", "Jürgen Müller"),
    "russian": (RUSSIAN, "moodle", "201", "Юлия Иванова"),
    "french": (FRENCH, "moodle", "201", "Zoé Müller"),
    "spanish": (SPANISH, "moodle", "201", "Íñigo"),
    "apart": (APART, "moodle", "201", "Jürgen Müller"),
    "anonymous": (ANONYMOUS, "moodle", "201", ""),
}


def saved(tmp_path, rows, encoding="utf-8", separator=","):
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    path = tmp_path / "list.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "ansi"])
@pytest.mark.parametrize("form", FORMS)
def test_a_list_is_read_however_it_was_saved(tmp_path, form, encoding, separator):
    rows, system, student, name = FORMS[form]
    encoding = {"ansi": "cp1251" if form == "russian" else "cp1252"}.get(encoding, encoding)
    listed = classlist.read(saved(tmp_path, rows, encoding, separator), system)
    assert listed.people[student].name == name
    assert listed.form.separator == separator
    assert listed.columns == rows[0]
    words = {",": "commas", ";": "semicolons", "\t": "tabs"}[separator]
    assert words in listed.found and "\n" not in listed.found
    if not name.isascii():
        assert f"one of its names is {name}." in listed.found
    if not name.isascii() and encoding.startswith("cp"):
        assert encoding in listed.found


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_moodle_gets_its_worksheet_back_as_it_came(tmp_path, encoding, separator):
    listed = classlist.read(saved(tmp_path, GERMAN, encoding, separator), "moodle")
    back = listed.with_points("Bewertung", {"201": 17.5}).decode(encoding)
    rows = list(csv.reader(StringIO(back), delimiter=separator))
    assert rows == [GERMAN[0], [*GERMAN[1][:3], "17.5", "20,00"]]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_canvas_gets_what_it_can_import(tmp_path, encoding, separator):
    listed = classlist.read(saved(tmp_path, TWO_NAMES, encoding, separator), "canvas")
    assert listed.back == Form("utf-8", ";" if separator == ";" else ",")
    back = listed.with_points(COLUMN, {"101": 19.5}).decode("utf-8")
    rows = list(csv.reader(StringIO(back), delimiter=listed.back.separator))
    assert rows[0] == TWO_NAMES[0] and rows[1][-1] == "20,00"
    assert rows[2] == ["Müller", "Jürgen", "101", "jm", "Group 1", "19.5"]
    assert rows[3][-1] == ""


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Łukasz Dąbrowski", "cp1250"),
        ("Müller", "mac_roman"),  # "MŸller" in cp1252
        ("Иванов", "koi8_r"),
        ("Иванов", "cp866"),
        ("Jürgen Иванов", "utf-16-le"),  # without the mark that tells
        ("É", "cp1252"),  # as well Й
    ],
)
def test_an_encoding_that_is_not_certain_is_refused(tmp_path, name, encoding):
    rows = [MOODLE[0], ["Participant 201", name, "", "", "20.00", "-"]]
    with pytest.raises(ClassListError, match=r"its encoding is not certain.*CSV UTF-8"):
        classlist.read(saved(tmp_path, rows, encoding), "moodle")


def test_a_row_that_a_comma_has_split_is_refused(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Identifier,Full name,Grade\nParticipant 201,Ada,19,5\n", encoding="utf-8")
    with pytest.raises(
        ClassListError,
        match=r"row 2 \(Participant 201\): if the file is read with .*, this row has more",
    ):
        classlist.read(path, "moodle")


def test_what_spreadsheets_add_and_leave_out_does_no_harm(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(
        "sep=;\nIdentifier;Full name;Grade;;\nParticipant 201;Ada\n\n", encoding="utf-8"
    )
    listed = classlist.read(path, "moodle")
    assert listed.columns == ["Identifier", "Full name", "Grade"]
    assert listed.rows == [{"Identifier": "Participant 201", "Full name": "Ada", "Grade": ""}]


def test_a_workbook_and_the_other_platform_s_list_are_named(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(ClassListError, match=r"is a workbook.*CSV UTF-8"):
        classlist.read(path, "canvas")
    for rows, system, other in ((MOODLE, "canvas", "moodle"), (TWO_NAMES, "moodle", "canvas")):
        with pytest.raises(ClassListError, match=f"list from {other}, not from {system}"):
            classlist.read(saved(tmp_path, rows, separator=";"), system)
    with pytest.raises(ClassListError, match=r"lacks the columns FirstName.*Grades, Export"):
        classlist.read(saved(tmp_path, [["LastName", "ID", "Section"], ["A", "1", ""]]), "canvas")


# Which column, and how many points -----------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["02_the_trade_lifeline", "02 The trade lifeline", "02: Trade", "Exercise 2", "exercise 02. T"],
)
def test_a_column_is_found_by_the_exercise_s_number(title):
    columns = ["Student", "ID", "Section", "03 Twenty-one days (1)", f"{title} (77)", "20 Sum (5)"]
    found = PLATFORMS["canvas"].column(columns, "02_the_trade_lifeline", "")
    assert found == f"{title} (77)"


@pytest.mark.parametrize(
    "titles",
    [["2 essays"], ["Week 2"], ["022 Sum"], ["02.5 Half"], ["Exercise 21"], ["02nd"], []],
)
def test_a_column_that_is_not_certain_is_refused_with_a_list(titles):
    columns = ["Student", *(f"{title} (7)" for title in titles)]
    listed = "".join(rf"\n  {title} \(7\)" for title in titles) or " none"
    with pytest.raises(
        PlatformError,
        match=rf"No column of the class list matches.*The columns for assignments are:{listed}",
    ):
        PLATFORMS["canvas"].column(columns, "02_the_trade_lifeline", "")


def test_two_columns_with_the_number_are_refused_unless_one_has_the_folder_s_name():
    columns = ["02 Trade (7)", "Exercise 2 (8)"]
    with pytest.raises(PlatformError, match="More than one column"):
        PLATFORMS["canvas"].column(columns, "02_the_trade_lifeline", "")
    columns.append("02_the_trade_lifeline (9)")
    assert PLATFORMS["canvas"].column(columns, "02_the_trade_lifeline", "") == columns[-1]


@pytest.mark.parametrize(
    ("said", "points"), [("20.00", 20), ("20,00", 20), ("100", 100), ("", None)]
)
def test_the_points_that_a_platform_gives_are_read(tmp_path, said, points):
    rows = [CANVAS[0], [*CANVAS[1][:5], said], [*CANVAS[2][:5], "EX"], [*CANVAS[3][:5], "N/A"]]
    listed = classlist.read(saved(tmp_path, rows), "canvas")
    assert listed.platform.most(listed.columns, listed.rows, COLUMN) == points
    rows = [MOODLE[0], [*MOODLE[1][:3], "-", said, ""]]
    listed = classlist.read(saved(tmp_path, rows), "moodle")
    assert listed.platform.most(listed.columns, listed.rows, "Grade") == points


def test_grades_that_are_letters_or_a_scale_take_no_points(tmp_path):
    rows = [*CANVAS[:3], [*CANVAS[3][:5], "B+"]]
    listed = classlist.read(saved(tmp_path, rows), "canvas")
    with pytest.raises(PlatformError, match=r"letters or the words of a scale \('B\+'\)"):
        listed.platform.most(listed.columns, listed.rows, COLUMN)
    listed = classlist.read(
        saved(tmp_path, [MOODLE[0], [*MOODLE[1][:3], "Good", "", ""]]), "moodle"
    )
    with pytest.raises(PlatformError, match=r"letters or the words of a scale \('Good'\)"):
        listed.platform.most(listed.columns, listed.rows, "Grade")
    rows = [CANVAS[0], [*CANVAS[1][:5], "(read only)"], CANVAS[2]]
    listed = classlist.read(saved(tmp_path, rows), "canvas")
    with pytest.raises(PlatformError, match="does not accept points"):
        listed.platform.most(listed.columns, listed.rows, COLUMN)


def test_points_are_scaled_to_two_decimals_half_of_one_up():
    assert scaled(19.5, 20, 100) == 97.5
    assert scaled(1, 20, 2.5) == 0.13  # 0.125
    assert scaled(7, 20, 10.1) == 3.54  # 3.535, which floats have as 3.5349999
    assert in_their_points({"1": 7.0}, 20, None, False, "x") == {"1": 7.0}
    with pytest.raises(
        ExportError, match=r"x allows 0 points, but the exercise has 20\. Set the maximum"
    ):
        in_their_points({"1": 7.0}, 20, 0, True, "x")
