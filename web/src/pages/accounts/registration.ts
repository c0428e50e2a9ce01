/** Signing up, without its screens: what the browser makes, what it sends, and in which order. */

import { b64uDecode, b64uEncode, encodeRecoveryCode, newId, newRecoveryCode, recoverySignInSecret, type Bytes, type UnlockMethod } from "../../crypto";
import {
  choosePassphrase,
  createPasskey,
  keepKeyring,
  newDevice,
  newPerson,
  passkeyMethod,
  passphraseMethod,
  personStatement,
  recoveryMethod,
  type ChosenPassphrase,
  type CreationJson,
  type CredentialJson,
  type Keyring,
  type MadePasskey,
  type NewPerson,
} from "../../keys";
import { api, ApiError } from "../../net";
import { deviceLabel } from "./device-label";
import { registerPasskey } from "./step-up";

export type PersonKind = "patient" | "professional";

interface SignedIn {
  readonly person: string;
  readonly session: string;
}

interface NewPasskey {
  readonly method: string;
  readonly credential: CredentialJson;
  readonly label: string;
}

export class Registration {
  readonly kind: PersonKind;
  readonly recoveryCode: Bytes = newRecoveryCode();
  email = "";
  hasAccount = false;
  /** The person has read that an account of theirs will be closed, and wants it. */
  startsAgain = false;
  #made: NewPerson | null = null;
  #chosen: ChosenPassphrase | null = null;
  #unlock: UnlockMethod | null = null;
  #passkey: NewPasskey | null = null;
  #stepsUp: MadePasskey | null = null;
  /** An answer was lost: the account may be there, and this browser not know. */
  #mayBeMade = false;

  constructor(kind: PersonKind) {
    this.kind = kind;
  }

  get hasUnlock(): boolean {
    return this.#unlock !== null;
  }

  async askForCode(email: string): Promise<void> {
    this.email = email;
    await api.post("/api/sign-up/start", { email });
  }

  async giveCode(code: string): Promise<void> {
    const answer = await api.post<{ person: string; has_account: boolean }>("/api/sign-up/verify", { code });
    this.hasAccount = answer.has_account;
    if (this.#made?.person !== answer.person) this.#made = await newPerson(answer.person);
  }

  /** Makes a passkey; the PRF output opens the root from now on. Throws PasskeyError. */
  async usePasskey(): Promise<void> {
    const made = this.#person();
    const options = await api.post<CreationJson>("/api/sign-up/passkey/options", { name: this.email });
    const { credential, prf, made: passkey } = await createPasskey(options);
    this.#stepsUp = passkey;
    this.#unlock = await passkeyMethod(made.person, made.root, prf);
    this.#passkey = { method: this.#unlock.id, credential, label: deviceLabel() };
  }

  /** Stretches while the person sets up the second factor; takes about a second. */
  async choosePassphrase(passphrase: string): Promise<void> {
    this.#chosen = await choosePassphrase(passphrase);
  }

  async usePassphrase(totpSecret: Bytes, totp: string): Promise<void> {
    const chosen = this.#chosen;
    if (!chosen) throw new Error("no passphrase was chosen");
    const made = this.#person();
    const id = newId();
    const share = await this.#factors(id, "passphrase", chosen.stretched.signInSecret, {
      totp_secret: b64uEncode(totpSecret),
      totp,
    });
    this.#unlock = await passphraseMethod(made.person, made.root, chosen, share, id);
    this.#passkey = this.#stepsUp = null;
  }

  /** Makes the account; `extra` goes along (an invitation's names). Returns the keyring, kept in this browser. */
  async finish(path: string, extra: Readonly<Record<string, unknown>> = {}): Promise<Keyring> {
    try {
      return await this.#make(path, extra);
    } catch (error) {
      if (!this.#mayBeMade || (error instanceof ApiError && error.isOffline)) throw error;
      // What was refused may be refused because it was done: then the sheet that was just copied out opens it.
      const { enterByRecovery } = await import("./entry");
      return await enterByRecovery(this.email, await encodeRecoveryCode(this.recoveryCode)).catch(() => {
        throw error;
      });
    }
  }

  async #make(path: string, extra: Readonly<Record<string, unknown>>): Promise<Keyring> {
    const made = this.#person();
    const unlock = this.#unlock;
    if (!unlock) throw new Error("no way to unlock was made");
    // A new id each time: after a lost answer, the vault may know the one before already.
    const recovery = newId();
    await this.#factors(recovery, "recovery", await recoverySignInSecret(this.recoveryCode));
    const { device, deviceKey, statement } = await newDevice(made.person, made.keys);
    const body = {
      ...extra,
      person_statement: await personStatement(made, this.kind),
      device_statement: statement,
      device_label: deviceLabel(),
      methods: [unlock, await recoveryMethod(made.person, made.root, this.recoveryCode, recovery)],
      passkeys: this.#passkey ? [this.#passkey] : [],
      language: document.documentElement.lang.slice(0, 2),
      ...(this.startsAgain ? { start_again: true } : {}),
    };
    const answer = await api.post<SignedIn>(path, body).catch((error: unknown) => {
      this.#mayBeMade ||= error instanceof ApiError && error.isOffline;
      throw error;
    });
    const keyring = await keepKeyring({ person: made.person, root: made.root, device, deviceKey, session: answer.session });
    // A patient's own records are never refused by a budget.
    if (this.kind === "professional") await registerPasskey(keyring, this.#stepsUp);
    return keyring;
  }

  async #factors(method: string, kind: "passphrase" | "recovery", secret: Bytes, more: object = {}): Promise<Bytes> {
    const answer = await api.post<{ share: string }>("/api/sign-up/factors", {
      method,
      kind,
      sign_in_secret: b64uEncode(secret),
      person_statement: await personStatement(this.#person(), this.kind),
      ...more,
    });
    return b64uDecode(answer.share, 32);
  }

  #person(): NewPerson {
    if (!this.#made) throw new Error("the address is not confirmed yet");
    return this.#made;
  }
}
