/**
 * /officer/pulls/ID: lifting a freeze takes two officers' devices. The first signs what is to be lifted, why and until when; the second's
 * browser checks that these very bytes say what the page says, and signs them too.
 */

import { need, failureOf, startShell, whileBusy } from "../face";
import { readStatement, type Dsse } from "../crypto";
import { requireKeyring, wireNow } from "../keys";
import { api } from "../net";
import { proven, provenFailure, NotProven } from "./accounts/proof";

interface Signs {
  readonly undo: string;
  readonly scope: string;
  /** Empty for the whole platform. */
  readonly target: string;
  readonly hours: number;
  /** What the first officer signed, when one has. */
  readonly statement: Dsse | null;
}

startShell();
const keyring = await requireKeyring();
const signs = JSON.parse(need("#signs").textContent) as Signs;
const trouble = need("#trouble");

on("ask", async () => {
  const why = need<HTMLInputElement>("#why");
  if (!why.reportValidity()) return;
  const until = new Date(Date.parse(wireNow()) + signs.hours * 3_600_000).toISOString();
  const about = signs.target === "" ? {} : { target: signs.target };
  await send(await keyring.sign("unfreeze", { scope: signs.scope, ...about, until, why: why.value.trim() }));
});

on("agree", async () => {
  if (signs.statement === null) return;
  const { body } = readStatement(signs.statement, "unfreeze");
  // What is shown is what is signed: a page that tells of another freeze gets no signature.
  if (body["scope"] !== signs.scope || (body["target"] ?? "") !== signs.target) throw new Error("another freeze");
  await send(await keyring.agree(signs.statement));
});

function on(id: string, act: () => Promise<void>): void {
  const press = document.querySelector<HTMLButtonElement>(`#${id}`);
  press?.addEventListener("click", () => {
    trouble.replaceChildren();
    void whileBusy(press, act).catch((error: unknown) => {
      trouble.replaceChildren(error instanceof NotProven ? provenFailure(error) : failureOf(error));
    });
  });
}

async function send(statement: Dsse): Promise<void> {
  await proven(() => api.post(signs.undo, { statement }));
  location.reload();
}
