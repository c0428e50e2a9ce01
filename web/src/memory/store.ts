/**
 * What this browser remembers from one visit to the next: keys it has seen, the highest checkpoint, the highest
 * counter of each manifest, receipts, drafts. None of it is needed to open a record; all of it is needed to notice
 * that a server shows something else than it did before.
 *
 * Leaf: imports nothing.
 */

export type Shelf = "pins" | "people" | "practices" | "checkpoints" | "receipts" | "heights" | "drafts";

const DATABASE = "colloque-memory";
const SHELVES: readonly Shelf[] = ["pins", "people", "practices", "checkpoints", "receipts", "heights", "drafts"];

/** The browser's store refused to write: full, or switched off. What was to be kept is not kept. */
export class MemoryFullError extends Error {
  override readonly name = "MemoryFullError";
}

let opening: Promise<IDBDatabase> | null = null;
let isLeaving = false;

/** Who signs out wants nothing kept: what this page still had under way must not make the store anew once it was cleared. */
export function keepNothingMore(leaving: boolean): void {
  isLeaving = leaving;
}

function openDatabase(): Promise<IDBDatabase> {
  if (isLeaving) return Promise.reject(new MemoryFullError("signing out"));
  opening ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const shelf of SHELVES) request.result.createObjectStore(shelf);
    };
    request.onsuccess = () => {
      // Another tab may erase everything (signing out): give way, and open again at the next need.
      request.result.onversionchange = () => {
        request.result.close();
        opening = null;
      };
      request.result.onclose = () => {
        opening = null;
      };
      resolve(request.result);
    };
    request.onerror = () => {
      opening = null;
      reject(new MemoryFullError(request.error?.message));
    };
  });
  return opening;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new MemoryFullError(request.error?.message));
    };
  });
}

async function within(shelf: Shelf, mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const database = await openDatabase();
  try {
    return database.transaction(shelf, mode).objectStore(shelf);
  } catch (error) {
    // A connection that was closed under us is worth one new one; anything else is a fault.
    if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
    opening = null;
    return (await openDatabase()).transaction(shelf, mode).objectStore(shelf);
  }
}

/** Return what was kept under this key, or undefined. */
export async function recall<T>(shelf: Shelf, key: string): Promise<T | undefined> {
  return settled((await within(shelf, "readonly")).get(key)) as Promise<T | undefined>;
}

/** Keep a value (anything that can be cloned, keys included). Throws MemoryFullError when the browser refuses. */
export async function remember(shelf: Shelf, key: string, value: unknown): Promise<void> {
  const store = await within(shelf, "readwrite");
  const transaction = store.transaction;
  store.put(value, key);
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    // A full disk shows as an abort of the transaction, not as an error of the request.
    transaction.onabort = () => {
      reject(new MemoryFullError(transaction.error?.message));
    };
  });
}

/**
 * Change a value in one transaction, so that two tabs cannot both read the old one. `change` returns what to keep,
 * or undefined to leave things as they are; if it throws, nothing is written and the error is passed on.
 */
export async function amend<T>(shelf: Shelf, key: string, change: (known: T | undefined) => T | undefined): Promise<void> {
  const store = await within(shelf, "readwrite");
  const transaction = store.transaction;
  await new Promise<void>((resolve, reject) => {
    let fault: Error | null = null;
    const request = store.get(key) as IDBRequest<T | undefined>;
    request.onsuccess = () => {
      try {
        const next = change(request.result);
        if (next !== undefined) store.put(next, key);
      } catch (error) {
        fault = error instanceof Error ? error : new Error(String(error));
        transaction.abort();
      }
    };
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      if (fault === null) reject(new MemoryFullError(transaction.error?.message));
      else reject(fault);
    };
  });
}

export async function forget(shelf: Shelf, key: string): Promise<void> {
  await settled((await within(shelf, "readwrite")).delete(key));
}

/** Every key of a shelf that starts with `prefix`. */
export async function keysOf(shelf: Shelf, prefix = ""): Promise<string[]> {
  const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
  const keys = await settled((await within(shelf, "readonly")).getAllKeys(range));
  return keys.filter((key): key is string => typeof key === "string");
}

/** Close the connection: before the store is erased, and for tests that start from an empty one. */
export async function closeMemory(): Promise<void> {
  if (opening) (await opening).close();
  opening = null;
}

/** Erase all that is remembered. Where another tab holds it open, it goes once that tab lets go. */
export async function forgetMemory(): Promise<void> {
  await closeMemory();
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    request.onsuccess = request.onerror = request.onblocked = () => {
      resolve();
    };
  });
}
