/**
 * Checks i18n/{kk,ru,en}.json: the same keys in the same order with the same parameters, each of them
 * used. Keys beginning with "server." are the server's: they must occur in its C as string literals,
 * where %s stands for one name ("server.phase.%s"); every other key must have been asked for while
 * the pages were rendered.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const LANGS = ["kk", "ru", "en"];
const KEY = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
const SERVER = "server.";

/** Members in order, a repeated name twice: JSON.parse would drop the first silently. */
function names(source) {
  return [...source.matchAll(/^\s*"((?:[^"\\]|\\.)*)"\s*:/gm)].map((match) => match[1]);
}

const parameters = (text) => [...new Set([...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]))].sort().join(" ");

function checkText(key, text) {
  if (typeof text !== "string" || text.trim() === "") return "is empty";
  if (text !== text.normalize("NFC")) return "is not in NFC";
  if (/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(text)) return "has a control character";
  if (!/^[a-z_ ]*$/.test(parameters(text)) || /[{}]/.test(text.replace(/\{[a-z_]+\}/g, ""))) return "has a brace that is no {parameter}";
  if (text.includes("!")) return "has an exclamation mark";
  return KEY.test(key) ? null : "has a misspelt key";
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith(".c") ? [readFileSync(path, "utf8")] : [];
  });
}

/** The server's literals, as patterns. */
function serverPatterns(folder) {
  const literals = new Set(sources(folder).flatMap((text) => [...text.matchAll(/"(server\.[a-z0-9_.%]+)"/g)].map((match) => match[1])));
  return [...literals].map((literal) => ({
    literal,
    pattern: new RegExp(`^${literal.replaceAll(".", "\\.").replaceAll("%s", "[a-z0-9_]+")}$`),
  }));
}

/** All that is wrong, one line each. i18n and server: folders; used: keys that the pages asked for. */
export function checkMessages(i18n, server, used) {
  const errors = [];
  const files = LANGS.map((lang) => {
    const source = readFileSync(join(i18n, `${lang}.json`), "utf8");
    const order = names(source);
    for (const key of order.filter((name, i) => order.indexOf(name) !== i)) errors.push(`${lang}.json: ${key} is there twice`);
    return { lang, texts: JSON.parse(source) };
  });

  for (const { lang, texts } of files) {
    for (const [key, text] of Object.entries(texts)) {
      const wrong = checkText(key, text);
      if (wrong) errors.push(`${lang}.json: ${key} ${wrong}`);
    }
  }

  const all = new Set(files.flatMap(({ texts }) => Object.keys(texts)));
  for (const key of all) {
    for (const { lang, texts } of files) {
      if (texts[key] === undefined) errors.push(`${lang}.json: ${key} is missing`);
    }
    const having = files.filter(({ texts }) => texts[key] !== undefined);
    for (const { lang, texts } of having.slice(1)) {
      const [want, have] = [parameters(String(having[0].texts[key])), parameters(String(texts[key]))];
      if (want !== have) errors.push(`${lang}.json: ${key} has parameters (${have}), ${having[0].lang}.json has (${want})`);
    }
  }

  const patterns = serverPatterns(server);
  for (const key of all) {
    const isUsed = key.startsWith(SERVER) ? patterns.some(({ pattern }) => pattern.test(key)) : used.has(key);
    if (!isUsed) errors.push(`${key} is used nowhere`);
  }
  for (const { literal, pattern } of patterns) {
    if (![...all].some((key) => pattern.test(key))) errors.push(`the server asks for ${literal}, which is in no file`);
  }
  return errors;
}

/** What the server loads of one language. */
export function serverMessages(i18n, lang) {
  const texts = JSON.parse(readFileSync(join(i18n, `${lang}.json`), "utf8"));
  return Object.fromEntries(Object.entries(texts).filter(([key]) => key.startsWith(SERVER)));
}
