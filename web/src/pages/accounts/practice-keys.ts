/** A practice's key: made by its first manager, sealed to each member, renewed when someone has left. */

import {
  b64uDecode,
  b64uEncode,
  byRecoveryCode,
  fingerprintWords,
  keyId,
  kemPublicKey,
  makeMethod,
  newSecret,
  practiceKemSeed,
  readMethod,
  resealRoot,
  sealKey,
  type Bytes,
  type SealedKey,
} from "../../crypto";
import { checkAreMembers, KeyChangedError, personKeys } from "../../directory";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import type { Role } from "./invitation";

export interface Member {
  readonly person: string;
  readonly given: string;
  readonly family: string;
  readonly profession: string;
  readonly rpps: string;
  readonly roles: readonly Role[];
  readonly kem_key: string;
  readonly joined_at: string;
  readonly last_seen_at: string | null;
}

export interface Invited {
  readonly id: string;
  readonly given: string;
  readonly family: string;
  readonly roles: readonly Role[];
  readonly expires_at: string;
}

export interface Members {
  readonly members: readonly Member[];
  readonly waiting: readonly Member[];
  readonly invited: readonly Invited[];
  readonly generation: number;
  readonly needs_generation: boolean;
  readonly recovery: unknown;
}

/**
 * Makes the key of a practice, seals it to its first manager and to the recovery sheet's `code`, and returns what opens the
 * practice with it. Called again after a lost answer, that sends the same once more: the sheet on paper stays the right one.
 */
export async function makePractice(keyring: Keyring, practice: string, token: string, code: Bytes): Promise<() => Promise<void>> {
  const seed = newSecret();
  const kem_key = b64uEncode(await publicKey(seed));
  const sealed = {
    token,
    seed: await sealSeed(seed, practice, 0, keyring.person, (await keyring.keys()).kemKey),
    recovery: await makeMethod(seed, byRecoveryCode(code), { owner: practice, purpose: "practice-recovery" }),
  };
  return async () => {
    await api.post("/api/practices", { ...sealed, practice_statement: await keyring.sign("practice", { practice, generation: 0, kem_key }) });
    await keyring.rememberPracticeSeed(practice, 0, seed);
  };
}

/** Confirms who was invited, or gives a member other roles. `rpps` where the account lacks one. Throws DirectoryError. */
export async function confirmMember(keyring: Keyring, practice: string, member: Pick<Member, "person" | "kem_key">, roles: readonly Role[], rpps = ""): Promise<void> {
  const key = await provenKey(member);
  const { generation, seed } = await keyring.newestPracticeSeed(practice);
  const statement = await keyring.sign("member", { practice, member: member.person, roles, kem_key_id: await keyId(key) });
  const sealed = await sealSeed(seed, practice, generation, member.person, key);
  await api.post(`/api/practices/${practice}/members/confirm`, { statement, seed: sealed, ...(rpps === "" ? {} : { rpps }) });
}

export async function endMember(keyring: Keyring, practice: string, member: string): Promise<void> {
  const statement = await keyring.sign("member-end", { practice, member });
  await api.post(`/api/practices/${practice}/members/end`, { statement });
}

/** Makes the next generation: whoever left cannot open what is sealed from now on. */
export async function renewPractice(keyring: Keyring, practice: string): Promise<void> {
  const told = await api.get<Members>(`/api/practices/${practice}/members`);
  const before = await keyring.practiceSeed(practice, told.generation);
  const generation = told.generation + 1;
  const seed = newSecret();
  const key = await publicKey(seed);
  // The list is the server's: whoever it adds there would be given the practice's key.
  await checkAreMembers(practice, told.members.map((one) => one.person));
  const seeds = await Promise.all(told.members.map(async (one) => sealSeed(seed, practice, generation, one.person, await provenKey(one))));
  await api.post(`/api/practices/${practice}/generations`, {
    statement: await keyring.sign("generation", { practice, generation, kem_key: b64uEncode(key) }),
    seeds,
    past: await sealKey(before, "past-practice-seed", practice, { id: practice, publicKey: key, generation }),
    recovery: await resealRoot(readMethod(told.recovery), seed, { owner: practice, purpose: "practice-recovery", generation }),
  });
  await keyring.rememberPracticeSeed(practice, generation, seed);
}

/** The key that the ledger proves, once it is the one that the server names and whose words were compared. */
async function provenKey({ person, kem_key }: Pick<Member, "person" | "kem_key">): Promise<Bytes> {
  const { kemKey, keyId: known } = await personKeys(person);
  if (b64uEncode(kemKey) !== kem_key) throw new KeyChangedError(person, known, await keyId(b64uDecode(kem_key)));
  return kemKey;
}

export function wordsOf(member: Pick<Member, "kem_key">): Promise<string[]> {
  return fingerprintWords(b64uDecode(member.kem_key));
}

async function publicKey(seed: Bytes): Promise<Bytes> {
  return kemPublicKey(await practiceKemSeed(seed));
}

function sealSeed(seed: Bytes, practice: string, generation: number, person: string, publicKey: Bytes): Promise<SealedKey> {
  return sealKey(seed, "practice-seed", practice, { id: person, publicKey, generation });
}
