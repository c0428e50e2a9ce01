/**
 * What this browser profile keeps of a person: a device key that cannot be exported, and the person's root, wrapped by
 * a key that cannot be exported either (docs/adr/0007). It is a cache: browsers empty it, and signing in fills it again.
 *
 * Leaf: imports nothing.
 */

export interface Kept {
  readonly person: string;
  readonly device: string;
  readonly devicePrivate: CryptoKey;
  readonly devicePublic: Uint8Array<ArrayBuffer>;
  readonly rootKey: CryptoKey;
  readonly rootNonce: Uint8Array<ArrayBuffer>;
  readonly wrappedRoot: Uint8Array<ArrayBuffer>;
  /** Pseudonym of the web session, for the ledger's lines. */
  readonly session: string;
}

const DATABASE = "colloque-keys";
const STORE = "keyring";
const CURRENT = "current";

/** The browser refuses to keep keys: private window, full disk, or storage switched off. */
export class KeyStoreError extends Error {
  override readonly name = "KeyStoreError";
}

export async function readKept(): Promise<Kept | null> {
  return withStore("readonly", async (store) => (await settled<Kept | undefined>(store.get(CURRENT))) ?? null);
}

/** Replaces whatever was kept: one person at a time in one browser profile. */
export async function writeKept(kept: Kept): Promise<void> {
  await withStore("readwrite", (store) => settled(store.put(kept, CURRENT)));
}

/** Leaves no trace, not even an empty store. Another tab may hold the store open: the keys are gone by then. */
export async function eraseKept(): Promise<void> {
  await withStore("readwrite", (store) => settled(store.delete(CURRENT)));
  await new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(DATABASE);
    for (const event of ["success", "error", "blocked"]) {
      request.addEventListener(event, () => {
        resolve();
      });
    }
  });
}

async function withStore<T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(STORE, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => {
        resolve();
      };
      // A full disk shows as an abort of the transaction, not as an error of the request.
      transaction.onabort = () => {
        reject(new KeyStoreError(transaction.error?.message ?? "aborted"));
      };
    });
    const [value] = await Promise.all([use(transaction.objectStore(STORE)), done]);
    return value;
  } finally {
    // Closed each time: an open connection would hold up the erasure that signing out asks of the browser.
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new KeyStoreError(request.error?.message ?? "cannot open"));
    };
  });
}

function settled<T>(request: IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result as T);
    };
    request.onerror = () => {
      reject(new KeyStoreError(request.error?.message ?? "refused"));
    };
  });
}
