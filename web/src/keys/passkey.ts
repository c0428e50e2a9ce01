/**
 * Passkeys: WebAuthn with the PRF extension (docs/spec/envelope.md, "Unlock methods"). What the PRF answers opens the
 * person's root and must not leave the browser: credentials are written to JSON by hand, without extension results.
 */

import { b64uDecode, b64uEncode, equalBytes, prfSalt, type Bytes } from "../crypto";

export type PasskeyReason =
  | "cancelled" // the person closed the window, or time ran out
  | "no-prf" // this authenticator cannot open anything, only sign in
  | "unsteady" // it gives another answer the second time
  | "known" // this authenticator holds a passkey of this person already
  | "unsupported"; // no WebAuthn here

export class PasskeyError extends Error {
  override readonly name = "PasskeyError";
  readonly reason: PasskeyReason;

  constructor(reason: PasskeyReason, detail = "") {
    super(detail === "" ? reason : `${reason}: ${detail}`);
    this.reason = reason;
  }
}

interface Descriptor {
  readonly id: string;
  readonly type: "public-key";
  readonly transports?: AuthenticatorTransport[];
}

/** Creation options as the server writes them. */
export interface CreationJson {
  readonly challenge: string;
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly timeout?: number;
  readonly excludeCredentials?: readonly Descriptor[];
  readonly authenticatorSelection?: AuthenticatorSelectionCriteria;
  readonly attestation?: AttestationConveyancePreference;
}

export interface RequestJson {
  readonly challenge: string;
  readonly rpId: string;
  readonly timeout?: number;
  readonly allowCredentials?: readonly Descriptor[];
  readonly userVerification?: UserVerificationRequirement;
}

/** What the vault is told of a passkey, so that it can check a touch of it one day: the point as SEC 1 writes it, 65 bytes. */
export interface MadePasskey {
  readonly credential: string;
  readonly publicKey: Bytes;
}

/** What goes to the server. */
export type CredentialJson = Readonly<Record<string, unknown>>;

export function passkeysWork(): boolean {
  return typeof PublicKeyCredential !== "undefined" && navigator.credentials !== undefined;
}

/**
 * Makes a passkey, and asks it again for its PRF output: some authenticators answer another value the second time, and
 * what was wrapped under the first could never be opened again. Throws PasskeyError.
 */
export async function createPasskey(options: CreationJson): Promise<{ credential: CredentialJson; prf: Bytes; made: MadePasskey | null }> {
  const publicKey = await creationOptions(options);
  const made = await attempt(() => navigator.credentials.create({ publicKey }));
  const { prf } = made.getClientExtensionResults();
  if (prf?.enabled !== true && prf?.results === undefined) throw new PasskeyError("no-prf");
  const again = () => evaluate(options.rp.id ?? location.hostname, made.rawId);
  const first = prfOutput(made) ?? (await again());
  if (!equalBytes(first, await again())) throw new PasskeyError("unsteady");
  return { credential: registrationJson(made), prf: first, made: publicHalf(made) };
}

/** Signs in and unlocks in one gesture. Throws PasskeyError; `no-prf` when the passkey signs in but opens nothing. */
export async function usePasskey(
  options: RequestJson,
  signal?: AbortSignal,
): Promise<{ credential: CredentialJson; prf: Bytes }> {
  const publicKey = await requestOptions(options);
  const got = await attempt(() => navigator.credentials.get(signal ? { publicKey, signal } : { publicKey }));
  const prf = prfOutput(got);
  if (!prf) throw new PasskeyError("no-prf");
  return { credential: assertionJson(got), prf };
}

/**
 * What this authenticator signs when it is touched for `challenge`, its user verified. Which passkey, the person picks; nothing is opened.
 * Throws PasskeyError.
 */
export async function touchPasskey(challenge: Bytes): Promise<{ credential: string; clientData: Bytes; authenticatorData: Bytes; signature: Bytes }> {
  const publicKey = { challenge, rpId: location.hostname, userVerification: "required" as const };
  const got = await attempt(() => navigator.credentials.get({ publicKey }));
  const response = got.response as AuthenticatorAssertionResponse;
  return {
    credential: got.id,
    clientData: new Uint8Array(response.clientDataJSON),
    authenticatorData: new Uint8Array(response.authenticatorData),
    signature: new Uint8Array(response.signature),
  };
}

async function evaluate(rpId: string, id: ArrayBuffer): Promise<Bytes> {
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const allowCredentials = [{ id, type: "public-key" as const }];
  const extensions = await prfExtension();
  const publicKey: PublicKeyCredentialRequestOptions = {
    challenge,
    rpId,
    allowCredentials,
    userVerification: "required",
    extensions,
  };
  const output = prfOutput(await attempt(() => navigator.credentials.get({ publicKey })));
  if (!output) throw new PasskeyError("no-prf");
  return output;
}

async function attempt(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!passkeysWork()) throw new PasskeyError("unsupported");
  let answer: Credential | null;
  try {
    answer = await ask();
  } catch (error) {
    throw new PasskeyError(reasonOf(error), error instanceof Error ? error.name : "");
  }
  if (!(answer instanceof PublicKeyCredential)) throw new PasskeyError("cancelled");
  return answer;
}

function reasonOf(error: unknown): PasskeyReason {
  if (!(error instanceof DOMException)) return "unsupported";
  if (error.name === "InvalidStateError") return "known";
  return error.name === "NotAllowedError" || error.name === "AbortError" ? "cancelled" : "unsupported";
}

function prfOutput(credential: PublicKeyCredential): Bytes | null {
  const first = credential.getClientExtensionResults().prf?.results?.first;
  if (first === undefined) return null;
  const bytes = first instanceof ArrayBuffer ? new Uint8Array(first) : new Uint8Array(first.buffer);
  return bytes.length === 32 ? bytes : null;
}

const ES256 = -7;
const POINT_BYTES = 65;

/** As the browser itself tells it, never as a server does: null for a key of another kind, which steps nothing up. */
function publicHalf(made: PublicKeyCredential): MadePasskey | null {
  const response = made.response as AuthenticatorAttestationResponse;
  const key = response.getPublicKeyAlgorithm?.() === ES256 ? response.getPublicKey() : null;
  // A P-256 key in DER (RFC 5480) ends in its point.
  return key === null ? null : { credential: made.id, publicKey: new Uint8Array(key).slice(-POINT_BYTES) };
}

async function prfExtension(): Promise<AuthenticationExtensionsClientInputs> {
  return { prf: { eval: { first: await prfSalt() } } };
}

async function creationOptions(json: CreationJson): Promise<PublicKeyCredentialCreationOptions> {
  return {
    ...json,
    challenge: b64uDecode(json.challenge),
    user: { ...json.user, id: b64uDecode(json.user.id) },
    excludeCredentials: (json.excludeCredentials ?? []).map(descriptor),
    extensions: await prfExtension(),
  };
}

async function requestOptions(json: RequestJson): Promise<PublicKeyCredentialRequestOptions> {
  return {
    ...json,
    challenge: b64uDecode(json.challenge),
    allowCredentials: (json.allowCredentials ?? []).map(descriptor),
    extensions: await prfExtension(),
  };
}

function descriptor({ id, type, transports }: Descriptor): PublicKeyCredentialDescriptor {
  return { id: b64uDecode(id), type, ...(transports ? { transports } : {}) };
}

function registrationJson(credential: PublicKeyCredential): CredentialJson {
  const response = credential.response as AuthenticatorAttestationResponse;
  return {
    ...frame(credential),
    response: {
      clientDataJSON: write(response.clientDataJSON),
      attestationObject: write(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}

function assertionJson(credential: PublicKeyCredential): CredentialJson {
  const response = credential.response as AuthenticatorAssertionResponse;
  return {
    ...frame(credential),
    response: {
      clientDataJSON: write(response.clientDataJSON),
      authenticatorData: write(response.authenticatorData),
      signature: write(response.signature),
      ...(response.userHandle ? { userHandle: write(response.userHandle) } : {}),
    },
  };
}

function frame(credential: PublicKeyCredential): CredentialJson {
  // `toJSON()` would carry the PRF output along: that one stays here.
  return { id: credential.id, rawId: write(credential.rawId), type: credential.type, clientExtensionResults: {} };
}

function write(buffer: ArrayBuffer): string {
  return b64uEncode(new Uint8Array(buffer));
}
