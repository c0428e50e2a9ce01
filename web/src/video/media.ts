/** Camera and microphone of this device: asking, switching, and what a refusal means. */

import type { Kind } from "./peer";

/** Each has its sentences under `video.media.<problem>`. */
export type MediaProblem = "denied" | "in-use" | "none" | "unplugged" | "insecure" | "failed";

export class MediaError extends Error {
  override readonly name = "MediaError";
  readonly kind: Kind;
  readonly problem: MediaProblem;

  constructor(kind: Kind, problem: MediaProblem) {
    super(`${kind}: ${problem}`);
    this.kind = kind;
    this.problem = problem;
  }
}

/** Says in one word why a browser gave no track. Pure. */
export function nameProblem(error: unknown): MediaProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "in-use";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "none";
  return "failed";
}

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };

export interface Opened {
  readonly audio: MediaStreamTrack | null;
  readonly video: MediaStreamTrack | null;
  readonly problems: readonly MediaError[];
}

/**
 * Asks for microphone and camera in one question; when that fails, for each by itself, so that a camera in use
 * leaves a call with sound. Call it from a gesture only.
 */
export async function openMedia(want: { readonly video: boolean }): Promise<Opened> {
  if (navigator.mediaDevices === undefined) {
    return { audio: null, video: null, problems: [new MediaError("audio", "insecure"), new MediaError("video", "insecure")] };
  }
  if (want.video) {
    try {
      const both = await navigator.mediaDevices.getUserMedia({ audio: AUDIO, video: { ...VIDEO, facingMode: "user" } });
      return { audio: both.getAudioTracks()[0] ?? null, video: both.getVideoTracks()[0] ?? null, problems: [] };
    } catch {
      // Which of the two is at fault is asked below, one by one.
    }
  }
  const problems: MediaError[] = [];
  const audio = await openTrack("audio").catch((error: unknown) => keep(problems, error));
  const video = want.video ? await openTrack("video").catch((error: unknown) => keep(problems, error)) : null;
  return { audio, video, problems };
}

/** Opens one device; throws MediaError. */
export async function openTrack(kind: Kind, deviceId?: string): Promise<MediaStreamTrack> {
  if (navigator.mediaDevices === undefined) throw new MediaError(kind, "insecure");
  const chosen = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  try {
    const constraints = kind === "audio" ? { audio: { ...AUDIO, ...chosen } } : { video: { ...VIDEO, ...chosen } };
    const track = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];
    if (track === undefined) throw new MediaError(kind, "none");
    return track;
  } catch (error) {
    throw error instanceof MediaError ? error : new MediaError(kind, nameProblem(error));
  }
}

/** Returns the device after the one in use, or null when there is no other. */
export async function nextDevice(kind: Kind, current: string | undefined): Promise<string | null> {
  const ids = (await listDevices(kind)).map((device) => device.deviceId);
  if (ids.length < 2) return null;
  return ids[(ids.indexOf(current ?? "") + 1) % ids.length] ?? null;
}

export async function listDevices(kind: Kind): Promise<MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all.filter((device) => device.kind === `${kind}input` && device.deviceId !== "");
}

function keep(problems: MediaError[], error: unknown): null {
  if (!(error instanceof MediaError)) throw error;
  problems.push(error);
  return null;
}

/** Keeps the screen lit during a call. Where the browser cannot, the screen goes dark as it always does. */
export class ScreenLight {
  #lock: WakeLockSentinel | null = null;
  #wanted = false;
  readonly #again = (): void => {
    if (document.visibilityState === "visible") void this.#ask();
  };

  on(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    document.addEventListener("visibilitychange", this.#again);
    void this.#ask();
  }

  off(): void {
    this.#wanted = false;
    document.removeEventListener("visibilitychange", this.#again);
    void this.#lock?.release();
    this.#lock = null;
  }

  async #ask(): Promise<void> {
    if (!this.#wanted || !("wakeLock" in navigator)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      if (!this.#wanted) this.off();
    } catch {
      this.#lock = null; // battery saver, or a hidden page: nothing to tell the reader
    }
  }
}
