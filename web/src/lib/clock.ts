/**
 * The server's time by the Date of its answers, since the phone's own clock may be wrong. What is shown
 * or warned about goes by this; what counts is decided by the ledger alone.
 */

/** A difference smaller than this is not worth a word. */
const NOTICEABLE_MS = 60_000;

let skew_ms = 0;
let known = false;
/** Half of the time the best answer took: how wrong the skew can be. */
let doubt_ms = Number.POSITIVE_INFINITY;

/** Date has whole seconds: half a second is added. Keeps the answer that took the shortest time. */
export function noteServerDate(date: string | null, asked_ms: number, answered_ms: number): void {
  const at = date === null ? Number.NaN : Date.parse(date);
  const doubt = (answered_ms - asked_ms) / 2;
  const jumped = known && Math.abs(at + 500 - (asked_ms + doubt) - skew_ms) > NOTICEABLE_MS; // the phone's clock was set
  if (Number.isNaN(at) || doubt < 0 || (doubt >= doubt_ms && !jumped)) return;
  skew_ms = at + 500 - (asked_ms + doubt);
  doubt_ms = doubt;
  known = true;
}

/** The server's time as far as known. */
export const serverNow_ms = (): number => Date.now() + skew_ms;

/** How much the phone is behind (+) or ahead (−); 0 when less than a minute. */
export const clockError_ms = (): number => (Math.abs(skew_ms) < NOTICEABLE_MS ? 0 : skew_ms);
