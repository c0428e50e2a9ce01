"""Jobs of this room. Loaded by the worker only: this is where the one opening of the server is made."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.retry import RetryStrategy

from colloque.notifications import actions

# 4, 16, 64 s… up to about nine hours: a mail server that is down for the night gets it in the morning.
AGAIN = RetryStrategy(max_attempts=9, exponential_wait=4)


@app.task(name="notifications.notify", retry=AGAIN, pass_context=True)
def notify(context: JobContext, person: str, letter: str, consultation: str = "") -> None:
    actions.deliver(context.job.id or 0, person, letter, consultation)
