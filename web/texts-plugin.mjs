/**
 * An esbuild plugin that puts texts in the place of their keys: a bundle holds the texts it uses, in
 * its language, and no table.
 *
 * A key is any string literal of the sources that stands in i18n/*.json. In t("key", {…}) the members
 * must be exactly the parameters of the text. Elsewhere (a table of keys, a choice between two) the
 * text must have no parameters, since nobody could check them.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const parameters = (text) => [...new Set([...text.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1]))].sort();

/** Names of the members of an object literal, or null when they can't be seen. */
function members(node) {
  if (node === undefined) return [];
  if (!ts.isObjectLiteralExpression(node)) return null;
  const plain = node.properties.every((one) => ts.isPropertyAssignment(one) || ts.isShorthandPropertyAssignment(one));
  return plain ? node.properties.map((one) => one.name.text).sort() : null;
}

function checkUse(node, text) {
  const call = node.parent;
  const direct = ts.isCallExpression(call) && call.expression.getText() === "t" && call.arguments[0] === node;
  const wanted = parameters(text);
  const given = direct ? members(call.arguments[1]) : [];
  if (given === null) return "has parameters that the build can't see: write them as a literal";
  if (given.join() === wanted.join()) return null;
  return direct ? `takes (${wanted}), is given (${given})` : "has parameters and is not in a call of t()";
}

/** The source with texts for keys. */
function withTexts(file, source, texts, used) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true);
  const edits = [];
  const visit = (node) => {
    if (ts.isTypeNode(node)) return;
    if (ts.isStringLiteralLike(node) && Object.hasOwn(texts, node.text)) {
      const text = texts[node.text];
      const wrong = ts.isPropertyAssignment(node.parent) && node.parent.name === node
        ? "is the name of a member"
        : checkUse(node, text);
      if (wrong) throw new Error(`${file}: ${node.text} ${wrong}`);
      used.add(node.text);
      const literal = JSON.stringify(text);
      edits.push([node.getStart(), node.end, ts.isJsxAttribute(node.parent) ? `{${literal}}` : literal]);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return edits.reverse().reduce((out, [from, to, text]) => out.slice(0, from) + text + out.slice(to), source);
}

/** src, i18n: folders; used: takes the keys that were found. */
export function textsPlugin(src, i18n, lang, used) {
  const texts = JSON.parse(readFileSync(join(i18n, `${lang}.json`), "utf8"));
  return {
    name: "texts",
    setup(build) {
      build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        if (!path.startsWith(src)) return undefined;
        const contents = withTexts(relative(src, path), readFileSync(path, "utf8"), texts, used);
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}
