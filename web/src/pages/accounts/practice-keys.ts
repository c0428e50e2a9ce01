/** A practice's key: made by its first manager, sealed to each member, renewed when someone has left. */

import {
  b64uDecode,
  b64uEncode,
  byRecoveryCode,
  equalBytes,
  fingerprintWords,
  keyId,
  kemPublicKey,
  makeMethod,
  newSecret,
  practiceKemSeed,
  readMethod,
  resealRoot,
  sealKey,
  sheetKey,
  sheetSeed,
  type Bytes,
  type SealedKey,
  type UnlockMethod,
} from "../../crypto";
import { DirectoryError, KeyChangedError, personKeys, practiceCircle, type PracticeKey } from "../../directory";
import { NotOursError, type Keyring } from "../../keys";
import { api, ApiError } from "../../net";
import { askOnce } from "../../vault";
import type { Role } from "./invitation";
import type { Asking } from "./practice-sheet";

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
  /** Whether its recovery sheet is one that can open it again. */
  readonly has_sheet: boolean;
  readonly reopenings: readonly Asking[];
  /** Agreements that another manager has signed, and this one may. */
  readonly to_sign: number;
}

/** What a browser needs to make the next key, besides what the ledger says. */
interface Renewal {
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
  const recovery = await makeMethod(seed, byRecoveryCode(code), { owner: practice, purpose: "practice-recovery" });
  const sheet = await sheetSaid(recovery, code);
  const sealed = {
    token,
    seed: await sealSeed(seed, practice, 0, keyring.person, (await keyring.keys()).kemKey),
    recovery,
  };
  return async () => {
    await api.post("/api/practices", { ...sealed, practice_statement: await keyring.sign("practice", { practice, generation: 0, kem_key, sheet }) });
    await keyring.rememberPracticeSeed(practice, 0, seed);
  };
}

/** Confirms who was invited, or gives a member other roles. `rpps` where the account lacks one. Throws DirectoryError. */
export async function confirmMember(keyring: Keyring, practice: string, member: Pick<Member, "person" | "kem_key">, roles: readonly Role[], rpps = ""): Promise<void> {
  const key = await provenKey(member);
  const { newest } = await practiceCircle(practice);
  const seed = await newestSeed(keyring, newest);
  const said = { practice, member: member.person, roles, kem_key_id: await keyId(key) };
  const sealed = await sealSeed(seed, practice, newest.generation, member.person, key);
  const wrap = (statement: object): object => ({ statement, seed: sealed, ...(rpps === "" ? {} : { rpps }) });
  await askOnce(JSON.stringify(said), `/api/practices/${practice}/members/confirm`, () => keyring.sign("member", said), wrap);
}

export async function endMember(keyring: Keyring, practice: string, member: string): Promise<void> {
  const path = `/api/practices/${practice}/members/end`;
  await askOnce(`${path} ${member}`, path, () => keyring.sign("member-end", { practice, member }), (statement) => ({ statement }));
}

/**
 * Makes the next generation: whoever left cannot open what is sealed from now on. Sealed to whom the ledger names, and to the sheet whose
 * key it publishes: a server that shows others gets nothing. Rejects with DirectoryError, or ApiError `conflict` when another browser was first.
 */
export async function renewPractice(keyring: Keyring, practice: string): Promise<void> {
  const { newest, members, sheet } = await practiceCircle(practice);
  const before = await newestSeed(keyring, newest);
  const generation = newest.generation + 1;
  const seed = newSecret();
  const key = await publicKey(seed);
  const seeds = await Promise.all(members.map((one) => sealSeed(seed, practice, generation, one.person, one.kemKey)));
  const said = { practice, generation, kem_key: b64uEncode(key), members: seeds.map(({ recipient, key_id }) => ({ id: recipient, key_id })) };
  await api.post(`/api/practices/${practice}/generations`, {
    statement: await keyring.sign("generation", { ...said, ...(sheet === null ? {} : { sheet_key_id: sheet }) }),
    seeds,
    past: await sealKey(before, "past-practice-seed", practice, { id: practice, publicKey: key, generation }),
    ...(sheet === null ? {} : { recovery: await resealSheet(practice, sheet, seed, generation) }),
  });
  await keyring.rememberPracticeSeed(practice, generation, seed);
}

/** The key that the ledger proves, once it is the one that the server names and whose words were compared. */
async function provenKey({ person, kem_key }: Pick<Member, "person" | "kem_key">): Promise<Bytes> {
  const { kemKey, keyId: known } = await personKeys(person);
  if (b64uEncode(kemKey) !== kem_key) throw new KeyChangedError(person, known, await keyId(b64uDecode(kem_key)));
  return kemKey;
}

/** Someone left, and this browser is the next to come: nothing is asked of the person. What fails waits for the next who comes. */
export async function renewQuietly(keyring: Keyring, practice: string): Promise<boolean> {
  try {
    await renewPractice(keyring, practice);
    return true;
  } catch (error) {
    if (error instanceof ApiError || error instanceof DirectoryError || error instanceof NotOursError) return false;
    throw error;
  }
}

/** Prints another sheet in place of the one before, which opens nothing that is sealed from now on. */
export async function changeSheet(keyring: Keyring, practice: string, code: Bytes): Promise<void> {
  const { newest } = await practiceCircle(practice);
  const seed = await newestSeed(keyring, newest);
  const made = await makeMethod(seed, byRecoveryCode(code), { owner: practice, purpose: "practice-recovery" });
  const recovery = await resealRoot(made, seed, { owner: practice, purpose: "practice-recovery", generation: newest.generation });
  const statement = await keyring.sign("sheet", { practice, sheet: await sheetSaid(recovery, code) });
  await api.post(`/api/practices/${practice}/sheet`, { statement, recovery });
}

async function resealSheet(practice: string, sheet: string, seed: Bytes, generation: number): Promise<UnlockMethod> {
  const method = readMethod((await api.get<Renewal>(`/api/practices/${practice}/generations`)).recovery);
  if ((await keyId(b64uDecode(method.public_key))) !== sheet) throw new DirectoryError("unproven", practice, "The server shows another recovery sheet than the ledger.");
  return resealRoot(method, seed, { owner: practice, purpose: "practice-recovery", generation });
}

/** The seed of the newest key, which must be the one that the ledger publishes: a server may hand out an old one. */
async function newestSeed(keyring: Keyring, newest: PracticeKey): Promise<Bytes> {
  const seed = await keyring.practiceSeed(newest.practice, newest.generation);
  if (!equalBytes(await publicKey(seed), newest.kemKey)) throw new DirectoryError("unproven", newest.practice, "The server hands out another key than the ledger publishes.");
  return seed;
}

/** What the ledger publishes of a sheet: the key that seeds are sealed to, and the key that it speaks with. */
async function sheetSaid(sheet: UnlockMethod, code: Bytes): Promise<object> {
  return { kem_key_id: await keyId(b64uDecode(sheet.public_key)), signing_key: b64uEncode(sheetKey(await sheetSeed(code))) };
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
