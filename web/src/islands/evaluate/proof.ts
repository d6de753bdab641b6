/** All that needs cryptography, in a part of its own that is loaded when the page already works. */
import { ledgerFiles } from "../../lib/api.ts";
import { base64 } from "../../lib/bytes.ts";
import { Ledger, LedgerError } from "../../lib/ledger.ts";
import { countOtherSignatures, openCheckpoint, readVkey } from "../../lib/note.ts";
import { writeReceipt, writeShortCode } from "../../lib/receipt.ts";

export { fetchKeys, finishPass, makeBallot, preparePass } from "../../lib/pass.ts";
export { makeRecovery, readRecovery, writeRecovery } from "../../lib/recovery.ts";
export { inOrder } from "../../lib/order.ts";
export { drawQr } from "../../lib/qr.ts";
export { LedgerError };

/** The newest checkpoint under the log's key that the page came with, never one of an API answer. */
export async function openLedger(campaign: string, vkey: string, tries?: number): Promise<Ledger> {
  const key = await readVkey(vkey);
  if (key === null) throw new LedgerError("key");
  return Ledger.open(ledgerFiles(`/${campaign}/ledger`, tries ? { tries } : {}), key);
}

export interface Promised {
  body: Uint8Array;
  index: number;
  /** The checkpoint of the server's answer: its promise. */
  note: string;
}

export interface Checked {
  receipt: string;
  code: string;
  witnesses: number;
}

/** How long the served checkpoint may lag behind an answer. */
const LAG_TRIES = 20;
const LAG_MS = 1500;

/**
 * Whether the promise is kept in the public log: its checkpoint is signed, the log continues it, and the
 * ballot stands there at its index. "later": the served checkpoint is older than the promise, as it can
 * be for a moment. Throws LedgerError when the promise is broken, ApiError when nobody can tell.
 */
async function look(campaign: string, vkey: string, { body, index, note }: Promised): Promise<Checked | "later"> {
  const ledger = await openLedger(campaign, vkey, 2);
  const promise = await openCheckpoint(note, ledger.key);
  if ("fault" in promise) throw new LedgerError(promise.fault);
  if (promise.size <= index) throw new LedgerError("missing");
  if (ledger.size < promise.size) return "later";
  if (!(await ledger.continues(promise))) throw new LedgerError("proof");
  const proven = await ledger.prove(body, index);
  return {
    receipt: writeReceipt(proven, ledger.checkpoint),
    code: writeShortCode(index, proven.leaf),
    witnesses: countOtherSignatures(ledger.checkpoint.note, ledger.key),
  };
}

/** The receipt, or why the promise is broken. Throws ApiError when nobody can tell. */
export async function settle(campaign: string, vkey: string, promised: Promised): Promise<Checked | { broken: string }> {
  try {
    for (let n = 0; n < LAG_TRIES; n++) {
      const checked = await look(campaign, vkey, promised);
      if (checked !== "later") return checked;
      await new Promise((resolve) => setTimeout(resolve, LAG_MS));
    }
    return { broken: "behind" };
  } catch (error) {
    if (error instanceof LedgerError) return { broken: error.code };
    throw error;
  }
}

/** What somebody takes to the auditors when a promise is not kept: everything needed to show it. */
export function complaint(campaign: string, vkey: string, fault: string, { body, index, note }: Promised): string {
  const facts = { what: "dauys complaint: an acknowledged ballot is not in the public ledger", campaign, vkey, fault };
  return `${JSON.stringify({ ...facts, index, ballot: base64(body), acknowledged_checkpoint: note, made_unix: Math.floor(Date.now() / 1000) }, null, 1)}\n`;
}
