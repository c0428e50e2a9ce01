"""Jobs of this room. Loaded by the worker only."""

from procrastinate.contrib.django import app

from colloque.messaging import actions


@app.task(name="messaging.tell_of_writing")
def tell_of_writing(consultation: str, author: str) -> None:
    actions.tell_of_writing(consultation, author)
