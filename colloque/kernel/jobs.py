"""Hand work to the worker by the job's name, so that the room that asks need not import the room that does.

Arguments are ids and words of the workflow: a job's row is server storage, and holds nothing of care, no address.
The job is written in the caller's transaction: it runs if and only if the caller commits.
"""

from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


def defer(
    name: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    once: str | None = None,
    **ids: str | int,
) -> None:
    """Defer job `name` (for example "notifications.tell"), at a time, one at a time per `lock`.

    With `once`, a job of the same `once` that still waits makes this call do nothing.
    """
    job = app.configure_task(name, schedule_at=at, lock=lock, queueing_lock=once)
    try:
        # A savepoint of its own: the refusal of a second row must not undo what the caller has written.
        with transaction.atomic():
            job.defer(**ids)
    except AlreadyEnqueued:
        if once is None:
            raise
