/** Making a person: a root, the statement that registers its public keys, and the ways to get at it again. */

import {
  b64uEncode,
  byPasskey,
  byPassphrase,
  byRecoveryCode,
  identitySigner,
  makeMethod,
  newId,
  newSecret,
  personKeys,
  randomBytes,
  signStatement,
  ARGON2_FLOOR,
  SALT_BYTES,
  stretch,
  type Argon2,
  type Bytes,
  type Dsse,
  type PersonKeys,
  type StretchedPassphrase,
  type UnlockMethod,
} from "../crypto";
import { wireNow } from "./clock";

export interface NewPerson {
  readonly person: string;
  readonly root: Bytes;
  readonly keys: PersonKeys;
}

/** Makes the keys of a person under the id that the server reserved. */
export async function newPerson(person: string): Promise<NewPerson> {
  const root = newSecret();
  return { person, root, keys: await personKeys(root) };
}

export async function personStatement(made: NewPerson, kind: "patient" | "professional"): Promise<Dsse> {
  const body = {
    id: newId(),
    at: wireNow(),
    person: made.person,
    kind,
    identity_key: b64uEncode(made.keys.identityKey),
    kem_key: b64uEncode(made.keys.kemKey),
  };
  return signStatement("person", body, identitySigner(made.person, made.keys.identitySeed));
}

export function passkeyMethod(owner: string, root: Bytes, prf: Bytes, id = newId()): Promise<UnlockMethod> {
  return makeMethod(root, byPasskey(prf), { owner, id });
}

export interface ChosenPassphrase {
  readonly stretched: StretchedPassphrase;
  readonly salt: Bytes;
  readonly argon2: Argon2;
}

/** Stretches a new passphrase under a new salt; takes about a second. */
export async function choosePassphrase(passphrase: string): Promise<ChosenPassphrase> {
  const salt = randomBytes(SALT_BYTES);
  return { stretched: await stretch(passphrase, salt), salt, argon2: ARGON2_FLOOR };
}

/** `share` comes from the vault, in answer to the sign-in secret. */
export function passphraseMethod(
  owner: string,
  root: Bytes,
  chosen: ChosenPassphrase,
  share: Bytes,
  id: string,
): Promise<UnlockMethod> {
  const { stretched, salt, argon2 } = chosen;
  return makeMethod(root, byPassphrase(stretched.unlockSecret, share), { owner, id, salt, argon2 });
}

export function recoveryMethod(owner: string, root: Bytes, code: Bytes, id: string): Promise<UnlockMethod> {
  return makeMethod(root, byRecoveryCode(code), { owner, id });
}
