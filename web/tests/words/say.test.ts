import { expect, test } from "vitest";

import { say } from "../../src/words";

test("none is never said to be one, in either language", () => {
  const [inFigures, inWords] = ["{n|# dossier part|# dossiers partent}", "{n|Un dossier part|# dossiers partent}"];
  for (const chosen of ["fr", "en"] as const) {
    expect([1, 2].map((n) => say(inWords, { n }, chosen))).toEqual(["Un dossier part", "2 dossiers partent"]);
    expect(say(inWords, { n: 0 }, chosen)).toBe("0 dossiers partent");
  }
  expect(say(inFigures, { n: 0 }, "fr"), "in French none is singular").toBe("0 dossier part");
});
