/** What takes two members: the first signature waits at the server until another's browser signs the very same bytes (docs/adr/0014-lifting.md). */

import { toast } from "../../face";
import { wireNow, type Fields, type Keyring } from "../../keys";
import { api } from "../../net";
import type { Dsse } from "../../crypto";
import { actButton } from "./form";
import { proven } from "./proof";

/** The vault takes it within 72 hours of the first signature. */
export const LASTS_HOURS = 72;
const HOUR_MS = 3_600_000;

export interface Waiting {
  readonly id: string;
  readonly asked_by: string;
  readonly asked_at: string;
  readonly statement: Dsse;
}

/** Where the first signature waits: `/api/practices/<id>/agreements`, or what stands in its place. */
export interface Together {
  readonly keyring: Keyring;
  readonly path: string;
}

export async function propose({ keyring, path }: Together, kind: string, fields: Fields): Promise<void> {
  await proven(async () => {
    const statement = await keyring.sign(kind, { until: fromNow(LASTS_HOURS), ...fields });
    await api.post(path, { statement });
  });
}

/** Adds this device's signature. Whoever calls it has read, from these bytes, what they say. */
export async function agree({ keyring, path }: Together, waiting: Waiting): Promise<void> {
  const statement = await keyring.agree(waiting.statement);
  await proven(() => api.post(`${path}/sign`, { agreement: waiting.id, statement }));
}

/** Sends some away, or takes one's own back: no second proof, for it only denies. */
export function declineButton({ path }: Together, all: readonly Waiting[], words: { readonly label: string; readonly done: string }, reload: () => void): HTMLElement {
  const decline = async (): Promise<void> => {
    for (const { id } of all) await api.post(`${path}/decline`, { agreement: id });
    toast(words.done);
    reload();
  };
  return actButton(words.label, decline, { kind: "quiet", icon: "x" });
}

export function fromNow(hours: number): string {
  return new Date(Date.parse(wireNow()) + hours * HOUR_MS).toISOString();
}
