import { expect, test, vi } from "vitest";

vi.stubGlobal("document", { documentElement: { lang: "fr" } });

const { sayState } = await import("../../src/video/sentences");
type View = Parameters<typeof sayState>[0];

test.each([
  [{ state: "alone", peerLeft: true }, "Votre patient a quitté l’appel."],
  [{ state: "calling", peerLeft: false }, "Votre patient est là. L’appel commence."],
  [{ state: "alone", peerLeft: false }, "Vous êtes seul dans l’appel\u00a0: votre patient n’est pas encore là."],
])("a sentence begins with a capital, whoever it begins with: %o", (view, said) => {
  expect(sayState(view as View, "votre patient")).toBe(said);
});
