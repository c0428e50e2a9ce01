import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";
import { hex, person, read, vaultTurn, type Golden } from "./vectors";

interface Vectors {
  content_keys: {
    record: string;
    compartment: string;
    epoch: number;
    care_key: string;
    turn: string;
    content_key: string;
    commitment: string;
  }[];
  person: { kem_seed: string; identity_seed: string; identity_key: string };
  practice: { seed: string; kem_seed: string };
  prf_salt: string;
}
const vectors = read<Vectors>("keys.json");
interface Rfc5869 {
  case: number;
  ikm: string;
  salt: string;
  info: string;
  length: number;
  okm: string;
}

test.each(read<Rfc5869[]>("published/rfc5869.json"))("HKDF is RFC 5869's, case $case", async (given) => {
  const options = { salt: hex(given.salt), length: given.length };
  expect(crypto.hex(await crypto.hkdf(hex(given.ikm), hex(given.info), options))).toBe(given.okm);
});

test.each(vectors.content_keys)("content key and commitment of $compartment, $epoch", async (given) => {
  const { record, compartment, epoch } = given;
  const [careKey, turn] = [hex(given.care_key), hex(given.turn)];
  expect(crypto.hex(await vaultTurn(compartment, epoch))).toBe(given.turn);
  const place = { record, compartment, epoch };
  expect(crypto.hex(await crypto.rawContentKey(place, careKey, turn))).toBe(given.content_key);
  const key = await crypto.contentKey(place, careKey, turn);
  expect(crypto.hex(key.commitment)).toBe(given.commitment);
});

test("a content key cannot be read back", async () => {
  const key = await crypto.contentKey({ record: "r", compartment: "care", epoch: 0 }, filled(1), filled(2));
  expect(key.aes.extractable || key.derive.extractable).toBe(false);
});

test("a missing care key or turn is refused, and a care key for contact", async () => {
  const place = { record: "r", compartment: "exchange", epoch: 0 };
  const none = new Uint8Array(0);
  await expectRefused("malformed", () => crypto.contentKey(place, none, filled(2)));
  await expectRefused("malformed", () => crypto.contentKey(place, filled(1), none));
  await expectRefused("malformed", () => crypto.contentKey({ ...place, compartment: "contact" }, filled(1), filled(2)));
});

test("a root expands to the keys of the vectors", () => {
  expect(crypto.hex(person.kemSeed)).toBe(vectors.person.kem_seed);
  expect(crypto.hex(person.identitySeed)).toBe(vectors.person.identity_seed);
  expect(crypto.hex(person.identityKey)).toBe(vectors.person.identity_key);
});

test.each(["golden-python.json", "golden-typescript.json"])("%s has our KEM key", (name) => {
  expect(crypto.b64uEncode(person.kemKey)).toBe(read<Golden>(name).kem_key);
});

test("practice seed and PRF salt are those of the vectors", async () => {
  expect(crypto.hex(await crypto.practiceKemSeed(hex(vectors.practice.seed)))).toBe(vectors.practice.kem_seed);
  expect(crypto.hex(await crypto.prfSalt())).toBe(vectors.prf_salt);
});

test("roots and seeds of another length are refused", async () => {
  await expectRefused("malformed", () => crypto.personKeys(new Uint8Array(31)));
  await expectRefused("malformed", () => crypto.practiceKemSeed(new Uint8Array(33)));
});

function filled(byte: number): crypto.Bytes {
  return new Uint8Array(32).fill(byte);
}
