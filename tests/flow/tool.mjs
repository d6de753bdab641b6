// The small C programs of tests/tools, beside the server that is tested.
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');

export function toolPath(name) {
  const server = path.resolve(root, process.env.DAUYS ?? 'build/dauys');
  const folder = process.env.DAUYS_TOOLS
    ?? path.join(path.dirname(existsSync(server) ? realpathSync(server) : server), 'tests/tools');
  return path.resolve(root, folder, name);
}

/** Runs a command with lines on its input and gives back the lines of its output. */
export function linesThrough(command, args, lines) {
  const input = lines.map((line) => line + '\n').join('');
  const { status, stdout, stderr, error } = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} exited with ${status}: ${stderr}`);
  return stdout.toString('utf8').split('\n').slice(0, -1);
}

export function throughTool(name, args, lines) {
  return linesThrough(toolPath(name), args, lines);
}
