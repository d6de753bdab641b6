/*
 * An index into somebody's array: from the hash of a key to the numbers of the records that may
 * have it. Open addressing, 8 bytes a slot; records are only added.
 *
 * Keys may come from strangers, so the hash is SipHash under a random key of this table's own: who
 * can't see the table can't make long chains. Outcomes never depend on that key, only their cost.
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table {
    uint64_t *slots; /* owned; 0: empty, else hash (high half) and record number + 1 (low half) */
    uint32_t mask;   /* number of slots − 1; meaningless while slots is NULL */
    uint32_t len;
    uint8_t key[16];
};

void table_init(struct table *table);
void table_release(struct table *table);

/* SipHash-2-4 under the table's key. The whole is a good tag for a record's other values, too. */
uint64_t table_hash(const struct table *table, const void *data, size_t len);

/*
 * Walks the records that may have the key of this hash; the caller compares the keys themselves:
 *
 *     uint32_t number, step = 0;
 *     while (table_next(&table, hash, &step, &number))
 *         if (same(&records[number], key))
 *             return &records[number];
 */
bool table_next(const struct table *table, uint64_t hash, uint32_t *step, uint32_t *number);

/* Adds record number (below 2^32 − 1), whose key is not there yet. Keep numbers dense from 0. */
void table_add(struct table *table, uint64_t hash, uint32_t number);

/* Bytes held. */
size_t table_bytes(const struct table *table);

#endif
