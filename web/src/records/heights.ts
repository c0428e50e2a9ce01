/** The newest manifest that this browser has seen of each compartment: a server that goes back behind it is caught. */

import { b64uDecode, b64uEncode, type Manifest, type Place, type Remembered } from "../crypto";
import { amend, recall } from "../memory/store";

interface Kept {
  readonly counter: number;
  readonly root: string;
  readonly size?: number;
}

/** The newest list seen: its counter, the root of its items' hashes, and how many they were. */
export interface Height extends Remembered {
  readonly size: number;
}

export async function heightOf(place: Place): Promise<Height | null> {
  const kept = await recall<Kept>("heights", nameOf(place));
  return kept === undefined ? null : { counter: kept.counter, root: b64uDecode(kept.root, 32), size: kept.size ?? 0 };
}

/** Keeps the highest; another tab may be further. A full browser is no reason not to show what was opened and checked. */
export async function keepHeight({ place, counter, root, size }: Pick<Manifest, "place" | "counter" | "root" | "size">): Promise<void> {
  const next = { counter, root: b64uEncode(root), size };
  await amend<Kept>("heights", nameOf(place), (kept) => (kept !== undefined && kept.counter >= counter ? undefined : next)).catch(() => undefined);
}

function nameOf({ record, compartment, epoch }: Place): string {
  return `${record}/${compartment}/${epoch}`;
}
