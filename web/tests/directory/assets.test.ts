import { beforeEach, expect, test } from "vitest";

import { hex, sha256, utf8 } from "../../src/crypto";
import { ownRelease } from "../../src/directory";
import { readManifest, straysOf } from "../../src/directory/assets";
import { hex as bytesOf, read } from "../crypto/vectors";
import { someone, type Someone } from "../standin/people";
import { stage, wordOf, type Stage } from "../standin/stage";

const CASES = read<{ manifest: string; sha256: string | null; files?: Record<string, string> }[]>("assets.json");
const GOOD = CASES[0] as { manifest: string; sha256: string; files: Record<string, string> };

test("a manifest is read in its canonical form alone, as in Python", async () => {
  for (const { manifest, sha256: name, files } of CASES) {
    expect(readManifest(manifest)?.files).toEqual(name === null ? undefined : files);
    if (name !== null) expect(await sha256(utf8(manifest))).toEqual(bytesOf(name));
  }
});

test("what a page loaded is in the manifest, by that hash", () => {
  const [first, hash] = Object.entries(GOOD.files)[0] as [string, string];
  const manifest = { version: "1", files: GOOD.files };
  expect(straysOf([{ path: first, integrity: hash }, { path: first, integrity: "" }], manifest)).toEqual([]);
  const strays = [{ path: first, integrity: "sha384-x" }, { path: "/evil.js", integrity: hash }, { path: "https://elsewhere.example/a.js", integrity: "" }];
  expect(straysOf(strays, manifest)).toEqual(strays.map(({ path }) => path));
});

let here: Stage;
let web: Someone;

beforeEach(async () => {
  here = await stage();
  web = await someone();
  await here.server.register(web);
});

async function serve(by: Someone, manifest = GOOD.manifest): Promise<void> {
  const statement = await by.keyring.sign("assets", { manifest: GOOD.sha256, version: "1.2.3", files: 2 });
  const payload = Uint8Array.from(atob(statement.payload), (letter) => letter.charCodeAt(0));
  const { seq, text } = here.server.log.append("assets-published", { actor: by.person, request: hex(await sha256(payload)), detail: { manifest: GOOD.sha256 } });
  const statements = [{ envelope: statement, line: text, proof: here.server.log.inclusion(seq) }];
  const answers: Record<string, () => Promise<Response> | Response> = {
    "/assets.json": () => new Response(manifest),
    "/vault/directory/assets": async () => Response.json({ statements, checkpoint: await here.server.log.note(), state: await here.server.log.state("assets", [seq], {}) }),
    "/vault/directory/key": async () => Response.json({ vkey: await here.server.log.vkey(), service_persons: { web: web.person } }),
  };
  const { fetch } = here.server;
  Object.assign(globalThis, { fetch: (path: string, init?: RequestInit) => answers[path]?.() ?? fetch(path, init) });
}

test("a release that the web published has its line", async () => {
  await serve(web);
  expect(await ownRelease([])).toMatchObject({ name: GOOD.sha256, version: "1.2.3", strays: [], line: { kind: "assets-published" } });
});

test("a release that no line publishes has none, and one that another published is refused", async () => {
  await serve(web, GOOD.manifest.replace("1.2.3", "6.6.6"));
  expect((await ownRelease([])).line).toBeNull();
  await serve(here.bose);
  expect(await wordOf(ownRelease([]))).toBe("unproven");
});

test("a list of files in another form is refused", async () => {
  await serve(web, "{}");
  expect(await wordOf(ownRelease([]))).toBe("unproven");
});
