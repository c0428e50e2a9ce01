/** The key that records of a practice are sealed to: its newest generation, proven and remembered. */

import { b64uDecode, checkDevice, keyId, type Bytes, type Statement } from "../crypto";
import { amend } from "../memory/store";
import { DirectoryError, KeyChangedError, type DirectoryWord } from "./errors";
import { deviceKey } from "./people";
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

/** Throws DirectoryError; KeyChangedError when a generation that this browser has seen has another key, or is gone. */
export async function practiceKey(practice: string): Promise<PracticeKey> {
  const { proven } = await fetchProven("practices", practice);
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
 * Checks that each of these people is a member now, whom a member let in: what a seed of the practice is sealed to. Throws `not-member` for
 * anyone whom the server added.
 */
export async function checkAreMembers(practice: string, people: readonly string[]): Promise<void> {
  const { told, proven } = await fetchProven("practices", practice);
  const now = new Set(told.members ?? []);
  const added = people.find((person) => !now.has(person));
  if (added !== undefined) throw new DirectoryError("not-member", added, "The directory knows no such member.");
  await checkLetIn(practice, people, proven, "not-member");
}

/**
 * Whoever made the practice let others in, and they others: a vault that makes up a member of its own cannot make up the signature of the
 * one who let them in. Throws `word` for someone whom no such signature reaches.
 */
async function checkLetIn(practice: string, people: readonly unknown[], proven: readonly Proven[], word: DirectoryWord): Promise<void> {
  const said = (kind: string): Statement[] => proven.filter(({ statement }) => statement.kind === kind).map(({ statement }) => statement);
  const members = new Set(said("practice").map(({ body }) => body["person"]));
  // Who made the practice needs nobody's word, and most keys are theirs: then nobody else is asked for.
  while (!people.every((one) => members.has(one))) {
    const more = said("member").filter(({ body }) => members.has(body["person"]) && !members.has(body["member"]));
    if (more.length === 0) throw new DirectoryError(word, practice, "Nobody of this practice let them in.");
    await Promise.all(more.map((statement) => checkAuthor(statement, practice)));
    for (const { body } of more) members.add(body["member"]);
  }
}

async function readGeneration({ statement }: Proven, practice: string): Promise<PracticeKey> {
  const { body } = statement;
  if (body["practice"] !== practice) throw new DirectoryError("unproven", practice, "The key is another practice's.");
  await checkAuthor(statement, practice);
  const generation = statement.kind === "practice" ? 0 : body["generation"];
  if (typeof generation !== "number") throw new DirectoryError("unproven", practice, "A generation has a number.");
  const kemKey = b64uDecode(body["kem_key"]);
  return { practice, generation, kemKey, keyId: await keyId(kemKey) };
}

async function checkAuthor(statement: Statement, practice: string): Promise<void> {
  const { person, device } = statement.body;
  if (typeof person !== "string" || typeof device !== "string") throw new DirectoryError("unproven", practice, "A key without an author.");
  // What a device said before it was revoked still stands: the line was written while it was good.
  await checkDevice(statement, device, (await deviceKey(person, device)).publicKey);
}

async function rememberPractice(newest: PracticeKey, all: readonly PracticeKey[]): Promise<void> {
  await amend<Remembered>("practices", newest.practice, (known) => {
    if (known === undefined) return { generation: newest.generation, keyId: newest.keyId };
    const same = all.find((one) => one.generation === known.generation);
    if (same?.keyId !== known.keyId) throw new KeyChangedError(newest.practice, known.keyId, same?.keyId ?? "");
    return newest.generation > known.generation ? { generation: newest.generation, keyId: newest.keyId } : undefined;
  });
}
