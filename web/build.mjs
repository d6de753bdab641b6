/**
 * Builds dist/: bundles scripts, renders every page in every language to a template, compresses what
 * is served, and writes manifest.json, which names all of it. Two builds of one tree are equal byte
 * for byte: nothing here depends on the time, the folder or the machine.
 *
 *   node build.mjs [folder]     folder: where to build, dist/ beside this file if not given
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { checkMessages, serverMessages } from "./check-messages.mjs";
import { textsPlugin } from "./texts-plugin.mjs";

const web = dirname(fileURLToPath(import.meta.url));
const dist = resolve(process.argv[2] ?? join(web, "dist"));

const CSS_MAX = 6000; // bytes of a sheet, minified

/** What a page may weigh by its class (`budget` of its frame), in bytes of gzip: html with its style
 * sheets, and js that is loaded before the page can be used. */
const BUDGETS = {
  public: { html: 14000, js: 2000 },
  nominate: { html: 10000, js: 14000 },
  evaluate: { html: 10000, js: 18000 },
  verify: { html: 8000, js: 14000 },
  work: { html: 20000, js: 40000 },
};

/** For what has a name that changes with its content. */
const IMMUTABLE = "public, max-age=31536000, immutable";
const SHORT = "public, max-age=3600";
/** For the service worker: a new one, and the one that removes it, must reach phones at once. */
const ASK = "no-cache";
const JS = "text/javascript; charset=utf-8";

const sha256 = (bytes, form = "hex") => createHash("sha256").update(bytes).digest(form);

function fail(message) {
  console.error(`build-web: ${message}`);
  process.exit(1);
}

function checkTypes() {
  for (const project of [web, join(web, "src/workers")]) {
    try {
      execFileSync(process.execPath, [join(web, "node_modules/typescript/bin/tsc"), "-p", project], { encoding: "utf8" });
    } catch (error) {
      fail(`types:\n${error.stdout}`);
    }
  }
}

/** Files to write, by path in dist. */
class Output {
  #files = new Map();

  put(path, bytes, rest) {
    const there = this.#files.get(path);
    // A part that two islands load later, or one island in two languages, is the same file.
    if (there && Buffer.compare(there.bytes, Buffer.from(bytes)) !== 0) fail(`${path} is made twice`);
    this.#files.set(path, { path, bytes: Buffer.from(bytes), ...rest });
  }

  /** A file with an address: compressed too, where that makes it smaller. */
  serve(path, bytes, url, type, cache) {
    this.put(path, bytes, { url, type, cache });
  }

  write(folder, style) {
    const rows = [];
    for (const { path, bytes, ...rest } of [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      const row = { path, ...this.#store(folder, path, bytes), ...rest };
      if (rest.url) {
        const gzip = gzipSync(bytes, { level: 9 });
        gzip[9] = 255; // "unknown" operating system: zlib builds differ in what they write here
        const br = brotliCompressSync(bytes, {
          params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_QUALITY]: 11 },
        });
        if (gzip.length < bytes.length) row.gzip = { path: `${path}.gz`, ...this.#store(folder, `${path}.gz`, gzip) };
        if (br.length < bytes.length) row.br = { path: `${path}.br`, ...this.#store(folder, `${path}.br`, br) };
      }
      rows.push(row);
    }
    writeFileSync(join(folder, "manifest.json"), `${JSON.stringify({ v: 1, style, files: rows }, null, 1)}\n`);
    return rows;
  }

  #store(folder, path, bytes) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
    return { sha256: sha256(bytes), size: bytes.length };
  }
}

/** Style sheets by name: "page" goes into every page, others into the pages that name them. */
async function bundleStyles() {
  const sheets = {};
  for (const file of readdirSync(join(web, "css")).sort()) {
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(web, "css", file)],
      bundle: true,
      minify: true,
      write: false,
      target: "es2022",
    });
    const css = outputFiles[0].text.trim();
    if (css.length > CSS_MAX) fail(`css/${file} is ${css.length} bytes minified, at most ${CSS_MAX}`);
    if (/\{\{|<\//.test(css)) fail(`css/${file} has {{ or </ in it`);
    sheets[basename(file, ".css")] = css;
  }
  return sheets;
}

const bundling = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  write: false,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
};

/** Scripts that need no language, named by their content: files of src/enhance, and workers of pages. */
async function bundleScripts(output) {
  const scripts = {};
  const files = ["src/enhance", "src/workers"].flatMap((folder) => readdirSync(join(web, folder)).sort().map((name) => join(folder, name)));
  for (const file of files.filter((file) => file.endsWith(".ts") && !/\/sw(-off)?\.ts$/.test(file))) {
    const name = basename(file);
    const worker = file.startsWith("src/workers");
    const format = worker ? "iife" : "esm";
    const { outputFiles } = await esbuild.build({ ...bundling, format, entryPoints: [join(web, file)] });
    const bytes = Buffer.from(outputFiles[0].contents);
    const path = `assets/${worker ? "workers/" : ""}${basename(name, ".ts")}-${sha256(bytes).slice(0, 12)}.js`;
    scripts[name] = { url: `/${path}`, sent: gzipSync(bytes, { level: 9 }).length };
    output.serve(path, bytes, `/${path}`, JS, IMMUTABLE);
  }
  return scripts;
}

/** What is loaded with an output: it and what it imports, but not what it imports later. */
function loadedWith(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: part, kind } of outputs[path].imports) if (kind === "import-statement") loadedWith(outputs, part, seen);
  return seen;
}

/** Islands in a language, each with only the texts it uses. Each is bundled by itself: what two share
 * they carry twice, which costs a visitor of both less than every visitor one request more. */
async function bundleIslands(output, lang, usedKeys) {
  const islands = {};
  if (!existsSync(join(web, "src/islands"))) return islands;
  for (const name of readdirSync(join(web, "src/islands")).filter((file) => file.endsWith(".tsx")).sort()) {
    const { outputFiles, metafile } = await esbuild.build({
      ...bundling,
      entryPoints: [join(web, "src/islands", name)],
      outdir: join(web, "assets"),
      entryNames: `[name]-${lang}-[hash]`,
      chunkNames: "part-[hash]",
      splitting: true,
      metafile: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      define: { __LANG__: JSON.stringify(lang) },
      plugins: [textsPlugin(join(web, "src"), join(web, "i18n"), lang, usedKeys)],
    }).catch((error) => fail(`${name} in ${lang}: ${error.message}`));
    const sent = new Map();
    for (const { path: file, contents } of outputFiles) {
      const path = `assets/${basename(file)}`;
      output.serve(path, contents, `/${path}`, JS, IMMUTABLE);
      sent.set(path, gzipSync(contents, { level: 9 }).length);
    }
    const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint);
    const first = [...loadedWith(metafile.outputs, entry)];
    islands[name] = { url: `/${entry}`, parts: first.slice(1).map((path) => `/${path}`), sent: first.reduce((sum, path) => sum + sent.get(path), 0) };
  }
  return islands;
}

/** The service worker and, in its place when the operator says so, the one that removes it. */
async function bundleServiceWorker(output) {
  for (const name of ["sw", "sw-off"]) {
    const { outputFiles } = await esbuild.build({ ...bundling, format: "iife", entryPoints: [join(web, `src/workers/${name}.ts`)] });
    output.serve(`${name}.js`, outputFiles[0].contents, `/${name}.js`, JS, ASK);
  }
}

function addStatic(output, assets) {
  const icon = readFileSync(join(web, "static/favicon.svg"));
  const path = `assets/favicon-${sha256(icon).slice(0, 12)}.svg`;
  assets["favicon.svg"] = `/${path}`;
  output.serve(path, icon, `/${path}`, "image/svg+xml", IMMUTABLE);
  const api = readFileSync(join(web, "static/openapi.json"));
  output.serve("openapi.json", api, "/api/v1/openapi.json", "application/json", SHORT);
  output.serve("robots.txt", readFileSync(join(web, "static/robots.txt")), "/robots.txt", "text/plain; charset=utf-8", SHORT);
}

/** The pages' own code, bundled for Node and run from a temporary folder. */
async function loadPages() {
  const folder = mkdtempSync(join(tmpdir(), "dauys-pages-"));
  try {
    const file = join(folder, "pages.mjs");
    await esbuild.build({
      entryPoints: [join(web, "src/build-entry.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node18",
      outfile: file,
      jsx: "automatic",
      jsxImportSource: "preact",
    });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Renders every page in a language and holds it to the budget of its class. */
function renderPages(output, pages, lang, sheets, icons, scripts) {
  const assets = { ...icons, ...Object.fromEntries(Object.entries(scripts).map(([name, { url }]) => [name, url])) };
  const parts = Object.fromEntries(Object.entries(scripts).map(([name, { parts = [] }]) => [name, parts]));
  for (const name of pages.pageNames) {
    const { html, budget, loads } = pages.render(name, lang, { sheets, assets, parts });
    const most = BUDGETS[budget];
    const size = gzipSync(html).length;
    const sent = loads.reduce((sum, script) => sum + scripts[script].sent, 0);
    if (size > most.html) fail(`${name} in ${lang} is ${size} bytes compressed, at most ${most.html} (${budget})`);
    if (sent > most.js) fail(`${name} in ${lang} loads ${sent} bytes of script, compressed, at most ${most.js} (${budget})`);
    output.put(`pages/${lang}/${name}.html`, html, {});
    if (lang === "kk" && sent > BUDGETS.public.js) console.log(`build-web: ${name}: html ${size} of ${most.html}, js ${sent} of ${most.js}`);
  }
}

checkTypes();
const output = new Output();
const sheets = await bundleStyles();
const icons = {};
addStatic(output, icons);
const scripts = await bundleScripts(output);
await bundleServiceWorker(output);
const pages = await loadPages();
const usedKeys = new Set();
for (const lang of pages.LANGS) {
  const islands = await bundleIslands(output, lang, usedKeys);
  renderPages(output, pages, lang, sheets, icons, { ...scripts, ...islands });
}
for (const key of pages.usedKeys) usedKeys.add(key);

const errors = checkMessages(join(web, "i18n"), join(web, "../server"), usedKeys);
if (errors.length > 0) fail(`messages:\n${errors.join("\n")}`);
for (const lang of pages.LANGS) {
  output.put(`i18n/${lang}.json`, `${JSON.stringify(serverMessages(join(web, "i18n"), lang), null, 1)}\n`, {});
}

// Built beside its place and moved there whole: a server that starts meanwhile sees one build or the other.
mkdirSync(dirname(dist), { recursive: true });
const fresh = mkdtempSync(`${dist}.new-`);
chmodSync(fresh, 0o755); // another user's process serves it
const rows = output.write(fresh, Object.values(sheets).map((css) => `sha256-${sha256(css, "base64")}`));
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
console.log(`build-web: ${rows.length} files, style sheets ${Object.values(sheets).map((css) => css.length).join(" + ")} bytes`);
