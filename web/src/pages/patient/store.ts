/** The request on the server: the file, the consultation, and the sealed items in them. */

import { wireNow, type Keyring } from "../../keys";
import { api, ApiError } from "../../net";
import { answersOf, buildResponse, type Questionnaire, type QuestionnaireResponse } from "../../questionnaire";
import { dropKept, keep, kept } from "../../memory/drafts";
import { createRecord, openCompartment, type Compartment } from "../../records";
import { listConsultations, listRecords, type Consultation, type RecordLine, type Summary } from "./api";
import { EMPTY, PURPOSES, type Draft, type Place, type Purpose } from "./draft";
import { wordingOf } from "./steps/consent";

export interface Identity {
  readonly given: string;
  readonly family: string;
  readonly birth_date: string;
  readonly sex: "female" | "male" | "unknown";
}

interface Motive {
  readonly text: string;
  readonly place: Place;
  readonly wish?: string | null;
}

interface Consent {
  readonly purpose: Purpose;
  readonly given: boolean;
  readonly wording: string;
  readonly at: string;
}

const NAME = "request";

/** The appointment that a request is prepared for. */
export interface Booked {
  readonly id: string;
  readonly starts_at: string;
}

export class RequestStore {
  identity: Identity | null = null;
  questionnaire: Questionnaire | null = null;
  practiceName = "";
  /** Known once it is found. */
  booked: Booked | null = null;
  readonly #keyring: Keyring;
  readonly #appointment: string | null;
  #request: Compartment | null = null;
  /** What the server has of each item, as JSON: only what differs is sent. */
  readonly #sent = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  #statement: { readonly about: string; readonly signed: object } | null = null;
  #beginning: Promise<Partial<Draft>> | null = null;

  constructor(keyring: Keyring, appointment: string | null) {
    this.#keyring = keyring;
    this.#appointment = appointment;
  }

  get #name(): string {
    return this.#appointment === null ? NAME : `${NAME}/${this.#appointment}`;
  }

  get person(): string {
    return this.#keyring.person;
  }

  /** Go on where one stopped: from this device if something is kept here, else from the newest draft on the server. */
  async find(): Promise<{ readonly draft: Draft; readonly found: boolean }> {
    const here = await kept<Draft>(this.#name, this.person);
    const all = await listConsultations();
    if (this.#appointment !== null) return this.#prepare(all.find((one) => one.id === this.#appointment), here ?? {});
    const drafts = all.filter((one) => one.state === "draft" && one.patient === this.person);
    if (here) {
      // The draft that was kept here may have been sent from another device, or have expired.
      const isOpen = here.consultation === null || drafts.some((one) => one.id === here.consultation);
      if (isOpen) return { draft: { ...EMPTY, ...here }, found: here.motive !== "" || here.place.kind !== "" };
      await this.drop();
    }
    const [newest] = drafts;
    return newest ? { draft: draftOf(newest), found: true } : { draft: EMPTY, found: false };
  }

  async #prepare(one: Summary | undefined, here: Partial<Draft>): Promise<{ readonly draft: Draft; readonly found: boolean }> {
    if (one?.state !== "booked" || one.starts_at === null) {
      // It was cancelled, or has begun: its own page says so.
      location.replace(`/consultations/${this.#appointment ?? ""}`);
      return new Promise(() => undefined);
    }
    this.booked = { id: one.id, starts_at: one.starts_at };
    return { draft: { ...draftOf(one), ...here, wish: one.wished?.person }, found: false };
  }

  /** Opens what the server has of this draft, and joins it with what is here: what was typed here is newer. */
  async open(draft: Draft): Promise<Draft> {
    if (draft.file !== null) await this.#openIdentity(draft.file);
    if (draft.consultation === null) return draft;
    const request = await this.#openRequest(draft.consultation);
    let joined = draft;
    for (const item of request.items) {
      this.#know(keyOf(item.kind, item.data), item.item, item.data);
      joined = this.#join(joined, item.kind, item.data);
    }
    return joined;
  }

  #join(draft: Draft, kind: string, data: unknown): Draft {
    if (kind === "motive" && draft.motive === "") {
      const { text, place, wish } = data as Motive;
      return { ...draft, motive: text, place, wish: draft.wish === undefined ? wish : draft.wish };
    }
    if (kind === "questionnaire-response" && this.questionnaire && Object.keys(draft.answers).length === 0) {
      return { ...draft, answers: answersOf(this.questionnaire, data as QuestionnaireResponse) };
    }
    if (kind === "consent") {
      const { purpose, given } = data as Consent;
      return { ...draft, consents: { [purpose]: given, ...draft.consents } };
    }
    return draft;
  }

  async keepHere(draft: Draft): Promise<void> {
    await keep(this.#name, this.person, draft);
  }

  async drop(): Promise<void> {
    await dropKept(this.#name, this.person);
  }

  /** Makes the file and the consultation if they are not there yet, and seals the motive into it. */
  begin(draft: Draft): Promise<Partial<Draft>> {
    this.#beginning ??= this.#begin(draft).finally(() => {
      this.#beginning = null;
    });
    return this.#beginning;
  }

  async #begin(draft: Draft): Promise<Partial<Draft>> {
    const file = draft.file ?? (await this.#fileOf(draft.practice));
    const practitioner = draft.wish ?? undefined;
    const consultation =
      draft.consultation ?? (await createRecord(this.#keyring, { kind: "consultation", practice: draft.practice, file, ...(practitioner ? { practitioner } : {}) }));
    if (draft.consultation === null) this.#forgetItems();
    const made = { ...draft, file, consultation };
    await this.save(made);
    return { file, consultation };
  }

  async #fileOf(practice: string): Promise<string> {
    const known = await knownFile(practice);
    const file = known?.record ?? (await createRecord(this.#keyring, { kind: "file", practice }));
    if (known) await this.#openIdentity(file);
    return file;
  }

  /** Whether this practice has my identity already. */
  async lookForIdentity(practice: string): Promise<void> {
    this.identity = null;
    const known = await knownFile(practice);
    if (known) await this.#openIdentity(known.record);
  }

  async #openIdentity(file: string): Promise<void> {
    const opened = await openCompartment(this.#keyring, file, "identity", "own-record");
    const found = opened.items.filter((item) => item.kind === "identity").at(-1);
    this.identity = found ? (found.data as Identity) : null;
  }

  async saveIdentity(draft: Draft, identity: Identity): Promise<void> {
    if (JSON.stringify(identity) === JSON.stringify(this.identity)) return;
    if (draft.file === null) throw new Error("an identity without a file");
    const opened = await openCompartment(this.#keyring, draft.file, "identity", "own-record");
    const before = opened.items.filter((item) => item.kind === "identity").at(-1);
    await opened.put("identity", identity, before?.item);
    this.identity = identity;
  }

  /** Seals and sends what differs from what the server has. */
  async save(draft: Draft, status: "in-progress" | "completed" = "in-progress"): Promise<void> {
    if (draft.consultation === null) return;
    const request = await this.#openRequest(draft.consultation);
    const motive: Motive = { text: draft.motive, place: draft.place, wish: draft.wish ?? null };
    await this.#put(request, "motive", "motive", motive, motive);
    if (this.questionnaire && Object.keys(draft.answers).length > 0) {
      const response = buildResponse(this.questionnaire, draft.answers, { status, authored: wireNow() });
      await this.#put(request, "questionnaire-response", "questionnaire-response", response, { ...response, authored: "" });
    }
    for (const purpose of PURPOSES) {
      const given = draft.consents[purpose];
      if (given === undefined) continue;
      const consent: Consent = { purpose, given, wording: wordingOf(purpose, this.practiceName), at: wireNow() };
      await this.#put(request, `consent:${purpose}`, "consent", consent, { ...consent, at: "" });
    }
  }

  async #put(request: Compartment, key: string, kind: string, data: unknown, compared: unknown): Promise<void> {
    const text = JSON.stringify(compared);
    if (this.#sent.get(key) === text) return;
    const put = await request.put(kind, data, this.#ids.get(key));
    this.#ids.set(key, put.item);
    this.#sent.set(key, text);
  }

  #know(key: string, item: string, data: unknown): void {
    this.#ids.set(key, item);
    const compared = key.startsWith("consent:") ? { ...(data as Consent), at: "" } : key === "questionnaire-response" ? { ...(data as QuestionnaireResponse), authored: "" } : data;
    this.#sent.set(key, JSON.stringify(compared));
  }

  #forgetItems(): void {
    this.#request = null;
    this.#sent.clear();
    this.#ids.clear();
  }

  async #openRequest(consultation: string): Promise<Compartment> {
    if (this.#request?.record !== consultation) {
      this.#forgetItems();
      this.#request = await openCompartment(this.#keyring, consultation, "request", "own-record");
    }
    return this.#request;
  }

  /** Sends the request. Pressed again after a lost answer, it sends the same statement: nothing happens twice. */
  async send(draft: Draft): Promise<Consultation> {
    const { consultation, practice, wish } = draft;
    if (consultation === null) throw new Error("nothing to send");
    await this.save(draft, "completed");
    const about = JSON.stringify([consultation, practice, wish]);
    if (this.#statement?.about !== about) {
      const signed = await this.#keyring.sign("request", { record: consultation, practice, ...(wish ? { practitioner: wish } : {}) });
      this.#statement = { about, signed };
    }
    const answer = await api.post<Consultation>(`/api/consultations/${consultation}/request`, { statement: this.#statement.signed }).catch((error: unknown) => {
      // Refused for good: another try signs anew.
      if (error instanceof ApiError && !error.isOffline) this.#statement = null;
      throw error;
    });
    await this.drop();
    return answer;
  }
}

/** One item per consent purpose; one of each other kind. */
function keyOf(kind: string, data: unknown): string {
  return kind === "consent" ? `consent:${(data as Consent).purpose}` : kind;
}

/** The file that a practice has of me, and that still opens. */
async function knownFile(practice: string): Promise<RecordLine | undefined> {
  return (await listRecords()).find((one) => one.kind === "file" && one.practice === practice && !one.erased_at);
}

function draftOf(one: Summary): Draft {
  return { ...EMPTY, practice: one.practice.id, wish: one.wished?.person, consultation: one.id, file: one.file };
}

