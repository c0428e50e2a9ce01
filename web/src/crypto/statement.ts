/**
 * Statements: DSSE v1 envelopes that devices and identities sign (docs/spec/envelope.md, "Statements"). The bytes that
 * were signed are the bytes that are parsed; nobody re-encodes them.
 */

import { b64Decode, b64Encode, concat, jsonOf, utf8, type Bytes } from "./bytes";
import { EnvelopeError } from "./errors";
import { isSignedByDevice, isSignedByIdentity, type Signer } from "./signing";
import { fields, text, type Fields } from "./wire";

const TYPE = /^application\/vnd\.colloque\.([a-z][a-z0-9-]*)\.v1\+json$/;
const SIGNATURE_BYTES = 64;

/** As it is on the wire. */
export interface Dsse {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Parsed; signatures are not checked yet. */
export interface Statement {
  readonly kind: string;
  readonly payload: Bytes;
  readonly body: Fields;
  readonly signedBytes: Bytes;
  readonly signatures: ReadonlyMap<string, Bytes>;
}

/** Signs a body once for each signer; the JSON written here is the JSON that readers parse. */
export async function signStatement(
  kind: string,
  body: Readonly<Record<string, unknown>>,
  ...signers: readonly Signer[]
): Promise<Dsse> {
  const payload = utf8(JSON.stringify(body));
  const payloadType = `application/vnd.colloque.${kind}.v1+json`;
  const message = pae(payloadType, payload);
  const signatures = await Promise.all(
    signers.map(async (signer) => ({ keyid: signer.keyid, sig: b64Encode(await signer.sign(message)) })),
  );
  return { payload: b64Encode(payload), payloadType, signatures };
}

/** Adds a second person's signature over the same bytes; what they say, the caller has read. */
export async function countersign(envelope: Dsse, signer: Signer): Promise<Dsse> {
  const sig = b64Encode(await signer.sign(readStatement(envelope).signedBytes));
  return { ...envelope, signatures: [...envelope.signatures, { keyid: signer.keyid, sig }] };
}

/** Parses a statement, of one kind when `kind` is given. Throws `malformed` or `kind`. */
export function readStatement(envelope: unknown, kind?: string): Statement {
  const source = fields(envelope);
  const payload = b64Decode(source["payload"]);
  const type = text(source, "payloadType");
  const found = TYPE.exec(type)?.[1];
  if (found === undefined) throw new EnvelopeError("malformed", "not a payloadType of ours");
  if (kind !== undefined && found !== kind) throw new EnvelopeError("kind", `a ${kind} is expected, not a ${found}`);
  return {
    kind: found,
    payload,
    body: fields(jsonOf(payload)),
    signedBytes: pae(type, payload),
    signatures: readSignatures(source["signatures"]),
  };
}

/** Throws `signature` unless this device signed. */
export async function checkDevice(statement: Statement, device: string, key: CryptoKey): Promise<void> {
  const signature = statement.signatures.get(device);
  if (signature === undefined || !(await isSignedByDevice(key, signature, statement.signedBytes))) {
    throw new EnvelopeError("signature", "not signed by this device");
  }
}

/** Throws `signature` unless this person's identity key (32 bytes) signed. */
export async function checkIdentity(statement: Statement, person: string, publicKey: Bytes): Promise<void> {
  const signature = statement.signatures.get(`identity:${person}`);
  if (signature === undefined || !(await isSignedByIdentity(publicKey, signature, statement.signedBytes))) {
    throw new EnvelopeError("signature", "not signed by this identity");
  }
}

/** Pre-authentication encoding: lengths are of UTF-8 bytes, in decimal. */
export function pae(type: string, body: Bytes): Bytes {
  const typeBytes = utf8(type);
  return concat(utf8(`DSSEv1 ${typeBytes.length} `), typeBytes, utf8(` ${body.length} `), body);
}

function readSignatures(value: unknown): ReadonlyMap<string, Bytes> {
  if (!Array.isArray(value) || value.length < 1 || value.length > 8) {
    throw new EnvelopeError("malformed", "between one and eight signatures");
  }
  const entries = value.map((entry: unknown) => {
    const source = fields(entry);
    return [text(source, "keyid"), b64Decode(source["sig"], SIGNATURE_BYTES)] as const;
  });
  const signatures = new Map(entries);
  if (signatures.size !== entries.length) throw new EnvelopeError("malformed", "two signatures claim the same key");
  return signatures;
}
