/** Telling the vault of a passkey, so that a touch of it can widen a budget one day (docs/spec/key-release.md, "Step-up"). */

import { b64uEncode } from "../../crypto";
import type { Keyring, MadePasskey } from "../../keys";
import { api } from "../../net";

/**
 * Signed by the person's identity, from what the browser itself said of the key. What goes wrong here is no reason to stop who signs up or
 * adds a passkey: it signs in all the same, and the page of step-ups says what is missing.
 */
export async function registerPasskey(keyring: Keyring, made: MadePasskey | null): Promise<void> {
  if (!made) return;
  const fields = { credential: made.credential, public_key: b64uEncode(made.publicKey) };
  await keyring
    .signAsIdentity("passkey", fields)
    .then((statement) => api.post("/vault/statements", statement))
    .catch(() => undefined);
}
