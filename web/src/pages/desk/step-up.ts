/** The statement that widens a budget: a touch of the passkey, bound to this statement of this device and to no other. */

import { b64uEncode, label, newId, sha256, type Bytes } from "../../crypto";
import { touchPasskey, type Keyring } from "../../keys";
import { ask } from "../../vault";

/** What the authenticator signs, so that what it signed is as fresh as the statement. */
export function challengeOf(statement: string, device: string): Promise<Bytes> {
  return sha256(label("colloque/v1/step-up", statement, device));
}

/** Throws PasskeyError, or the vault's refusal: `not-found` and `too-soon` for the passkey, `conflict` when it was done already. */
export async function stepUp(keyring: Keyring): Promise<void> {
  const id = newId();
  const touched = await touchPasskey(await challengeOf(id, keyring.device));
  const fields = {
    id,
    credential: touched.credential,
    client_data: b64uEncode(touched.clientData),
    authenticator_data: b64uEncode(touched.authenticatorData),
    signature: b64uEncode(touched.signature),
  };
  await ask("/vault/statements", () => keyring.sign("step-up", fields));
}
