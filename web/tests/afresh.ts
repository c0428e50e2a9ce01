/** Runs before each file: several share a process, and what one puts in the browser's place the next must not find. */

import { afterAll, vi } from "vitest";

import { keepNothingMore } from "../src/memory/store";

// Also what tests assign without vi.stubGlobal, which knows its own.
const STAND_INS = ["document", "fetch", "indexedDB", "location", "sessionStorage"] as const;
const before = STAND_INS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
const zone = process.env["TZ"];

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  for (const [name, was] of before) {
    if (was) Object.defineProperty(globalThis, name, was);
    else Reflect.deleteProperty(globalThis, name);
  }
  if (zone === undefined) delete process.env["TZ"];
  else process.env["TZ"] = zone;
  keepNothingMore(false);
});
