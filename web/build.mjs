/**
 * Builds dist/: bundles scripts, renders every page in every language to a template, compresses what
 * is served, and writes manifest.json, which names all of it. Two builds of one tree are equal byte
 * for byte: nothing here depends on the time, the folder or the machine.
 *
 *   node build.mjs [folder]     folder: where to build, dist/ beside this file if not given
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { checkMessages, serverMessages } from "./check-messages.mjs";

const web = dirname(fileURLToPath(import.meta.url));
const dist = resolve(process.argv[2] ?? join(web, "dist"));

const CSS_MAX = 6000; // bytes, minified
const PAGE_MAX = 14000; // bytes of gzip, with the style sheet
const SCRIPT_MAX = 2000; // bytes of gzip that a public page loads

/** For what has a name that changes with its content. */
const IMMUTABLE = "public, max-age=31536000, immutable";
const SHORT = "public, max-age=3600";

const sha256 = (bytes, form = "hex") => createHash("sha256").update(bytes).digest(form);

function fail(message) {
  console.error(`build-web: ${message}`);
  process.exit(1);
}

function checkTypes() {
  try {
    execFileSync(process.execPath, [join(web, "node_modules/typescript/bin/tsc"), "-p", web], { encoding: "utf8" });
  } catch (error) {
    fail(`types:\n${error.stdout}`);
  }
}

/** Files to write, by path in dist. */
class Output {
  #files = new Map();

  put(path, bytes, rest) {
    if (this.#files.has(path)) fail(`${path} is made twice`);
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

async function bundleStyle() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(web, "css/page.css")],
    bundle: true,
    minify: true,
    write: false,
    target: "es2022",
  });
  const css = outputFiles[0].text.trim();
  if (css.length > CSS_MAX) fail(`css/page.css is ${css.length} bytes minified, at most ${CSS_MAX}`);
  if (/\{\{|<\//.test(css)) fail("css/page.css has {{ or </ in it");
  return css;
}

/** Scripts: one bundle for each file of src/enhance, named by its content. */
async function bundleScripts(output) {
  const names = readdirSync(join(web, "src/enhance")).sort();
  const assets = {};
  for (const name of names) {
    const { outputFiles } = await esbuild.build({
      entryPoints: [join(web, "src/enhance", name)],
      absWorkingDir: web,
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      legalComments: "none",
    });
    const bytes = Buffer.from(outputFiles[0].contents);
    const path = `assets/${basename(name, ".ts")}-${sha256(bytes).slice(0, 12)}.js`;
    assets[name] = `/${path}`;
    output.serve(path, bytes, `/${path}`, "text/javascript; charset=utf-8", IMMUTABLE);
  }
  return assets;
}

function addIcons(output, assets) {
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

function renderPages(output, pages, css, assets) {
  for (const lang of pages.LANGS) {
    for (const name of pages.pageNames) {
      const html = pages.render(name, lang, css, assets);
      const size = gzipSync(html).length;
      if (size > PAGE_MAX) fail(`${name} in ${lang} is ${size} bytes compressed, at most ${PAGE_MAX}`);
      output.put(`pages/${lang}/${name}.html`, html, {});
    }
  }
}

function checkScripts(rows) {
  for (const { path, gzip, size, type } of rows) {
    const sent = gzip?.size ?? size;
    if (type?.startsWith("text/javascript") && sent > SCRIPT_MAX) fail(`${path} is ${sent} bytes compressed, at most ${SCRIPT_MAX}`);
  }
}

checkTypes();
const output = new Output();
const css = await bundleStyle();
const assets = await bundleScripts(output);
addIcons(output, assets);
const pages = await loadPages();
renderPages(output, pages, css, assets);

const errors = checkMessages(join(web, "i18n"), join(web, "../server"), pages.usedKeys);
if (errors.length > 0) fail(`messages:\n${errors.join("\n")}`);
for (const lang of pages.LANGS) {
  output.put(`i18n/${lang}.json`, `${JSON.stringify(serverMessages(join(web, "i18n"), lang), null, 1)}\n`, {});
}

// Built beside its place and moved there whole: a server that starts meanwhile sees one build or the other.
mkdirSync(dirname(dist), { recursive: true });
const fresh = mkdtempSync(`${dist}.new-`);
const rows = output.write(fresh, [`sha256-${sha256(css, "base64")}`]);
checkScripts(rows);
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
console.log(`build-web: ${rows.length} files, style sheet ${css.length} bytes`);
