/**
 * The web process and the vault as a browser meets them, over `fetch`: they hold only what the real ones hold, and answer as
 * docs/spec/web-api.md and key-release.md say. `meddle` makes the network or the server misbehave.
 */

import { b64uDecode, b64uEncode, hex, newId, readStatement, sealReply, sha256, utf8, type Bytes, type Dsse, type SealedItem, type SealedKey } from "../../src/crypto";
import { lineHash, type LineFields } from "../../src/ledger";
import { Log } from "./log";
import type { Practice, Someone } from "./people";
import { StoredRecord, type StoredBlob } from "./records";

/** `unheard`: the request is lost. `lost`: it is done, and the answer is lost. A number: refused with that status. */
export type Fault = "unheard" | "lost" | number | ((told: any) => unknown);

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: any;
}

interface Told {
  readonly statement: Dsse;
  readonly seq: number;
}

interface Meddling {
  readonly what: RegExp;
  readonly fault: Fault;
  times: number;
}

interface Opening {
  readonly record: string;
  readonly compartment: string;
  readonly epoch: number;
}

export class Server {
  log = new Log();
  /** How far the vault's clock is from this machine's. */
  clockMs = 0;
  readonly asked: Asked[] = [];
  readonly records = new Map<string, StoredRecord>();
  readonly blobs = new Map<string, StoredBlob>();
  /** By record/compartment: the word of the vault's refusal. */
  readonly refused = new Map<string, { readonly error: string; readonly retry_at?: string }>();
  readonly revoked = new Set<string>();
  /** What a server says to paths of its own making, in place of anything else: `METHOD /path`. */
  readonly answers = new Map<string, unknown>();
  readonly members = new Map<string, Set<string>>();
  readonly #people = new Map<string, Told[]>();
  readonly #practices = new Map<string, Told[]>();
  readonly #answers = new Map<string, unknown>();
  readonly #meddling: Meddling[] = [];

  /** What `window.fetch` is for as long as this server stands in. */
  readonly fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    init.signal?.throwIfAborted();
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : init.body;
    this.asked.push({ method, path, body });
    const fault = this.#faultFor(`${method} ${path}`);
    if (fault === "unheard") throw new TypeError("network");
    if (typeof fault === "number") return answer(fault, { error: "unavailable", message: "…" });
    const [status, told] = await this.#route(method, path, body);
    // As a network does: an answer is never in the same turn as its question.
    await new Promise((resolve) => setTimeout(resolve, 1));
    init.signal?.throwIfAborted();
    if (fault === "lost") throw new TypeError("network");
    return answer(status, typeof fault === "function" ? await fault(structuredClone(told)) : told);
  };

  meddle(what: RegExp, fault: Fault, times = 1): void {
    this.#meddling.push({ what, fault, times });
  }

  /** Requests of one kind, as `METHOD /path`. */
  said(what: RegExp): Asked[] {
    return this.asked.filter(({ method, path }) => what.test(`${method} ${path}`));
  }

  async register(who: Someone): Promise<void> {
    this.#people.set(who.person, [
      await this.#publish("person-registered", who.person, who.statements.person),
      await this.#publish("device-enrolled", who.person, who.statements.device),
    ]);
  }

  async open(practice: Practice, manager: Someone): Promise<void> {
    this.#practices.set(practice.id, [await this.#publish("practice-created", manager.person, practice.statement)]);
    this.members.set(practice.id, new Set([manager.person]));
  }

  /** Publishes one more statement about a practice, as its line says. */
  async publish(practice: string, kind: string, actor: string, statement: Dsse): Promise<void> {
    this.#practices.get(practice)?.push(await this.#publish(kind, actor, statement));
  }

  /** The vault itself leaves something out, and puts its name to that. */
  withhold(practice: string, at: number): void {
    this.#practices.get(practice)?.splice(at, 1);
  }

  async #publish(kind: string, actor: string, statement: Dsse): Promise<Told> {
    const request = hex(await sha256(readStatement(statement).payload));
    return { statement, seq: this.log.append(kind, { actor, request }).seq };
  }

  #faultFor(what: string): Fault | null {
    const found = this.#meddling.find((one) => one.times > 0 && one.what.test(what));
    if (!found) return null;
    found.times -= 1;
    return found.fault;
  }

  async #route(method: string, path: string, body: any): Promise<readonly [number, unknown]> {
    const url = new URL(path, "http://localhost");
    const told = this.answers.get(`${method} ${url.pathname}`);
    if (told !== undefined) return [200, told];
    const [area = "", what = "", ...rest] = url.pathname.slice(1).split("/");
    if (area === "vault") return this.#vault(what, rest, url.searchParams, body);
    // How far a thread was read is a number beside it.
    if (rest[1] === "read") return [204, undefined];
    if (what === "records" || what === "consultations") return this.#records(method, rest, body);
    if (what === "blobs") return this.#blobs(method, rest, body);
    // Members hold their seed from when they joined; nobody else is given any.
    if (what === "practices") return [200, []];
    return [404, { error: "not-found", message: "…" }];
  }

  async #vault(what: string, rest: readonly string[], query: URLSearchParams, body: any): Promise<readonly [number, unknown]> {
    if (what === "directory") return this.#directory(rest);
    if (what === "proof") return [200, { proof: this.log.consistency(Number(query.get("from")), Number(query.get("to"))) }];
    const late = this.#lateness(body);
    if (late) return late;
    if (what === "release") return this.#release(body);
    return [200, { lines: this.#linesAbout(String(readStatement(body).body["person"])), names: [], checkpoint: await this.log.note() }];
  }

  async #directory([kind = "", id = ""]: readonly string[]): Promise<readonly [number, unknown]> {
    if (kind === "key") return [200, { vkey: await this.log.vkey(), service_persons: {} }];
    const told = (kind === "persons" ? this.#people : this.#practices).get(id);
    if (!told) return [404, { error: "not-found", message: "…" }];
    const statements = told.map(({ statement, seq }) => ({ envelope: statement, line: this.log.texts[seq], proof: this.log.inclusion(seq) }));
    const named = kind === "persons" ? { revoked: [...this.revoked].sort() } : { members: [...(this.members.get(id) ?? [])].sort() };
    const state = await this.log.state(`${kind}/${id}`, told.map(({ seq }) => seq), named);
    return [200, { statements, ...named, checkpoint: await this.log.note(), state }];
  }

  #lateness(statement: Dsse): readonly [number, unknown] | null {
    const now = Date.now() + this.clockMs;
    const off = Math.abs(Date.parse(String(readStatement(statement).body["at"])) - now);
    return off > 120_000 ? [403, { error: "clock", message: "…", now: new Date(now).toISOString() }] : null;
  }

  async #release(statement: Dsse): Promise<readonly [number, unknown]> {
    const { body, payload } = readStatement(statement, "release");
    const id = String(body["id"]);
    const known = this.#answers.get(id);
    if (known) return [200, known];
    const request = hex(await sha256(payload));
    const openings = body["openings"] as Opening[];
    const lines = openings.map((one) => this.#writeOpening(one, { id, request, actor: String(body["person"]) }));
    const refused = openings.flatMap((one) => {
      const why = this.refused.get(`${one.record}/${one.compartment}`);
      return why ? [{ record: one.record, compartment: one.compartment, message: "…", ...why }] : [];
    });
    if (refused.length === openings.length) return [403, refused[0]];
    const allowed = openings.filter((one) => !this.refused.has(`${one.record}/${one.compartment}`));
    const turns = await Promise.all(allowed.map(async (one) => ({ ...one, turn: b64uEncode(await this.#record(one.record).turn(one.compartment, one.epoch)) })));
    const sealed = await sealReply(b64uDecode(body["reply_key"], 32), id, utf8(JSON.stringify({ turns, refused })));
    const receipt = {
      request,
      lines: lines.map(({ seq, text }) => ({ seq, leaf: b64uEncode(lineHash(text)), proof: this.log.inclusion(seq) })),
      checkpoint: await this.log.note(),
    };
    const told = { sealed: b64uEncode(sealed), receipt };
    this.#answers.set(id, told);
    return [200, told];
  }

  #writeOpening({ record, compartment, epoch }: Opening, fields: LineFields) {
    const why = this.refused.get(`${record}/${compartment}`);
    const about = { ...fields, record, compartment, epoch, subject: this.#record(record).subject, outcome: why?.error ?? "allowed" };
    return this.log.append(why ? "refusal" : "release", about);
  }

  #linesAbout(person: string): object[] {
    const mine = this.log.texts.map((line, seq) => ({ line, seq })).filter(({ line }) => line.includes(`"subject":"${person}"`));
    return mine.map(({ line, seq }) => ({ line, proof: this.log.inclusion(seq) }));
  }

  async #records(method: string, [id, name]: readonly string[], body: any): Promise<readonly [number, unknown]> {
    if (id === undefined) return this.#create(body);
    const record = this.records.get(id);
    if (!record) return [404, { error: "not-found", message: "…" }];
    if (name === undefined) return [200, { record: id, kind: "file", subject: record.subject, statement: {}, sealed_keys: record.sealedKeys }];
    const compartment = record.compartment(name);
    if (method === "GET") return [200, { epoch: 0, items: compartment.items, manifest: compartment.manifest }];
    const refused = compartment.write(body.items as SealedItem[], body.manifest);
    return refused ? [refused.status, { error: refused.error, message: "…" }] : [201, { counter: compartment.counter }];
  }

  #create(body: { statement: Dsse; sealed_keys: SealedKey[] }): readonly [number, unknown] {
    const said = readStatement(body.statement, "record").body;
    const record = String(said["record"]);
    // The same statement again is the same record.
    if (!this.records.has(record)) this.records.set(record, new StoredRecord(record, String(said["subject"]), body.sealed_keys));
    return [201, { record }];
  }

  #blobs(method: string, [id, part]: readonly string[], body: any): readonly [number, unknown] {
    if (id === undefined) {
      const blob = newId();
      this.blobs.set(blob, { chunks: [], isComplete: false });
      return [201, { blob }];
    }
    const blob = this.blobs.get(id);
    if (!blob) return [404, { error: "not-found", message: "…" }];
    if (method === "DELETE") this.blobs.delete(id);
    else if (part === "complete") blob.isComplete = true;
    else if (method === "PUT") blob.chunks[Number(part)] = new Uint8Array(body as Bytes);
    else return [200, blob.chunks[Number(part)]];
    return [204, undefined];
  }

  #record(id: string): StoredRecord {
    const found = this.records.get(id);
    if (!found) throw new Error(`no record ${id}`);
    return found;
  }
}

function answer(status: number, told: unknown): Response {
  if (told === undefined) return new Response(null, { status });
  if (told instanceof Uint8Array) return new Response(told as Bytes, { status });
  return new Response(JSON.stringify(told), { status, headers: { "Content-Type": "application/json" } });
}
