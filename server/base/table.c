#include "base/table.h"

#include "base/err.h"
#include "base/mem.h"
#include "base/random.h"

#define TABLE_FIRST 64 /* slots; doubled at three quarters full */

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

static uint64_t load_le(const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static inline uint64_t rotate(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static inline void sip_round(uint64_t v[static 4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

/* SipHash-2-4: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012. */
uint64_t table_hash(const struct table *table, const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint64_t k0 = load_le(table->key, 8), k1 = load_le(table->key + 8, 8);
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                     k1 ^ 0x7465646279746573};
    for (size_t at = 0; at <= len; at += 8) {
        bool last = len - at < 8;
        uint64_t word =
            last ? load_le(bytes + at, len - at) | (uint64_t)len << 56 : load_le(bytes + at, 8);
        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 4; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
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
