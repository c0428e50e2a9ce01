/** The cast, with real keys: what each would have said when joining, and a keyring as their browser holds it. */

import { b64uDecode, b64uEncode, byRecoveryCode, deviceSigner, identitySigner, keyId, makeMethod, newDeviceKey, newId, newRecoveryCode, newSecret, personKeys, practiceKemSeed, kemPublicKey, sheetKey, sheetSeed, signStatement, type Bytes, type DeviceKey, type Dsse, type PersonKeys, type UnlockMethod } from "../../src/crypto";
import { Keyring } from "../../src/keys";

export interface Someone {
  readonly person: string;
  readonly keys: PersonKeys;
  readonly device: string;
  readonly deviceKey: DeviceKey;
  readonly keyring: Keyring;
  readonly statements: { readonly person: Dsse; readonly device: Dsse };
}

export interface Practice {
  readonly id: string;
  readonly seed: Bytes;
  readonly kemKey: Bytes;
  readonly statement: Dsse;
  readonly recovery: UnlockMethod;
}

export async function someone(kind: "patient" | "professional" = "patient"): Promise<Someone> {
  const [person, device, root] = [newId(), newId(), newSecret()];
  const keys = await personKeys(root);
  const deviceKey = await newDeviceKey();
  const identity = identitySigner(person, keys.identitySeed);
  const said = { id: newId(), at: new Date().toISOString(), person };
  const statements = {
    person: await signStatement("person", { ...said, kind, identity_key: b64uEncode(keys.identityKey), kem_key: b64uEncode(keys.kemKey) }, identity),
    device: await signStatement("device", { ...said, id: newId(), device, new_device: device, public_key: b64uEncode(deviceKey.publicKey) }, identity, deviceSigner(device, deviceKey)),
  };
  return { person, keys, device, deviceKey, keyring: await keyringOf(person, root, device, deviceKey), statements };
}

async function keyringOf(person: string, root: Bytes, device: string, deviceKey: DeviceKey): Promise<Keyring> {
  const rootKey = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const rootNonce = new Uint8Array(12);
  const wrappedRoot = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: rootNonce }, rootKey, root));
  return new Keyring({ person, device, devicePrivate: deviceKey.privateKey, devicePublic: deviceKey.publicKey, rootKey, rootNonce, wrappedRoot, session: "" });
}

export async function practiceOf(manager: Someone): Promise<Practice> {
  const [id, seed] = [newId(), newSecret()];
  const kemKey = await kemPublicKey(await practiceKemSeed(seed));
  const said = { id: newId(), at: new Date().toISOString(), person: manager.person, device: manager.device };
  const code = newRecoveryCode();
  const recovery = await makeMethod(seed, byRecoveryCode(code), { owner: id, purpose: "practice-recovery" });
  const sheet = { kem_key_id: await keyId(b64uDecode(recovery.public_key)), signing_key: b64uEncode(sheetKey(await sheetSeed(code))) };
  const statement = await signStatement("practice", { ...said, practice: id, generation: 0, kem_key: b64uEncode(kemKey), sheet }, deviceSigner(manager.device, manager.deviceKey));
  return { id, seed, kemKey, statement, recovery };
}
