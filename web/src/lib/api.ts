/**
 * Asking the server: a deadline for each try, another try after network failures and 503 with a random
 * wait (everything here is safe to repeat), problems as ApiError. No cookie and no referrer goes along
 * unless `cookies` asks for it, which only staff pages do.
 */
import type { Bytes } from "./bytes.ts";
import { noteServerDate } from "./clock.ts";
import type { FetchFile } from "./merkle.ts";

export class ApiError extends Error {
  /** The problem's code; `offline` and `timeout` when there was no answer: it may have happened. */
  readonly code: string;
  /** 0 without an answer. */
  readonly status: number;
  /** The problem's sentence in the page's language; empty without an answer. */
  readonly detail: string;
  /** The problem's title in the page's language; empty without an answer. */
  readonly title: string;
  /** The problem's other members: `rev` and `index` of rev_stale, `reason` of malformed, request_id. */
  readonly extra: Record<string, unknown>;

  constructor(code: string, status = 0, detail = "", extra: Record<string, unknown> = {}, title = "") {
    super(code);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.extra = extra;
    this.title = title;
  }

  /** True when nobody knows whether the request was done. */
  get unanswered(): boolean {
    return this.status === 0;
  }
}

export interface AskOptions {
  method?: "GET" | "POST" | "DELETE";
  /** An object goes as JSON; bytes and strings go as they are, as application/json. */
  body?: object | string | Bytes;
  /** Bearer token of a citizen's session. */
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Staff only: sends the session's cookie. */
  cookies?: boolean;
  /** Of one try; default 15 s. */
  deadline_ms?: number;
  /** In all; default 4. */
  tries?: number;
  /** Called before the n-th wait (from 1), so that a page can say so. */
  onWait?: (n: number, error: ApiError) => void;
  signal?: AbortSignal;
}

export interface Answer<T> {
  status: number;
  json: T;
}

const DEADLINE_MS = 15_000;
const TRIES = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 20_000;
/** Of a Retry-After; a longer one is the caller's to show, not to sit out. */
const PATIENCE_MS = 60_000;

const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

function requestOf(options: AskOptions): RequestInit {
  const { method = "GET", body, token, headers = {} } = options;
  // Problems come as sentences: in the language of the page, not of the phone.
  const lang = globalThis.document?.documentElement.lang;
  const all: Record<string, string> = { ...(lang ? { "accept-language": lang } : {}), ...headers };
  if (token !== undefined) all.authorization = `Bearer ${token}`;
  if (body !== undefined) all["content-type"] = "application/json";
  const plain = typeof body === "string" || body instanceof Uint8Array;
  return {
    method,
    headers: all,
    credentials: options.cookies ? "same-origin" : "omit",
    referrerPolicy: "no-referrer",
    redirect: "error",
    ...(body === undefined ? {} : { body: plain ? (body as BodyInit) : JSON.stringify(body) }),
  };
}

/** One try. Throws ApiError, or the signal's reason. */
async function tryOnce(path: string, options: AskOptions): Promise<{ answer: Response; bytes: Bytes }> {
  const { signal, deadline_ms = DEADLINE_MS } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), deadline_ms);
  const stop = (): void => limit.abort();
  signal?.addEventListener("abort", stop);
  try {
    const asked = Date.now();
    const answer = await fetch(path, { ...requestOf(options), signal: limit.signal });
    noteServerDate(answer.headers.get("date"), asked, Date.now());
    return { answer, bytes: new Uint8Array(await answer.arrayBuffer()) };
  } catch {
    signal?.throwIfAborted();
    throw new ApiError(limit.signal.aborted ? "timeout" : "offline");
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function problemOf(answer: Response, bytes: Bytes): ApiError {
  try {
    const { code, detail, title, type: _type, status: _status, ...extra } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof code === "string") return new ApiError(code, answer.status, String(detail ?? ""), extra, String(title ?? ""));
  } catch {
    // a proxy's page, or nothing
  }
  return new ApiError(answer.status === 503 ? "busy" : "unknown", answer.status);
}

const retryAfter_ms = (answer: Response | undefined): number => Number(answer?.headers.get("retry-after") ?? 0) * 1000 || 0;

async function send(path: string, options: AskOptions): Promise<{ answer: Response; bytes: Bytes }> {
  for (let n = 1; ; n++) {
    let error: ApiError;
    let least_ms = 0;
    try {
      const got = await tryOnce(path, options);
      if (got.answer.ok) return got;
      error = problemOf(got.answer, got.bytes);
      least_ms = retryAfter_ms(got.answer);
    } catch (thrown) {
      if (!(thrown instanceof ApiError)) throw thrown;
      error = thrown;
    }
    const again = error.status === 0 || error.status === 503;
    if (!again || n >= (options.tries ?? TRIES) || least_ms > PATIENCE_MS) throw error;
    options.onWait?.(n, error);
    // Full jitter: pages that failed together do not come back together.
    await sleep(least_ms + Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** n), options.signal);
  }
}

/** Asks the API. Throws ApiError; an abort by the signal throws its reason. */
export async function ask<T>(path: string, options: AskOptions = {}): Promise<Answer<T>> {
  const { answer, bytes } = await send(path, options);
  const text = new TextDecoder().decode(bytes);
  try {
    return { status: answer.status, json: (text === "" ? undefined : JSON.parse(text)) as T };
  } catch {
    throw new ApiError("unknown", answer.status);
  }
}

/**
 * Fetches files of a ledger, prefix being `/{campaign}/ledger`. A partial tile that has given way to the
 * full one is taken from that: it is its beginning.
 */
export function ledgerFiles(prefix: string, options: AskOptions = {}): FetchFile {
  return async (path) => {
    try {
      return (await send(`${prefix}/${path}`, options)).bytes;
    } catch (error) {
      const full = path.replace(/\.p\/[0-9]+$/, "");
      if (full === path || !(error instanceof ApiError) || error.status !== 404) throw error;
      return (await send(`${prefix}/${full}`, options)).bytes;
    }
  };
}
