#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"

static void grows_to_its_cap(void **state)
{
    (void)state;
    struct buf buf;

    buf_init(&buf, 1000);
    assert_string_equal(buf_text(&buf), "");
    for (unsigned i = 0; i < 1000; i++)
        buf_put_byte(&buf, (uint8_t)i);
    assert_false(buf_failed(&buf));
    assert_int_equal(buf.len, 1000);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(buf.data[i], (uint8_t)i);
    assert_int_equal(buf_text(&buf)[1000], 0);
    buf_put_byte(&buf, 1);
    assert_true(buf_failed(&buf));
    assert_int_equal(buf.len, 1000);
    buf_release(&buf);
}

/* What does not fit is dropped whole, and what follows too, though it would fit. */
static void remembers_failure(void **state)
{
    (void)state;
    struct buf buf;

    buf_init(&buf, 8);
    buf_put_str(&buf, "12345");
    buf_put_str(&buf, "6789");
    buf_put_str(&buf, "6");
    assert_true(buf_failed(&buf));
    assert_string_equal(buf_text(&buf), "12345");
    assert_null(buf_extend(&buf, 0));
    buf_clear(&buf);
    buf_put_str(&buf, "12345678");
    assert_false(buf_failed(&buf));
    assert_string_equal(buf_text(&buf), "12345678");
    buf_printf(&buf, "%d", 9);
    assert_true(buf_failed(&buf));
    buf_release_secret(&buf);
}

static void encodes(void **state)
{
    (void)state;
    struct buf buf;

    buf_init(&buf, 64);
    buf_put_u16be(&buf, 0x0102);
    buf_put_u32be(&buf, 0x03040506);
    buf_put_u64be(&buf, 0x0708090a0b0c0d0e);
    assert_int_equal(buf.len, 14);
    for (uint8_t i = 0; i < 14; i++)
        assert_int_equal(buf.data[i], i + 1);
    buf_drop(&buf, 12);
    assert_true(slice_equal(buf_slice(&buf), slice_of("\x0d\x0e", 2)));
    buf_drop(&buf, 99);
    buf_put_base64(&buf, "fooba", 5);
    buf_put_hex(&buf, "\xab\x01", 2);
    buf_printf(&buf, "-%s-%d", "x", 7);
    buf_put_slice(&buf, slice_of(NULL, 0));
    assert_string_equal(buf_text(&buf), "Zm9vYmE=ab01-x-7");
    buf_release(&buf);
}

static void exact_room_for_encoders(void **state)
{
    (void)state;
    struct buf buf;

    /* The NUL that encoders write must lie inside the allocation also when the cap is met exactly:
     * AddressSanitizer sees to that. */
    buf_init(&buf, 8);
    buf_put_base64(&buf, "fooba", 5);
    assert_false(buf_failed(&buf));
    buf_put_base64(&buf, "", 0);
    buf_put_hex(&buf, "", 0);
    buf_printf(&buf, "%s", "");
    assert_false(buf_failed(&buf));
    assert_string_equal(buf_text(&buf), "Zm9vYmE=");
    buf_release(&buf);
}

static void moves_out(void **state)
{
    (void)state;
    struct buf buf;
    size_t len = 0;
    uint8_t *bytes;

    buf_init(&buf, 64);
    buf_put_str(&buf, "moved");
    bytes = buf_take(&buf, &len);
    assert_int_equal(len, 5);
    assert_memory_equal(bytes, "moved", 5);
    assert_int_equal(buf.len, 0);
    buf_put_str(&buf, "again");
    assert_string_equal(buf_text(&buf), "again");
    free(bytes);
    buf_release(&buf);
}

static void memory(void **state)
{
    (void)state;
    char *text = xasprintf("%d-%s", 5, "x"), *copy = xstrndup(text, 2);
    unsigned *numbers = NULL;
    size_t len = 0, room = 0;

    assert_string_equal(text, "5-x");
    assert_string_equal(copy, "5-");
    for (; len < 1000; len++) {
        GROW(numbers, len, room);
        numbers[len] = (unsigned)len;
    }
    assert_int_equal(numbers[999], 999);
    wipe(copy, 2);
    assert_memory_equal(copy, "\0\0", 2);
    free(numbers);
    free(copy);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_to_its_cap), cmocka_unit_test(remembers_failure),
        cmocka_unit_test(encodes),          cmocka_unit_test(exact_room_for_encoders),
        cmocka_unit_test(moves_out),        cmocka_unit_test(memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
