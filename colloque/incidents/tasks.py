"""Jobs of this room. Loaded by the worker only."""

from procrastinate.contrib.django import app

from colloque.incidents import findings, scoping


# Ten seconds: what a line completes is found well within the minute that docs/detection.md promises.
@app.periodic(cron="* * * * * */10")
@app.task(name="incidents.sweep", queueing_lock="incidents.sweep", lock="incidents.sweep")
def sweep(timestamp: int) -> None:
    findings.sweep()


@app.task(name=scoping.JOB, lock=scoping.JOB)
def scope(run: str) -> None:
    # Only who answers pays for the engine that does.
    from colloque.incidents import answering  # noqa: PLC0415

    answering.answer_run(run)
