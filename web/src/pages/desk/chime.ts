/** Two soft notes when a request comes: the only sound of these pages, and one turns it on oneself. */

const KEPT_AS = "colloque/chime";
const NOTES = [659.3, 880] as const;
const NOTE_SECONDS = 0.16;

let context: AudioContext | null = null;

export function wantsChime(): boolean {
  try {
    return localStorage.getItem(KEPT_AS) === "on";
  } catch {
    return false;
  }
}

/** Turned on by a press, so that the browser lets it sound later; it sounds once, to be known. */
export function setChime(isOn: boolean): void {
  try {
    localStorage.setItem(KEPT_AS, isOn ? "on" : "off");
  } catch {
    // A browser that keeps nothing: it holds for this page.
  }
  if (isOn) chime(true);
}

export function chime(evenIfOff = false): void {
  if (!evenIfOff && !wantsChime()) return;
  context ??= new AudioContext();
  const { currentTime } = context;
  void context.resume().catch(() => undefined);
  NOTES.forEach((pitch, index) => { play(pitch, currentTime + index * NOTE_SECONDS); });
}

function play(pitch: number, at: number): void {
  if (!context) return;
  const [note, level] = [context.createOscillator(), context.createGain()];
  note.frequency.value = pitch;
  level.gain.setValueAtTime(0.0001, at);
  level.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
  level.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_SECONDS * 1.8);
  note.connect(level).connect(context.destination);
  note.start(at);
  note.stop(at + NOTE_SECONDS * 2);
}
