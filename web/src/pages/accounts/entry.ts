/** Signing in, without its screens: proof, root, this browser's key. */

import {
  b64uDecode,
  b64uEncode,
  byPasskey,
  byPassphrase,
  byRecoveryCode,
  checkArgon2,
  decodeRecoveryCode,
  EnvelopeError,
  openMethod,
  personKeys,
  readArgon2,
  recoverySignInSecret,
  stretch,
  type Bytes,
  type StretchedPassphrase,
  type Unlocker,
  type UnlockMethod,
} from "../../crypto";
import { keepKeyring, keptDevice, newDevice, usePasskey, type Keyring, type RequestJson } from "../../keys";
import { api, ApiError } from "../../net";
import { deviceLabel } from "./device-label";

interface SignedIn {
  readonly person: string;
  readonly session: string;
  readonly method: string;
  readonly methods: readonly UnlockMethod[];
  readonly share?: string;
}

/** One gesture: signs in and unlocks. Throws PasskeyError, ApiError. */
export async function enterByPasskey(signal?: AbortSignal): Promise<Keyring> {
  const options = await api.post<RequestJson>("/api/sign-in/passkey/options");
  const { credential, prf } = await usePasskey(options, signal);
  return enter(await api.post<SignedIn>("/api/sign-in/passkey", { credential }), byPasskey(prf));
}

export interface Stretched {
  readonly email: string;
  readonly method: string;
  readonly stretched: StretchedPassphrase;
}

/** First half of signing in by passphrase: asks for the salt and stretches; nothing secret is sent yet. */
export async function stretchFor(email: string, passphrase: string): Promise<Stretched> {
  const asked = await api.post<{ method: string; salt: string; argon2: unknown }>("/api/sign-in/salt", { email });
  const argon2 = readArgon2(asked.argon2);
  // A server that asks for less wants the passphrase cheap to guess.
  checkArgon2(argon2);
  return { email, method: asked.method, stretched: await stretch(passphrase, b64uDecode(asked.salt, 16), argon2) };
}

export async function enterByPassphrase({ email, method, stretched }: Stretched, totp: string): Promise<Keyring> {
  const sign_in_secret = b64uEncode(stretched.signInSecret);
  const answer = await api.post<SignedIn>("/api/sign-in/passphrase", { email, method, sign_in_secret, totp });
  return enter(answer, byPassphrase(stretched.unlockSecret, b64uDecode(answer.share, 32)));
}

/** Throws EnvelopeError `recovery-code` for a mistyped code, before anything is sent. */
export async function enterByRecovery(email: string, typed: string): Promise<Keyring> {
  const code = await decodeRecoveryCode(typed);
  const sign_in_secret = b64uEncode(await recoverySignInSecret(code));
  return enter(await api.post<SignedIn>("/api/sign-in/recovery", { email, sign_in_secret }), byRecoveryCode(code));
}

/** Opens the root by the method that signed in, and has this browser known. */
async function enter(answer: SignedIn, by: Unlocker): Promise<Keyring> {
  const method = answer.methods.find((one) => one.id === answer.method);
  if (!method) throw new EnvelopeError("unlock", "the method that signed in is not there");
  const root = await openMethod(method, by, { owner: answer.person });
  return settle(answer.person, answer.session, root);
}

/** Uses this browser's key again where it has one of this person, else makes one and enrols it. */
async function settle(person: string, session: string, root: Bytes): Promise<Keyring> {
  const kept = await keptDevice(person);
  if (kept && (await isStillEnrolled(kept.device))) return keepKeyring({ person, root, session, ...kept });
  const { device, deviceKey, statement } = await newDevice(person, await personKeys(root));
  await api.post("/api/devices", { device_statement: statement, label: deviceLabel() });
  return keepKeyring({ person, root, session, device, deviceKey });
}

async function isStillEnrolled(device: string): Promise<boolean> {
  try {
    await api.post("/api/devices", { device });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
