/** Keys of persons and of their devices, proven and remembered. */

import { b64uDecode, b64uEncode, checkDevice, checkIdentity, fingerprintWords, importDeviceKey, keyId, type Bytes, type Statement } from "../crypto";
import { amend } from "../memory/store";
import { noteChange } from "./changed";
import { DirectoryError, KeyChangedError } from "./errors";
import { fetchProven, type Proven } from "./proven";

/** How long an answer of the directory is used again: a device revoked since is refused at the latest then. */
const FRESH_MS = 60_000;

export interface PersonKeys {
  readonly person: string;
  readonly kemKey: Bytes;
  readonly keyId: string;
  readonly identityKey: Bytes;
}

export interface DeviceKey {
  readonly publicKey: CryptoKey;
  readonly revoked: boolean;
}

interface KnownPerson {
  readonly keys: PersonKeys;
  readonly devices: ReadonlyMap<string, DeviceKey>;
}

const asked = new Map<string, { readonly at: number; readonly known: Promise<KnownPerson> }>();

/** A person's public keys. Throws DirectoryError; KeyChangedError when they are not those remembered. */
export async function personKeys(person: string): Promise<PersonKeys> {
  return (await knownPerson(person)).keys;
}

/** Six words that two people can compare aloud. */
export async function wordsOf(person: string): Promise<readonly string[]> {
  return fingerprintWords((await personKeys(person)).kemKey);
}

/** The key of one device of a person, and whether it was revoked since. Throws `unknown-device`. */
export async function deviceKey(person: string, device: string): Promise<DeviceKey> {
  // A device that was enrolled a moment ago is not in an answer from before.
  const found = (await knownPerson(person)).devices.get(device) ?? (await knownPerson(person, true)).devices.get(device);
  if (!found) throw new DirectoryError("unknown-device", person, "This person has no such device.");
  return found;
}

/** Forget what this page was told, so that tests can start anew. */
export function forgetPeople(): void {
  asked.clear();
}

function knownPerson(person: string, anew = false): Promise<KnownPerson> {
  const before = asked.get(person);
  if (before && !anew && Date.now() - before.at < FRESH_MS) return before.known;
  const known = askPerson(person);
  asked.set(person, { at: Date.now(), known });
  known.catch(() => asked.delete(person));
  return known;
}

async function askPerson(person: string): Promise<KnownPerson> {
  const { told, proven } = await fetchProven("persons", person);
  const [registered, ...more] = proven.filter(({ statement }) => statement.kind === "person");
  if (!registered || more.length > 0) throw new DirectoryError("unproven", person, "A person is registered once.");
  const keys = await readPerson(registered.statement, person);
  await rememberPerson(keys);
  const revoked = new Set(told.revoked ?? []);
  const devices = await Promise.all(proven.filter(({ statement }) => statement.kind === "device").map((one) => readDevice(one, keys, revoked)));
  return { keys, devices: new Map(devices) };
}

async function readPerson(statement: Statement, person: string): Promise<PersonKeys> {
  const { body } = statement;
  if (body["person"] !== person) throw new DirectoryError("unproven", person, "The keys are another person's.");
  const identityKey = b64uDecode(body["identity_key"], 32);
  await checkIdentity(statement, person, identityKey);
  const kemKey = b64uDecode(body["kem_key"]);
  return { person, kemKey, keyId: await keyId(kemKey), identityKey };
}

async function readDevice({ statement }: Proven, keys: PersonKeys, revoked: ReadonlySet<string>): Promise<readonly [string, DeviceKey]> {
  const { body } = statement;
  const device = body["new_device"];
  if (body["person"] !== keys.person || typeof device !== "string") throw new DirectoryError("unproven", keys.person, "The device is another person's.");
  const publicKey = await importDeviceKey(b64uDecode(body["public_key"], 65));
  await checkIdentity(statement, keys.person, keys.identityKey);
  await checkDevice(statement, device, publicKey);
  return [device, { publicKey, revoked: revoked.has(device) }];
}

async function rememberPerson(keys: PersonKeys): Promise<void> {
  const found = `${keys.keyId} ${b64uEncode(keys.identityKey)}`;
  try {
    await amend<string>("people", keys.person, (known) => {
      // A person's keys never change: whoever starts again is another person.
      if (known !== undefined && known !== found) throw new KeyChangedError(keys.person, known, found);
      return known === undefined ? found : undefined;
    });
  } catch (error) {
    if (error instanceof KeyChangedError) await notePerson(error, found);
    throw error;
  }
}

/** The words that people read to one another are of the first key: where it is the same and the other is not, no words tell. */
async function notePerson(error: KeyChangedError, found: string): Promise<void> {
  const [known = "", next = ""] = [error.known, found].map((one) => one.split(" ")[0] ?? "");
  await noteChange({ kind: "person", about: error.about, known, found: next, accepted: known === next ? null : found });
}
