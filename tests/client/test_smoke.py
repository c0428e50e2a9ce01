"""`colloque smoke` against a deployment that runs: every step holds, nothing is left in clear, a failure says what to do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from colloque.client import smoke
from colloque.client.errors import ClientError
from colloque.client.mailbox import Mailbox
from colloque.client.practice import first_manager
from colloque.client.smoke import play
from colloque.client.steps import STEPS, asking, coming, meeting
from colloque.client.story import Story
from colloque.client.traces import find_traces
from colloque.client.words import Words
from tests.deployment import Deployment
from tests.workflow import unexplained

TEXTS = (
    "xylophone zinzolin",
    "quatorze brandebourgs",
    "Élouan-Tréguennec",
    "Kervadec-Zébulon",
    "glaçon périwinkle",
    "fanfreluche azimutée ☂",
    "rapport-zygomatique.pdf",
    "un mot plus long que ce que l’on écrit d’habitude, avec des accents : ÀÉÎÕÜ, et 12,5 mg/dL",
)

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def outcome(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    words = tmp_path_factory.mktemp("words") / "words.txt"
    words.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    ran = deployment.run("smoke", deployment.url, "--words", str(words), "--json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return dict(json.loads(ran.stdout))


def test_every_step_holds_with_its_time(outcome: dict[str, Any]) -> None:
    assert outcome["ok"]
    assert [one["step"] for one in outcome["steps"]] == [step.name for step in STEPS]
    assert all(one["ok"] and one["seconds"] >= 0 for one in outcome["steps"])
    assert tuple(outcome["words"]) == TEXTS


def test_sound_and_picture_pass_where_the_extra_is_installed(outcome: dict[str, Any]) -> None:
    pytest.importorskip("aiortc", reason="the media extra is not installed: signalling alone was played")
    (ring,) = (one for one in outcome["steps"] if one["step"] == "ring")
    assert "sound and picture on both sides" in ring["told"]


def test_nothing_of_it_is_in_any_file_of_the_deployment(
    outcome: dict[str, Any], deployment: Deployment
) -> None:
    made_up = outcome["made_up"]
    sought = [*outcome["words"], *made_up["emails"], made_up["phone"], made_up["nir"]]
    assert len(sought) == len(TEXTS) + 5
    found = list(find_traces(deployment.home, sought, leave_out=[deployment.home / "mail"]))
    assert found == []


def test_every_opening_is_explained_by_the_lines_before_it(
    outcome: dict[str, Any], deployment: Deployment, tmp_path: Path
) -> None:
    exported = deployment.run("ledger", "export", str(tmp_path))
    assert exported.returncode == 0, exported.stderr
    lines = [json.loads(one) for one in (tmp_path / "lines.jsonl").read_text(encoding="utf-8").splitlines()]
    assert unexplained(lines) == []
    opened = [line for line in lines if line["kind"] == "release"]
    assert {line["relation"] for line in opened} >= {"own", "queue", "assigned", "linked", "service"}
    assert not [line for line in opened if line["relation"] == "break-glass"], (
        "the workflow gives a reason for each"
    )
    for missing in ("consultation-requested", "consultation-taken", "consultation-closed", "member-joined"):
        assert unexplained(line for line in lines if line["kind"] != missing), missing


def test_in_the_letters_are_addresses_and_no_more(outcome: dict[str, Any], deployment: Deployment) -> None:
    made_up, mail = outcome["made_up"], deployment.home / "mail"
    found = {trace.text for trace in find_traces(mail, made_up["emails"])}
    assert found == set(made_up["emails"]), "the search would find them elsewhere too"
    assert list(find_traces(mail, [*outcome["words"], made_up["phone"], made_up["nir"]])) == []


@pytest.fixture
def story(deployment: Deployment) -> Iterator[Story]:
    made = deployment.run("first-manager", "--practice", "Cabinet d’essai", "--city", "Essai")
    story = Story(deployment.url, deployment.mailbox, Words(), made.stdout.strip(), with_media=False)
    yield story
    for name in ("patient", "doctor"):
        if hasattr(story, name):
            getattr(story, name).browser.close()
    if hasattr(story, "practice"):
        story.practice.manager.browser.close()


@pytest.mark.long
def test_the_call_is_signalled_without_media_too(story: Story) -> None:
    for step in coming.STEPS:
        step.play(story)
    for act in (asking.ask, asking.wait, asking.take):
        act(story)
    assert meeting.ring(story).startswith("signalling alone")


def test_a_link_that_was_used_stops_it_with_the_step_and_what_to_do(story: Story) -> None:
    used = first_manager(
        story.manager_link, story.words.address("first"), story.mailbox, given="A", family="B", profession="C"
    )
    used.manager.browser.close()
    results = play(story, lambda _: None)
    assert [one.ok for one in results] == [True, False]
    assert results[-1].step == "open-practice"
    assert "colloque first-manager" in results[-1].look
    assert story.manager_link.rpartition("#")[2] not in results[-1].trouble, "a token is not told"


def test_where_nothing_answers_the_first_step_says_so(
    elsewhere: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link = f"{elsewhere}/first-manager#token"
    assert smoke.main(elsewhere, words=None, as_json=False, mail=tmp_path, manager_link=link) == 1
    said = capsys.readouterr().out
    assert "✗" in said and "answer" in said and "does not answer" in said and "/health" in said


def test_without_a_link_or_settings_it_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLLOQUE_ORIGIN", "https://another.example")
    told = smoke.main("https://care.example", words=None, as_json=False, mail=tmp_path, manager_link=None)
    assert told == 1
    assert "--manager-link" in capsys.readouterr().err


def test_without_a_folder_of_letters_it_asks_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    link = "https://care.example/first-manager#token"
    assert smoke.main("https://care.example", words=None, as_json=True, mail=None, manager_link=link) == 1
    assert "--mail" in capsys.readouterr().err


def test_a_letter_that_does_not_come_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="No letter came"):
        Mailbox(tmp_path).wait_code("nobody@smoke.example", seconds=0.3)
