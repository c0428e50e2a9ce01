/** What this side sends: its microphone and camera through mute, switch, unplugging and audio only. */

import { MediaError, nextDevice, openMedia, openTrack, type MediaProblem } from "./media";
import type { Kind } from "./peer";

/** "asking": the browser's question is still open. "none": there is no device, or it may not be used. */
export type Sending = "asking" | "on" | "off" | "none";

export interface LocalView {
  readonly mic: Sending;
  readonly camera: Sending;
  readonly audioOnly: boolean;
  readonly problems: Readonly<Partial<Record<Kind, MediaProblem>>>;
}

export interface LocalOptions {
  /** A track to send in place of the earlier one; null sends nothing. */
  ontrack(kind: Kind, track: MediaStreamTrack | null): void;
  onchange(): void;
}

export class LocalMedia {
  readonly #options: LocalOptions;
  readonly #tracks: Record<Kind, MediaStreamTrack | null> = { audio: null, video: null };
  #view: LocalView = { mic: "asking", camera: "asking", audioOnly: false, problems: {} };
  #cameraId: string | undefined;
  #closed = false;
  readonly #onDevices = (): void => void this.#lookAgain();

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  get view(): LocalView {
    return this.#view;
  }

  track(kind: Kind): MediaStreamTrack | null {
    return this.#tracks[kind];
  }

  /** Asks for the devices. From a gesture only. */
  async open(want: { readonly video: boolean }): Promise<void> {
    navigator.mediaDevices?.addEventListener("devicechange", this.#onDevices);
    if (!want.video) this.#set({ audioOnly: true, camera: "off" });
    const opened = await openMedia(want);
    if (opened.audio !== null) this.#use("audio", opened.audio);
    if (opened.video !== null) this.#use("video", opened.video);
    for (const problem of opened.problems) this.#fail(problem);
  }

  setMic(on: boolean): void {
    const track = this.#tracks.audio;
    if (track === null) return;
    track.enabled = on;
    this.#set({ mic: on ? "on" : "off" });
  }

  /** Off means that the camera is let go and its light goes out. */
  async setCamera(on: boolean): Promise<void> {
    if (on) await this.#open("video", this.#cameraId);
    else {
      this.#drop("video");
      this.#set({ camera: "off" });
    }
  }

  async setAudioOnly(on: boolean): Promise<void> {
    this.#set({ audioOnly: on });
    await this.setCamera(!on);
  }

  /** Takes the next camera; keeps the present one when there is no other. */
  async switchCamera(): Promise<void> {
    const before = this.#cameraId;
    const next = await nextDevice("video", before);
    if (next === null || next === before) return;
    this.#drop("video"); // phones open one camera at a time
    if (!(await this.#open("video", next)) && before !== undefined) await this.#open("video", before);
  }

  async retry(kind: Kind): Promise<void> {
    await this.#open(kind);
  }

  close(): void {
    this.#closed = true;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#onDevices);
    this.#drop("audio");
    this.#drop("video");
  }

  async #open(kind: Kind, deviceId?: string): Promise<boolean> {
    try {
      this.#use(kind, await openTrack(kind, deviceId));
      return true;
    } catch (error) {
      if (!(error instanceof MediaError)) throw error;
      this.#fail(error);
      return false;
    }
  }

  #use(kind: Kind, track: MediaStreamTrack): void {
    if (this.#closed) {
      track.stop();
      return;
    }
    this.#tracks[kind]?.stop();
    this.#tracks[kind] = track;
    track.addEventListener("ended", () => void this.#onUnplugged(kind, track));
    if (kind === "video") {
      track.contentHint = "motion";
      this.#cameraId = track.getSettings().deviceId;
    } else track.enabled = this.#view.mic !== "off";
    const problems = Object.fromEntries(Object.entries(this.#view.problems).filter(([name]) => name !== kind));
    this.#options.ontrack(kind, track);
    this.#set({ problems, ...(kind === "video" ? { camera: "on" } : { mic: track.enabled ? "on" : "off" }) });
  }

  #fail({ kind, problem }: MediaError): void {
    this.#set({ problems: { ...this.#view.problems, [kind]: problem }, [kind === "video" ? "camera" : "mic"]: "none" });
  }

  /** Another microphone or camera takes over when there is one. */
  async #onUnplugged(kind: Kind, track: MediaStreamTrack): Promise<void> {
    if (this.#closed || this.#tracks[kind] !== track) return;
    this.#drop(kind);
    if (!(await this.#open(kind))) this.#fail(new MediaError(kind, "unplugged"));
  }

  async #lookAgain(): Promise<void> {
    for (const kind of ["audio", "video"] as const) {
      const problem = this.#view.problems[kind];
      if (problem === "unplugged" || problem === "none") await this.#open(kind);
    }
  }

  #drop(kind: Kind): void {
    const track = this.#tracks[kind];
    if (track === null) return;
    this.#tracks[kind] = null;
    track.stop();
    this.#options.ontrack(kind, null);
  }

  #set(change: Partial<LocalView>): void {
    this.#view = { ...this.#view, ...change };
    this.#options.onchange();
  }
}
