"""Log lines: JSON, one fact each. No body, no query string, no path with a token, no address, no name.

An exception is told by its type and the places it passed. Its message is left out: database and mail errors
quote what they were given ("Key (email)=(…)"), and a log is read by more people than the database.
"""

import json
import logging
import traceback
from types import TracebackType

from colloque.kernel.clock import now, to_wire


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {"at": to_wire(now()), "level": record.levelname.lower(), "by": record.name}
        # Only our own rooms write messages that were thought over; a library's arguments are not trusted.
        line["said"] = record.getMessage() if record.name.startswith("colloque") else str(record.msg)
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["through"] = places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def places(tb: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(tb)[-12:]
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames
    ]
