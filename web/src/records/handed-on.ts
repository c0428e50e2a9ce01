/** Records that went to another practice: their care keys, sealed anew by who can open a copy (docs/adr/0021-custody.md). */

import { sealKey } from "../crypto";
import { practiceKey, type PracticeKey } from "../directory";
import { NotOursError, type Keyring } from "../keys";
import { api } from "../net";
import { linesAboutMe } from "../vault";

export interface HandedOn {
  readonly record: string;
  readonly kind: "file" | "consultation";
  /** Whose it is now, as the server says. */
  readonly practice: string;
  readonly sealed_key: unknown;
}

export const handedOnBy = (practice: string): Promise<readonly HandedOn[]> => api.get(`/api/practices/${practice}/handed-on`);

/**
 * Seals one care key to `to`, and keeps the copy on the server. Whose the record is, the caller must have from the ledger or from people,
 * never from the server alone: it would have the key sealed to a practice of its own. False where this browser opens no copy.
 */
export async function sealAnew(keyring: Keyring, { record, sealed_key: held }: HandedOn, to: PracticeKey): Promise<boolean> {
  try {
    const careKey = await keyring.openCareKey(held, record);
    const sealed_key = await sealKey(careKey, "care-key", record, { id: to.practice, publicKey: to.kemKey, generation: to.generation });
    await api.post(`/api/records/${record}/sealed-keys`, { sealed_key });
    return true;
  } catch (error) {
    if (error instanceof NotOursError) return false;
    throw error;
  }
}

/**
 * Seals the keys of one's own records that went to another practice: hers is a copy that opens, whatever the former practice does. Whose
 * a record is now, its line in the ledger says, proven here; a server that names another gets no copy. Returns how many were sealed.
 */
export async function sealMine(keyring: Keyring): Promise<number> {
  let done = 0;
  for (const one of await api.get<readonly HandedOn[]>("/api/handed-on")) {
    const { lines } = await linesAboutMe(keyring, one.record);
    const moved = lines.filter((line) => line.kind === "custody-moved" && line.fields["record"] === one.record).at(-1);
    if (moved?.fields["practice"] !== one.practice) continue;
    if (await sealAnew(keyring, one, await practiceKey(one.practice))) done += 1;
  }
  return done;
}
