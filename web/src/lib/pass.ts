/**
 * Passes and ballots (PROTOCOL.md §4, §5). The order for a page:
 *
 *   keys  = await fetchKeys(ledger, campaign, cats)        once, from the ledger
 *   draft = await preparePass(code, keys, cat)             for each category; the same again each time
 *   POST …/passes {passes: [{cat, blinded: draft.blinded}]}
 *   pass  = await finishPass(draft, keys, item.blind_sig)  null: the answer is no signature of the logged key
 *   bytes = await makeBallot(code, keys, pass, rev, choice, ct_len)
 *   POST …/ballots, the body being these bytes; to send again send the same bytes
 *
 * A draft and a pass can be stored as they are (structured clone), next to the recovery code.
 */
import { type Blinded, blind, finalize, importPassKey, type PassKey, RSA_BYTES, SALT_BYTES } from "./blind.ts";
import { type Bytes, base64, concat, equal, unbase64, utf8 } from "./bytes.ts";
import { type CanonObject, canon, readCanon } from "./canon.ts";
import { keyFromSeed } from "./ed25519.ts";
import { seal } from "./hpke.ts";
import { type Ledger, LedgerError } from "./ledger.ts";
import { keyIdOf } from "./note.ts";
import { deriveBytes } from "./recovery.ts";

/** What this needs of the API's campaign object. */
export interface CampaignKeys {
  seal_key: { id: string; index: number } | null;
  categories: { id: string; pass_key: { id: string; index: number } | null }[];
}

export interface BallotKeys {
  origin: string;
  /** The point that ballots are sealed to. */
  seal: Bytes;
  /** By category. */
  passes: Map<string, { ik: string; key: PassKey }>;
}

export interface DraftPass {
  cat: string;
  ik: string;
  pk: Bytes;
  pre: Bytes;
  /** Base64, for the request. */
  blinded: string;
  inverse: bigint;
}

export interface Pass {
  cat: string;
  ik: string;
  pk: Bytes;
  pre: Bytes;
  tok: Bytes;
}

const P256_SPKI = Uint8Array.of(
  0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 0x42, 0,
);
const RSA_SPKI_BYTES = 294;
const TAG_BYTES = 16;
/** Each r fails with a chance below one half. */
const BLIND_TRIES = 128;
/** A choice under the seal: PROTOCOL.md §5. */
const CHOICE_LIMITS = { bytes: 5000, values: 4096 };

/**
 * The SPKI of a key entry, proven to be in the ledger. Never from an API answer: a key of one's own for
 * each voter would mark their ballots.
 */
async function loggedKey(ledger: Ledger, at: { id: string; index: number } | null, use: string, cat?: string): Promise<Bytes> {
  if (at === null) throw new LedgerError("missing");
  const { entry } = await ledger.entry(at.index);
  const fields = readCanon(entry);
  const spki = typeof fields.key === "string" ? unbase64(fields.key) : null;
  if (fields.t !== "key" || fields.use !== use || fields.cat !== cat || fields.id !== at.id || spki === null) throw new LedgerError("missing");
  if ((await keyIdOf(spki)) !== at.id) throw new LedgerError("missing");
  return spki;
}

/** Throws LedgerError("missing") when the campaign has no such key in its ledger. */
export async function fetchKeys(ledger: Ledger, campaign: CampaignKeys, cats: string[]): Promise<BallotKeys> {
  const sealSpki = await loggedKey(ledger, campaign.seal_key, "seal");
  if (sealSpki.length !== 91 || !equal(sealSpki.subarray(0, 26), P256_SPKI)) throw new LedgerError("missing");
  const passes = new Map<string, { ik: string; key: PassKey }>();
  for (const cat of cats) {
    const at = campaign.categories.find(({ id }) => id === cat)?.pass_key ?? null;
    const spki = await loggedKey(ledger, at, "pass", cat);
    if (spki.length !== RSA_SPKI_BYTES) throw new LedgerError("missing");
    passes.set(cat, { ik: at!.id, key: await importPassKey(spki) });
  }
  return { origin: ledger.checkpoint.origin, seal: sealSpki.slice(26), passes };
}

const passMessage = (origin: string, { cat, pk, pre }: { cat: string; pk: Bytes; pre: Bytes }): Bytes =>
  concat(pre, utf8(`ballot-pass/v1\n${origin}\n${cat}\n`), pk);

async function blindWithCode(code: Uint8Array, origin: string, cat: string, key: PassKey, message: Bytes): Promise<Blinded> {
  const salt = await deriveBytes(code, origin, cat, "salt", SALT_BYTES);
  for (let n = 0; n < BLIND_TRIES; n++) {
    const blinded = await blind(key, message, salt, await deriveBytes(code, origin, cat, `r${n}`, RSA_BYTES));
    if (blinded !== null) return blinded;
  }
  throw new RangeError("pass: no r");
}

/** What is asked of the registrar; the same for the same code and category, on any device. */
export async function preparePass(code: Uint8Array, keys: BallotKeys, cat: string): Promise<DraftPass> {
  const { ik, key } = keys.passes.get(cat)!;
  const { publicKey: pk } = await keyFromSeed(await deriveBytes(code, keys.origin, cat, "key", 32));
  const pre = await deriveBytes(code, keys.origin, cat, "pre", 32);
  const { message, inverse } = await blindWithCode(code, keys.origin, cat, key, passMessage(keys.origin, { cat, pk, pre }));
  return { cat, ik, pk, pre, blinded: base64(message), inverse };
}

/** The pass in the registrar's answer (base64); null when it is no signature of the logged key. */
export async function finishPass(draft: DraftPass, keys: BallotKeys, blindSig: string): Promise<Pass | null> {
  const { cat, ik, pk, pre, inverse } = draft;
  const answer = unbase64(blindSig, RSA_BYTES);
  const tok = answer && (await finalize(keys.passes.get(cat)!.key, passMessage(keys.origin, draft), answer, inverse));
  return tok && { cat, ik, pk, pre, tok };
}

/** The choice and spaces up to the category's one length, so that its size tells nothing. Throws when it is longer. */
export function padChoice(choice: CanonObject, length: number): Bytes {
  const plain = utf8(canon(choice, CHOICE_LIMITS));
  if (plain.length > length) throw new RangeError("pass: choice");
  const padded = new Uint8Array(length).fill(0x20);
  padded.set(plain);
  return padded;
}

/** A ballot entry, byte for byte as it is sent. ct_len is the category's of the API; seals anew at each call. */
export async function makeBallot(
  code: Uint8Array,
  keys: BallotKeys,
  pass: Pass,
  rev: number,
  choice: CanonObject,
  ct_len: number,
): Promise<Bytes> {
  const { origin } = keys;
  const { cat, ik, pk, pre, tok } = pass;
  const aad = utf8(canon({ cat, pk: base64(pk), rev }));
  const { enc, ct } = await seal(keys.seal, utf8(`ballot-seal/v1\n${origin}\n`), aad, padChoice(choice, ct_len - TAG_BYTES));
  const bytes = { ct, enc, pk, pre, tok };
  const fields = Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, base64(value)]));
  const entry: CanonObject = { ...fields, cat, ik, rev, t: "ballot", v: 1 };
  const { sign } = await keyFromSeed(await deriveBytes(code, origin, cat, "key", 32));
  const sig = await sign(utf8(`${origin}\nballot/v1\n${canon(entry)}`));
  return utf8(canon({ ...entry, sig: base64(sig) }));
}
