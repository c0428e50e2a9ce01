import { afterEach, describe, expect, it, vi } from "vitest";
import { b64uDecode, hex } from "../../src/crypto";
import { createPasskey, touchPasskey } from "../../src/keys";
import { registerPasskey } from "../../src/pages/accounts/step-up";
import { challengeOf } from "../../src/pages/desk/step-up";

const STATEMENT = "00000000-0000-4000-8000-000000000001";
const DEVICE = "00000000-0000-4000-8000-000000000002";

afterEach(() => { vi.unstubAllGlobals(); });

it("binds what the authenticator signs to one statement of one device, as the vault does", async () => {
  // From colloque/vault/step_up.py: challenge_of(STATEMENT, DEVICE).
  expect(hex(await challengeOf(STATEMENT, DEVICE))).toBe("a08858a35d5b933949e47cfb33fa7b554c1bbb7494697b8503d321c24ea03a91");
  expect(hex(await challengeOf(DEVICE, STATEMENT))).not.toBe("a08858a35d5b933949e47cfb33fa7b554c1bbb7494697b8503d321c24ea03a91");
});

class Credential {
  id = "the-credential";
  rawId = new Uint8Array([1, 2, 3]).buffer;
  type = "public-key";
  response: Record<string, unknown>;

  constructor(response: Record<string, unknown>) {
    this.response = response;
  }

  getClientExtensionResults(): unknown {
    return { prf: { enabled: true, results: { first: new Uint8Array(32).buffer } } };
  }
}

function browserWith(response: Record<string, unknown>): { asked: any[] } {
  const asked: any[] = [];
  const answer = async (options: any): Promise<Credential> => {
    asked.push(options.publicKey);
    return new Credential(response);
  };
  vi.stubGlobal("PublicKeyCredential", Credential);
  vi.stubGlobal("navigator", { credentials: { get: answer, create: answer } });
  vi.stubGlobal("location", { hostname: "rdv.example.org" });
  return { asked };
}

const OPTIONS = { challenge: "AAAA", rp: { name: "", id: "rdv.example.org" }, user: { id: "AAAA", name: "", displayName: "" }, pubKeyCredParams: [] };

async function made(algorithm: number): Promise<Awaited<ReturnType<typeof createPasskey>>["made"]> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  const der = await crypto.subtle.exportKey("spki", pair.publicKey);
  const bytes = new ArrayBuffer(0);
  browserWith({ clientDataJSON: bytes, attestationObject: bytes, getTransports: () => [], getPublicKeyAlgorithm: () => algorithm, getPublicKey: () => der });
  const found = (await createPasskey(OPTIONS)).made;
  if (found) expect(hex(found.publicKey)).toBe(hex(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey))));
  return found;
}

describe("a passkey that is made", () => {
  it("shows its public point, when it is of the kind that the vault checks", async () => {
    expect((await made(-7))?.credential).toBe("the-credential");
    expect(await made(-8)).toBeNull();
  });

  it("is told to the vault by the identity alone, and nothing stops when that fails", async () => {
    const found = await made(-7);
    const told: any[] = [];
    vi.stubGlobal("document", { cookie: "", querySelector: () => null, documentElement: { lang: "fr" } });
    vi.stubGlobal("fetch", async (path: string, init: { body: string }) => {
      told.push([path, JSON.parse(init.body)]);
      throw new Error("offline");
    });
    const kinds: string[] = [];
    const keyring = { signAsIdentity: async (kind: string, fields: object) => { kinds.push(kind); return { payload: "", payloadType: kind, signatures: [], ...fields }; } };
    await registerPasskey(keyring as any, found);
    await registerPasskey(keyring as any, null);
    expect(kinds).toEqual(["passkey"]);
    expect(told[0][0]).toBe("/vault/statements");
    expect(b64uDecode(told[0][1].public_key, 65)[0]).toBe(4);
  });
});

it("asks for a verified user at this site, and opens nothing", async () => {
  const bytes = new Uint8Array([9]).buffer;
  const { asked } = browserWith({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes });
  const challenge = await challengeOf(STATEMENT, DEVICE);
  const touched = await touchPasskey(challenge);
  expect(asked).toEqual([{ challenge, rpId: "rdv.example.org", userVerification: "required" }]);
  expect(touched).toEqual({ credential: "the-credential", clientData: new Uint8Array([9]), authenticatorData: new Uint8Array([9]), signature: new Uint8Array([9]) });
});
