"""Logs are public: event names, update ids and exception types, whatever the level and whoever writes them."""

from __future__ import annotations

import logging
import re
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Final

log = logging.getLogger(__name__)

_CHATTY: Final = ("aiosqlite", "sqlalchemy.engine", "aiohttp.access", "asyncio", "apscheduler")
"""Loggers that print parameters, addresses or calls at DEBUG or INFO, whatever else is set."""

_INDISCREET: Final = ("aiogram.event", "aiogram.dispatcher")
"""Loggers that put an exception's text into an ERROR: our own lines say what has to be said."""

_UP_TO_A_VALUE: Final = re.compile(r"[^%<({\n]*")
"""asyncio describes futures and callbacks with their arguments in the text itself: only its opening words stay."""


class QuietRecord(logging.LogRecord):
    """A record that tells an exception by its type and place: texts and tracebacks may name somebody."""

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
        **more: Any,
    ) -> None:
        if name == "asyncio":
            opening = _UP_TO_A_VALUE.match(str(msg))
            msg, args = opening[0].rstrip(" :") if opening else "", ()
        if exc_info and exc_info[0] is not None:
            msg = f"{msg}: {described(exc_info[0], exc_info[2])}"
        super().__init__(name, level, pathname, lineno, msg, args, None, func, None, **more)


def described(kind: type[BaseException], trace: TracebackType | None) -> str:
    """An exception in a log: its type, and where it was raised."""
    if trace is None:
        return kind.__name__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{kind.__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def set_up_logs(level: str) -> None:
    """Standard error, one line an event; nothing that ends the process or a thread prints a traceback."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    hold_chatty_loggers()
    sys.excepthook = _stopped
    sys.unraisablehook = _unraisable
    threading.excepthook = _thread_stopped


def hold_chatty_loggers() -> None:
    """Pins the loggers of libraries that print what they handle, and quiets every record made from here on."""
    for names, level in ((_CHATTY, logging.WARNING), (_INDISCREET, logging.CRITICAL)):
        for name in names:
            logging.getLogger(name).setLevel(level)
    logging.setLogRecordFactory(QuietRecord)


def _stopped(kind: type[BaseException], _error: BaseException, trace: TracebackType | None) -> None:
    log.critical("stopped by %s", described(kind, trace))


def _unraisable(event: sys.UnraisableHookArgs) -> None:
    log.error("ignored %s", described(event.exc_type, event.exc_traceback))


def _thread_stopped(event: threading.ExceptHookArgs) -> None:
    log.error("a thread was stopped by %s", described(event.exc_type, event.exc_traceback))
