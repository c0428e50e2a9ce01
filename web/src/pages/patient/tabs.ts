/** One request, several tabs: the one opened last writes, the others say so and stand still, so that an old text never covers a newer one. */

/** Takes `name` over from every other tab of this browser; `onLost` when another tab takes it in turn. Returns what lets go of it. */
export function claim(name: string, onLost: () => void): () => void {
  const line = new BroadcastChannel(`colloque/${name}`);
  line.onmessage = () => {
    line.close();
    onLost();
  };
  line.postMessage("taken");
  return () => { line.close(); };
}
