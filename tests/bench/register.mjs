// The register of 25,000 NGOs: seconds of an import, and milliseconds of searches over HTTP. Prints JSON.
import { execFileSync } from 'node:child_process';
import { Agent, get } from 'node:http';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { csv, ngos } from '../flow/ngos.mjs';
import { dauys, root, Server } from '../flow/server.mjs';

const COUNT = 25000, SEARCHES = 2000;
const words = ['қ', 'қа', 'қамқор', 'ж', 'жас баст', 'фонд', 'о', 'общ', 'care', 'с', 'ngo-1', '16', 'ұлы дала 12', 'таза', 'қоғамдық қоры', 'әде', 'nothing'];
const filters = ['', '&region=KZ-71', '&status=NO_BIN', '&direction=youth', '&filed=2025', '&laureate=any', '&status=SUSPENDED&region=KZ-10', '&after=12000'];

const server = await Server.make({ create: ['--phase', 'nomination'] });
try {
  const file = path.join(server.folder, 'ngos.csv');
  writeFileSync(file, csv(ngos(COUNT)));
  const imports = [];
  for (let round = 0; round < 3; round++) {
    rmSync(path.join(server.campaign, 'register'), { recursive: true, force: true });
    const began = performance.now();
    execFileSync(dauys, ['register', 'import', file, '--campaign', server.campaign, '--confirm'], { cwd: root, stdio: 'pipe' });
    imports.push((performance.now() - began) / 1000);
  }
  execFileSync(dauys, ['register', 'import', file, '--campaign', server.campaign, '--confirm', '--key', path.join(server.campaign, 'staff/demo-1.pem'),
    '--url', server.url], { cwd: root, stdio: 'pipe' });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (target) => new Promise((resolve, reject) => {
    get(server.url + target, { agent }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`${target}: ${answer.statusCode}`));
      answer.resume().on('end', resolve);
    }).on('error', reject);
  });
  const times = [], pages = [];
  for (let i = 0; i < SEARCHES + 50; i++) {
    const query = `q=${encodeURIComponent(words[i % words.length])}${filters[i % filters.length]}`;
    for (const [list, target] of [[times, server.api(`/register?${query}`)], [pages, `/kk/demo/register?${query}`]]) {
      const began = performance.now();
      await ask(target);
      if (i >= 50) list.push(performance.now() - began);
    }
  }
  const at = (list, share) => list.sort((a, b) => a - b)[Math.floor(list.length * share)];
  console.log(JSON.stringify({ count: COUNT, import_s: imports, p50_ms: at(times, 0.5), p99_ms: at(times, 0.99), page_p50_ms: at(pages, 0.5), page_p99_ms: at(pages, 0.99) }));
} finally {
  await server.destroy();
}
