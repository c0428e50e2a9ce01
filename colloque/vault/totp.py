"""Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s). Pure."""

import hmac
from datetime import datetime

STEP_SECONDS = 30
SLACK_STEPS = 1


def code_at(secret: bytes, step: int) -> str:
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    return f"{(int.from_bytes(digest[offset : offset + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def match_step(secret: bytes, code: str, *, now: datetime, last_step: int) -> int | None:
    """Return the step whose code this is, within the slack and later than the last one used; or None."""
    current = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in range(current - SLACK_STEPS, current + SLACK_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > last_step:
            found = step
    return found
