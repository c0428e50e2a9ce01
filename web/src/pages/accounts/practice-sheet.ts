/** A practice's recovery sheet in the hands of someone who types its code: whose it is, asking to be the manager, becoming it. */

import {
  b64uEncode,
  byRecoveryCode,
  decodeRecoveryCode,
  equalBytes,
  kemPublicKey,
  newId,
  openMethod,
  practiceKemSeed,
  sealKey,
  sheetKey,
  sheetSeed,
  sheetSigner,
  signStatement,
  type Bytes,
} from "../../crypto";
import { DirectoryError, practiceKey } from "../../directory";
import { wireNow, type Keyring } from "../../keys";
import { api, ApiError } from "../../net";

export interface Sheet {
  readonly code: Bytes;
  readonly practice: { readonly id: string; readonly name: string; readonly city: string };
  readonly recovery: unknown;
  /** From when the person who is signed in may come in; null where they have not asked. */
  readonly not_before: string | null;
}

export interface Asking {
  readonly person: string;
  readonly given: string;
  readonly family: string;
  readonly not_before: string;
}

/** The vault wants three days at least; an installation may want more. */
const DELAYS_HOURS = [73, 169, 721] as const;

/** Throws EnvelopeError `recovery-code` for a mistyped code before anything is sent, and ApiError `link-ended` for a sheet of no practice here. */
export async function findSheet(typed: string): Promise<Sheet> {
  const code = await decodeRecoveryCode(typed);
  const seed = await sheetSeed(code);
  const said = { id: newId(), at: wireNow(), sheet_key: b64uEncode(sheetKey(seed)) };
  const statement = await signStatement("sheet-find", said, sheetSigner(seed));
  const told = await api.post<Omit<Sheet, "code">>("/api/sheet/find", { statement });
  return { ...told, code };
}

/** Asks to be the manager: told to every member, in force after the delay. Returns from when. */
export async function askForPractice(keyring: Keyring, sheet: Sheet): Promise<string> {
  for (const [at, hours] of DELAYS_HOURS.entries()) {
    const not_before = new Date(Date.now() + hours * 3_600_000).toISOString();
    try {
      return (await api.post<{ not_before: string }>("/api/sheet/reopen", { statement: await say(keyring, sheet, { step: "ask", not_before }) })).not_before;
    } catch (error) {
      const wantsMore = error instanceof ApiError && error.error === "too-soon" && at < DELAYS_HOURS.length - 1;
      if (!wantsMore) throw error;
    }
  }
  throw new Error("the last delay was refused, and that was thrown");
}

/** Becomes the manager once the time has come; the newest seed is sealed to the person. Throws DirectoryError for a seed that is not the newest. */
export async function enterPractice(keyring: Keyring, sheet: Sheet): Promise<void> {
  const { id } = sheet.practice;
  const newest = await practiceKey(id);
  const seed = await openMethod(sheet.recovery, byRecoveryCode(sheet.code), { owner: id, purpose: "practice-recovery" });
  if (!equalBytes(await kemPublicKey(await practiceKemSeed(seed)), newest.kemKey)) throw new DirectoryError("unproven", id, "The sheet opens another key than the ledger publishes.");
  const sealed = await sealKey(seed, "practice-seed", id, { id: keyring.person, publicKey: (await keyring.keys()).kemKey, generation: newest.generation });
  await api.post("/api/sheet/enter", { statement: await say(keyring, sheet, { step: "enter" }), seed: sealed });
  await keyring.rememberPracticeSeed(id, newest.generation, seed);
}

/** Somebody is still here: one signature, and no sheet. */
export async function refuseReopening(keyring: Keyring, practice: string, person: string): Promise<void> {
  await api.post(`/api/practices/${practice}/reopenings/cancel`, { statement: await keyring.sign("reopen-cancel", { practice, target: person }) });
}

async function say(keyring: Keyring, sheet: Sheet, fields: Readonly<Record<string, unknown>>): Promise<object> {
  return keyring.signBeside(sheetSigner(await sheetSeed(sheet.code)), "reopen", { practice: sheet.practice.id, ...fields });
}
