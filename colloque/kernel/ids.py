"""Ids are random UUIDs (version 4) in lower case: they carry no order, no time, no machine."""

import re
import secrets
import uuid
from typing import TypeGuard

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


def is_id(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def parse_id(text: object) -> str:
    """Return the id, or raise ValueError for anything that is not written exactly as one."""
    if not isinstance(text, str) or _ID.fullmatch(text) is None:
        raise ValueError("not an id")
    return text
