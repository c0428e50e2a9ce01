"""What a practice's managers are told of its budgets: how far each member is from the limit, and what is usual."""

from typing import Any

from colloque.kernel.clock import to_wire
from colloque.ledger.append import Cursor, read_head
from colloque.vault.allowances import STEP_LASTS
from colloque.vault.budget import COSTS, Capacity
from colloque.vault.errors import NotAllowed
from colloque.vault.meter import NAMES, WINDOWS, Meter
from colloque.vault.settings import VaultSettings
from colloque.vault.statements import Said, take_id

MEMBERS = """
SELECT m.person, m.roles, u.packed,
       EXISTS (SELECT FROM stepped s WHERE s.person = m.person AND s.at > %s),
       EXISTS (SELECT FROM frozen f WHERE f.scope = 'person' AND f.target = m.person),
       (SELECT count(*) FROM spent s JOIN record r ON r.id = s.record
        WHERE s.person = m.person AND r.practice = m.practice AND s.at > %s AND s.cost >= %s)
FROM membership m LEFT JOIN meter u ON u.holder = m.person
WHERE m.practice = %s AND m.ended_at IS NULL ORDER BY m.seq"""


async def standing(cursor: Cursor, said: Said, settings: VaultSettings) -> dict[str, Any]:
    """Answer a manager: `used` and `capacity` by window, `days` the last thirty and today's, oldest first."""
    practice, now = take_id(said.body, "practice"), (await read_head(cursor)).at
    month = WINDOWS["month"]
    await cursor.execute(MEMBERS.encode(), (now - STEP_LASTS, now - month, COSTS["break-glass"], practice))
    members = await cursor.fetchall()
    if not any(person == said.person and "manager" in roles for person, roles, *_ in members):
        raise NotAllowed
    await cursor.execute("SELECT packed FROM meter WHERE holder = %s", (practice,))
    row = await cursor.fetchone()
    await cursor.execute(
        "SELECT role, minute, hour, day, month FROM capacity WHERE practice = %s", (practice,)
    )
    capacities = {role: (a, b, c, d) for role, a, b, c, d in await cursor.fetchall()}
    await cursor.execute(
        "SELECT person, purpose, records, used, ends_at FROM quota WHERE practice = %s AND ends_at > %s ORDER BY ends_at",
        (practice, now),
    )
    quotas = [
        {"person": person, "purpose": purpose, "records": records, "used": used, "ends_at": to_wire(ends_at)}
        for person, purpose, records, used, ends_at in await cursor.fetchall()
    ]

    def capacity(role: str, times: int = 1) -> Capacity:
        minute, hour, day, most = capacities.get(role, settings.budgets[role])
        return minute * times, hour * times, day * times, most * times

    told = []
    for person, roles, packed, stepped, frozen, broken in members:
        role = next(r for r in ("practitioner", "manager", "secretary") if r in roles)
        meter = Meter(now, bytes(packed or b""))
        told.append({
            "person": person, "role": role, **_used(meter, capacity(role, 2 if stepped else 1)),
            "stepped_up": stepped, "frozen": frozen, "broken_glasses": broken,
        })  # fmt: skip
    meter = Meter(now, bytes(row[0]) if row else b"")
    return {"members": told, "practice": _used(meter, capacity("practice")), "quotas": quotas}


def _used(meter: Meter, capacity: Capacity) -> dict[str, Any]:
    return {
        "used": dict(zip(NAMES, meter.used, strict=True)),
        "capacity": dict(zip(NAMES, capacity, strict=True)),
        "days": meter.counts(NAMES.index("month")),
    }
