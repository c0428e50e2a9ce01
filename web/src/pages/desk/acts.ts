/** What a practitioner does to a consultation: a word first, sealed, then the signed act. */

import { newId } from "../../crypto";
import type { Keyring } from "../../keys";
import { openCompartment } from "../../records";
import { askOnce } from "../../vault";
import type { Consultation } from "../patient/api";

type Act = "take" | "cancel" | "refuse" | "transfer" | "close";

/** Signs and sends an act; a lost answer is asked for again with the same statement, here and at the next press. */
export function act(keyring: Keyring, what: Act, consultation: string, fields: Readonly<Record<string, string>> = {}): Promise<Consultation> {
  const sign = (): ReturnType<Keyring["sign"]> => keyring.sign(what, { record: consultation, ...fields });
  return askOnce<Consultation>(JSON.stringify([what, consultation, fields]), `/api/consultations/${consultation}/${what}`, sign, (statement) => ({ statement }));
}

/** The word that goes with a refusal or a transfer: written before the act, for after it one may not write any more. */
export class Word {
  /** One item, however often one tries: what was written at the first try is changed, not written twice. */
  readonly #item = newId();
  #written = "";

  async leave(keyring: Keyring, consultation: string, kind: "refusal" | "transfer", text: string, purpose: string): Promise<void> {
    const said = text.trim();
    if (said === this.#written) return;
    const request = await openCompartment(keyring, consultation, "request", purpose);
    await request.put(kind, { text: said }, this.#item);
    this.#written = said;
  }
}
