/** A practice's records handed to another: what the web tells of it, and what is signed. */

import { readStatement, type Dsse } from "../../crypto";
import { practiceKey, type PracticeKey } from "../../directory";
import type { Keyring } from "../../keys";
import { api } from "../../net";
import { askOnce } from "../../vault";
import { tc } from "../../words/custody";
import { FieldError } from "../accounts/form";
import { proven } from "../accounts/proof";
import { isTheirWords } from "../accounts/returns";

export interface Named {
  readonly id: string;
  readonly name: string;
  readonly city: string;
}

export interface Custody {
  readonly id: string;
  readonly practice: Named;
  readonly to: Named;
  readonly is_agreed: boolean;
  readonly not_before: string;
  readonly until: string | null;
  /** What the successor's manager signs; null once they have. */
  readonly statement: Dsse | null;
  readonly left: number;
  readonly kept: number;
  readonly moved: number;
}

export interface Told {
  readonly files: number;
  readonly given: Custody | null;
  readonly taken: readonly Custody[];
}

/** The vault's usual delay, and an hour; and how long the successor's manager has to sign. */
export const LEAST_HOURS = 721;
const TO_SIGN_HOURS = 71;
export const HOUR_MS = 3_600_000;

/** Proposed again after a lost answer, it is the same signed proposal. */
export async function propose(keyring: Keyring, practice: string, to: string, notBefore: string): Promise<void> {
  const said = { practice, to, step: "ask", not_before: notBefore };
  const until = new Date(Date.now() + TO_SIGN_HOURS * HOUR_MS).toISOString();
  await proven(() => askOnce(JSON.stringify(said), `/api/practices/${practice}/custody`, () => keyring.sign("custody", { ...said, until }), (statement) => ({ statement })));
}

/** Signs what the other manager signed. Throws FieldError where that does not say what the page shows. */
export async function agree(keyring: Keyring, one: Custody): Promise<void> {
  if (!one.statement || !saysSo(one)) throw new FieldError("words", tc("odd"));
  const statement = await keyring.agree(one.statement);
  await proven(() => api.post(`/api/custody/${one.id}/agree`, { statement }));
}

/** Before two have agreed a session is enough; afterwards the vault hears it from this device. */
export async function stop(keyring: Keyring, one: Custody): Promise<void> {
  const path = `/api/custody/${one.id}/cancel`;
  if (!one.is_agreed) await api.post(path, {});
  else await askOnce(path, path, () => keyring.sign("custody-cancel", { practice: one.practice.id }), (statement) => ({ statement }));
}

/** A practice's key once its manager has read its words out. Throws FieldError for other words, DirectoryError for a key that is not proven. */
export async function comparedKey(practice: string, words: string): Promise<PracticeKey> {
  const key = await practiceKey(practice);
  if (!(await isTheirWords(words, key.kemKey))) throw new FieldError("words", tc("wrong"));
  return key;
}

/** Whether the bytes to be signed say what is shown beside them. */
function saysSo(one: Custody): boolean {
  try {
    const { body } = readStatement(one.statement, "custody");
    return body["practice"] === one.practice.id && body["to"] === one.to.id && body["step"] === "ask" && body["not_before"] === one.not_before;
  } catch {
    return false;
  }
}
