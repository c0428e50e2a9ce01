/**
 * Which code this is: the release's asset manifest, its line in the ledger, and whether this page loaded what it names
 * (docs/spec/assets.md). A page that was altered could say anything here; it is compared with what others read, and watched from outside.
 */

import { checkDevice, hex, sha256, utf8 } from "../crypto";
import type { Line } from "../ledger";
import { api } from "../net";
import { DirectoryError } from "./errors";
import { deviceKey } from "./people";
import { fetchProven } from "./proven";

export interface Manifest {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Release {
  /** SHA-256 of the manifest, in hex. */
  readonly name: string;
  readonly text: string;
  readonly version: string;
  /** The line that publishes it; null when none does. */
  readonly line: Line | null;
  /** What this page loaded that the manifest does not name, or names by another hash. */
  readonly strays: readonly string[];
}

export interface Loaded {
  readonly path: string;
  readonly integrity: string;
}

/** Throws DirectoryError, also when the manifest is none. */
export async function ownRelease(loaded: readonly Loaded[] = loadedHere()): Promise<Release> {
  const text = await api.getText("/assets.json");
  const manifest = readManifest(text);
  if (!manifest) throw new DirectoryError("unproven", "assets", "The server's list of its files is not in its form.");
  const name = hex(await sha256(utf8(text)));
  return { name, text, version: manifest.version, line: await lineOf(name), strays: straysOf(loaded, manifest) };
}

/** Null unless the text is a manifest in canonical form. */
export function readManifest(text: string): Manifest | null {
  try {
    const told = JSON.parse(text) as Record<string, unknown>;
    const { v, version, files, policies, templates } = told;
    if (v !== 1 || typeof version !== "string" || !Array.isArray(policies) || Object.keys(told).length !== 5) return null;
    if (![files, templates].every(areHashes) || canonical(told) !== text) return null;
    return { version, files: files as Record<string, string> };
  } catch {
    return null;
  }
}

export function straysOf(loaded: readonly Loaded[], { files }: Manifest): string[] {
  return loaded.filter(({ path, integrity }) => files[path] === undefined || (integrity !== "" && files[path] !== integrity)).map(({ path }) => path);
}

/** Every script and style of this page, with the hash by which the browser was told to check it. */
function loadedHere(): Loaded[] {
  const told = [...document.querySelectorAll<HTMLScriptElement | HTMLLinkElement>("script, link[rel=stylesheet], link[rel=modulepreload]")];
  const named = told.map((one) => ({ path: pathOf("src" in one ? one.src : one.href), integrity: one.integrity }));
  // What was loaded later has no element; the browser remembers that it asked.
  const asked = performance.getEntriesByType("resource").map(({ name }) => ({ path: pathOf(name), integrity: "" }));
  return [...named, ...asked.filter(({ path }) => /\.(js|css)$/.test(path))];
}

async function lineOf(name: string): Promise<Line | null> {
  const { proven } = await fetchProven("assets");
  const { service_persons } = await api.get<{ service_persons: Readonly<Record<string, string>> }>("/vault/directory/key");
  for (const { statement, line } of [...proven].reverse()) {
    const { manifest, person, device } = statement.body;
    if (manifest !== name || typeof device !== "string" || typeof person !== "string") continue;
    if (person !== service_persons["web"]) throw new DirectoryError("unproven", "assets", "A release that the web did not sign.");
    await checkDevice(statement, device, (await deviceKey(person, device)).publicKey);
    return line;
  }
  return null;
}

function pathOf(url: string): string {
  const at = new URL(url || "about:blank", location.href);
  return at.origin === location.origin ? at.pathname : at.href;
}

function areHashes(told: unknown): boolean {
  return typeof told === "object" && told !== null && Object.values(told).every((one) => typeof one === "string" && /^sha384-[A-Za-z0-9+/]{64}$/.test(one));
}

/** JCS, for what a manifest holds: text, lists of text, and one level of objects. */
function canonical(told: unknown): string {
  if (typeof told !== "object" || told === null) return JSON.stringify(told);
  if (Array.isArray(told)) return `[${told.map(canonical).join(",")}]`;
  const fields = told as Record<string, unknown>;
  return `{${Object.keys(fields).sort().map((name) => `${JSON.stringify(name)}:${canonical(fields[name])}`).join(",")}}`;
}
