// A module of src/ as the browser would run it, for tests: types taken off, imports bundled in.
import * as esbuild from 'esbuild';
import path from 'node:path';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');

/** define: what the build would put in for names such as a language's texts. */
export async function load(file, options = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(web, 'src', file)], bundle: true, write: false, format: 'esm', target: 'es2022', ...options,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
