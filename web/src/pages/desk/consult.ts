/** One consultation as its practitioner sees it: who and why, the call, what is written; the socket moves it. */

import { announce, arrive, el, empty, failure, failureOf, fill, need, notice, t, whileWaiting } from "../../face";
import { deviceKey } from "../../directory";
import { mountDocuments, type DocumentsHandle } from "../../documents";
import type { Keyring } from "../../keys";
import { exchangeSource, mountThread, type ThreadHandle } from "../../messaging";
import { api, ApiError, Socket, type Message } from "../../net";
import { mountCall, type CallHandle } from "../../video/call";
import { verifyWith } from "../../video/identity";
import type { IceAnswer } from "../../video/relay";
import { getConsultation, type Consultation, type Presence } from "../patient/api";
import { background } from "./background";
import { Ending } from "./ending";
import { openCare, writing, type Writing } from "./note";
import { fullName, showRequest } from "./request-view";
import { Tabs } from "./tabs";

const PURPOSE = "care";
const NAME_WAIT_MS = 1500;

export class Consult {
  readonly #main = need("main");
  readonly #id: string;
  readonly #keyring: Keyring;
  readonly #net = el("div", { class: "net", role: "status" });
  readonly #presence = el("p", { class: "quiet-text", role: "status" });
  readonly #name = el("h1", null, t("desk.consultation"));
  #socket: Socket | null = null;
  #now: Consultation | null = null;
  #call: CallHandle | null = null;
  #thread: ThreadHandle | null = null;
  #documents: DocumentsHandle | null = null;
  #note: Writing | null = null;
  #ending: Ending | null = null;
  #tabs: Tabs | null = null;
  #patientName = t("desk.the-patient");
  #isNamed = false;
  #toldPresence: Presence | null = null;

  constructor(id: string, keyring: Keyring) {
    this.#id = id;
    this.#keyring = keyring;
  }

  async start(): Promise<void> {
    const page = need("#page");
    try {
      const consultation = await whileWaiting(page, getConsultation(this.#id));
      this.#show(consultation);
      this.#listen();
    } catch (error) {
      const isOthers = error instanceof ApiError && error.status === 404;
      const said = isOthers ? failure({ happened: t("desk.not-yours"), safe: t("desk.not-yours-text"), tone: "caution", link: { href: "/desk", text: t("desk.back") } }) : failureOf(error, "", () => void this.start());
      fill(page, el("div", { class: "stack" }, el("h1", null, t("desk.consultation")), said));
    }
  }

  #listen(): void {
    this.#socket = new Socket(`/ws/consultations/${this.#id}`, {
      onMessage: (message) => { this.#hear(message); },
      onState: (state) => {
        fill(this.#net, state === "waiting" ? notice("caution", t("desk.net-lost")) : state === "refused" ? notice("caution", t("desk.net-refused")) : null);
      },
    });
  }

  #hear(message: Message): void {
    switch (message.type) {
      case "consultation":
        this.#update(message as unknown as Consultation);
        break;
      case "presence":
        if (message["role"] === "patient") this.#showPresence(message["state"] as Presence);
        break;
      case "record":
        this.#refresh(String(message["compartment"]));
        break;
      case "read":
        if (message["person"] === this.#now?.patient) this.#thread?.showRead(Number(message["position"]));
        break;
      case "writing":
        if (message["role"] === "patient") this.#thread?.showWriting(this.#patientName);
        break;
    }
  }

  #update(consultation: Consultation): void {
    const before = this.#now;
    if (before && (before.state !== consultation.state || before.practitioner?.person !== consultation.practitioner?.person)) {
      this.#leave();
      this.#show(consultation);
      arrive(this.#main);
      return;
    }
    this.#now = consultation;
    this.#showPresence(consultation.presence.patient);
    this.#showRead(consultation);
    if (!before) return;
    // What was written while the line was down: the counters tell.
    for (const one of ["exchange", "documents"]) {
      if ((consultation.counters[one] ?? 0) > (before.counters[one] ?? 0)) this.#refresh(one);
    }
  }

  #refresh(compartment: string): void {
    if (compartment === "exchange") this.#thread?.refresh();
    else if (compartment === "documents") this.#documents?.refresh();
    this.#tabs?.mark(compartment === "exchange" ? "messages" : compartment);
  }

  #show(consultation: Consultation): void {
    this.#now = consultation;
    const isMine = consultation.practitioner?.person === this.#keyring.person;
    if (consultation.state === "taken" && isMine) this.#showTaken(consultation);
    else if (consultation.state === "closed") this.#showClosed(consultation);
    else this.#showElsewhere(consultation);
  }

  #showTaken(consultation: Consultation): void {
    const [call, who, thread, documents] = [el("div"), el("div", { class: "stack near" }), el("div"), el("div")];
    const asked = part(t("desk.who"), el("h2", null, t("desk.request")), who, background(this.#keyring, consultation.file));
    // These two name themselves.
    const [files, talk] = [el("div", { class: "stack" }, documents), el("div", { class: "stack" }, thread)];
    const write = this.#writingPart(consultation);
    const tabs = new Tabs(t("desk.parts"), [
      { name: "request", label: t("desk.request-tab"), icon: "user", panel: asked },
      { name: "documents", label: t("desk.documents"), icon: "paperclip", panel: files },
      { name: "messages", label: t("desk.messages"), icon: "message-square", panel: talk },
      { name: "note", label: t("desk.note-title"), icon: "pencil", panel: write },
    ]);
    this.#tabs = tabs;
    this.#main.className = "desk";
    fill(
      this.#main,
      el("header", { class: "desk-head stack tight" }, this.#name, this.#presence, this.#net),
      el("div", { class: "desk-call" }, el("section", { "aria-label": t("desk.call") }, call), tabs.element),
      el("div", { class: "desk-side" }, asked, files),
      el("div", { class: "desk-talk" }, talk),
      el("div", { class: "desk-write" }, write),
    );
    const opened = this.#openRequest(who, consultation);
    this.#showPresence(consultation.presence.patient);
    this.#mountTalk(thread, documents, consultation, true);
    // The call says the patient's name if it can be opened soon; it waits no longer for it.
    void Promise.race([opened, new Promise((resolve) => setTimeout(resolve, NAME_WAIT_MS))]).then(() => {
      if (this.#tabs === tabs) this.#call = this.#mountCall(call, consultation);
    });
  }

  #writingPart(consultation: Consultation): HTMLElement {
    const open = openCare(this.#keyring, consultation.id);
    const note = writing(this.#keyring, consultation.id, "note", open);
    this.#note = note;
    this.#ending = new Ending({
      keyring: this.#keyring,
      consultation,
      openCare: open,
      before: () => note.flush(),
      onEnded: (ended) => {
        this.#call?.close("closed");
        this.#update({ ...consultation, ...ended });
      },
    });
    return part(t("desk.write"), el("section", { class: "stack near" }, el("h2", null, t("desk.note-title")), note.element), this.#ending.element);
  }

  #showClosed(consultation: Consultation): void {
    this.#main.className = "";
    const [who, care, thread, documents] = [el("div"), el("div"), el("div"), el("div")];
    fill(
      this.#main,
      el(
        "div",
        { class: "stack" },
        this.#net,
        this.#name,
        notice("action", t("desk.closed-what")),
        el("section", { class: "stack near" }, el("h2", null, t("desk.request")), who),
        el("section", { class: "stack near" }, el("h2", null, t("desk.note-title")), care),
        thread,
        documents,
        el("div", { class: "actions" }, el("a", { class: "button", href: "/desk" }, t("desk.back")), el("a", { class: "button second", href: `/files/${consultation.file}` }, t("desk.file"))),
      ),
    );
    void this.#openRequest(who, consultation);
    this.#note = writing(this.#keyring, consultation.id, "note", openCare(this.#keyring, consultation.id));
    fill(care, this.#note.element);
    this.#mountTalk(thread, documents, consultation, true);
  }

  #showElsewhere(consultation: Consultation): void {
    this.#main.className = "";
    const { state } = consultation;
    const isWaiting = state === "waiting" || state === "taken";
    const text = isWaiting ? t("desk.elsewhere-text") : t("desk.over-text");
    const heading = isWaiting ? t("desk.elsewhere") : t("desk.over");
    fill(this.#main, el("div", { class: "stack" }, el("h1", null, t("desk.consultation")), empty(heading, text, el("a", { class: "button", href: "/desk" }, t("desk.back")))));
    announce(heading, true);
  }

  #openRequest(place: HTMLElement, consultation: Consultation): Promise<void> {
    return showRequest(place, this.#keyring, { consultation: consultation.id, file: consultation.file }, PURPOSE, ({ identity }) => {
      this.#isNamed = identity !== null;
      this.#patientName = fullName(identity);
      this.#name.textContent = this.#patientName;
      document.title = `${t("desk.consultation")} – Colloque`; // a name in the title would stay in the browser's history
      if (this.#toldPresence) {
        const told = this.#toldPresence;
        this.#toldPresence = null;
        this.#showPresence(told);
      }
    });
  }

  #mountTalk(thread: HTMLElement, documents: HTMLElement, consultation: Consultation, canWrite: boolean): void {
    const nameOf = (person: string): string => (person === consultation.patient ? this.#patientName : t("desk.colleague"));
    const readers = t("desk.readers");
    const tells = { kind: "messages-read" as const, isClosed: () => this.#now?.state === "closed", position: consultation.read[this.#keyring.person] ?? -1 };
    const source = exchangeSource(this.#keyring, { consultation: consultation.id, purpose: PURPOSE, nameOf, tells, writing: () => { this.#socket?.send({ type: "writing" }); } });
    this.#thread = mountThread(thread, source, { readers, canWrite });
    this.#documents = mountDocuments(documents, { keyring: this.#keyring, consultation: consultation.id, purpose: PURPOSE, nameOf, readers, canAdd: canWrite });
    this.#showRead(consultation);
  }

  #mountCall(place: HTMLElement, consultation: Consultation): CallHandle {
    return mountCall(place, {
      consultation: consultation.id,
      role: "practitioner",
      peer: consultation.patient,
      peerName: this.#isNamed ? this.#patientName : t("desk.your-patient"),
      sign: (kind, fields) => this.#keyring.sign(kind, fields),
      verify: verifyWith(deviceKey),
      ice: () => api.get<IceAnswer>(`/api/consultations/${consultation.id}/ice`),
      onchange: (view) => {
        this.#socket?.send({ type: "call", state: view.state === "ended" ? "left" : view.state === "connected" || view.state === "unsteady" ? "in" : "joining" });
      },
    });
  }

  #showRead(consultation: Consultation): void {
    const position = consultation.read[consultation.patient];
    if (position !== undefined) this.#thread?.showRead(position);
  }

  #showPresence(state: Presence): void {
    if (state === this.#toldPresence) return;
    this.#toldPresence = state;
    this.#presence.textContent = t(`desk.patient.${state}`, { who: this.#patientName });
  }

  #leave(): void {
    this.#call?.destroy();
    this.#thread?.destroy();
    this.#documents?.destroy();
    this.#note?.destroy();
    this.#ending?.destroy();
    this.#tabs?.destroy();
    this.#call = this.#thread = this.#documents = this.#note = this.#ending = this.#tabs = null;
  }
}

function part(label: string, ...children: readonly HTMLElement[]): HTMLElement {
  return el("section", { class: "stack", "aria-label": label }, ...children);
}
