/** Attacks on keys (docs/hostile-server.md): a test for each row, by its name. The Python ones are in tests/attacks/held/test_keys.py. */

import { beforeEach, expect, test } from "vitest";

import { b64uEncode, deviceSigner, identitySigner, kemPublicKey, newId, newSecret, practiceKemSeed, signStatement, type Dsse } from "../../src/crypto";
import { deviceKey, personKeys, practiceKey } from "../../src/directory";
import { confirmMember, renewPractice } from "../../src/pages/accounts/practice-keys";
import { someone, type Someone } from "../standin/people";
import { reload, stage, type Stage } from "../standin/stage";
import { refused } from "./refusal";

let here: Stage;

beforeEach(async () => {
  here = await stage();
});

const PERSONS = /GET \/vault\/directory\/persons/;
const PRACTICES = /GET \/vault\/directory\/practices/;

/** What somebody says about a practice, as their device signs it. */
async function said(by: Someone, kind: string, fields: object): Promise<Dsse> {
  const about = { id: newId(), at: new Date().toISOString(), person: by.person, device: by.device, practice: here.practice.id };
  return signStatement(kind, { ...about, ...fields }, deviceSigner(by.device, by.deviceKey));
}

async function generation(by: Someone, number: number): Promise<Dsse> {
  return said(by, "generation", { generation: number, kem_key: b64uEncode(await kemPublicKey(await practiceKemSeed(newSecret()))) });
}

const publish = (by: Someone, kind: string, statement: Dsse): Promise<void> => here.server.publish(here.practice.id, kind, by.person, statement);

/** Mallory is known to the ledger, like anybody who signs up. */
async function mallory(): Promise<Someone> {
  const one = await someone("professional");
  await here.server.register(one);
  return one;
}

test("a swapped key of a practice", async () => {
  const forged = await generation(await mallory(), 0);
  here.server.meddle(PRACTICES, (told) => ({ ...told, statements: told.statements.map((one: object) => ({ ...one, envelope: forged })) }));
  await refused(practiceKey(here.practice.id), "unproven");
});

test("another person's key", async () => {
  const other = await mallory();
  const { fetch } = here.server;
  Object.assign(globalThis, { fetch: (path: string, init?: RequestInit) => fetch(path.replace(here.alice.person, other.person), init) });
  await refused(personKeys(here.alice.person), "unproven");
});

test("a key that no line proves", async () => {
  here.server.meddle(PERSONS, (told) => ({ ...told, statements: told.statements.map((one: object) => ({ ...one, proof: [] })) }));
  await refused(personKeys(here.alice.person), "unproven");
});

test("a key with the line of another statement", async () => {
  here.server.meddle(PERSONS, (told) => {
    const [first, second] = told.statements;
    return { ...told, statements: [{ ...first, envelope: second.envelope }, second] };
  });
  await refused(personKeys(here.alice.person), "unproven");
});

/** Alice's name, with keys of someone else's making, and lines of the ledger that say so: the vault took part. */
async function registeredAnew(): Promise<void> {
  const other = await someone();
  const about = { id: newId(), at: new Date().toISOString(), person: here.alice.person };
  const keys = { kind: "patient", identity_key: b64uEncode(other.keys.identityKey), kem_key: b64uEncode(other.keys.kemKey) };
  const identity = identitySigner(here.alice.person, other.keys.identitySeed);
  const person = await signStatement("person", { ...about, ...keys }, identity);
  const of = { device: other.device, new_device: other.device, public_key: b64uEncode(other.deviceKey.publicKey) };
  const device = await signStatement("device", { ...about, id: newId(), ...of }, identity, deviceSigner(other.device, other.deviceKey));
  await here.server.register({ ...here.alice, statements: { person, device } });
}

test("another key than the one remembered", async () => {
  await personKeys(here.alice.person);
  reload();
  await registeredAnew();
  await refused(personKeys(here.alice.person), "key-changed");
  reload();
  // It stays refused: the new key did not take the place of the old one.
  await refused(personKeys(here.alice.person), "key-changed");
});

test("another key of a practice than the one remembered", async () => {
  await publish(here.bose, "practice-generation", await generation(here.bose, 1));
  await practiceKey(here.practice.id);
  reload();
  await publish(here.bose, "practice-generation", await generation(here.bose, 1));
  here.server.withhold(here.practice.id, 1);
  await refused(practiceKey(here.practice.id), "key-changed");
});

test("an old generation of a practice", async () => {
  await publish(here.bose, "practice-generation", await generation(here.bose, 1));
  here.server.meddle(PRACTICES, (told) => ({ ...told, statements: told.statements.slice(0, 1) }));
  await refused(practiceKey(here.practice.id), "withheld");
});

test("an old generation that the vault vouches for", async () => {
  await publish(here.bose, "practice-generation", await generation(here.bose, 1));
  await practiceKey(here.practice.id);
  reload();
  here.server.withhold(here.practice.id, 1);
  await refused(practiceKey(here.practice.id), "key-changed");
});

test("a key said by someone who is no member", async () => {
  const other = await mallory();
  await publish(other, "member-joined", await said(other, "member", { member: other.person, roles: ["manager"], kem_key_id: other.keys.kemKeyId }));
  await publish(other, "practice-generation", await generation(other, 1));
  await refused(practiceKey(here.practice.id), "stranger");
});

test("a member who was let in may announce a key", async () => {
  const chen = await mallory();
  await publish(here.bose, "member-joined", await said(here.bose, "member", { member: chen.person, roles: ["practitioner"], kem_key_id: chen.keys.kemKeyId }));
  await publish(chen, "practice-generation", await generation(chen, 1));
  await practiceKey(here.practice.id);
});

test("a member added to the list", async () => {
  const { bose, practice, server } = here;
  const other = await mallory();
  await bose.keyring.rememberPracticeSeed(practice.id, 0, practice.seed);
  server.meddle(/GET .*generations/, () => ({ generation: 0, needs_generation: true, recovery: practice.recovery }));
  // Whom the web lists is not asked: only members that the ledger proves get a copy.
  const member = (one: Someone) => ({ person: one.person, kem_key: b64uEncode(one.keys.kemKey) });
  server.answers.set(`GET /api/practices/${practice.id}/members`, { members: [member(bose), member(other)], generation: 0 });
  await renewPractice(bose.keyring, practice.id);
  const sent = server.said(/POST .*generations/).map((one) => (one.body as { seeds: { recipient: string }[] }).seeds);
  expect(sent.map((seeds) => seeds.map(({ recipient }) => recipient))).toEqual([[bose.person]]);
  // The vault may take part, and name them among its members: nobody of the practice let them in.
  server.members.get(practice.id)?.add(other.person);
  await refused(renewPractice(bose.keyring, practice.id), "not-member");
});

test("a new member's key swapped", async () => {
  const { bose, practice } = here;
  const chen = await mallory();
  await bose.keyring.rememberPracticeSeed(practice.id, 0, practice.seed);
  const swapped = { person: chen.person, kem_key: b64uEncode(here.alice.keys.kemKey) };
  await refused(confirmMember(bose.keyring, practice.id, swapped, ["practitioner"]), "key-changed");
});

test("a hidden revocation", async () => {
  here.server.revoked.add(here.bose.device);
  here.server.meddle(PERSONS, (told) => ({ ...told, revoked: [] }));
  await refused(deviceKey(here.bose.person, here.bose.device), "withheld");
});

test("a hidden device", async () => {
  here.server.meddle(PERSONS, (told) => ({ ...told, statements: told.statements.slice(0, 1) }));
  await refused(personKeys(here.bose.person), "withheld");
});

test("a revocation hidden by an old answer", async () => {
  let before: unknown = null;
  here.server.meddle(PERSONS, (told) => (before = told));
  await deviceKey(here.bose.person, here.bose.device);
  here.server.revoked.add(here.bose.device);
  here.server.log.append("device-revoked", { device: here.bose.device });
  await practiceKey(here.practice.id);
  reload();
  here.server.meddle(PERSONS, () => before, 9);
  await refused(deviceKey(here.bose.person, here.bose.device), "older");
});

test("a key shown to one client only", async () => {
  await practiceKey(here.practice.id);
  reload();
  // Another history, for this browser alone, where Alice's key is another.
  here.server.log.rewrite(0);
  await registeredAnew();
  await refused(personKeys(here.alice.person), "fork");
});
