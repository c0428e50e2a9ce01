/** What is said of a call: from what is known to the sentences that people read. Pure but for the language. */

import { capital, say } from "./dom";
import type { PeerMedia, CallView } from "./session";

/** The name may be "your patient", and begin the sentence. */
function sentence(...asked: Parameters<typeof say>): string {
  return capital(say(...asked));
}

export function sayState(view: CallView, name: string): string {
  if (view.state === "ended") return sayEnd(view, name);
  if (view.state === "alone" && view.peerLeft) return sentence("video.state.alone.left", { name });
  return sentence(`video.state.${view.state}`, { name });
}

function sayEnd(view: CallView, name: string): string {
  if (view.refusal !== null) return say(`video.refused.${view.refusal}`, { name });
  return view.endedBy === null ? say("video.state.ended") : say(`video.ended.${view.endedBy}`);
}

/** What stands in the place of a picture that is not there. */
export function sayCover(view: CallView, name: string): string {
  if (view.state !== "connected" && view.state !== "unsteady") return "";
  if (view.local.audioOnly) return say("video.audio-only.on");
  if (view.remote?.audioOnly === true) return sentence("video.remote.audio-only", { name });
  return view.remote?.camera === "asking" ? sentence("video.remote.asking", { name }) : sentence("video.remote.no-camera", { name });
}

export function hasPicture(view: CallView): boolean {
  const stands = view.state === "connected" || view.state === "unsteady";
  const sends = view.remote === null || view.remote.camera === "on";
  return stands && sends && !view.local.audioOnly && view.remote?.audioOnly !== true;
}

export function sayRemoteMic(remote: PeerMedia | null, name: string): string {
  if (remote === null || remote.mic === "on") return "";
  const keys = { asking: "video.remote.asking", off: "video.remote.muted", none: "video.remote.no-mic" } as const;
  return sentence(keys[remote.mic], { name });
}

export function sayQuality(view: CallView): string {
  if (view.quality === null || view.state === "ended") return "";
  const words = say(`video.quality.${view.quality}`);
  return view.relayed ? `${words}, ${say("video.relayed")}` : words;
}

/** Minutes and seconds, and hours once there are any. */
export function sayElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}
