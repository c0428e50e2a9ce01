import { beforeEach, describe, expect, test } from "vitest";

import { b64uEncode, byRecoveryCode, keyId, makeMethod, newSecret, openKey, practiceKemSeed, readStatement, type SealedKey, type UnlockMethod } from "../../src/crypto";
import { renewPractice, confirmMember } from "../../src/pages/accounts/practice-keys";
import { someone, type Someone } from "../standin/people";
import { stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;
let dan: Someone;
let sheet: UnlockMethod;

beforeEach(async () => {
  here = await stage();
  dan = await someone("professional");
  await here.server.register(dan);
  await join(dan, dan.keys.kemKeyId);
  await here.bose.keyring.rememberPracticeSeed(here.practice.id, 0, here.practice.seed);
  sheet = here.practice.recovery;
  here.server.meddle(/GET .*generations/, () => ({ generation: 0, needs_generation: true, recovery: sheet }));
});

async function join(who: Someone, kem_key_id: string): Promise<void> {
  const statement = await here.bose.keyring.sign("member", { practice: here.practice.id, member: who.person, roles: ["practitioner"], kem_key_id });
  await here.server.publish(here.practice.id, "member-joined", here.bose.person, statement);
  here.server.members.get(here.practice.id)?.add(who.person);
}

const renew = (): Promise<void> => renewPractice(here.bose.keyring, here.practice.id);
const sent = (): { statement: unknown; seeds: SealedKey[]; past: SealedKey; recovery: { sealed_root: SealedKey } } =>
  here.server.said(/POST .*generations/)[0]?.body;

describe("the next key of a practice", () => {
  test("is sealed to whom the ledger names, over the one before, and to the sheet", async () => {
    await renew();
    const { statement, seeds, past, recovery } = sent();
    const said = readStatement(statement, "generation").body;
    expect(said).toMatchObject({ generation: 1, members: seeds.map((one) => ({ id: one.recipient, key_id: one.key_id })) });
    expect(new Set(seeds.map((one) => one.recipient))).toEqual(new Set([here.bose.person, dan.person]));
    const his = seeds.find((one) => one.recipient === dan.person);
    if (his === undefined) throw new Error("nothing is sealed to Dan");
    const seed = await openKey(his, dan.keys.kemSeed, { purpose: "practice-seed", about: here.practice.id, recipient: dan.person });
    expect(await here.bose.keyring.practiceSeed(here.practice.id, 1)).toEqual(seed);
    const wanted = { purpose: "past-practice-seed", about: here.practice.id, recipient: here.practice.id } as const;
    expect(await openKey(past, await practiceKemSeed(seed), wanted)).toEqual(here.practice.seed);
    expect(said["sheet_key_id"]).toBe(recovery.sealed_root.key_id);
  });

  test("is not made with a sheet that the ledger does not name", async () => {
    sheet = await makeMethod(newSecret(), byRecoveryCode(new Uint8Array(16)), { owner: here.practice.id, purpose: "practice-recovery" });
    expect(await wordOf(renew())).toBe("unproven");
    expect(here.server.said(/POST .*generations/)).toHaveLength(0);
  });

  test("is not sealed to a member whom no manager confirmed", async () => {
    const mallory = await someone("professional");
    await here.server.register(mallory);
    here.server.members.get(here.practice.id)?.add(mallory.person);
    expect(await wordOf(renew())).toBe("not-member");
  });

  test("is not sealed to a member under another key than was confirmed", async () => {
    const other = await someone("professional");
    await here.server.register(other);
    await join(other, "0".repeat(32));
    expect(await wordOf(renew())).toBe("key-changed");
    expect(here.server.said(/POST .*generations/)).toHaveLength(0);
  });

  test("is not made over an old seed that the server passes off as the newest", async () => {
    await here.bose.keyring.rememberPracticeSeed(here.practice.id, 0, newSecret());
    expect(await wordOf(renew())).toBe("unproven");
  });
});

test("a member is not confirmed under a key that the server alone shows", async () => {
  const mallory = await someone("professional");
  const shown = { person: dan.person, kem_key: b64uEncode(mallory.keys.kemKey) };
  expect(await wordOf(confirmMember(here.bose.keyring, here.practice.id, shown, ["practitioner"]))).toBe("key-changed");
  expect(here.server.said(/members.confirm/)).toHaveLength(0);
});

test("a member is confirmed with the newest seed", async () => {
  await confirmMember(here.bose.keyring, here.practice.id, { person: dan.person, kem_key: b64uEncode(dan.keys.kemKey) }, ["practitioner"]);
  const { seed } = here.server.said(/members.confirm/)[0]?.body as { seed: SealedKey };
  const opened = await openKey(seed, dan.keys.kemSeed, { purpose: "practice-seed", about: here.practice.id, recipient: dan.person });
  expect([opened, seed.key_id]).toEqual([here.practice.seed, await keyId(dan.keys.kemKey)]);
});
