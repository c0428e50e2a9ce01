import { describe, expect, it } from "vitest";
import { newDeviceKey, newId, deviceSigner, signStatement, type Dsse } from "../../src/crypto";
import { oddWindow, readAgreement } from "../../src/pages/budgets/agreement";
import { capacityNow } from "../../src/pages/budgets/proposing";
import type { MemberMeter, Standing } from "../../src/pages/budgets/standing";

const practice = newId();
const wider = { role: "secretary", minute: 10, hour: 20, day: 30, month: 40 };

async function said(kind: string, fields: object): Promise<Dsse> {
  return signStatement(kind, { practice, person: "manon", until: "2026-11-30T00:00:00Z", ...fields }, deviceSigner(newId(), await newDeviceKey()));
}

describe("what two managers sign", () => {
  it("is read from the signed bytes", async () => {
    expect(readAgreement(await said("capacity", wider), practice)).toEqual({
      kind: "capacity", by: "manon", until: "2026-11-30T00:00:00Z", role: "secretary", capacity: { minute: 10, hour: 20, day: 30, month: 40 },
    });
    const work = { member: "bose", purpose: "migration", records: 400, ends_at: "2026-12-01T00:00:00Z" };
    expect(readAgreement(await said("quota", work), practice)).toMatchObject({ kind: "quota", member: "bose", records: 400, endsAt: "2026-12-01T00:00:00Z" });
  });

  it.each([
    ["another practice's", "capacity", { ...wider, practice: newId() }],
    ["something that isn't signed by two here", "unfreeze", { scope: "person" }],
    ["a role that isn't shown", "capacity", { ...wider, role: "platform" }],
    ["a limit that is left out", "capacity", { ...wider, day: undefined }],
    ["a number that isn't one", "quota", { member: "bose", purpose: "migration", records: "4", ends_at: "2026-12-01T00:00:00Z" }],
    ["an agreement without an end", "capacity", { ...wider, until: undefined }],
  ])("is not signed when it is %s", async (_, kind, fields) => {
    const statement = await said(kind, fields);
    expect(() => readAgreement(statement, practice)).toThrow();
  });

  it("holds at least as much in a longer window", () => {
    const capacity = { minute: 10, hour: 20, day: 30, month: 40 };
    expect(oddWindow(capacity)).toBeNull();
    expect(oddWindow({ ...capacity, hour: 9 })).toBe("hour");
    expect(oddWindow({ ...capacity, minute: 0 })).toBe("minute");
    expect(oddWindow({ ...capacity, month: Number.NaN })).toBe("month");
  });
});

it("starts from the present limit, without what a step-up adds for a day", () => {
  const four = (n: number): Standing["practice"]["capacity"] => ({ minute: n, hour: n, day: n, month: n });
  const member = { role: "practitioner", stepped_up: true, capacity: four(40) } as MemberMeter;
  const standing: Standing = { members: [member], practice: { used: four(0), capacity: four(120), days: [] }, quotas: [] };
  expect(capacityNow(standing, "practitioner")).toEqual(four(20));
  expect(capacityNow(standing, "practice")).toEqual(four(120));
  expect(capacityNow(standing, "secretary")).toBeNull();
});
