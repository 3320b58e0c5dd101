"""What a page of one student's can do to others who open it on a hub, tried in a real browser.

The student ends their own JupyterLab and listens at its port instead: the hub's proxy leads there
until the hub notices, some seconds later. No setting of a hub's can keep a student from that.
"""

import pwd
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import BrowserContext

from coursestaff.hub import accounts

TITLE = "A page of a student"
#: Run by the student with their server's process and port: whatever is asked there, a page comes.
OWN_SERVER = """
import http.server, os, signal, sys, time
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>A page of a student</title>")
os.kill(int(sys.argv[1]), signal.SIGKILL)
while True:
    try:
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Answer).serve_forever()
    except OSError:
        time.sleep(0.05)
"""
#: Run by that page in the browser of whoever opens it: what it gets of an address in each way.
TRY = """async (address) => {
  const read = (look) => { try { return look() } catch (problem) { return problem.name } };
  const soon = (look) => new Promise(done => setTimeout(() => done(read(look)), 6000));
  const asked = await fetch(address, {credentials: "include"})
    .then(async answer => `${answer.status} ${await answer.text()}`, problem => problem.name);
  const frame = document.body.appendChild(document.createElement("iframe"));
  frame.src = address;
  const opened = open(address);
  const [framed, seen, token] = await Promise.all([
    soon(() => frame.contentWindow.document.body.innerText),
    soon(() => opened.document.body.innerText),
    soon(() => opened.document.cookie),
  ]);
  opened?.close();
  return {asked, framed, opened: seen, token};
}"""


class Got(NamedTuple):
    """What a student's page got of an address."""

    asked: str  #: the answer to a request of its own
    framed: str  #: the text of a frame that shows the address
    opened: str  #: the text of a window that it opened there
    token: str  #: that window's cookies, with the token that a change needs


@contextmanager
def own_server(account: str) -> Iterator[None]:
    """Let a student listen in place of their JupyterLab."""
    for process in accounts.processes(pwd.getpwnam(account).pw_uid):
        told = Path(f"/proc/{process}/environ").read_bytes()
        found = re.search(rb"JUPYTERHUB_SERVICE_URL=http://[^:]+:(\d+)", told)
        if found and b"jupyterhub-singleuser" in Path(f"/proc/{process}/cmdline").read_bytes():
            break
    words = ["/usr/bin/python3", "-c", OWN_SERVER, str(process), found[1].decode()]
    with subprocess.Popen(words, cwd="/", user=account, stderr=subprocess.DEVNULL) as listening:
        try:
            yield
        finally:
            listening.kill()


def log_in(context: BrowserContext, address: str, account: str, password: str) -> None:
    """Log in at the hub and start a server, as anybody does."""
    page = context.new_page()
    page.goto(f"{address}/hub/login")
    page.fill("#username_input", account)
    page.fill("#password_input", password)
    page.click("#login_submit")
    page.goto(f"{address}/hub/spawn")
    page.wait_for_url("**/lab**", timeout=120_000)
    page.close()


def visit(context: BrowserContext, page_of: str, wanted: list[str]) -> list[Got]:
    """Open a student's page in a browser that is logged in; return what it got of addresses."""
    page = context.new_page()
    end = time.monotonic() + 20
    while page.title() != TITLE:  # it takes a moment to listen there
        assert time.monotonic() < end
        page.goto(page_of)
    return [Got(**page.evaluate(TRY, address)) for address in wanted]
