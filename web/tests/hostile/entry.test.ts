/** Attacks on signing in (docs/hostile-server.md): a test for each row, by its name. The Python ones: tests/attacks/held/test_entry.py. */

import { beforeEach, test } from "vitest";

import { b64uEncode, byRecoveryCode, encodeRecoveryCode, makeMethod, newSecret, type UnlockMethod } from "../../src/crypto";
import { enterByRecovery, stretchFor } from "../../src/pages/accounts/entry";
import { stage, type Stage } from "../standin/stage";
import { refused } from "./refusal";

let here: Stage;
const code = new Uint8Array(16).fill(7);

beforeEach(async () => {
  here = await stage();
});

const method = (owner = here.alice.person): Promise<UnlockMethod> => makeMethod(newSecret(), byRecoveryCode(code), { owner });

async function enterWith(told: UnlockMethod): Promise<unknown> {
  here.server.answers.set("POST /api/sign-in/recovery", { person: here.alice.person, session: "", method: told.id, methods: [told] });
  return enterByRecovery("alice@example.org", await encodeRecoveryCode(code));
}

test("a weaker stretching", async () => {
  const salt = b64uEncode(new Uint8Array(16));
  here.server.answers.set("POST /api/sign-in/salt", { method: "m", salt, argon2: { m: 1024, t: 1, p: 1 } });
  await refused(stretchFor("alice@example.org", "orge cobalt tuile"), "stretching");
});

test("another root behind a way in", async () => {
  const [own, other] = [await method(), await method()];
  await refused(enterWith({ ...own, sealed_root: other.sealed_root }), "sealed");
});

test("another person's way in", async () => {
  await refused(enterWith(await method(here.bose.person)), "unlock");
});
