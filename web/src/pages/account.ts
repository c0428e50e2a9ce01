/** `/account`: one's ways in, one's browsers, and the words of one's key. */

import { fingerprintWords } from "../crypto";
import {
  button,
  confirmInPlace,
  dayAndTime,
  el,
  failureOf,
  fill,
  need,
  startShell,
  t,
  tag,
  toast,
  whileWaiting,
  type Child,
} from "../face";
import { requireKeyring, type Keyring } from "../keys";
import { api } from "../net";
import { addPasskey, addSheet, addUnlock } from "./accounts/add-unlock";
import { actButton, failedLine } from "./accounts/form";
import { leave } from "./accounts/leave";
import { proven, provenFailure } from "./accounts/proof";
import { Steps } from "./accounts/steps";
import { passkeyFailure } from "./accounts/unlock-steps";
import { rename } from "./accounts/rename";
import { PasskeyError } from "../keys";

interface Method {
  readonly id: string;
  readonly kind: "passkey" | "passphrase" | "recovery";
  readonly label: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

interface Device {
  readonly id: string;
  readonly label: string;
  readonly last_seen_at: string;
  readonly revoked: boolean;
  readonly current: boolean;
}

interface Session {
  readonly id: string;
  readonly device: string | null;
  readonly last_seen_at: string;
  readonly current: boolean;
}

startShell();

const mount = need("#steps");
const steps = new Steps(mount);
const keyring = await requireKeyring();
showAccount();

function showAccount(): void {
  steps.show({
    name: "account",
    title: t("accounts.account.title"),
    isFinal: true,
    content: () => {
      const place = el("div", { class: "stack" });
      void load(place);
      return place;
    },
  });
}

async function load(place: HTMLElement): Promise<void> {
  try {
    const asked = Promise.all([
      api.get<{ methods: Method[] }>("/api/methods"),
      api.get<{ devices: Device[]; sessions: Session[] }>("/api/devices"),
      wordsOf(keyring),
    ]);
    const [{ methods }, { devices, sessions }, words] = await whileWaiting(place, asked);
    // Few look, and it asks the ledger: it comes when the rest is there.
    const checked = el("div");
    fill(place, waysIn(methods), browsers(devices, sessions), ownWords(words), checked, everywhere());
    const { verified } = await import("./accounts/verified");
    fill(checked, verified());
  } catch (error) {
    fill(place, failureOf(error, undefined, () => void load(place)));
  }
}

async function wordsOf(ring: Keyring): Promise<string[]> {
  return fingerprintWords((await ring.keys()).kemKey);
}

function waysIn(methods: readonly Method[]): Child {
  const others = methods.filter((one) => one.kind !== "passkey");
  const hasPassphrase = others.some((one) => one.kind === "passphrase");
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.account.ways")),
    el("p", { class: "quiet-text" }, t("accounts.account.ways-what")),
    el("ul", { class: "rows" }, [...methods.filter((one) => one.kind === "passkey"), ...others].map(methodRow)),
    el("div", { class: "stack tight" }, [
      actButton(t("accounts.account.add-passkey"), addOnePasskey, { kind: "second", icon: "plus", failed: eitherFailure }),
      hasPassphrase ? null : actButton(t("accounts.account.add-passphrase"), addOnePassphrase, { kind: "quiet", icon: "plus" }),
      actButton(t("accounts.account.new-sheet"), newSheet, { kind: "quiet", icon: "printer", failed: provenFailure }),
    ]),
  );
}

function eitherFailure(error: unknown): HTMLElement {
  return error instanceof PasskeyError ? passkeyFailure(error) : provenFailure(error);
}

const KIND_KEYS = {
  passkey: "accounts.kind.passkey",
  passphrase: "accounts.kind.passphrase",
  recovery: "accounts.kind.recovery",
} as const;

function methodRow(method: Method): HTMLElement {
  const name = method.label === "" ? t(KIND_KEYS[method.kind]) : `${t(KIND_KEYS[method.kind])}, ${method.label}`;
  const used = method.last_used_at ?? method.created_at;
  const told = t(method.last_used_at === null ? "accounts.account.made" : "accounts.account.used", { when: dayAndTime(used) });
  const text = el("div", { class: "row-text" }, el("span", null, name), el("small", null, told));
  const row = el("li", null, el("div", { class: "row" }, text, method.kind === "recovery" ? null : methodActs(method, name)));
  return row;
}

function methodActs(method: Method, name: string): Child {
  const room = method.kind === "passkey" ? "passkeys" : "methods";
  const remove = button(t("accounts.remove"), () => void askRemove(), "quiet", "trash-2");
  const said = el("div");
  const askRemove = async (): Promise<void> => {
    if (!(await confirmInPlace(remove, { question: t("accounts.account.remove", { name }), yes: t("accounts.remove") }))) return;
    try {
      await proven(() => api.post(`/api/${room}/remove`, { method: method.id }));
      toast(t("accounts.account.removed", { name }));
      showAccount();
    } catch (error) {
      fill(said, provenFailure(error));
    }
  };
  const renamed = method.kind === "passkey" ? rename(method.label, (label) => api.post("/api/passkeys/rename", { method: method.id, label }), showAccount) : null;
  return [renamed, remove, said];
}

async function addOnePasskey(): Promise<void> {
  await proven(() => addPasskey(keyring, ""));
  toast(t("accounts.account.added"));
  showAccount();
}

async function addOnePassphrase(): Promise<void> {
  await Promise.resolve();
  steps.show(addUnlock(steps, keyring, "", showAccount));
}

async function newSheet(): Promise<void> {
  // The proof is asked for before the sheet is copied out, not after.
  await proven(() => api.post("/api/passkeys/options"));
  steps.show(
    await addSheet(steps, keyring, () => {
      toast(t("accounts.account.sheet-done"));
      showAccount();
    }),
  );
}

function browsers(devices: readonly Device[], sessions: readonly Session[]): Child {
  const known = devices.filter((one) => !one.revoked);
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.account.devices")),
    el("p", { class: "quiet-text" }, t("accounts.account.devices-what")),
    el("ul", { class: "rows" }, known.map((one) => deviceRow(one, sessions.some((session) => session.device === one.id)))),
  );
}

function deviceRow(device: Device, isSignedIn: boolean): HTMLElement {
  const name = device.label === "" ? t("accounts.account.unnamed") : device.label;
  const state = device.current ? tag(t("accounts.account.here"), "action") : isSignedIn ? tag(t("accounts.account.signed-in")) : null;
  const seen = el("small", null, t("accounts.account.seen", { when: dayAndTime(device.last_seen_at) }));
  const said = el("div");
  const revoke = button(t("accounts.account.revoke"), () => void askRevoke(), "quiet", "x");
  const askRevoke = async (): Promise<void> => {
    if (!(await confirmInPlace(revoke, { question: t("accounts.account.revoke-ask", { name }), yes: t("accounts.account.revoke") }))) return;
    try {
      await api.post("/api/devices/revoke", { statement: await keyring.sign("device-revoke", { target: device.id }) });
      toast(t("accounts.account.revoked", { name }));
      showAccount();
    } catch (error) {
      fill(said, failedLine(error));
    }
  };
  const renamed = rename(device.label, (label) => api.post("/api/devices/rename", { device: device.id, label }), showAccount);
  const text = el("div", { class: "row-text" }, el("span", null, name, " ", state), seen);
  return el("li", null, el("div", { class: "row" }, text, renamed, device.current ? null : revoke), said);
}

function ownWords(words: readonly string[]): Child {
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.words.title")),
    el("p", null, t("accounts.words.what")),
    el("p", { class: "words", lang: "fr" }, words.join(" · ")),
  );
}

function everywhere(): Child {
  return el(
    "section",
    { class: "stack near" },
    el("h2", null, t("accounts.everywhere.title")),
    el("p", null, t("accounts.everywhere.what")),
    actButton(t("accounts.everywhere.button"), () => leave("/api/sign-out/everywhere"), { kind: "harm", icon: "log-out" }),
  );
}
