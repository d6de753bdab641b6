// What nobody but the registrar may hold: looks through everything else that a server has written: ledger, files, keys,
// sockets' folder, and Redis, whose append-only file has every command that it was given.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* files(name);
    else if (entry.isFile()) yield name;
  }
}

/** Every spelling in which a secret might have slipped out. */
function spellings(secret) {
  const bytes = Buffer.from(secret);
  return [bytes, Buffer.from(bytes.toString('base64')), Buffer.from(bytes.toString('hex')), Buffer.from(encodeURIComponent(secret)),
    Buffer.from(JSON.stringify(secret).slice(1, -1))].filter((spelling) => spelling.length >= 4);
}

/**
 * No file of the server but private.db (and what SQLite keeps beside it) and the files in `except`, no log line, and no text
 * of `also` ({where: text}) holds one of these secrets: {name: text}.
 */
export function assertPrivate(server, secrets, except = [], also = {}) {
  const skip = ['registrar/private.db', 'demo-codes.csv', 'demo-staff.csv', 'roll.csv', ...except];
  const found = [];
  const look = (where, bytes) => {
    for (const [name, secret] of Object.entries(secrets))
      if (spellings(secret).some((spelling) => bytes.includes(spelling))) found.push(`${name} in ${where}`);
  };
  for (const file of files(server.folder))
    if (!skip.some((part) => file.includes(part))) look(path.relative(server.folder, file), readFileSync(file));
  look('the log', Buffer.from(server.log));
  for (const [where, text] of Object.entries(also)) look(where, Buffer.from(text));
  assert.deepEqual(found, []);
}

/** The same secrets are nowhere at all: also not in private.db. */
export function assertGone(server, secrets) {
  const found = [];
  for (const file of files(server.folder)) {
    const bytes = readFileSync(file);
    for (const [name, secret] of Object.entries(secrets))
      if (spellings(secret).some((spelling) => bytes.includes(spelling))) found.push(`${name} in ${path.relative(server.folder, file)}`);
  }
  assert.deepEqual(found, []);
}
