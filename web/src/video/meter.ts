/** How loud a microphone is, between 0 and 1, many times a second; and for how long it has been silent. */

const SILENT_BELOW = 0.01; // of full scale: an open microphone in a quiet room, with nobody speaking
const EVERY_MS = 100;
export const SILENT_AFTER_MS = 3_000;

export interface Level {
  readonly level: number;
  readonly heard: boolean; // ever, since the start
  readonly silentMs: number;
}

/** Pure: from the level now to what is known. */
export function listen(before: Level, level: number, sinceMs: number): Level {
  const loud = level >= SILENT_BELOW;
  return { level, heard: before.heard || loud, silentMs: loud ? 0 : before.silentMs + sinceMs };
}

/** Measures until the returned function is called. Nothing is kept but the last level. */
export function measure(track: MediaStreamTrack, onlevel: (level: Level) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  void context.resume();
  const samples = new Float32Array(analyser.fftSize);
  let level: Level = { level: 0, heard: false, silentMs: 0 };
  const ticking = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    level = listen(level, Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length), EVERY_MS);
    onlevel(level);
  }, EVERY_MS);
  return () => {
    clearInterval(ticking);
    void context.close();
  };
}

/** Plays two soft notes. */
export async function playSound(): Promise<void> {
  const context = new AudioContext();
  await context.resume();
  const start = context.currentTime;
  for (const [at, pitch] of [[0, 523.25], [0.35, 659.25]] as const) {
    const tone = new OscillatorNode(context, { frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.linearRampToValueAtTime(0.25, start + at + 0.05);
    loudness.gain.setValueAtTime(0.25, start + at + 0.2);
    loudness.gain.linearRampToValueAtTime(0, start + at + 0.33);
    tone.connect(loudness).connect(context.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.35);
  }
  await new Promise((done) => setTimeout(done, 750));
  await context.close();
}
