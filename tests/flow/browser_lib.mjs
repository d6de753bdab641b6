// What the islands use of web/src/lib, as one module for Node, or as a script for a page under test.
import path from 'node:path';
import { build, load } from '../../web/test/load.mjs';
import { root } from './server.mjs';

const names = ['api', 'blind', 'bytes', 'canon', 'check', 'clock', 'ed25519', 'hpke', 'ledger', 'merkle', 'note', 'pass', 'receipt', 'recovery', 'replay'];
const all = {
  entryPoints: undefined,
  stdin: { contents: names.map((name) => `export * from './${name}.ts';`).join('\n'), resolveDir: path.join(root, 'web/src/lib'), loader: 'ts' },
};

/** All of them; one bundle, so that an ApiError is an ApiError everywhere. */
export const browserLib = () => load('', all);

/** The same as text that sets globalThis.lib. */
export const browserScript = async () => `${await build('', { ...all, format: 'iife', globalName: 'lib' })}; globalThis.lib = lib; undefined`;
