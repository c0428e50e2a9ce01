import { beforeEach, describe, expect, test } from "vitest";

import { b64uEncode, deviceSigner, identitySigner, kemPublicKey, newDeviceKey, newId, newSecret, practiceKemSeed, signStatement, type Bytes } from "../../src/crypto";
import { advance, deviceKey, lastSeen, personKeys, practiceKey, wordsOf } from "../../src/directory";
import { verifyWith } from "../../src/video/identity";
import { someone, type Someone } from "../standin/people";
import { Log } from "../standin/log";
import { newBrowser, reload, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;

beforeEach(async () => {
  here = await stage();
});

const PERSONS = /GET \/vault\/directory\/persons/;

async function generation(by: Someone, number: number): Promise<{ kemKey: Bytes; statement: Awaited<ReturnType<typeof signStatement>> }> {
  const kemKey = await kemPublicKey(await practiceKemSeed(newSecret()));
  const said = { id: newId(), at: new Date().toISOString(), person: by.person, device: by.device, practice: here.practice.id, generation: number };
  return { kemKey, statement: await signStatement("generation", { ...said, kem_key: b64uEncode(kemKey) }, deviceSigner(by.device, by.deviceKey)) };
}

describe("a person", () => {
  test("has the keys that the ledger proves", async () => {
    const found = await personKeys(here.alice.person);
    expect([found.kemKey, found.identityKey, found.keyId]).toEqual([here.alice.keys.kemKey, here.alice.keys.identityKey, here.alice.keys.kemKeyId]);
    expect(await wordsOf(here.alice.person)).toHaveLength(6);
  });

  test("is asked for once in a while, not for each item", async () => {
    await Promise.all([personKeys(here.alice.person), deviceKey(here.alice.person, here.alice.device)]);
    await deviceKey(here.alice.person, here.alice.device);
    expect(here.server.said(PERSONS)).toHaveLength(1);
  });

  test("needs an identity that signed", async () => {
    const mallory = await someone();
    const alice = { ...here.alice, statements: { ...here.alice.statements, device: mallory.statements.device } };
    here.server.log = new Log();
    await here.server.register(alice);
    expect(await wordOf(deviceKey(alice.person, mallory.device))).toBe("unproven");
  });
});

describe("a device", () => {
  test("that is revoked is told so, and refused for a call", async () => {
    const statement = await here.bose.keyring.sign("fingerprint", { of: "x" });
    const verify = verifyWith(deviceKey);
    await expect(verify("fingerprint", statement, here.bose.person)).resolves.toMatchObject({ of: "x" });
    here.server.revoked.add(here.bose.device);
    reload();
    expect((await deviceKey(here.bose.person, here.bose.device)).revoked).toBe(true);
    await expect(verify("fingerprint", statement, here.bose.person)).rejects.toThrow("revoked");
  });

  test("that is not this person's is unknown", async () => {
    expect(await wordOf(deviceKey(here.alice.person, here.bose.device))).toBe("unknown-device");
  });

  test("that was enrolled since is found by asking again", async () => {
    await personKeys(here.alice.person);
    const [device, key] = [newId(), await newDeviceKey()];
    const said = { id: newId(), at: new Date().toISOString(), person: here.alice.person, device, new_device: device, public_key: b64uEncode(key.publicKey) };
    const statement = await signStatement("device", said, identitySigner(here.alice.person, here.alice.keys.identitySeed), deviceSigner(device, key));
    await here.server.register({ ...here.alice, statements: { ...here.alice.statements, device: statement } });
    expect((await deviceKey(here.alice.person, device)).revoked).toBe(false);
  });
});

describe("a practice", () => {
  test("has the key of its newest generation", async () => {
    expect(await practiceKey(here.practice.id)).toMatchObject({ generation: 0, kemKey: here.practice.kemKey });
    const next = await generation(here.bose, 1);
    await here.server.publish(here.practice.id, "practice-generation", here.bose.person, next.statement);
    expect(await practiceKey(here.practice.id)).toMatchObject({ generation: 1, kemKey: next.kemKey });
  });

  test("has no key that a device unknown to the ledger announced", async () => {
    const chen = await someone("professional");
    const next = await generation(chen, 1);
    await here.server.publish(here.practice.id, "practice-generation", chen.person, next.statement);
    await expect(practiceKey(here.practice.id)).rejects.toThrow();
  });
});

describe("the ledger", () => {
  test("has one history: one that was rewritten is caught, and stays caught", async () => {
    await personKeys(here.alice.person);
    here.server.log.rewrite(0);
    here.server.log.append("sign-in");
    expect(await wordOf(here.server.log.note().then(advance))).toBe("fork");
    reload();
    expect(await wordOf(here.server.log.note().then(advance))).toBe("fork");
  });

  test("may show an older head, if it is one of the same history", async () => {
    const before = await here.server.log.note();
    here.server.log.append("sign-in");
    const highest = here.server.log.size;
    await advance(await here.server.log.note());
    await advance(before);
    expect((await lastSeen())?.size).toBe(highest);
  });

  test("is believed anew by a browser that has seen nothing", async () => {
    await personKeys(here.alice.person);
    await newBrowser();
    here.server.log.rewrite(99);
    await expect(personKeys(here.alice.person)).resolves.toBeDefined();
  });
});
