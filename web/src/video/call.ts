/**
 * The call as a component: `mountCall(root, options)`. It asks for camera and microphone at the press of its own
 * button and at no other time, shows what `CallSession` derives, and has no code that could record.
 */

import { Controls } from "./controls";
import { el, say, setText } from "./dom";
import { listDevices, ScreenLight } from "./media";
import { Notices } from "./notices";
import { hasPicture, sayCover, sayElapsed, sayQuality, sayRemoteMic, sayState } from "./sentences";
import { CallSession, type CallView, type SessionOptions } from "./session";
import { Stage } from "./stage";

export interface CallOptions extends SessionOptions {
  readonly peerName: string; // as the reader knows the other: "Dr Bose", "Alice Martin"
  /** After each change; pages tell the consultation's socket `joining`, `in`, `left` from it. */
  readonly onchange?: (view: CallView) => void;
}

export interface CallHandle {
  readonly view: CallView | null; // null before joining
  readonly session: CallSession | null;
  leave(): void;
  /** The consultation ended elsewhere. */
  close(reason: "closed" | "signed-out"): void;
  destroy(): void;
}

const SLOW_AFTER_MS = 12_000;
const SETTLE_MS = 250;
const LOOKS_AT_ELAPSED_MS = 1_000;

export function mountCall(root: HTMLElement, options: CallOptions): CallHandle {
  return new Call(root, options);
}

class Call implements CallHandle {
  session: CallSession | null = null;
  readonly #options: CallOptions;
  readonly #element: HTMLElement;
  readonly #stage: Stage;
  readonly #controls: Controls;
  readonly #notices: Notices;
  readonly #light = new ScreenLight();
  readonly #state = el("p", { class: "call-state", role: "status" });
  readonly #elapsed = el("span", { class: "call-elapsed" });
  readonly #quality = el("span", { class: "call-quality" });
  #settling: ReturnType<typeof setTimeout> | undefined;
  #waitingSince = 0;
  readonly #ticking: ReturnType<typeof setInterval>;

  constructor(root: HTMLElement, options: CallOptions) {
    this.#options = options;
    this.#stage = new Stage(options.peerName);
    this.#controls = new Controls({
      mic: () => this.session?.local.setMic(this.session.local.view.mic !== "on"),
      camera: () => void this.session?.local.setCamera(this.session.local.view.camera !== "on"),
      switchCamera: () => void this.session?.local.switchCamera(),
      audioOnly: () => void this.session?.local.setAudioOnly(!this.session.local.view.audioOnly),
      pip: () => void this.#detach(),
      leave: () => this.leave(),
    });
    this.#notices = new Notices(this.#stage.notices, {
      retry: (kind) => void this.session?.local.retry(kind),
      audioOnly: () => void this.session?.local.setAudioOnly(true),
      play: () => void this.#play(),
    });
    const facts = el("p", { class: "call-facts" }, this.#elapsed, this.#quality);
    const hint = el("p", { class: "call-hint" }, say("video.shortcuts"));
    this.#element = el("section", { class: "call", "aria-label": say("video.region"), tabindex: "-1" });
    this.#element.append(this.#state, this.#stage.element, facts, this.#controls.element, hint);
    this.#element.addEventListener("keydown", (event) => this.#controls.press(event));
    this.#ticking = setInterval(() => this.#tick(), LOOKS_AT_ELAPSED_MS);
    root.append(this.#element);
    this.#offerToJoin();
  }

  get view(): CallView | null {
    return this.session?.view ?? null;
  }

  leave(): void {
    this.session?.leave();
  }

  close(reason: "closed" | "signed-out"): void {
    this.session?.closeFor(reason);
  }

  destroy(): void {
    clearInterval(this.#ticking);
    clearTimeout(this.#settling);
    this.leave();
    this.#light.off();
    this.#element.remove();
  }

  #offerToJoin(): void {
    const isFirst = this.session === null;
    const join = el("button", { type: "button", class: "button" }, say(isFirst ? "video.join" : "video.rejoin"));
    const quiet = el("button", { type: "button", class: "button second" }, say("video.join.audio"));
    join.addEventListener("click", () => this.#join(true));
    quiet.addEventListener("click", () => this.#join(false));
    this.#stage.panel.replaceChildren(join, quiet, el("p", {}, say("video.join.hint")));
    this.#stage.panel.hidden = false;
    this.#element.dataset["joined"] = "no";
    if (!isFirst && this.#element.contains(document.activeElement)) join.focus();
  }

  #join(video: boolean): void {
    const session = new CallSession(this.#options, () => session === this.session && this.#show(session));
    this.session = session;
    this.#waitingSince = performance.now();
    this.#stage.remote.srcObject = session.remoteStream;
    this.#stage.panel.hidden = true;
    this.#element.dataset["joined"] = "yes";
    this.#light.on();
    this.#element.focus({ preventScroll: true }); // the button that had the focus is gone
    void session.join({ video }).then(async () => this.#controls.hasSeveralCameras((await listDevices("video")).length > 1));
    this.#show(session);
  }

  #show(session: CallSession): void {
    const { view } = session;
    const name = this.#options.peerName;
    this.#element.dataset["state"] = view.state;
    this.#sayWhenSettled();
    this.#controls.show(view.local);
    this.#stage.showRemote(hasPicture(view), sayCover(view, name));
    this.#stage.showBadge(view.state === "connected" ? sayRemoteMic(view.remote, name) : "");
    if (hasPicture(view) && this.#stage.remote.paused) void this.#play();
    this.#stage.showSelf(session.local.track("video"));
    this.#notices.show(view);
    setText(this.#quality, sayQuality(view));
    if (view.state === "ended") this.#onEnded(view);
    this.#options.onchange?.(view);
  }

  #onEnded(view: CallView): void {
    if (this.#element.dataset["joined"] === "no") return;
    this.#light.off();
    if (document.pictureInPictureElement === this.#stage.remote) void document.exitPictureInPicture();
    this.#stage.remote.srcObject = null;
    if (view.endedBy === "closed" || view.endedBy === "signed-out") this.#element.dataset["joined"] = "over";
    else this.#offerToJoin();
  }

  /** States that pass within a blink are shown to nobody, and read aloud to nobody. */
  #sayWhenSettled(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      const view = this.view;
      if (view !== null) setText(this.#state, this.#isSlow(view) ? say("video.slow") : sayState(view, this.#options.peerName));
    }, SETTLE_MS);
  }

  #isSlow(view: CallView): boolean {
    const waits = view.state === "calling" || view.state === "connecting";
    if (!waits) this.#waitingSince = performance.now();
    return performance.now() - this.#waitingSince > SLOW_AFTER_MS;
  }

  #tick(): void {
    const view = this.view;
    if (view === null || view.state === "ended") return;
    if (view.connectedAt !== null) setText(this.#elapsed, say("video.elapsed", { time: sayElapsed(performance.now() - view.connectedAt) }));
    this.#sayWhenSettled();
  }

  async #play(): Promise<void> {
    try {
      await this.#stage.remote.play();
      this.#notices.setBlocked(null);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#notices.setBlocked(this.#options.peerName);
    }
  }

  async #detach(): Promise<void> {
    try {
      if (document.pictureInPictureElement === null) await this.#stage.remote.requestPictureInPicture();
      else await document.exitPictureInPicture();
    } catch {
      // No picture to detach yet, or the browser would not: the call itself is as it was.
    }
  }
}
