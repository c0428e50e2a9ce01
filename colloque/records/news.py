"""Tell open sockets that something changed: after the commit, best effort. Sockets look for themselves every
few seconds too, so that news lost with a broker are late and never missing.
"""

import logging
from contextvars import copy_context
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

logger = logging.getLogger(__name__)


def group_of(record: object) -> str:
    return f"record.{record}"


def tell(group: str, message: dict[str, Any]) -> None:
    """Send to a group once the caller's transaction is committed."""
    transaction.on_commit(lambda: _send(group, message))


def tell_written(record: object, compartment: str, counter: int) -> None:
    news = {"record": str(record), "compartment": compartment, "counter": counter}
    tell(group_of(record), {"type": "record.written", **news})


def _send(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    try:
        # In a context of its own. A page that is left ends its request while this thread is still here, and asgiref
        # would then have the request's end, which gives back the connection, wait for a turn of this thread in here.
        copy_context().run(async_to_sync(layer.group_send), group, message)
    except Exception as error:  # noqa: BLE001  whatever the broker raises, what is committed stays committed
        logger.warning("news were not sent (%s)", type(error).__name__)
