/** Leaving: nothing stays in this browser, whether or not the server's answer came to clear it. */

import "fake-indexeddb/auto";

import { beforeEach, expect, test, vi } from "vitest";

import { keepNothingMore, recall, remember } from "../../src/memory/store";
import { leave } from "../../src/pages/accounts/leave";
import { newBrowser } from "../standin/stage";

const assign = vi.fn();

beforeEach(async () => {
  keepNothingMore(false);
  assign.mockClear();
  await newBrowser();
  Object.assign(globalThis, { location: { assign } });
});

function answering(status: number): void {
  const body = status === 204 ? null : JSON.stringify({ error: "not-signed-in", message: "Connectez-vous." });
  Object.assign(globalThis, { fetch: async () => new Response(body, { status, headers: { "Content-Type": "application/json" } }) });
}

test.each([204, 401])("a sign-out answered with %i leaves nothing here", async (status) => {
  answering(status);
  await remember("drafts", "one", "a draft");
  await leave("/api/sign-out/everywhere");
  expect(await indexedDB.databases()).toEqual([]);
  expect(assign).toHaveBeenCalledWith("/");
});

test("a sign-out that did not arrive keeps what is here", async () => {
  answering(503);
  await remember("drafts", "one", "a draft");
  await expect(leave("/api/sign-out")).rejects.toThrow();
  expect(await recall("drafts", "one")).toBe("a draft");
  expect(assign).not.toHaveBeenCalled();
});
