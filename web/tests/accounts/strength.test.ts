import { expect, test, vi } from "vitest";

import { measure } from "../../src/pages/accounts/strength";

vi.stubGlobal("document", { documentElement: { lang: "fr" } });

test.each(["motdepasse123", "azertyuiop2024", "jetaimedoudou", "alice.martin@example.org", "01/02/1956 Paris"])(
  "a passphrase that people here type is not enough: %s",
  async (typed) => {
    const found = await measure(typed, ["alice.martin@example.org"]);
    expect(found.isEnough).toBe(false);
    expect(found.advice.length).toBeGreaterThan(0);
  },
);

test("a short one is not enough, however odd", async () => {
  expect((await measure("x9#Kq!2vZ&", [])).isEnough).toBe(false);
});

test.each(["trombone verglas moutarde crécelle", "le héron boit quatre tisanes tièdes"])("several words are: %s", async (typed) => {
  expect(await measure(typed, [])).toEqual({ isEnough: true, score: 4, advice: [] });
});
