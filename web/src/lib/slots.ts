/**
 * Slots: how a page says what the server fills in (grammar: include/http/template.h).
 *
 * A page describes its data as a TypeScript type and gets a typed stand-in for it. The stand-in knows
 * only its path; text(data.name) gives "{{name}}", number(data.size) "{{number:size}}". The compiler
 * refuses a slot that the data lacks or of another kind; the build refuses a slot of an outer object
 * inside each(), which the server could not resolve.
 */
import type { ComponentChildren } from "preact";

declare const kind: unique symbol;
/** An integer, below 2^53. */
export type Int = number & { [kind]: "int" };
/** Thousandths. */
export type Permille = number & { [kind]: "permille" };
/** An instant in unix seconds. */
export type Unix = number & { [kind]: "unix" };
/** A path of this site ("/kk/") or an https address. */
export type Url = string & { [kind]: "url" };

interface Path {
  readonly path: string;
  readonly scope: number;
}

declare const of: unique symbol;
/** The stand-in for a value of type T. */
export type Slot<T> = { readonly [of]: T } & (NonNullable<T> extends readonly unknown[] | string | number | boolean
  ? unknown
  : { readonly [K in keyof NonNullable<T>]: Slot<NonNullable<T>[K]> });

/** How pathOf() asks a stand-in for its path; every other name is a member of the data. */
const read = Symbol("read");

/** Scopes that are open: the page's object, then the item of each each() around. */
const scopes: number[] = [];
let lastScope = 0;

function standIn(path: string, scope: number): never {
  const target: Path = { path, scope };
  return new Proxy(target, {
    get: (own, name) =>
      name === read ? own : standIn(own.path ? `${own.path}.${String(name)}` : String(name), own.scope),
  }) as never;
}

function pathOf(slot: unknown): string {
  const { path, scope } = (slot as { [read]: Path })[read];
  if (scope !== scopes.at(-1)) throw new Error(`slot ${path} is used outside its object`);
  if (!/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/.test(path)) throw new Error(`slot ${path} is misspelt`);
  return path;
}

function inScope<T, R>(body: (data: Slot<T>) => R): R {
  const scope = ++lastScope;
  scopes.push(scope);
  try {
    return body(standIn("", scope));
  } finally {
    scopes.pop();
  }
}

/** Calls a page with the stand-in for its data. */
export const withData = <B, T, R>(page: (build: B, data: Slot<T>) => R) => (build: B): R =>
  inScope<T, R>((data) => page(build, data));

export const text = (slot: Slot<string> | Slot<string | null>): string => `{{${pathOf(slot)}}}`;
export const number = (slot: Slot<Int>): string => `{{number:${pathOf(slot)}}}`;
/** An integer without grouping, for attributes. */
export const plain = (slot: Slot<Int>): string => `{{${pathOf(slot)}}}`;
export const percent = (slot: Slot<Permille>): string => `{{percent:${pathOf(slot)}}}`;
export const date = (slot: Slot<Unix> | Slot<Unix | null>): string => `{{date:${pathOf(slot)}}}`;
export const datetime = (slot: Slot<Unix> | Slot<Unix | null>): string => `{{datetime:${pathOf(slot)}}}`;
export const iso = (slot: Slot<Unix> | Slot<Unix | null>): string => `{{iso:${pathOf(slot)}}}`;
export const url = (slot: Slot<Url>): string => `{{url:${pathOf(slot)}}}`;

/** The content once for each item. */
export function each<T>(list: Slot<T[]>, content: (item: Slot<T>) => ComponentChildren): ComponentChildren {
  return [`{{#each ${pathOf(list)}}}`, inScope(content), "{{/each}}"];
}

/** The content when the value is there and not null, false, 0, "" or []. */
export function when(condition: Slot<unknown>, yes: ComponentChildren, no?: ComponentChildren): ComponentChildren {
  const path = pathOf(condition);
  return no === undefined
    ? [`{{#if ${path}}}`, yes, "{{/if}}"]
    : [`{{#if ${path}}}`, yes, "{{else}}", no, "{{/if}}"];
}
