/** One request, several tabs: the one opened last writes, the others say so and stand still, so that an old text never covers a newer one. */

export interface Claim {
  /** This tab does not write any more. */
  readonly isLost: () => boolean;
  release(): void;
}

/** Takes `name` over from every other tab of this browser; `onLost` when another tab takes it in turn. */
export function claim(name: string, onLost: () => void): Claim {
  const line = new BroadcastChannel(`colloque/${name}`);
  let lost = false;
  line.onmessage = () => {
    if (lost) return;
    lost = true;
    onLost();
  };
  line.postMessage("taken");
  return {
    isLost: () => lost,
    release() {
      line.close();
    },
  };
}
