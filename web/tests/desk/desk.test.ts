import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../src/net";
import { ageAt } from "../../src/pages/desk/age";
import { byAge } from "../../src/pages/desk/linked";
import { mineFirst } from "../../src/pages/desk/order";
import { REASONS, signedReason } from "../../src/pages/desk/reasons";
import { wordsOf } from "../../src/pages/desk/refusals";
import type { Summary } from "../../src/pages/patient/api";
import { VaultRefusal } from "../../src/vault";

const NOW = new Date("2026-11-24T09:00:00Z");

beforeEach(() => { vi.stubGlobal("document", { documentElement: { lang: "fr" } }); });
afterEach(() => { vi.unstubAllGlobals(); });

describe("reasons", () => {
  it.each(["fr", "en"])("are long enough for the vault, and in characters that it takes (%s)", (lang) => {
    vi.stubGlobal("document", { documentElement: { lang } });
    for (const reason of REASONS) {
      expect(signedReason(reason).length).toBeGreaterThanOrEqual(20);
      expect(signedReason(reason)).not.toMatch(/[\u00a0\u202f]/);
    }
  });
});

describe("a budget that is used up", () => {
  const refused = (level: string): VaultRefusal => new VaultRefusal("budget", "", null, level);

  it("is widened by a passkey where it is the reader's own, and not where it is the practice's", () => {
    for (const own of ["device", "person"]) expect(wordsOf(refused(own))?.link?.href).toMatch(/^\/step-up\?next=/);
    for (const other of ["practice", "platform", "quota", ""]) expect(wordsOf(refused(other))?.link).toBeUndefined();
  });
});

describe("age", () => {
  it("counts a year on the birthday, not before", () => {
    expect(ageAt("1956-11-25", NOW)).toBe(69);
    expect(ageAt("1956-11-24", NOW)).toBe(70);
    expect(ageAt("2026-11-01", NOW)).toBe(0);
  });
});

describe("the order of the queue", () => {
  it("puts who asked for me first, and leaves each group as it came", () => {
    const waiting = [["a", false], ["b", true], ["c", false], ["d", true]].map(([id, for_me]) => ({ id, for_me: for_me === true }));
    expect(mineFirst(waiting).map((one) => one.id)).toEqual(["b", "d", "a", "c"]);
  });
});

describe("what the relation of care still opens", () => {
  const one = (id: string, more: Partial<Summary>): Summary =>
    ({ id, state: "closed", practitioner: { person: "bose", given: "", family: "", profession: "" }, created_at: "2026-01-01T00:00:00Z", closed_at: null, ...more }) as Summary;

  it("is under way, of thirty days, or older", () => {
    const all = [
      one("open", { state: "taken" }),
      one("chen's", { state: "taken", practitioner: { person: "chen", given: "", family: "", profession: "" } }),
      one("cancelled", { state: "cancelled" }),
      one("29 days", { closed_at: "2026-10-26T09:00:00Z" }),
      one("yesterday", { closed_at: "2026-11-23T09:00:00Z" }),
      one("30 days", { closed_at: "2026-10-25T09:00:00Z" }),
    ];
    const { open, recent, older } = byAge(all, "bose", NOW);
    expect(open.map((each) => each.id)).toEqual(["open"]);
    expect(recent.map((each) => each.id)).toEqual(["yesterday", "29 days"]);
    expect(older.map((each) => each.id)).toEqual(["30 days"]);
  });
});

describe("a refusal of the vault", () => {
  const retry = (): void => undefined;

  it("of the budget says when one can go on", () => {
    const words = wordsOf(new VaultRefusal("budget", "", new Date(2026, 10, 24, 14, 32)), { retry });
    expect(words?.next).toContain("14:32");
    expect(words?.retry).toBe(retry);
    expect(wordsOf(new VaultRefusal("budget", ""))?.next).toMatch(/quelques minutes/);
  });

  it("of a freeze names who lifts it", () => {
    expect(wordsOf(new VaultRefusal("frozen", ""))?.next).toMatch(/responsable du cabinet/);
    // The web process forwards the vault's word under its own error.
    expect(wordsOf(new ApiError(423, "frozen", ""))?.happened).toBe(wordsOf(new VaultRefusal("frozen", ""))?.happened);
  });

  it("for want of a relation leads to the file, never to a second try", () => {
    const words = wordsOf(new VaultRefusal("relation", ""), { retry, file: "f" });
    expect(words?.link?.href).toBe("/files/f");
    expect(words?.retry).toBeUndefined();
    expect(wordsOf(new VaultRefusal("relation", ""))?.link?.href).toBe("/desk");
  });

  it("for the clock or the device says what to set right", () => {
    expect(wordsOf(new VaultRefusal("clock", ""), { retry })?.retry).toBe(retry);
    expect(wordsOf(new VaultRefusal("revoked", ""))?.link?.href).toBe("/account");
  });

  it("leaves everything else to the sentences of every page", () => {
    expect(wordsOf(new ApiError(0, "offline", ""))).toBeNull();
    expect(wordsOf(new Error("x"))).toBeNull();
  });
});
