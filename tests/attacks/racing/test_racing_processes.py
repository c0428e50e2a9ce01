"""The same race at vaults that are processes of their own, with nothing in common but the database."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

from tests.faults.conftest import scene  # noqa: F401  a fixture
from tests.faults.scenes import Scene
from tests.vault.cast import errors_of

REASON = "a reason long enough to be one"


def test_fifty_racing_requests_at_three_processes_never_pass_the_budget_by_one(scene: Scene) -> None:  # noqa: F811
    cast = scene.cast
    # Break-glass costs ten: seven openings fit the day, whichever process is asked.
    tight = (70, 70, 70, 9_000_000)
    narrow = replace(
        scene, settings=replace(scene.settings, budgets={**scene.settings.budgets, "practitioner": tight})
    )
    asked = [cast.ask(cast.bose, (file, "identity"), reason=REASON).envelope for file in cast.many_files(50)]
    with ExitStack() as stack, ThreadPoolExecutor(50) as crowd:
        doors = [stack.enter_context(narrow.dying(None))[1] for _ in range(3)]
        answers = list(crowd.map(lambda n: doors[n % 3].post("/vault/release", json=asked[n]), range(50)))
    assert errors_of([a for a in answers if a.status_code != 200]) == ["budget"] * 43
    mine = [line for line in cast.lines() if line.get("actor") == cast.bose.person]
    assert [line["kind"] for line in mine].count("release") == 7
    scene.check_log()
