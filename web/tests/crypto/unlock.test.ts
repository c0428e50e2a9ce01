import { expect, test } from "vitest";

import * as crypto from "../../src/crypto";
import { expectRefused } from "./expect";
import { hex, read } from "./vectors";

const root = new Uint8Array(32).fill(7);
const passkey = crypto.byPasskey(new Uint8Array(32).fill(1));
const recovery = crypto.byRecoveryCode(new Uint8Array(16).fill(3));
const passphrase = crypto.byPassphrase(new Uint8Array(32).fill(4), new Uint8Array(32).fill(5));
const owner = "alice";
const method = await crypto.makeMethod(root, passkey, { owner });

test("each kind gives the root back", async () => {
  for (const by of [passkey, recovery, passphrase]) {
    const made = await crypto.makeMethod(root, by, { owner });
    expect(await crypto.openMethod(JSON.parse(JSON.stringify(made)), by, { owner })).toEqual(root);
  }
});

test("another secret, share or kind is refused", async () => {
  const made = await crypto.makeMethod(root, passphrase, { owner });
  const wrongShare = crypto.byPassphrase(new Uint8Array(32).fill(4), new Uint8Array(32));
  const wrongSecret = crypto.byPassphrase(new Uint8Array(32), new Uint8Array(32).fill(5));
  for (const by of [wrongShare, wrongSecret, passkey]) {
    await expectRefused("unlock", () => crypto.openMethod(made, by, { owner }));
  }
});

test("a method moved to another person or id is refused", async () => {
  await expectRefused("unlock", () => crypto.openMethod(method, passkey, { owner: "chen" }));
  await expectRefused("unlock", () => crypto.openMethod({ ...method, id: "other" }, passkey, { owner }));
});

test("a swapped public key or root is refused", async () => {
  const other = await crypto.makeMethod(root, passkey, { owner });
  const swappedKey = { ...method, public_key: other.public_key };
  await expectRefused("unlock", () => crypto.openMethod(swappedKey, passkey, { owner }));
  const swappedRoot = { ...method, sealed_root: other.sealed_root };
  await expectRefused("sealed", () => crypto.openMethod(swappedRoot, passkey, { owner }));
});

test("a new root needs no secret", async () => {
  const next = new Uint8Array(32).fill(8);
  const renewed = await crypto.resealRoot(method, next, { owner, generation: 1 });
  expect(await crypto.openMethod(renewed, passkey, { owner })).toEqual(next);
});

test("a recovery sheet opens a practice seed and nothing else", async () => {
  const sheet = await crypto.makeMethod(root, recovery, { owner: "practice", purpose: "practice-recovery" });
  const options = { owner: "practice", purpose: "practice-recovery" } as const;
  expect(await crypto.openMethod(sheet, recovery, options)).toEqual(root);
  await expectRefused("sealed", () => crypto.openMethod(sheet, recovery, { owner: "practice" }));
});

test.each([
  { m: 65535, t: 3, p: 1 },
  { m: 65536, t: 2, p: 1 },
  { m: 65536, t: 3, p: 0 },
  { m: 2 ** 22, t: 3, p: 1 },
  { m: 65536, t: 99, p: 1 },
])("stretching with %j is refused", async (parameters) => {
  await expectRefused("stretching", () => crypto.stretch("passphrase", new Uint8Array(16), parameters));
});

test("a salt of another length is refused", async () => {
  await expectRefused("malformed", () => crypto.stretch("passphrase", new Uint8Array(8)));
});

test.each([{ kind: "magic" }, { public_key: "AAAA" }, { salt: "AAAA" }, { argon2: 5 }])(
  "a method with %j is malformed",
  async (change) => {
    await expectRefused("malformed", () => crypto.openMethod({ ...method, ...change }, passkey, { owner }));
  },
);

test.each(["passkey", "passphrase", "recovery"])("short input for a %s is refused", async (kind) => {
  const short = new Uint8Array(15);
  const makers = {
    passkey: () => crypto.byPasskey(short),
    passphrase: () => crypto.byPassphrase(short, new Uint8Array(32)),
    recovery: () => crypto.byRecoveryCode(short),
  };
  await expectRefused("malformed", makers[kind as keyof typeof makers]);
});

const codes = read<{ code: string; text: string; sign_in_secret: string; sheet_key: string }[]>("recovery-code.json");

test.each(codes)("recovery code $text", async ({ code, text, sign_in_secret, sheet_key }) => {
  expect(await crypto.encodeRecoveryCode(hex(code))).toBe(text);
  const typed = text.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
  expect(crypto.hex(await crypto.decodeRecoveryCode(typed))).toBe(code);
  expect(crypto.hex(await crypto.recoverySignInSecret(hex(code)))).toBe(sign_in_secret);
  expect(crypto.hex(crypto.sheetKey(await crypto.sheetSeed(hex(code))))).toBe(sheet_key);
});

test("every new code reads back", async () => {
  for (let n = 0; n < 50; n += 1) {
    const code = crypto.newRecoveryCode();
    expect(await crypto.decodeRecoveryCode(await crypto.encodeRecoveryCode(code))).toEqual(code);
  }
});

test.each(["", "ABCD", "U".repeat(28), "0".repeat(29), `${"0".repeat(25)}100`])(
  "%j is no recovery code",
  async (typed) => {
    await expectRefused("recovery-code", () => crypto.decodeRecoveryCode(typed));
  },
);

test("a mistyped letter is found", async () => {
  const [{ text } = { text: "" }] = codes.slice(2);
  const mistyped = text.startsWith("Z") ? `Y${text.slice(1)}` : `Z${text.slice(1)}`;
  await expectRefused("recovery-code", () => crypto.decodeRecoveryCode(mistyped));
});
