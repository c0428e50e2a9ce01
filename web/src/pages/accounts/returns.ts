/** Someone lost every way in and started again: the practice, once it knows who calls, seals their records to the new key. */

import { fingerprintWords, sealKey, type Bytes } from "../../crypto";
import { personKeys } from "../../directory";
import type { Keyring } from "../../keys";
import { api, ApiError } from "../../net";

export interface Returning {
  readonly person: string;
  readonly since: string;
  readonly records: readonly { readonly record: string; readonly kind: string; readonly sealed_key: unknown; readonly granted: boolean }[];
}

/** The vault wants three days at least, so that the holder of the old keys can object; an installation may want more. */
const DELAYS_HOURS = [73, 169, 721] as const;

export async function listReturning(practice: string): Promise<readonly Returning[]> {
  return (await api.get<{ returning: Returning[] }>(`/api/practices/${practice}/returning`)).returning;
}

/** The public key that a person registered, as the ledger proves it. The words that the caller reads out say that it is theirs. */
export async function registeredKey(person: string): Promise<Bytes> {
  return (await personKeys(person)).kemKey;
}

/** Forgives case, accents and what stands between the words: they come by telephone. */
export async function isTheirWords(typed: string, key: Bytes): Promise<boolean> {
  return plain(typed) === plain((await fingerprintWords(key)).join(" "));
}

/** Seals each record to the new key; in force after the delay, told to the old address, cancellable there. */
export async function giveBack(keyring: Keyring, returning: Returning, key: Bytes): Promise<number> {
  const todo = returning.records.filter((one) => !one.granted);
  for (const one of todo) {
    const careKey = await keyring.openCareKey(one.sealed_key, one.record);
    const sealed = await sealKey(careKey, "care-key", one.record, { id: returning.person, publicKey: key });
    await grant(keyring, one.record, returning.person, sealed);
  }
  return todo.length;
}

async function grant(keyring: Keyring, record: string, to: string, sealed_key: unknown): Promise<void> {
  for (const [at, hours] of DELAYS_HOURS.entries()) {
    const not_before = new Date(Date.now() + hours * 3_600_000).toISOString();
    try {
      await api.post(`/api/records/${record}/grants`, { statement: await keyring.sign("grant", { record, to, not_before }), sealed_key });
      return;
    } catch (error) {
      const wantsMore = error instanceof ApiError && error.error === "too-soon" && at < DELAYS_HOURS.length - 1;
      if (!wantsMore) throw error;
    }
  }
}

function plain(words: string): string {
  return words
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z]+/g, " ")
    .trim();
}
