// Builds colloque/pages/static/built: one script per file of src/pages, the style, and a manifest with their hashes.
// `node build.mjs --watch` builds again on each change; `--out=DIR` builds elsewhere; `--only=sign-in,sign-up` builds
// these pages alone. Same sources, same bytes: nothing of the machine goes in. What was built before is taken away only
// when the new manifest stands: a server that reads the folder meanwhile finds all that a manifest names.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { context } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { values: asked } = parseArgs({ options: { watch: { type: "boolean" }, out: { type: "string" }, only: { type: "string" } } });
const out = asked.out ? resolve(asked.out) : join(here, "../colloque/pages/static/built");

/** @param {string} file */
const isAsked = (file) => file.endsWith(".ts") && (!asked.only || asked.only.split(",").includes(file.slice(0, -3)));

/** `main` is every page's; the others are fetched by the pages that name them. */
const STYLES = ["main", "budgets", "agenda"];

/** Names of the entries: the files that stand in src/pages itself; folders there hold their parts. */
async function entryPoints() {
  const files = (await readdir(join(here, "src/pages"), { withFileTypes: true })).filter((one) => one.isFile() && isAsked(one.name));
  const scripts = files.map((one) => ({ in: join(here, "src/pages", one.name), out: one.name.replace(/\.ts$/, "") }));
  const styles = STYLES.map((name) => ({ in: join(here, `src/styles/${name}.css`), out: name }));
  return [...scripts, ...styles];
}

/** @param {Uint8Array} bytes */
const integrity = (bytes) => `sha384-${createHash("sha384").update(bytes).digest("base64")}`;

/** All that `file` imports before it can run, its imports' imports too; what is loaded later is left out. */
function staticImports(outputs, file, found = new Set()) {
  for (const one of outputs[file].imports) {
    if (one.kind !== "import-statement" || one.external || found.has(one.path)) continue;
    found.add(one.path);
    staticImports(outputs, one.path, found);
  }
  return found;
}

async function writeManifest({ metafile }) {
  const outputs = metafile.outputs;
  const named = async (path) => {
    const file = join(here, path);
    return { file: relative(out, file), integrity: integrity(await readFile(file)) };
  };
  const manifest = { scripts: {}, styles: {} };
  for (const [path, output] of Object.entries(outputs)) {
    if (!output.entryPoint || path.endsWith(".map")) continue;
    const name = output.entryPoint.replace(/^src\/(pages|styles)\//, "").replace(/\.(ts|css)$/, "");
    if (path.endsWith(".css")) manifest.styles[name] = await named(path);
    // A chunk that is loaded later is an entry point to esbuild; only files of src/pages are pages.
    else if (output.entryPoint.startsWith("src/pages/") && !name.includes("/")) {
      const imports = await Promise.all([...staticImports(outputs, path)].map(named));
      manifest.scripts[name] = { ...(await named(path)), imports };
    }
  }
  const icon = await readFile(join(here, "src/icon.svg"));
  const file = `icon-${createHash("sha256").update(icon).digest("hex").slice(0, 8)}.svg`;
  await writeFile(join(out, file), icon);
  manifest.icons = { icon: { file, integrity: integrity(icon) } };
  const temporary = join(out, "manifest.json.new");
  await writeFile(temporary, `${JSON.stringify(manifest, null, 1)}\n`);
  await rename(temporary, join(out, "manifest.json"));
}

/**
 * Twins that are served to browsers that take them; fonts are packed already.
 * @param {string[]} names
 */
async function pack(names) {
  for (const name of names.filter((one) => /\.(js|css)$/.test(one))) {
    const plain = await readFile(join(out, name));
    await writeFile(join(out, `${name}.br`), await promisify(brotliCompress)(plain));
    await writeFile(join(out, `${name}.gz`), await promisify(gzip)(plain, { level: 9 }));
  }
}

/**
 * Take away what an earlier build left.
 * @param {string[]} names of what this one made
 */
async function removeOthers(names) {
  const kept = new Set(["manifest.json", ...names.flatMap((name) => [name, `${name}.br`, `${name}.gz`])]);
  for (const name of await readdir(out)) if (!kept.has(name)) await rm(join(out, name), { force: true, recursive: true });
}

const isWatching = asked.watch ?? false;
await mkdir(out, { recursive: true });

const builder = await context({
  absWorkingDir: here,
  entryPoints: await entryPoints(),
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "safari15.4", "chrome105", "firefox110"],
  minify: !isWatching,
  legalComments: "none",
  metafile: true,
  loader: { ".woff2": "file" },
  logLevel: "warning",
  plugins: [{ name: "manifest", setup: (build) => build.onEnd((result) => (result.errors.length === 0 ? writeManifest(result) : undefined)) }],
});
if (isWatching) await builder.watch();
else {
  const { metafile } = await builder.rebuild();
  await builder.dispose();
  const made = Object.keys(metafile.outputs).map((path) => relative(out, join(here, path)));
  await pack(made);
  const { icons } = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
  await removeOthers([...made, icons.icon.file]);
}
