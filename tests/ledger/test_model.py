"""The log in PostgreSQL against a list in memory: whatever is appended, lost or proved, both say the same."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg import AsyncConnection

from colloque.kernel.encoding import b64u_decode
from colloque.ledger import append, checkpoint, line, merkle
from tests.examples import examples
from tests.ledger.naive import naive_root

SIGNER = checkpoint.Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(b"k" * 32))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Lost(Exception):
    """Raised inside a transaction, to lose it."""


@pytest.fixture(scope="module")
def held(postgres: Any, vault_template: str) -> Iterator[tuple[asyncio.Runner, AsyncConnection[Any]]]:
    """One connection for all examples: each runs in a transaction that is never committed."""
    name = postgres.create(vault_template)
    with asyncio.Runner() as runner:
        connection = runner.run(AsyncConnection.connect(postgres.url(name)))
        yield runner, connection
        runner.run(connection.close())
    postgres.drop(name)


def test_the_log_is_the_list(held: tuple[asyncio.Runner, AsyncConnection[Any]]) -> None:
    runner, connection = held

    class LogAndList(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.bodies: list[bytes] = []
            self.notes: list[str] = []

        @initialize()
        def begin(self) -> None:
            async def run() -> None:
                async with connection.cursor() as cursor:
                    await append.begin_log(cursor, SIGNER, NOW)

            runner.run(run())

        @rule(counts=st.lists(st.integers(0, 9), max_size=3), lost=st.booleans())
        def append_lines(self, counts: list[int], lost: bool) -> None:
            """A transaction may be lost whole; of what it held nothing may be left."""

            async def run() -> list[bytes]:
                added: list[bytes] = []
                async with connection.transaction(), connection.cursor() as cursor:
                    for count in counts:
                        log = await append.open_log(cursor, NOW)
                        lines = [log.add({"kind": "lookup", "purpose": f"{n}"}) for n in range(count)]
                        await log.flush(cursor, SIGNER)
                        _check_receipt(log, lines)
                        added += [one.body for one in lines]
                    if lost:
                        raise Lost
                return added

            try:
                self.bodies += runner.run(run())
            except Lost:
                assert lost

        @rule()
        def keep_checkpoint(self) -> None:
            self.notes.append(runner.run(_head(connection)).note)

        @precondition(lambda self: self.bodies)
        @rule(data=st.data())
        def prove_a_line(self, data: st.DataObject) -> None:
            size = data.draw(st.integers(1, len(self.bodies)))
            index = data.draw(st.integers(0, size - 1))
            spans = merkle.inclusion_spans(index, size)
            proof = runner.run(_prove(connection, spans))
            leaves = self.leaves(size)
            root = naive_root(leaves)
            assert merkle.is_included(leaves[index], index=index, size=size, proof=proof, root=root)
            assert (
                not merkle.is_included(leaves[index - 1], index=index, size=size, proof=proof, root=root)
                or size == 1
            )

        @precondition(lambda self: len(self.notes) > 1)
        @rule(data=st.data())
        def prove_growth(self, data: st.DataObject) -> None:
            first, second = (data.draw(st.sampled_from(range(len(self.notes)))) for _ in range(2))
            old, new = (checkpoint.read(self.notes[n], SIGNER.verifier()) for n in sorted((first, second)))
            proof = runner.run(_prove(connection, merkle.consistency_spans(old.size, new.size)))
            known = {"old": old.size, "new": new.size, "new_root": new.root, "proof": proof}
            assert merkle.is_consistent(old_root=old.root, **known)
            if old.size:
                assert not merkle.is_consistent(old_root=b"x" * 32, **known)

        @invariant()
        def the_head_is_the_lists(self) -> None:
            head = runner.run(_head(connection))
            assert head.size == len(self.bodies)
            signed = checkpoint.read(head.note, SIGNER.verifier())
            assert (signed.size, signed.root) == (len(self.bodies), naive_root(self.leaves()))
            assert head.tree.root() == signed.root

        def leaves(self, size: int | None = None) -> list[bytes]:
            return [line.leaf_hash(body) for body in self.bodies[:size]]

        def teardown(self) -> None:
            runner.run(connection.rollback())

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        LogAndList, settings=settings(max_examples=examples(25), stateful_step_count=15, deadline=None)
    )


def test_each_line_of_a_batch_is_proved_wherever_the_batch_falls(
    held: tuple[asyncio.Runner, AsyncConnection[Any]],
) -> None:
    """Over the edges of complete subtrees and of blocks of 256, one line and many at a time."""
    runner, connection = held

    async def run() -> None:
        async with connection.cursor() as cursor:
            await append.begin_log(cursor, SIGNER, NOW)
            for count in (1, 1, 1, 60, 64, 1, 127, 2, 3, 129, 300, 1, 78, 256, 512, 5):
                log = await append.open_log(cursor, NOW)
                lines = [log.add({"kind": "lookup", "purpose": f"{n}"}) for n in range(count)]
                await log.flush(cursor, SIGNER)
                _check_receipt(log, lines)
                _check_receipt(log, lines[-1:])
        await connection.rollback()

    runner.run(run())


def _check_receipt(log: append.Log, lines: list[append.Written]) -> None:
    receipt = log.receipt(b"r" * 32, lines)
    head = checkpoint.read(receipt["checkpoint"], SIGNER.verifier())
    assert [told["seq"] for told in receipt["lines"]] == [one.seq for one in lines]
    for told in receipt["lines"]:
        proof = [b64u_decode(one) for one in told["proof"]]
        leaf = b64u_decode(told["leaf"])
        assert merkle.is_included(leaf, index=told["seq"], size=head.size, proof=proof, root=head.root)


async def _head(connection: AsyncConnection[Any]) -> append.Log:
    async with connection.cursor() as cursor:
        return await append.read_head(cursor)


async def _prove(connection: AsyncConnection[Any], spans: list[merkle.Span]) -> list[bytes]:
    async with connection.cursor() as cursor:
        (proof,) = await append.prove_spans(cursor, [spans])
        return [b64u_decode(one) for one in proof]
