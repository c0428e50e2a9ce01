import { describe, expect, it } from "vitest";
import { daysOf, dayValue, mondayOf, onDay, spanOf, timeValue } from "../../src/pages/agenda/week";
import { phaseOf } from "../../src/pages/patient/appointment-times";

describe("a week", () => {
  it("has seven midnights from Monday on, whatever the clocks do", () => {
    process.env["TZ"] = "Europe/Paris";
    for (const inWeek of ["2026-10-25T23:30:00Z", "2026-03-23T01:00:00+01:00", "2026-03-29T21:00:00Z", "2026-10-19T00:00:00+02:00"]) {
      const days = daysOf(mondayOf(new Date(inWeek)));
      expect(days.map((day) => day.getDay())).toEqual([1, 2, 3, 4, 5, 6, 0]);
      expect(days.map((day) => day.getHours())).toEqual([0, 0, 0, 0, 0, 0, 0]);
      expect(new Set(days.map(dayValue)).size).toBe(7);
    }
  });

  it("turns forth and back to the same Monday", () => {
    const now = new Date("2026-10-21T10:00:00Z");
    expect(mondayOf(mondayOf(now, 1), -1)).toEqual(mondayOf(now));
  });
});

describe("a date that is offered", () => {
  it("is an instant, of the length that was chosen, also across the end of summer time", () => {
    process.env["TZ"] = "Europe/Paris";
    expect(spanOf("2026-10-24", "09:00", 20)).toEqual({ starts_at: "2026-10-24T07:00:00.000Z", ends_at: "2026-10-24T07:20:00.000Z" });
    expect(spanOf("2026-10-26", "09:00", 20)).toEqual({ starts_at: "2026-10-26T08:00:00.000Z", ends_at: "2026-10-26T08:20:00.000Z" });
    expect(spanOf("2026-10-25", "", 20)).toBeNull();
  });

  it("stands on its day by the reader's clock, in order", () => {
    process.env["TZ"] = "Europe/Paris";
    const late = { starts_at: "2026-11-30T23:30:00.000Z" };
    const [first, second] = [{ starts_at: "2026-11-30T08:00:00.000Z" }, { starts_at: "2026-11-30T09:00:00.000Z" }];
    expect(onDay([late, second, first], new Date(2026, 10, 30))).toEqual([first, second]);
    expect(onDay([late], new Date(2026, 11, 1))).toEqual([late]);
    expect(timeValue(new Date("2026-11-30T08:00:00.000Z"))).toBe("09:00");
  });

  it("is ahead, then now, then missed", () => {
    const one = { starts_at: "2026-11-30T09:00:00.000Z", ends_at: "2026-11-30T09:20:00.000Z" };
    const at = (time: string): string => phaseOf(one, Date.parse(time));
    expect(at("2026-11-30T08:29:59Z")).toBe("ahead");
    expect(at("2026-11-30T08:30:00Z")).toBe("now");
    expect(at("2026-11-30T21:19:59Z")).toBe("now");
    expect(at("2026-11-30T21:20:00Z")).toBe("missed");
  });
});
