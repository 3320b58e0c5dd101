"""Pictures in handed-in work: only what is one by its first bytes, and no giant."""

import binascii
import re
from functools import lru_cache

#: How the files of each kind begin.
BEGIN = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
MAX_PICTURE = 5_000_000  # characters of one picture
MAX_DOTS = 20_000_000  # of one: a browser takes four bytes for each
#: The blocks of a JPEG that tell its height and width.
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
BASE64 = re.compile(r"[A-Za-z0-9+/\s]+={0,2}\s*")
NAME = re.compile(r"[\w.-]{1,100}")  # of a pasted picture


def kept(pasted: dict) -> dict[str, dict[str, str]]:
    """Return the attachments of a cell that are pictures, by name and kind."""
    found = {
        name: {
            kind: forms[kind]
            for kind in BEGIN
            if isinstance(forms, dict) and is_picture(kind, forms.get(kind))
        }
        for name, forms in pasted.items()
        if NAME.fullmatch(name)
    }
    return {name: forms for name, forms in found.items() if forms}


def is_picture(kind: str, content: object) -> bool:
    """Return whether a text is a picture of this kind, in Base64, that can be shown."""
    if not isinstance(content, str) or len(content) > MAX_PICTURE:
        return False
    return 0 < dots(kind, content) <= MAX_DOTS


@lru_cache(maxsize=8)  # asked of one picture, then of its share of the page
def dots(kind: str, content: str) -> int:
    """Return width times height of a picture in Base64, as it says itself; 0 if it is none."""
    if not BASE64.fullmatch(content):
        return 0
    try:
        data = binascii.a2b_base64(content)
    except binascii.Error:  # what is not a whole number of bytes
        return 0
    if not data.startswith(BEGIN[kind]):
        return 0
    if kind == "image/png":
        return int.from_bytes(data[16:20]) * int.from_bytes(data[20:24])
    return _dots_of_jpeg(data)


def _dots_of_jpeg(data: bytes) -> int:
    """Return the dots of the largest frame that a JPEG announces before its image begins."""
    place, most = 2, 0
    while place + 9 <= len(data) and data[place] == 0xFF and data[place + 1] != 0xDA:
        if data[place + 1] in FRAMES:
            height, width = data[place + 5 : place + 7], data[place + 7 : place + 9]
            most = max(most, int.from_bytes(height) * int.from_bytes(width))
        place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4]))
    return most
