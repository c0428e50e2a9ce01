/** Files of a compartment: sealed a chunk at a time, sent as they are sealed, described by a `document` item at the end. */

import { CHUNK_BYTES, chunkCount, newId, openFile as openSealedFile, readFileDescription, sealedSize, sealFile as sealWith, type Bytes } from "../crypto";
import { api, ApiError } from "../net";
import type { Compartment } from "./compartment";
import { checked } from "./errors";
import type { OpenedItem } from "./reading";

export const MOST_FILE_BYTES = 20 * CHUNK_BYTES;

/** What people send to a practice, and what a browser can show or save without running it. */
export const FILE_TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"] as const;
const EXTENSIONS: Readonly<Record<string, string>> = { jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", heic: "image/heic", pdf: "application/pdf" };
const LOST_WAITS_MS = [500, 1500, 4000] as const;

export type FileTrouble = "empty" | "too-large" | "type";

export interface FileProgress {
  /** 0 to 1. */
  readonly onprogress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Why a file cannot be sent, or null. */
export function fileTrouble(file: File): FileTrouble | null {
  if (file.size === 0) return "empty";
  if (file.size > MOST_FILE_BYTES) return "too-large";
  return typeOf(file) === null ? "type" : null;
}

/** The type as the browser says it, or by the name where it says none; null when it is none of ours. */
function typeOf(file: File): string | null {
  const told = file.type || EXTENSIONS[file.name.split(".").at(-1)?.toLowerCase() ?? ""] || "";
  return (FILE_TYPES as readonly string[]).includes(told) ? told : null;
}

/** Seals and sends a file. Cancelled by its signal or failed, it leaves nothing on the server. */
export async function sealFile(compartment: Compartment, file: File, { onprogress, signal }: FileProgress = {}): Promise<OpenedItem> {
  const item = newId();
  const sealer = await sealWith(file, compartment.key, item);
  const chunks = chunkCount(file.size);
  const { record, compartment: name } = compartment;
  const { blob } = await api.post<{ blob: string }>("/api/blobs", { record, compartment: name, chunks, size: sealedSize(file.size) }, optional(signal));
  let isComplete = false;
  try {
    let sent = 0;
    for await (const chunk of sealer.chunks()) {
      await putChunk(`/api/blobs/${blob}/${sent}`, chunk, signal);
      sent += 1;
      onprogress?.(sent / (chunks + 1));
    }
    await api.post(`/api/blobs/${blob}/complete`, {}, optional(signal));
    signal?.throwIfAborted();
    isComplete = true;
    const added = await compartment.put("document", sealer.description({ name: file.name, type: typeOf(file) ?? "", blob }), item);
    onprogress?.(1);
    return added;
  } catch (error) {
    // Swept by the server after a day if this does not arrive. Once complete, the item may be there although its answer was lost.
    if (!isComplete) void api.delete(`/api/blobs/${blob}`).catch(() => undefined);
    throw error;
  }
}

async function putChunk(path: string, chunk: Bytes, signal: AbortSignal | undefined): Promise<void> {
  for (const wait of LOST_WAITS_MS) {
    signal?.throwIfAborted();
    try {
      await api.put(path, chunk, optional(signal));
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isOffline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  await api.put(path, chunk, optional(signal));
}

/** Takes back a file that nobody else was shown: the item says so, and the sealed bytes go. */
export async function removeFile(compartment: Compartment, item: OpenedItem): Promise<void> {
  const { blob } = readFileDescription(item.data);
  await compartment.put("document", { removed: true }, item.item);
  await api.delete(`/api/blobs/${blob}`);
}

export function isRemoved(item: OpenedItem): boolean {
  return (item.data as { readonly removed?: unknown } | null)?.removed === true;
}

/** Fetches and opens a file; nothing is given out before its last chunk was checked. */
export async function openFile(compartment: Compartment, item: OpenedItem, { onprogress, signal }: FileProgress = {}): Promise<Blob> {
  const { blob, chunks, type } = readFileDescription(item.data);
  async function* fetched(): AsyncGenerator<Uint8Array, void, void> {
    for (let at = 0; at < chunks; at += 1) {
      yield await api.getBytes(`/api/blobs/${blob}/${at}`, optional(signal));
      onprogress?.((at + 1) / chunks);
    }
  }
  const parts: Bytes[] = [];
  const collect = async (): Promise<void> => {
    for await (const part of openSealedFile(fetched(), compartment.key, item.item, item.data)) parts.push(part);
  };
  await checked(collect());
  // The author chose the type: anything that a browser might run is handed over as plain bytes.
  return new Blob(parts, { type: (FILE_TYPES as readonly string[]).includes(type) ? type : "application/octet-stream" });
}

function optional(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal ? { signal } : {};
}
