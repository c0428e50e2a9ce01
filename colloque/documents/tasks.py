"""Jobs of this room. Loaded by the worker only."""

from procrastinate.contrib.django import app

from colloque.documents import actions


@app.periodic(cron="23 * * * *")
@app.task(name="documents.sweep", queueing_lock="documents.sweep")
def sweep(timestamp: int) -> None:
    actions.sweep()
