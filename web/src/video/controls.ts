/** The call's buttons: icon and words, one look for each state, and the keys that press them. */

import { el, icon, say, setText, type IconName } from "./dom";
import type { LocalView } from "./local";
import type { VideoKey } from "../words/video.fr";

export interface ControlActions {
  readonly mic: () => void;
  readonly camera: () => void;
  readonly switchCamera: () => void;
  readonly audioOnly: () => void;
  readonly pip: () => void;
  readonly leave: () => void;
}

interface Face {
  readonly icon: IconName;
  readonly words: VideoKey;
  readonly off?: boolean;
}

class Control {
  readonly button: HTMLButtonElement;
  readonly #words = el("span");
  #icon: IconName | null = null;

  constructor(name: string, act: () => void) {
    this.button = el("button", { type: "button", class: `call-control call-control-${name}` }, this.#words);
    this.button.addEventListener("click", act);
  }

  show(face: Face): void {
    setText(this.#words, say(face.words));
    this.button.toggleAttribute("data-off", face.off === true);
    if (this.#icon === face.icon) return;
    this.#icon = face.icon;
    this.button.querySelector("svg")?.remove();
    this.button.prepend(icon(face.icon));
  }
}

export class Controls {
  readonly element: HTMLElement;
  readonly #controls: Readonly<Record<keyof ControlActions, Control>>;

  constructor(actions: ControlActions) {
    const make = (name: keyof ControlActions): Control => new Control(name.toLowerCase(), actions[name]);
    this.#controls = {
      mic: make("mic"),
      camera: make("camera"),
      switchCamera: make("switchCamera"),
      audioOnly: make("audioOnly"),
      pip: make("pip"),
      leave: make("leave"),
    };
    this.#controls.switchCamera.show({ icon: "switch-camera", words: "video.camera.switch" });
    this.#controls.pip.show({ icon: "picture-in-picture-2", words: "video.pip" });
    this.#controls.leave.show({ icon: "phone-off", words: "video.leave" });
    this.#controls.pip.button.hidden = !document.pictureInPictureEnabled;
    const buttons = Object.values(this.#controls).map((control) => control.button);
    this.element = el("div", { class: "call-controls", role: "group", "aria-label": say("video.controls") }, ...buttons);
    this.hasSeveralCameras(false);
  }

  hasSeveralCameras(several: boolean): void {
    this.#controls.switchCamera.button.hidden = !several;
  }

  show(local: LocalView): void {
    const { mic, camera, audioOnly, switchCamera } = this.#controls;
    mic.show(local.mic === "on" ? { icon: "mic", words: "video.mic.off" } : { icon: "mic-off", words: "video.mic.on", off: true });
    camera.show(
      local.camera === "on" ? { icon: "video", words: "video.camera.off" } : { icon: "video-off", words: "video.camera.on", off: true },
    );
    audioOnly.show(
      local.audioOnly ? { icon: "video", words: "video.audio-only.end", off: true } : { icon: "headphones", words: "video.audio-only" },
    );
    mic.button.disabled = local.mic === "asking";
    camera.button.disabled = local.camera === "asking" || local.audioOnly;
    switchCamera.button.disabled = local.camera !== "on";
    audioOnly.button.disabled = local.mic === "asking";
  }

  /** Presses what a key stands for; only while the focus is inside the call, and never while one types. */
  press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.repeat || isTyping(event.target)) return;
    const keys: Readonly<Record<string, keyof ControlActions>> = { m: "mic", c: "camera", s: "audioOnly", d: "pip" };
    const name = keys[event.key.toLowerCase()];
    if (name === undefined) return;
    const { button } = this.#controls[name];
    if (button.hidden || button.disabled) return;
    event.preventDefault();
    button.click();
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"));
}
