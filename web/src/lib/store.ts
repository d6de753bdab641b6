/**
 * What a page keeps on the phone: values by key in IndexedDB, which survive a reload, a closed tab and
 * a dead battery. Where the browser refuses (private windows, blocked site data) they live as long as
 * the page, and `persistent` is false so that the page can say so.
 *
 * Keys are paths: "evaluate/<campaign>/…". Values are anything structured clone takes.
 */
export interface Store {
  /** False from the first refusal on. */
  persistent: boolean;
  get<T>(key: string): Promise<T | undefined>;
  /** Done only when it is on the disk, so that a request can wait for it. */
  put(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
  keys(prefix: string): Promise<string[]>;
  /** Values whose keys begin so, by key. */
  list<T>(prefix: string): Promise<T[]>;
}

const NAME = "dauys";
const TABLE = "kept";
/** Some browsers neither open nor refuse. */
const OPEN_MS = 3000;

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
  const late = new Promise<never>((_, reject) => setTimeout(reject, OPEN_MS));
  return Promise.race([done(request), late]);
}

const range = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

/** In memory, and in the database while there is one: a write that it refuses is not lost. */
class Kept implements Store {
  persistent: boolean;
  readonly #database: IDBDatabase | null;
  readonly #memory = new Map<string, unknown>();

  constructor(database: IDBDatabase | null) {
    this.#database = database;
    this.persistent = database !== null;
  }

  async #read<T>(look: (table: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
    if (!this.#database) return undefined;
    return done(look(this.#database.transaction(TABLE).objectStore(TABLE))).catch(() => undefined);
  }

  async #write(change: (table: IDBObjectStore) => void): Promise<void> {
    if (!this.#database || !this.persistent) return;
    try {
      const transaction = this.#database.transaction(TABLE, "readwrite", { durability: "strict" });
      change(transaction.objectStore(TABLE));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
    } catch {
      this.persistent = false;
    }
  }

  // The database goes first, since another tab may have written; but not for what it refused.
  async get<T>(key: string): Promise<T | undefined> {
    if (!this.persistent && this.#memory.has(key)) return this.#memory.get(key) as T;
    return (await this.#read((table) => table.get(key))) as T | undefined;
  }

  async put(key: string, value: unknown): Promise<void> {
    this.#memory.set(key, structuredClone(value));
    await this.#write((table) => table.put(value, key));
  }

  async remove(key: string): Promise<void> {
    this.#memory.delete(key);
    await this.#write((table) => table.delete(key));
  }

  async keys(prefix: string): Promise<string[]> {
    const there = ((await this.#read((table) => table.getAllKeys(range(prefix)))) ?? []) as string[];
    const refused = this.persistent ? [] : [...this.#memory.keys()].filter((key) => key.startsWith(prefix));
    return [...new Set([...there, ...refused])].sort();
  }

  async list<T>(prefix: string): Promise<T[]> {
    return Promise.all((await this.keys(prefix)).map((key) => this.get<T>(key))) as Promise<T[]>;
  }
}

/** Never fails: what can't be kept is kept in memory. */
export async function openStore(): Promise<Store> {
  try {
    const database = await openDatabase();
    const store = new Kept(database);
    await store.put("probe", 1); // a full disk opens and does not write
    return store;
  } catch {
    return new Kept(null);
  }
}
