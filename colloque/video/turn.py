"""Short-lived TURN credentials as coturn's `use-auth-secret` checks them (draft-uberti-behave-turn-rest-00).

Pure. The user name is an expiry and a random text: the relay learns no person's id, and two calls of one
person do not look alike to it.
"""

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LIFETIME = timedelta(hours=1)
_URL = re.compile(r"(stuns?|turns?):[^\s,]+")


@dataclass(frozen=True)
class Credentials:
    username: str
    credential: str
    expires_at: datetime


def make_credentials(secret: str, *, now: datetime, nonce: str) -> Credentials:
    """Return credentials valid for an hour from `now`; `nonce` is a fresh random text without a colon."""
    if not secret or ":" in nonce:
        raise ValueError("credentials need a secret, and a nonce without a colon")
    expires_at = now + LIFETIME
    username = f"{int(expires_at.timestamp())}:{nonce}"
    # SHA-1 is what the draft and coturn use; as a MAC under a random secret it is still sound.
    mac = hmac.new(secret.encode(), username.encode(), "sha1").digest()
    return Credentials(username, base64.b64encode(mac).decode(), expires_at)


def read_urls(setting: str) -> tuple[str, ...]:
    """Split COLLOQUE_TURN_URL, one address or several with commas or spaces; ValueError for anything else."""
    urls = tuple(part for part in re.split(r"[\s,]+", setting) if part)
    for url in urls:
        if not _URL.fullmatch(url):
            raise ValueError(f"not a turn: or stun: address: {url}")
    return urls
