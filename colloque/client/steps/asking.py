"""A request: sealed by the patient, seen in the queue, refused once, then taken, handed on and taken again."""

from contextlib import closing

from colloque.client import questionnaire
from colloque.client.consultation import Visit, begin, consent, request
from colloque.client.live import socket
from colloque.client.story import Step, Story, is_state, same
from colloque.kernel import clock


def be_refused(story: Story) -> None:
    """A first request, that comes to nothing but a word."""
    alice, practice = story.patient.person, story.practice.id
    hers = begin(alice, practice)
    hers.write("request", "motive", {"text": story.words.deal(), "place": _place(story)})
    consent(hers, story.words.deal())
    same(request(hers, practice), "waiting", "the state after asking")
    his = Visit(story.doctor.person, hers.id, hers.file)
    with closing(hers.open_page()) as page:
        his.write("request", "refusal", {"text": story.write_down("refusal")})
        same(his.act("refuse"), "refused", "the state after refusing")
        page.wait(is_state("refused"), what="that it was refused", seconds=10)
    story.same_as_written("refusal", hers.read("request").find("refusal")[0]["text"])


def ask(story: Story) -> None:
    """Everything that a patient seals before asking."""
    alice, practice = story.patient.person, story.practice.id
    story.hers = begin(alice, practice)
    _fill_file(story, story.hers)
    motive = {"text": story.write_down("motive"), "place": _place(story)}
    story.hers.write("request", "motive", motive)
    asked = alice.browser.get(f"/api/practices/{practice}/questionnaire")
    at = clock.to_wire(clock.now())
    answers = questionnaire.answer(asked, story.words.deal, today=at[:10], authored=at)
    story.hers.write("request", "questionnaire-response", answers)
    consent(story.hers, story.words.deal())


def wait(story: Story) -> None:
    """The request reaches the practitioner's queue while he looks, and he reads what it is about."""
    story.his = Visit(story.doctor.person, story.hers.id, story.hers.file)
    with socket(story.doctor.browser, f"/ws/queue/{story.practice.id}") as queue:
        same(request(story.hers, story.practice.id), "waiting", "the state after asking")
        queue.wait(
            lambda m: m["type"] == "queue" and story.hers.id in {one["id"] for one in m["waiting"]},
            what="the request in the queue",
            seconds=10,
        )
    same(story.hers.look()["position"], 1, "the place in the queue")
    story.same_as_written("motive", story.his.read("request").find("motive")[0]["text"])
    identity = story.his.read_file("identity").find("identity")[0]
    story.same_as_written("given name", identity["given"])
    story.same_as_written("family name", identity["family"])


def take(story: Story) -> None:
    with closing(story.hers.open_page()) as page:
        same(story.his.act("take"), "taken", "the state after taking")
        page.wait(is_state("taken"), what="that it was taken", seconds=10)
        with closing(story.his.open_page()):
            page.wait(
                lambda m: m["type"] == "presence" and m["state"] == "here",
                what="that the practitioner is there",
                seconds=10,
            )
    same(story.his.read_file("nir").find("nir")[0]["nir"], story.words.nir, "the social-security number")
    story.same_as_written("background", story.his.read_file("background").find("background")[0]["text"])


def hand_on(story: Story) -> None:
    """Handed on to the practice's queue with a word, and taken from there again."""
    with closing(story.hers.open_page()) as page:
        story.his.write("request", "transfer", {"text": story.write_down("word of the transfer")})
        same(story.his.act("transfer"), "waiting", "the state after handing on")
        page.wait(is_state("waiting"), what="that it was handed on", seconds=10)
        same(story.his.act("take"), "taken", "the state after taking it again")
        page.wait(is_state("taken"), what="that it was taken again", seconds=10)
    word = story.his.read("request").find("transfer")[0]["text"]
    story.same_as_written("word of the transfer", word)


def _fill_file(story: Story, visit: Visit) -> None:
    identity = {
        "given": story.write_down("given name"),
        "family": story.write_down("family name"),
        "birth_date": "1956-03-14",
        "sex": "unknown",
    }
    for compartment, value in (
        ("identity", identity),
        ("nir", {"nir": story.words.nir}),
        ("background", {"text": story.write_down("background")}),
    ):
        visit.read_file(compartment).put(compartment, value)


def _place(story: Story) -> dict[str, str]:
    return {"kind": "home", "town": story.words.deal()}


STEPS = (
    Step(
        "be-refused",
        "a first request is refused with a word, and she is told",
        be_refused,
        "Look whether sockets pass the proxy, and into the web's log.",
    ),
    Step(
        "ask",
        "motive, answers, consents, identity and social-security number are sealed",
        ask,
        "Look into the web's and the vault's logs: a record is made in both, or in neither.",
    ),
    Step(
        "wait",
        "the request comes up in the live queue, and the practitioner reads it",
        wait,
        "With several web processes COLLOQUE_VALKEY_URL must be set; look whether sockets pass the proxy.",
    ),
    Step(
        "take",
        "he takes it: she is told, sees him come, and he reads her file",
        take,
        "Look into the web's and the vault's logs: who takes it must be the one to whom the vault releases.",
    ),
    Step(
        "hand-on",
        "he hands it on with a word, and takes it again from the queue",
        hand_on,
        "Look into the web's and the vault's logs.",
    ),
)
