"""The log: one JSON object a line, on standard error. What libraries say goes there too, without what it was about."""

import logging
import sys
import threading
from typing import Any, Final, TextIO

import structlog

from liftgate.server.edge import Log
from liftgate.server.without_text import without_text

# Whose messages are constants of its own: that a call was not HTTP, or that it stopped waiting for one.
_SPEAKS_FREELY: Final = frozenset({"uvicorn.error"})


def json_log(stream: TextIO = sys.stderr) -> Log:
    """A log that writes to a stream. Standard output is for the line that a parent waits for."""
    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
    )
    return log


def hear_libraries(log: Log) -> logging.Handler:
    """From here on warnings of libraries, and threads that die, are told in this log and nowhere else. Answers what does it."""
    handler = _Handler(log)
    logging.getLogger().handlers = [handler]
    logging.captureWarnings(True)  # Python's own, which would stand between the lines as plain text

    def died(what: threading.ExceptHookArgs) -> None:
        if what.exc_value is not None:
            log.error(
                "thread died",
                thread=what.thread.name if what.thread else None,
                **without_text(what.exc_value),
            )

    threading.excepthook = died
    return handler


class _Handler(logging.Handler):
    """Says which library warned, and where. Its words may quote an address, a token or what somebody wrote."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One warning."""
        said: dict[str, Any] = {"library": record.name, "at": f"{record.filename}:{record.lineno}"}
        if record.name in _SPEAKS_FREELY:
            said["said"] = str(record.msg)  # not what is put into it
        elif record.args and isinstance(record.msg, str):
            said["said"] = record.msg  # a template: what it was made for stands in the arguments
        if record.exc_info and isinstance(record.exc_info[1], BaseException):
            said |= without_text(record.exc_info[1])
        tell = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        tell("library", **said)
