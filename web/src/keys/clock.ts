/** The vault refuses statements whose clock is more than two minutes off, and says its own time: we keep the difference. */

const NAME = "colloque-clock";

/** The time as the vault has it, as far as we know. */
export function wireNow(): string {
  return new Date(Date.now() + readOffset()).toISOString();
}

/** Remember the vault's time (field `now` of a `clock` refusal), for this tab. */
export function correctClock(vaultNow: string): void {
  const told = Date.parse(vaultNow);
  if (!Number.isNaN(told)) sessionStorage.setItem(NAME, String(told - Date.now()));
}

function readOffset(): number {
  const offset = Number(sessionStorage.getItem(NAME) ?? "0");
  return Number.isFinite(offset) ? offset : 0;
}
