"""Addresses that are not quite the Bot API: a clock that is off, a portal's page, an outage."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer

ME = b'{"ok": true, "result": {"id": 1, "is_bot": true, "username": "pulse_bot"}}'


@dataclass(frozen=True)
class Habit:
    """How an address answers whatever it is asked. `seconds_off` is how far its clock is from ours."""

    status: int = 200
    body: bytes = ME
    seconds_off: float = 0
    has_date: bool = True


@contextmanager
def address(habit: Habit) -> Iterator[str]:
    """Its URL, while it answers."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(habit.status)
            if habit.has_date:
                self.send_header("Date", self.date_time_string(self.now()))
            self.send_header("Content-Length", str(len(habit.body)))
            self.end_headers()
            self.wfile.write(habit.body)

        def now(self) -> float:
            return time.time() + habit.seconds_off

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
