/**
 * The order in which nominees of a category are shown: ascending SHA-256 over the campaign, the
 * category and the nominee's id. Nobody chose it, everybody sees the same, anybody can compute it, and
 * it differs between categories. order-vectors.json holds this and the C of the pages together.
 */
import { hex, sha256, utf8 } from "./bytes.ts";

export async function inOrder<T extends { id: string }>(origin: string, cat: string, nominees: T[]): Promise<T[]> {
  const keyed = await Promise.all(
    nominees.map(async (nominee) => ({ nominee, key: hex(await sha256(utf8(`order/v1\n${origin}\n${cat}\n${nominee.id}\n`))) })),
  );
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ nominee }) => nominee);
}
