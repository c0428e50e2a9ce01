/** The key that records of a practice are sealed to, its newest generation; and whom the next one is sealed to. Proven and remembered. */

import { b64uDecode, checkDevice, isSignedByIdentity, keyId, type Bytes, type Statement } from "../crypto";
import { amend } from "../memory/store";
import { noteChange } from "./changed";
import { DirectoryError, KeyChangedError, type DirectoryWord } from "./errors";
import { deviceKey, personKeys, type PersonKeys } from "./people";
import { fetchProven, type Proven } from "./proven";

export interface PracticeKey {
  readonly practice: string;
  readonly generation: number;
  readonly kemKey: Bytes;
  readonly keyId: string;
}

interface Remembered {
  readonly generation: number;
  readonly keyId: string;
}

/** A practice as the ledger has it: what its next key is sealed to. */
export interface Circle {
  readonly newest: PracticeKey;
  readonly members: readonly PersonKeys[];
  /** Id of the key of its recovery sheet; null for a practice from before sheets were published. */
  readonly sheet: string | null;
}

/** Throws DirectoryError; KeyChangedError when a generation that this browser has seen has another key, or is gone. */
export async function practiceKey(practice: string): Promise<PracticeKey> {
  return newestOf(practice, (await fetchProven("practices", practice)).proven);
}

/** The newest key, the members' keys and the sheet's. Throws as `practiceKey`, and `not-member` for anyone whom nobody of the practice let in. */
export async function practiceCircle(practice: string): Promise<Circle> {
  const { told, proven } = await fetchProven("practices", practice);
  const newest = await newestOf(practice, proven);
  const people = told.members ?? [];
  await checkLetIn(practice, people, proven, "not-member");
  for (const { statement } of proven.filter((one) => one.statement.kind === "sheet")) await checkAuthor(statement, practice);
  const confirmed = new Map(proven.filter(({ statement }) => statement.kind === "member").map(({ statement: { body } }) => [String(body["member"]), String(body["kem_key_id"])]));
  const members = await Promise.all(people.map(async (member) => {
    const keys = await personKeys(member);
    const under = confirmed.get(member);
    if (under !== undefined && under !== keys.keyId) throw new KeyChangedError(member, under, keys.keyId);
    return keys;
  }));
  return { newest, members, sheet: sheetOf(proven) };
}

function sheetOf(proven: readonly Proven[]): string | null {
  const [newest] = proven.filter(({ statement }) => statement.kind === "practice" || statement.kind === "sheet").map(({ statement }) => statement.body["sheet"]).reverse();
  const id = (newest as { kem_key_id?: unknown } | undefined)?.kem_key_id;
  return typeof id === "string" ? id : null;
}

async function newestOf(practice: string, proven: readonly Proven[]): Promise<PracticeKey> {
  const authors = proven.filter(({ statement }) => statement.kind === "generation").map(({ statement }) => statement.body["person"]);
  await checkLetIn(practice, authors, proven, "stranger");
  const generations = await Promise.all(
    proven.filter(({ statement }) => statement.kind === "practice" || statement.kind === "generation").map((one) => readGeneration(one, practice)),
  );
  const [newest] = generations.sort((a, b) => b.generation - a.generation);
  if (!newest) throw new DirectoryError("unproven", practice, "This practice has no key.");
  await rememberPractice(newest, generations);
  return newest;
}

/**
 * Whoever made the practice let others in, and they others: a vault that makes up a member of its own cannot make up the signature of the
 * one who let them in. Throws `word` for someone whom no such signature reaches.
 */
async function checkLetIn(practice: string, people: readonly unknown[], proven: readonly Proven[], word: DirectoryWord): Promise<void> {
  const said = (kind: string): Statement[] => proven.filter(({ statement }) => statement.kind === kind).map(({ statement }) => statement);
  const members = new Set(said("practice").map(({ body }) => body["person"]));
  for (const one of await cameWithSheet(proven)) members.add(one);
  // Who made the practice needs nobody's word, and most keys are theirs: then nobody else is asked for.
  while (!people.every((one) => members.has(one))) {
    const more = said("member").filter(({ body }) => members.has(body["person"]) && !members.has(body["member"]));
    if (more.length === 0) throw new DirectoryError(word, practice, "Nobody of this practice let them in.");
    await Promise.all(more.map((statement) => checkAuthor(statement, practice)));
    for (const { body } of more) members.add(body["member"]);
  }
}

/** Whom the recovery sheet that counted then let in; what is proven comes in the ledger's order. */
async function cameWithSheet(proven: readonly Proven[]): Promise<Set<unknown>> {
  const came = new Set<unknown>();
  let key = "";
  for (const { statement } of proven) {
    const sheet = statement.body["sheet"] as { signing_key?: unknown } | undefined;
    if ((statement.kind === "practice" || statement.kind === "sheet") && sheet !== undefined) key = String(sheet.signing_key);
    if (statement.kind !== "reopen" || key === "") continue;
    await checkAuthor(statement, String(statement.body["practice"]));
    const signature = statement.signatures.get(`sheet:${key}`);
    if (signature && (await isSignedByIdentity(b64uDecode(key, 32), signature, statement.signedBytes))) came.add(statement.body["person"]);
  }
  return came;
}

async function readGeneration({ statement }: Proven, practice: string): Promise<PracticeKey> {
  const { body } = statement;
  await checkAuthor(statement, practice);
  const generation = statement.kind === "practice" ? 0 : body["generation"];
  if (typeof generation !== "number") throw new DirectoryError("unproven", practice, "A generation has a number.");
  const kemKey = b64uDecode(body["kem_key"]);
  return { practice, generation, kemKey, keyId: await keyId(kemKey) };
}

async function checkAuthor(statement: Statement, practice: string): Promise<void> {
  const { person, device } = statement.body;
  if (statement.body["practice"] !== practice) throw new DirectoryError("unproven", practice, "What was said is about another practice.");
  if (typeof person !== "string" || typeof device !== "string") throw new DirectoryError("unproven", practice, "A key without an author.");
  // What a device said before it was revoked still stands: the line was written while it was good.
  await checkDevice(statement, device, (await deviceKey(person, device)).publicKey);
}

async function rememberPractice(newest: PracticeKey, all: readonly PracticeKey[]): Promise<void> {
  const next: Remembered = { generation: newest.generation, keyId: newest.keyId };
  try {
    await amend<Remembered>("practices", newest.practice, (known) => {
      if (known === undefined) return next;
      const same = all.find((one) => one.generation === known.generation);
      if (same?.keyId !== known.keyId) throw new KeyChangedError(newest.practice, known.keyId, same?.keyId ?? "");
      return newest.generation > known.generation ? next : undefined;
    });
  } catch (error) {
    // What is compared is the newest key, which things are sealed to; the practice shows its words.
    if (error instanceof KeyChangedError) await noteChange({ kind: "practice", about: newest.practice, known: error.known, found: next.keyId, accepted: next });
    throw error;
  }
}
