// What the islands use of web/src/lib, as one module that Node can run.
import { load } from '../../web/test/load.mjs';
import path from 'node:path';
import { root } from './server.mjs';

const lib = path.join(root, 'web/src/lib');
const modules = ['api', 'bytes', 'canon', 'check', 'clock', 'ed25519', 'ledger', 'merkle', 'note', 'pass', 'receipt', 'recovery'];

/** All of them; one bundle, so that an ApiError is an ApiError everywhere. */
export const browserLib = () => load('', {
  entryPoints: undefined,
  stdin: { contents: modules.map((name) => `export * from './${name}.ts';`).join('\n'), resolveDir: lib, loader: 'ts' },
});
