"""The page of slips to print: for each account one, with its first password."""

from datetime import datetime
from html import escape
from pathlib import Path

from coursestaff.hub.place import Place, write_private

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>First passwords</title><style>
body {{ font: 12pt/1.4 sans-serif; margin: 0; }}
p.care {{ margin: 1em; }}
section {{ box-sizing: border-box; float: left; width: 50%; height: 62mm; padding: 6mm;
  border: 1px dashed gray; break-inside: avoid; }}
h2 {{ font-size: 13pt; margin: 0 0 .5em; }}
dl {{ display: grid; grid-template-columns: 7em 1fr; margin: 0; }}
dd {{ margin: 0; }}
dd.secret {{ font: bold 14pt monospace; }}
@media print {{ p.care {{ display: none; }} }}
</style></head><body>
<p class="care">Print this page, cut it, give each student one slip, and delete the file:
{file}. If a student loses a slip, <code>course hub slip ACCOUNT</code> makes a new one.</p>
{slips}
</body></html>
"""
SLIP = """\
<section><h2>{name}</h2><dl>
<dt>Address</dt><dd>________________________________</dd>
<dt>Username</dt><dd class="secret">{account}</dd>
<dt>First password</dt><dd class="secret">{password}</dd>
</dl><p>When you log in for the first time, open <em>My first time here</em> below the password box
and choose a password of your own. After that, nobody can use this slip.</p></section>
"""


def write(place: Place, names: dict[str, str], passwords: dict[str, str]) -> Path:
    """Write the slips of these accounts, for root only; return the page.

    Args:
        place: the hub.
        names: by account; who is not in it is called by the account's name.
        passwords: by account.

    """
    slips = [
        SLIP.format(
            name=escape(names.get(account) or account),
            account=escape(account),
            password=escape(password),
        )
        for account, password in sorted(passwords.items())
    ]
    path = place.slips / f"slips-{datetime.now():%Y-%m-%d-%H%M%S}.html"
    write_private(path, PAGE.format(file=escape(str(path)), slips="".join(slips)))
    return path
