"""Jobs of this room. Loaded by the worker only."""

from procrastinate.contrib.django import app

from colloque.consultations import actions


# Every quarter of a minute: within the vault's clock window, and before someone who waits loses heart.
@app.periodic(cron="* * * * * */15")
@app.task(name="consultations.complete_lost", queueing_lock="consultations.complete_lost")
def complete_lost(timestamp: int) -> None:
    actions.complete_lost()


@app.periodic(cron="7 * * * *")
@app.task(name="consultations.expire_drafts", queueing_lock="consultations.expire_drafts")
def expire_drafts(timestamp: int) -> None:
    actions.expire_drafts()
