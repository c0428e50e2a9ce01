import { describe, expect, it } from "vitest";
import { deviceSigner, newDeviceKey, newId, signStatement } from "../../src/crypto";
import { readProposals, type Listed } from "../../src/pages/erasing/proposal";
import { idIn } from "../../src/pages/erasing/proposing";

const practice = newId();
const file = newId();

async function listed(said: object = {}, told: Partial<Listed> = {}, kind = "erase"): Promise<Listed> {
  const record = newId();
  const fields = { practice, person: "manon", record, step: "ask", reason: "court", until: "2026-11-30T00:00:00Z", not_before: "2026-12-08T00:00:00Z", ...said };
  const statement = await signStatement(kind, fields, deviceSigner(newId(), await newDeviceKey()));
  return { id: newId(), asked_by: "manon", asked_at: "2026-11-27T00:00:00Z", statement, record, kind: "consultation", file, ...told };
}

describe("what two members sign to erase", () => {
  it("is one decision for each author, reason and file, with the first end and the last beginning", async () => {
    const [one, two, other] = [await listed(), await listed({ until: "2026-11-29T00:00:00Z", not_before: "2026-12-09T00:00:00Z" }), await listed({ reason: "mistake" })];
    const { proposals, odd } = readProposals([one, two, other], practice);
    expect(odd).toEqual([]);
    expect(proposals).toEqual([
      { by: "manon", reason: "court", file, until: "2026-11-29T00:00:00Z", notBefore: "2026-12-09T00:00:00Z", all: [one, two] },
      { by: "manon", reason: "mistake", file, until: "2026-11-30T00:00:00Z", notBefore: "2026-12-08T00:00:00Z", all: [other] },
    ]);
  });

  it.each([
    ["another practice's", { practice: newId() }, {}],
    ["of another record than the page shows", {}, { record: newId() }],
    ["what carries it out", { step: "carry-out" }, {}],
    ["for a reason that isn't shown", { reason: "retention" }, {}],
    ["without a beginning", { not_before: undefined }, {}],
  ])("is not signed when it is %s", async (_, said, told) => {
    const one = await listed(said, told);
    expect(readProposals([one], practice)).toEqual({ proposals: [], odd: [one] });
  });

  it("is nothing else that a device signs", async () => {
    const one = await listed({}, {}, "unfreeze");
    expect(readProposals([one], practice).odd).toEqual([one]);
  });
});

it("finds a record's id in the address of its page", () => {
  expect(idIn(`https://exemple.fr/files/${file.toUpperCase()} `)).toBe(file);
  expect(idIn("https://exemple.fr/files/")).toBeNull();
});
