/**
 * Replays a ledger beside the page (lib/replay.ts): fetches the bundles one ahead of the one in hand, so that
 * the network and the processor both have work, and stops between two when it is told to pause.
 */
import { ApiError, ledgerFiles } from "../lib/api.ts";
import { Ledger, LedgerError } from "../lib/ledger.ts";
import { TILE_WIDTH } from "../lib/merkle.ts";
import { readVkey } from "../lib/note.ts";
import { Replay, type ReplayNews, type ReplayOrder } from "../lib/replay.ts";

const tell = (news: ReplayNews): void => postMessage(news);
let paused: Promise<void> | null = null;
let resume = (): void => {};

async function replay(prefix: string, vkey: string): Promise<void> {
  const key = await readVkey(vkey);
  if (key === null) throw new LedgerError("key");
  const ledger = await Ledger.open(ledgerFiles(prefix), key);
  const run = new Replay();
  const bundles = Math.ceil(ledger.size / TILE_WIDTH);
  let next = ledger.bundle(0);
  for (let n = 0; n < bundles; n++) {
    const entries = await next;
    await paused;
    if (n + 1 < bundles) {
      next = ledger.bundle(n + 1);
      next.catch(() => {}); // seen when it is awaited
    }
    await run.add(entries);
    tell({ news: "progress", done: run.report.size, size: ledger.size });
  }
  tell({ news: "done", report: run.finish(ledger.checkpoint.root), checkpoint: ledger.checkpoint.note });
}

addEventListener("message", ({ data }: MessageEvent<ReplayOrder>) => {
  if (data.order === "pause") paused ??= new Promise((go) => (resume = go));
  else if (data.order === "resume") {
    resume();
    paused = null;
  } else {
    replay(data.prefix, data.vkey).catch((error) =>
      tell({ news: "failed", code: error instanceof ApiError || error instanceof LedgerError ? error.code : String(error) }),
    );
  }
});
