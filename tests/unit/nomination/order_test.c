/* The order of nominees, by the vectors that the pages' code is held to as well. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "base/base64.h"
#include "nomination/order.h"

static const char *text_at(const json_t *object, const char *name, size_t i)
{
    return json_string_value(json_array_get(json_object_get(object, name), i));
}

static void follows_the_vectors(void **state)
{
    json_t *file = json_load_file("web/order-vectors.json", 0, NULL), *row;
    size_t i;
    (void)state;
    assert_non_null(file);
    assert_true(json_array_size(json_object_get(file, "cases")) >= 5);
    json_array_foreach(json_object_get(file, "cases"), i, row)
    {
        for (size_t n = 0; n < json_array_size(json_object_get(row, "nominees")); n++) {
            uint8_t key[SHA256_LEN];
            char hex[2 * SHA256_LEN + 1];
            nominee_order_key(key, json_string_value(json_object_get(row, "origin")),
                              json_string_value(json_object_get(row, "cat")),
                              text_at(row, "nominees", n));
            hex_encode(hex, key, sizeof key);
            assert_string_equal(hex, text_at(row, "keys", n));
        }
    }
    json_decref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(follows_the_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
