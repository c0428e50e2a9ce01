import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";

const device = await crypto.newDeviceKey();
const verify = await crypto.importDeviceKey(device.publicKey);
const person = await crypto.personKeys(new Uint8Array(32));
const identity = crypto.identitySigner("alice", person.identitySeed);
const signed = await crypto.signStatement("device", { id: "1", note: "é" }, identity, crypto.deviceSigner("d", device));

test("PAE is the one of the DSSE protocol", () => {
  const encoded = crypto.pae("http://example.com/HelloWorld", crypto.utf8("hello world"));
  expect(crypto.textOf(encoded)).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("both signatures are checked", async () => {
  const said = crypto.readStatement(signed, "device");
  expect(said.body).toEqual({ id: "1", note: "é" });
  await crypto.checkDevice(said, "d", verify);
  await crypto.checkIdentity(said, "alice", person.identityKey);
});

test("a second person signs the same bytes, after the first", async () => {
  const second = await crypto.newDeviceKey();
  const first = await crypto.signStatement("unfreeze", { id: "1" }, crypto.deviceSigner("d", device));
  const both = await crypto.countersign(first, crypto.deviceSigner("e", second));
  expect(both.payload).toBe(first.payload);
  expect(both.signatures.map((one) => one.keyid)).toEqual(["d", "e"]);
  const said = crypto.readStatement(both, "unfreeze");
  await crypto.checkDevice(said, "d", verify);
  await crypto.checkDevice(said, "e", await crypto.importDeviceKey(second.publicKey));
});

test("another key or name is refused", async () => {
  const said = crypto.readStatement(signed);
  const other = await crypto.newDeviceKey();
  const otherKey = await crypto.importDeviceKey(other.publicKey);
  await expectRefused("signature", () => crypto.checkDevice(said, "d", otherKey));
  await expectRefused("signature", () => crypto.checkDevice(said, "other", verify));
  await expectRefused("signature", () => crypto.checkIdentity(said, "chen", person.identityKey));
  await expectRefused("signature", () => crypto.checkIdentity(said, "alice", new Uint8Array(32).fill(255)));
});

test("a changed payload or kind is refused", async () => {
  const changed = { ...signed, payload: crypto.b64Encode(crypto.utf8('{"id":"2"}')) };
  await expectRefused("signature", () => crypto.checkDevice(crypto.readStatement(changed), "d", verify));
  await expectRefused("kind", () => crypto.readStatement(signed, "release"));
  const moved = { ...signed, payloadType: signed.payloadType.replace("device", "release") };
  await expectRefused("signature", () => crypto.checkDevice(crypto.readStatement(moved, "release"), "d", verify));
});

test.each([
  { payload: "é" },
  { payload: 5 },
  { payload: crypto.b64Encode(crypto.utf8("[]")) },
  { payload: crypto.b64Encode(Uint8Array.of(0xff)) },
  { payloadType: "text/plain" },
  { payloadType: null },
  { signatures: [] },
  { signatures: [{ keyid: "d" }] },
  { signatures: [{ keyid: "d", sig: "AAAA" }] },
  { signatures: [...signed.signatures, ...signed.signatures] },
])("%j is no statement", async (change) => {
  await expectRefused("malformed", () => crypto.readStatement({ ...signed, ...change }));
});

test("what is no device key is malformed", async () => {
  await expectRefused("malformed", () => crypto.importDeviceKey(new Uint8Array(33)));
  await expectRefused("malformed", () => crypto.importDeviceKey(new Uint8Array(65).fill(4)));
});

test("a device key cannot be read", () => {
  expect(device.privateKey.extractable).toBe(false);
});
