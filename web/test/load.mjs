// A module of src/ as the browser would run it, for tests: types taken off, imports bundled in.
import * as esbuild from 'esbuild';
import path from 'node:path';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');

/** The module's text. define: what the build would put in for names such as a language's texts. */
export async function build(file, options = {}) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(web, 'src', file)], bundle: true, write: false, format: 'esm', target: 'es2022', ...options,
  });
  return outputFiles[0].text;
}

export async function load(file, options = {}) {
  return import(`data:text/javascript;base64,${Buffer.from(await build(file, options)).toString('base64')}`);
}
