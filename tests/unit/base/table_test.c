/* SipHash against its published vectors; the table against a linear search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/table.h"

/* Appendix A and the reference vectors of the SipHash paper: key 00 … 0f, input 00 01 … */
static void hash_fits_vectors(void **state)
{
    (void)state;
    struct table table;
    table_init(&table);
    uint8_t input[64];
    for (uint8_t i = 0; i < sizeof input; i++)
        input[i] = i;
    memcpy(table.key, input, sizeof table.key);
    assert_true(table_hash(&table, input, 0) == 0x726fdb47dd0e0e31);
    assert_true(table_hash(&table, input, 1) == 0x74f839c593dc67fd);
    assert_true(table_hash(&table, input, 8) == 0x93f5f5799a932462);
    assert_true(table_hash(&table, input, 15) == 0xa129ca6149be45e5);
    assert_true(table_hash(&table, input, 63) == 0x958a324ceb064572);
    table_release(&table);
}

static bool finds(const struct table *table, const uint64_t *keys, uint64_t key)
{
    uint32_t number, step = 0;
    while (table_next(table, table_hash(table, &key, sizeof key), &step, &number))
        if (keys[number] == key)
            return true;
    return false;
}

static void finds_what_was_added(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    static uint64_t keys[COUNT];
    struct table table;
    table_init(&table);
    assert_false(finds(&table, keys, 7));
    for (uint32_t i = 0; i < COUNT; i++) {
        keys[i] = i * 3U;
        table_add(&table, table_hash(&table, &keys[i], sizeof keys[i]), i);
    }
    for (uint64_t key = 0; key < 3 * COUNT; key++)
        assert_int_equal(finds(&table, keys, key), key % 3 == 0);
    assert_true(table_bytes(&table) < COUNT * 24);
    table_release(&table);
}

/* Two records with one hash are both found: the hash only narrows. */
static void keeps_collisions_apart(void **state)
{
    (void)state;
    struct table table;
    table_init(&table);
    for (uint32_t i = 0; i < 100; i++)
        table_add(&table, 0xabcdef0123456789, i);
    bool seen[100] = {false};
    uint32_t number, step = 0;
    while (table_next(&table, 0xabcdef0123456789, &step, &number))
        seen[number] = true;
    for (uint32_t i = 0; i < 100; i++)
        assert_true(seen[i]);
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hash_fits_vectors),
        cmocka_unit_test(finds_what_was_added),
        cmocka_unit_test(keeps_collisions_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
