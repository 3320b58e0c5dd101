"""Pictures in handed-in work: only what is one by its first bytes, and no giant."""

import binascii
import re

#: How the files of each kind begin.
BEGIN = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
HEAD = 64  # characters of Base64 that are looked at: enough for a PNG's width and height
MAX_PICTURE = 5_000_000  # characters of one picture
MAX_DOTS = 50_000_000  # of a PNG: a browser takes four bytes for each
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
    if not BASE64.fullmatch(content):
        return False
    try:
        head = binascii.a2b_base64("".join(content[: 2 * HEAD].split())[:HEAD])
    except binascii.Error:  # what is not a whole number of bytes
        return False
    return head.startswith(BEGIN[kind]) and (kind != "image/png" or _dots(head) <= MAX_DOTS)


def _dots(head: bytes) -> int:
    """Return width times height of a PNG, as its first block says."""
    return int.from_bytes(head[16:20]) * int.from_bytes(head[20:24])
