/** Making a record: a care key of its own, sealed to its subject and to the practice (docs/spec/key-release.md, `record`). */

import { newId, newSecret, sealKey, type SealedKey } from "../crypto";
import { practiceKey } from "../directory";
import type { Keyring } from "../keys";
import { ApiError } from "../net";
import { ask } from "../vault";

export type NewRecord =
  | { readonly kind: "file"; readonly practice: string }
  | { readonly kind: "consultation"; readonly practice: string; readonly file: string; readonly practitioner?: string };

/** Returns the record's id once the vault and the server both have it. */
export async function createRecord(keyring: Keyring, wanted: NewRecord): Promise<string> {
  try {
    return await tryToCreate(keyring, wanted);
  } catch (error) {
    // The practice's key was renewed while this was on its way: sealed to the new one, it is taken.
    if (!(error instanceof ApiError) || error.error !== "old-generation") throw error;
    return tryToCreate(keyring, wanted);
  }
}

async function tryToCreate(keyring: Keyring, wanted: NewRecord): Promise<string> {
  const record = newId();
  const sealed_keys = await sealedCareKeys(keyring, record, wanted.practice);
  const fields = {
    record,
    kind: wanted.kind,
    subject: keyring.person,
    practice: wanted.practice,
    ...(wanted.kind === "consultation" ? { file: wanted.file } : {}),
    recipients: sealed_keys.map(({ recipient, key_id }) => ({ id: recipient, key_id })),
  };
  const practitioner = wanted.kind === "consultation" && wanted.practitioner !== undefined ? { practitioner: wanted.practitioner } : {};
  const path = wanted.kind === "consultation" ? "/api/consultations" : "/api/records";
  await ask(path, () => keyring.sign("record", fields), (statement) => ({ statement, sealed_keys, ...practitioner }));
  return record;
}

async function sealedCareKeys(keyring: Keyring, record: string, practice: string): Promise<SealedKey[]> {
  const careKey = newSecret();
  const [own, theirs] = await Promise.all([keyring.keys(), practiceKey(practice)]);
  const to = [
    { id: keyring.person, publicKey: own.kemKey },
    { id: practice, publicKey: theirs.kemKey, generation: theirs.generation },
  ];
  const sealed = await Promise.all(to.map((recipient) => sealKey(careKey, "care-key", record, recipient)));
  careKey.fill(0);
  return sealed;
}

