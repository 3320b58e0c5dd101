"""A stand-in for Canvas on this computer: it answers as Canvas documents its interface.

Made from the documentation of courses, assignments, submissions, submission comments and file
uploads (three steps: say what comes, send it to where it is told, hand its number in). It keeps
what it gets, and can be told to refuse.
"""

import json
import re
import threading
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

TOKEN = "7~example"
COURSE = "/api/v1/courses/12"
ASSIGNMENT = f"{COURSE}/assignments/345"
OF_ONE = re.compile(rf"{ASSIGNMENT}/submissions/(\d+)(/comments/files)?")


class Canvas:
    """One course with one assignment, and what has been sent to it."""

    def __init__(self, students, **assignment):
        self.assignment = {
            "id": 345,
            "course_id": 12,
            "name": "02 Trade",
            "points_possible": 20.0,
            "grading_type": "points",
            "post_manually": False,
            **assignment,
        }
        self.submissions = {
            number: {"id": 9000 + number, "user_id": number, "assignment_id": 345, "score": None}
            | {"entered_score": None, "excused": False, "submission_comments": []}
            for number in students
        }
        self.files = {}
        self.refused = set()  # students about whom nothing is taken
        self.gone = False
        self.asked = []  # of each request: method, path, whether the token came along
        self.pages = 2  # submissions that it gives at a time

    def answer(self, method, path, query, form):
        """Return a status and what to answer."""
        if self.gone:
            return None, None
        if path == COURSE:
            return 200, {"id": 12, "name": "Area studies"}
        if path == ASSIGNMENT:
            return 200, self.assignment
        if path == f"{ASSIGNMENT}/submissions":
            return 200, list(self.submissions.values())
        found = OF_ONE.fullmatch(path)
        if not found or int(found[1]) not in self.submissions:
            return 404, {"errors": [{"message": "The specified resource does not exist."}]}
        if int(found[1]) in self.refused:
            return 403, {"errors": [{"message": "user not authorized: Ada, 12 points"}]}
        submission = self.submissions[int(found[1])]
        if found[2]:
            where = f"{self.url}/upload"
            return 200, {"upload_url": where, "upload_params": {"key": "k", "name": form["name"]}}
        if "submission[posted_grade]" in form:
            submission["score"] = submission["entered_score"] = float(
                form["submission[posted_grade]"]
            )
        if "comment[file_ids][]" in form:
            name, content = self.files[int(form["comment[file_ids][]"])]
            file = {"id": 1, "filename": name, "display_name": name, "size": len(content)}
            submission["submission_comments"].append({"id": 1, "attachments": [file]})
        return 200, submission

    def upload(self, head, body):
        """Keep a file that comes in a form with several parts; return what is answered."""
        message = message_from_bytes(b"Content-Type: " + head.encode() + b"\r\n\r\n" + body)
        parts = {
            part.get_param("name", header="content-disposition"): part for part in message.walk()
        }
        assert parts["key"].get_payload() == "k"  # what it was told to send along
        number = 50 + len(self.files)
        self.files[number] = (parts["file"].get_filename(), parts["file"].get_payload(decode=True))
        return 201, {"id": number, "url": f"{self.url}/files/{number}"}


def handler(canvas):
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *words):
            pass

        def do(self):
            address = urlparse(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            canvas.asked.append((self.command, address.path, known))
            headers = {}
            if address.path == "/upload":
                status, answer = canvas.upload(self.headers["Content-Type"], body)
            elif not known:
                status, answer = 401, {"errors": [{"message": "Invalid access token."}]}
                headers["WWW-Authenticate"] = 'Bearer realm="canvas-lms"'
            else:
                form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
                query = parse_qs(address.query)
                status, answer = canvas.answer(self.command, address.path, query, form)
                if isinstance(answer, list):
                    page = int(query.get("page", ["1"])[0])
                    start = (page - 1) * canvas.pages
                    if start + canvas.pages < len(answer):
                        again = f"{canvas.url}{address.path}?page={page + 1}"
                        headers["Link"] = f'<{again}>; rel="next"'
                    answer = answer[start : start + canvas.pages]
            if status is None:
                self.close_connection = True
                return
            content = json.dumps(answer).encode()
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do  # noqa: N815 (the library's names)

    return Handler


@contextmanager
def running(canvas):
    """Let a stand-in answer; return the address of its assignment."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(canvas))
    canvas.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"{canvas.url}/courses/12/assignments/345"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
