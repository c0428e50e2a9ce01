import { describe, expect, it } from "vitest";
import { WINDOWS, type Meter } from "../../src/pages/budgets/standing";
import { levelOf, nearestFirst, usualOf } from "../../src/pages/budgets/usual";
import { budgets as english } from "../../src/words/budgets.en";
import { budgets as french } from "../../src/words/budgets.fr";

const days = (...units: number[]): Pick<Meter, "days"> => ({ days: units });
const meter = (used: number, capacity = 20): Meter => ({
  used: { minute: used, hour: used, day: used, month: used },
  capacity: { minute: capacity, hour: capacity, day: capacity, month: capacity },
  days: [used],
});

describe("what is usual", () => {
  it("leaves out today, which isn't over, and days without an opening", () => {
    expect(usualOf([days(0, 4, 0, 10, 6, 99)])).toEqual({ seen: 3, median: 6, busiest: 10, proposed: null });
    expect(usualOf([days(0, 0, 7)])).toEqual({ seen: 0, median: 0, busiest: 0, proposed: null });
    expect(usualOf([])).toEqual({ seen: 0, median: 0, busiest: 0, proposed: null });
  });

  it("proposes twice what 99 days of 100 stay within, from twenty days on, as the command does", () => {
    const month = Array.from({ length: 31 }, (_, day) => day + 1);
    expect(usualOf([days(...month)])).toEqual({ seen: 30, median: 15, busiest: 30, proposed: 60 });
    expect(usualOf([days(...month.slice(-20))]).proposed).toBeNull();
    const many = Array.from({ length: 10 }, () => days(...Array.from({ length: 20 }, () => 5), 0));
    expect(usualOf([...many, days(80, 0)])).toEqual({ seen: 201, median: 5, busiest: 80, proposed: 10 });
  });
});

describe("how near a limit is", () => {
  it("says near from four fifths on, and full", () => {
    expect([15, 16, 19, 20, 25].map((used) => levelOf(meter(used), "day"))).toEqual(["calm", "near", "near", "full", "full"]);
  });

  it("puts who is nearest first, by any window", () => {
    const all = [meter(3), { ...meter(1), used: { ...meter(1).used, month: 18 } }, meter(9)];
    expect(nearestFirst(all).map((one) => one.used.month)).toEqual([18, 9, 3]);
    expect(WINDOWS).toHaveLength(4);
  });
});

it("has the same places for values in both languages", () => {
  const places = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map((one) => one[1] ?? "").sort();
  for (const key of Object.keys(french) as (keyof typeof french)[]) expect(places(english[key]), key).toEqual(places(french[key]));
});
