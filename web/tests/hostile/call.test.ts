/** Attacks on a call's signalling (docs/hostile-server.md): a test for each row, by its name. The Python ones: tests/attacks/held/test_call.py. */

import { beforeEach, test } from "vitest";

import { newId, type Dsse } from "../../src/crypto";
import { deviceKey } from "../../src/directory";
import { FingerprintCheck, signDescription } from "../../src/video/fingerprint";
import { verifyWith } from "../../src/video/identity";
import { someone, type Someone } from "../standin/people";
import { reload, stage, type Stage } from "../standin/stage";
import { refused } from "./refusal";

let here: Stage;
let check: FingerprintCheck;
const consultation = newId();

beforeEach(async () => {
  here = await stage();
  check = new FingerprintCheck(verifyWith(deviceKey), { consultation, person: here.bose.person });
});

/** The description of a line, with a certificate of its own. */
function offer(byte = "AB"): RTCSessionDescriptionInit {
  const print = Array.from({ length: 32 }, () => byte).join(":");
  return { type: "offer", sdp: `v=0\r\na=ice-ufrag:abcd\r\na=fingerprint:sha-256 ${print}\r\na=setup:actpass\r\n` };
}

const signed = (by: Someone, description = offer(), of = consultation): Promise<Dsse> => signDescription((kind, fields) => by.keyring.sign(kind, fields), of, description);

test("an unsigned fingerprint", async () => {
  const mallory = await someone("professional");
  await here.server.register(mallory);
  await refused(check.check(offer(), await signed(mallory)), "call.unsigned");
  const statement = await signed(here.bose);
  await refused(check.check(offer(), { ...statement, signatures: [] }), "call.unsigned");
});

test("a swapped fingerprint", async () => {
  await refused(check.check(offer("CD"), await signed(here.bose)), "call.altered");
});

test("a call from a revoked device", async () => {
  const statement = await signed(here.bose);
  here.server.revoked.add(here.bose.device);
  reload();
  await refused(check.check(offer(), statement), "call.unsigned");
});

test("the call of another consultation", async () => {
  await refused(check.check(offer(), await signed(here.bose, offer(), newId())), "call.elsewhere");
});

test("an old call shown again", async () => {
  const statement = await signed(here.bose);
  await check.check(offer(), statement);
  await refused(check.check(offer(), statement), "call.replayed");
});
