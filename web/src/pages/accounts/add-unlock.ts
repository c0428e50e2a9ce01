/** Adding a way in to an account that one is signed in to: passkey, passphrase, or a new recovery sheet. */

import { b64uDecode, b64uEncode, encodeRecoveryCode, newId, newRecoveryCode, recoverySignInSecret, type Bytes } from "../../crypto";
import { t } from "../../face";
import {
  choosePassphrase,
  createPasskey,
  passkeyMethod,
  passphraseMethod,
  recoveryMethod,
  type ChosenPassphrase,
  type CreationJson,
  type Keyring,
} from "../../keys";
import { api } from "../../net";
import { deviceLabel } from "./device-label";
import { checkSheetStep, ownSheetUse, sheetStep } from "./recovery-sheet";
import { registerPasskey } from "./step-up";
import type { Step, Steps } from "./steps";
import { chooseUnlock } from "./unlock-steps";

export async function addPasskey(keyring: Keyring, name: string): Promise<void> {
  const options = await api.post<CreationJson>("/api/passkeys/options", { name });
  const { credential, prf, made } = await createPasskey(options);
  const method = await passkeyMethod(keyring.person, await keyring.root(), prf);
  await api.post("/api/passkeys", { method, credential, label: deviceLabel() });
  await registerPasskey(keyring, made);
}

export function addUnlock(steps: Steps, keyring: Keyring, email: string, onward: () => void): Step {
  let chosen: ChosenPassphrase | null = null;
  return chooseUnlock(steps, {
    email: () => email,
    usePasskey: () => addPasskey(keyring, email),
    choosePassphrase: async (passphrase) => {
      chosen = await choosePassphrase(passphrase);
    },
    usePassphrase: async (secret, totp) => {
      if (chosen) await addPassphrase(keyring, chosen, secret, totp);
    },
    onward,
  });
}

async function addPassphrase(keyring: Keyring, chosen: ChosenPassphrase, secret: Bytes, totp: string): Promise<void> {
  const id = newId();
  const share = await factors(id, "passphrase", chosen.stretched.signInSecret, { totp_secret: b64uEncode(secret), totp });
  const method = await passphraseMethod(keyring.person, await keyring.root(), chosen, share, id);
  await api.post("/api/methods", { method });
}

/** A new sheet; the one before is good for nothing once this one is confirmed. */
export async function addSheet(steps: Steps, keyring: Keyring, onward: () => void): Promise<Step> {
  const code = newRecoveryCode();
  const text = await encodeRecoveryCode(code);
  const keep = async (): Promise<void> => {
    const id = newId();
    await factors(id, "recovery", await recoverySignInSecret(code), {});
    await api.post("/api/methods", { method: await recoveryMethod(keyring.person, await keyring.root(), code, id) });
    onward();
  };
  const words = { title: t("accounts.sheet.new"), lead: t("accounts.sheet.new-lead"), whose: t("accounts.sheet.whose"), use: ownSheetUse() };
  return sheetStep(text, words, () => {
    steps.show(checkSheetStep(text, keep));
  });
}

async function factors(method: string, kind: "passphrase" | "recovery", secret: Bytes, more: object): Promise<Bytes> {
  const body = { method, kind, sign_in_secret: b64uEncode(secret), ...more };
  return b64uDecode((await api.post<{ share: string }>("/api/methods/factors", body)).share, 32);
}
