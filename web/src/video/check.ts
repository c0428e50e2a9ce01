/**
 * The equipment check as a component: `mountCheck(root, options)`. It says in words what works and what to do about
 * the rest, and stops nobody: there is always sound only, and the thread of messages.
 */

import { el, icon, say, setText } from "./dom";
import { type MediaError, openMedia } from "./media";
import { measure, playSound, SILENT_AFTER_MS } from "./meter";
import { canReachRelay, gather, type IceAnswer } from "./relay";
import type { VideoKey } from "../words/video.fr";

export type Line = "camera" | "mic" | "speaker" | "network" | "relay";
export type Outcome = "waiting" | "running" | "ok" | "bad";
/** How the person goes on: with everything, with sound only, or in writing. */
export type Path = "video" | "audio" | "text";

export interface CheckOptions {
  readonly ice: () => Promise<IceAnswer>;
  /** Milliseconds for one ping and its pong over a socket of the service; rejects when none comes. */
  readonly roundTrip: () => Promise<number>;
  readonly oncontinue: (path: Path) => void;
  readonly onchange?: (outcomes: Readonly<Record<Line, Outcome>>) => void;
}

export interface CheckHandle {
  readonly outcomes: Readonly<Record<Line, Outcome>>;
  destroy(): void; // lets go of camera and microphone
}

const LINES: readonly Line[] = ["camera", "mic", "speaker", "network", "relay"];
const SLOW_MS = 400;
const ANSWER_WITHIN_MS = 6_000;

export function mountCheck(root: HTMLElement, options: CheckOptions): CheckHandle {
  return new Check(root, options);
}

class Check implements CheckHandle {
  readonly #options: CheckOptions;
  readonly #element = el("section", { class: "check", "aria-label": say("check.region") });
  readonly #rows: Readonly<Record<Line, Row>>;
  readonly #preview = el("video", { class: "check-preview", autoplay: true, playsinline: true, hidden: true, "aria-label": say("check.camera") });
  readonly #meter = el("meter", { min: "0", max: "0.3", hidden: true, "aria-label": say("check.mic.level") });
  readonly #start = button("check.start", () => void this.#run(), "button");
  readonly #play = button("check.speaker.play", () => void this.#ask());
  readonly #heard = button("check.speaker.yes", () => this.#answer("ok"));
  readonly #unheard = button("check.speaker.no", () => this.#answer("bad"));
  readonly #done = el("p", { role: "status" });
  readonly #go = button("check.path.go", () => this.#options.oncontinue("video"), "button");
  #release: (() => void)[] = [];

  constructor(root: HTMLElement, options: CheckOptions) {
    this.#options = options;
    this.#preview.muted = true;
    this.#heard.hidden = this.#unheard.hidden = true;
    const answers = el("div", { class: "actions" }, this.#play, this.#heard, this.#unheard);
    const extras: Partial<Record<Line, HTMLElement>> = { camera: this.#preview, mic: this.#meter, speaker: answers };
    const make = (line: Line): Row => new Row(line, extras[line] ?? null);
    this.#rows = { camera: make("camera"), mic: make("mic"), speaker: make("speaker"), network: make("network"), relay: make("relay") };
    const list = el("ul", { class: "check-lines" }, ...LINES.map((line) => this.#rows[line].element));
    const audio = button("check.path.audio", () => options.oncontinue("audio"));
    const text = button("check.path.text", () => options.oncontinue("text"));
    const paths = el("div", { class: "actions" }, this.#go, audio, text);
    this.#element.append(el("p", {}, say("check.intro")), el("div", { class: "actions" }, this.#start), list, this.#done, paths);
    root.append(this.#element);
  }

  get outcomes(): Readonly<Record<Line, Outcome>> {
    const { camera, mic, speaker, network, relay } = this.#rows;
    return { camera: camera.outcome, mic: mic.outcome, speaker: speaker.outcome, network: network.outcome, relay: relay.outcome };
  }

  destroy(): void {
    this.#letGo();
    this.#element.remove();
  }

  async #run(): Promise<void> {
    this.#letGo();
    setText(this.#start, say("check.again"));
    for (const line of ["camera", "mic", "network", "relay"] as const) this.#tell(line, "running", say("check.running"));
    await Promise.all([this.#tryDevices(), this.#tryNetwork(), this.#tryRelay()]);
  }

  async #tryDevices(): Promise<void> {
    const opened = await openMedia({ video: true });
    this.#release.push(() => [opened.audio, opened.video].forEach((track) => track?.stop()));
    for (const { kind, problem } of opened.problems) this.#tell(lineOf(kind), "bad", say(`video.media.${kind}.${problem}`));
    if (opened.video !== null) this.#tryCamera(opened.video);
    if (opened.audio !== null) this.#tryMic(opened.audio);
  }

  /** A camera works when a picture came, not when it was opened. */
  #tryCamera(track: MediaStreamTrack): void {
    this.#preview.srcObject = new MediaStream([track]);
    this.#preview.hidden = false;
    this.#preview.addEventListener("resize", () => this.#tell("camera", "ok", say("check.camera.ok")), { once: true });
    track.addEventListener("ended", () => this.#tell("camera", "bad", say("video.media.video.unplugged")));
  }

  #tryMic(track: MediaStreamTrack): void {
    this.#meter.hidden = false;
    this.#tell("mic", "running", say("check.mic.speak"));
    track.addEventListener("ended", () => this.#tell("mic", "bad", say("video.media.audio.unplugged")));
    this.#release.push(
      measure(track, ({ level, heard, silentMs }) => {
        this.#meter.value = level;
        if (track.readyState !== "live") return;
        if (heard) this.#tell("mic", "ok", say("check.mic.ok"));
        else if (silentMs >= SILENT_AFTER_MS) this.#tell("mic", "bad", say("check.mic.silent"));
      }),
    );
  }

  async #tryNetwork(): Promise<void> {
    const [trip, paths] = await Promise.all([
      within(ANSWER_WITHIN_MS, this.#options.roundTrip()).catch(() => null),
      gather([], "all", ANSWER_WITHIN_MS).catch(() => 0),
    ]);
    const ms = trip === null ? "" : String(Math.round(trip));
    if (trip === null) this.#tell("network", "bad", say("check.network.bad"));
    else if (paths === 0) this.#tell("network", "bad", say("check.paths.bad"));
    else if (trip > SLOW_MS) this.#tell("network", "bad", say("check.network.slow", { ms }));
    else this.#tell("network", "ok", say("check.network.ok", { ms }));
  }

  async #tryRelay(): Promise<void> {
    const servers = await this.#options.ice().then(({ iceServers }) => iceServers, () => null);
    if (servers?.some(isRelay) === false) {
      this.#tell("relay", "bad", say("check.relay.none"));
      return;
    }
    const reached = servers !== null && (await canReachRelay(servers).catch(() => false));
    this.#tell("relay", reached ? "ok" : "bad", say(reached ? "check.relay.ok" : "check.relay.bad"));
  }

  async #ask(): Promise<void> {
    this.#tell("speaker", "running", say("check.speaker.ask"));
    await playSound();
    this.#heard.hidden = this.#unheard.hidden = false;
  }

  #answer(outcome: "ok" | "bad"): void {
    this.#tell("speaker", outcome, say(`check.speaker.${outcome}`));
    this.#heard.hidden = this.#unheard.hidden = true;
    this.#play.focus(); // the button that had the focus is gone
  }

  #tell(line: Line, outcome: Outcome, words: string): void {
    if (!this.#rows[line].show(outcome, words)) return;
    const outcomes = this.outcomes;
    if (Object.values(outcomes).every((one) => one === "ok" || one === "bad")) {
      const missing = LINES.filter((one) => outcomes[one] === "bad").map((one) => say(`check.${one}`).toLowerCase());
      setText(this.#done, missing.length === 0 ? say("check.done.ok") : `${say("check.done.partly")} ${missing.join(", ")}.`);
    }
    this.#options.onchange?.(outcomes);
  }

  #letGo(): void {
    for (const release of this.#release.splice(0)) release();
    this.#preview.srcObject = null;
    this.#preview.hidden = this.#meter.hidden = true;
  }
}

/** One thing tried: its icon, its name, what came of it. */
class Row {
  readonly element: HTMLLIElement;
  outcome: Outcome = "waiting";
  readonly #words = el("p", { class: "check-result", role: "status" }, say("check.waiting"));
  #icon: SVGSVGElement = icon("clock");

  constructor(line: Line, extra: HTMLElement | null) {
    const body = el("div", {}, el("h2", {}, say(`check.${line}`)), this.#words, extra);
    this.element = el("li", { class: "check-line" }, this.#icon, body);
  }

  /** Returns whether that is news. */
  show(outcome: Outcome, words: string): boolean {
    if (this.outcome === outcome && this.#words.textContent === words) return false;
    this.outcome = outcome;
    this.element.dataset["result"] = outcome;
    setText(this.#words, words);
    const next = icon(outcome === "ok" ? "circle-check" : outcome === "bad" ? "triangle-alert" : "clock");
    this.#icon.replaceWith(next);
    this.#icon = next;
    return true;
  }
}

function button(key: VideoKey, act: () => void, style = "button second"): HTMLButtonElement {
  const made = el("button", { type: "button", class: style }, say(key));
  made.addEventListener("click", act);
  return made;
}

function lineOf(kind: MediaError["kind"]): Line {
  return kind === "audio" ? "mic" : "camera";
}

function isRelay({ urls }: RTCIceServer): boolean {
  return [urls].flat().some((url) => url.startsWith("turn"));
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return Promise.race([promise, new Promise<never>((_, refuse) => setTimeout(() => refuse(new Error("no answer")), ms))]);
}
