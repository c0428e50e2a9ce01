import { beforeEach, describe, expect, test } from "vitest";

import { CHUNK_BYTES } from "../../src/crypto";
import { FILE_TYPES, fileTrouble, isRemoved, MOST_FILE_BYTES, openCompartment, openFile, removeFile, sealFile, type Compartment } from "../../src/records";
import { aliceFile, stage, wordOf, type Stage } from "../standin/stage";

let here: Stage;
let documents: Compartment;

beforeEach(async () => {
  here = await stage();
  documents = await openCompartment(here.alice.keyring, await aliceFile(here), "documents", "own-record");
});

/** Byte n is n mod 251. */
function fileOf(size: number, type = "application/pdf", name = "analyse.pdf"): File {
  return new File([Uint8Array.from({ length: size }, (_, n) => n % 251)], name, { type });
}

const CHUNK = /PUT \/api\/blobs\/[^/]+\/\d+$/;

describe("a file", () => {
  test.each([1, 1000, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 17])("of %i bytes comes out as it went in", async (size) => {
    const file = fileOf(size);
    const seen: number[] = [];
    const item = await sealFile(documents, file, { onprogress: (done) => seen.push(done) });
    const opened = await openFile(documents, item);
    // Compared as a whole: a matcher that walks through megabytes takes seconds.
    expect(Buffer.from(await opened.arrayBuffer()).equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
    expect(opened.type).toBe("application/pdf");
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test("leaves neither its name nor its bytes on the server in clear", async () => {
    const secret = "resultat-positif";
    await sealFile(documents, new File([secret.repeat(50)], `${secret}.pdf`, { type: "application/pdf" }));
    const stored = [...here.server.blobs.values()].flatMap(({ chunks }) => chunks.map((chunk) => Buffer.from(chunk ?? []).toString("latin1")));
    expect(stored.join("")).toHaveLength(816); // 800 bytes, and a tag
    expect(JSON.stringify([here.server.asked, stored])).not.toContain("positif");
  });

  test("of a type that a browser might run is handed over as plain bytes", async () => {
    const item = await sealFile(documents, fileOf(10));
    const dressed = { ...item, data: { ...(item.data as object), type: "text/html" } };
    expect((await openFile(documents, dressed)).type).toBe("application/octet-stream");
  });

  test("that is taken back is gone from the server, and says so", async () => {
    const item = await sealFile(documents, fileOf(10));
    await removeFile(documents, item);
    expect(here.server.blobs.size).toBe(0);
    expect(documents.items.map(isRemoved)).toEqual([true]);
  });
});

describe("an upload", () => {
  test("goes on after a chunk was lost on its way, or its answer", async () => {
    here.server.meddle(CHUNK, "unheard");
    here.server.meddle(CHUNK, "lost");
    const file = fileOf(CHUNK_BYTES + 5);
    const item = await sealFile(documents, file);
    expect((await openFile(documents, item)).size).toBe(file.size);
  });

  test("that is cancelled leaves nothing", async () => {
    const stop = new AbortController();
    const sending = sealFile(documents, fileOf(4 * CHUNK_BYTES), { signal: stop.signal, onprogress: () => { stop.abort(); } });
    await expect(sending).rejects.toMatchObject({ name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(here.server.blobs.size).toBe(0);
    expect(documents.items).toEqual([]);
    expect(here.server.said(CHUNK).length).toBeLessThan(4);
  });

  test("that is refused leaves nothing", async () => {
    here.server.meddle(CHUNK, 413);
    await expect(sealFile(documents, fileOf(10))).rejects.toMatchObject({ status: 413 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(here.server.blobs.size).toBe(0);
  });
});

describe("a server may not", () => {
  const chunksOf = () => [...here.server.blobs.values()][0]?.chunks ?? [];

  test("alter a chunk", async () => {
    const item = await sealFile(documents, fileOf(CHUNK_BYTES + 5));
    const [first] = chunksOf();
    if (first) first[7] = (first[7] ?? 0) ^ 1;
    expect(await wordOf(openFile(documents, item))).toBe("tag");
  });
});

describe("what is said of a file before it is sent", () => {
  test("nothing, of what practices take", () => {
    expect(FILE_TYPES.map((type) => fileTrouble(fileOf(1, type)))).toEqual(FILE_TYPES.map(() => null));
  });

  test("nothing, where a browser knows no type and the name says it", () => {
    expect(fileTrouble(fileOf(1, "", "photo.HEIC"))).toBeNull();
  });

  test.each([
    ["empty", fileOf(0)],
    ["type", fileOf(1, "text/html", "page.html")],
    ["type", fileOf(1, "", "programme.exe")],
    ["too-large", { size: MOST_FILE_BYTES + 1, type: "application/pdf", name: "a.pdf" } as File],
  ] as const)("%s", (word, file) => {
    expect(fileTrouble(file)).toBe(word);
  });
});
