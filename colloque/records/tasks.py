"""Jobs of this room. Loaded by the worker only."""

from procrastinate.contrib.django import app
from procrastinate.retry import RetryStrategy

from colloque.records import custody, erasing, outbox

AGAIN = RetryStrategy(max_attempts=20, exponential_wait=2)


@app.task(name=outbox.FLUSH_JOB, retry=AGAIN)
def flush_lines() -> None:
    outbox.flush_lines()


# Whatever a lost job left behind goes with the next minute.
@app.periodic(cron="* * * * *")
@app.task(name="records.flush_lines_each_minute", queueing_lock="records.flush_lines_each_minute")
def flush_lines_each_minute(timestamp: int) -> None:
    outbox.flush_lines()


@app.periodic(cron="7 * * * *")
@app.task(name=erasing.CARRY_OUT_JOB, queueing_lock=erasing.CARRY_OUT_JOB)
def carry_out_erasures(timestamp: int) -> None:
    erasing.carry_out_due()


@app.periodic(cron="17 * * * *")
@app.task(name="records.carry_out_custody", queueing_lock="records.carry_out_custody")
def carry_out_custody(timestamp: int) -> None:
    custody.carry_out_due()


@app.task(name=custody.TELL_JOB, retry=AGAIN)
def tell_of_custody(practice: str, to: str, letter: str) -> None:
    custody.tell(practice, to, letter)
