#include "base/table.h"

#include <sodium.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"

#define TABLE_FIRST 64 /* slots; doubled at three quarters full */

_Static_assert(crypto_shorthash_KEYBYTES == 16 && crypto_shorthash_BYTES == 8, "SipHash-2-4");

void table_init(struct table *table)
{
    *table = (struct table){0};
    random_bytes(table->key, sizeof table->key);
}

void table_release(struct table *table)
{
    free(table->slots);
    table->slots = NULL;
    table->len = 0;
}

uint64_t table_hash(const struct table *table, const void *data, size_t len)
{
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, data, len, table->key);
    return hash;
}

bool table_next(const struct table *table, uint64_t hash, uint32_t *step, uint32_t *number)
{
    if (!table->slots)
        return false;
    uint32_t high = (uint32_t)(hash >> 32);
    for (;;) {
        uint64_t slot = table->slots[(high + *step) & table->mask];
        if (slot == 0)
            return false;
        ++*step;
        if (slot >> 32 == high) {
            *number = (uint32_t)slot - 1;
            return true;
        }
    }
}

static void put(struct table *table, uint64_t slot)
{
    uint32_t at = (uint32_t)(slot >> 32) & table->mask;
    while (table->slots[at] != 0)
        at = (at + 1) & table->mask;
    table->slots[at] = slot;
}

static void grow(struct table *table)
{
    uint64_t *old = table->slots;
    size_t old_count = old ? (size_t)table->mask + 1 : 0;
    size_t count = old ? old_count * 2 : TABLE_FIRST;
    INVARIANT(count <= UINT32_MAX);
    table->slots = xcalloc(count, sizeof *table->slots);
    table->mask = (uint32_t)(count - 1);
    for (size_t i = 0; i < old_count; i++)
        if (old[i] != 0)
            put(table, old[i]);
    free(old);
}

void table_add(struct table *table, uint64_t hash, uint32_t number)
{
    INVARIANT(number < UINT32_MAX);
    if (!table->slots || table->len >= table->mask / 4 * 3)
        grow(table);
    put(table, (hash & 0xffffffff00000000U) | (number + 1));
    table->len++;
}

size_t table_bytes(const struct table *table)
{
    return table->slots ? ((size_t)table->mask + 1) * sizeof *table->slots : 0;
}
