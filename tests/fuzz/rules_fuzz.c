/* Rules files: no input crashes either reader, and what the strict one accepts the counting one
 * accepts and it can be told in words and fits an entry. */
#include <inttypes.h>

#include "base/mem.h"
#include "campaign/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_number(struct buf *out, enum rules_lang lang, int64_t number)
{
    (void)lang;
    buf_printf(out, "%" PRId64, number);
}

static const struct rules_format plain = {put_number, put_number};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice json = slice_of(data, size);
    struct rules *strict = NULL, *counting = NULL;
    struct rules_problems problems;
    struct fault fault;

    enum err counts = rules_parse_counting(json, &counting, &fault);
    enum err err = rules_parse(json, &strict, &problems);
    INVARIANT((err == OK) == (problems.len == 0));
    INVARIANT(err != OK || counts == OK);
    if (err == OK) {
        struct buf text;
        buf_init(&text, 1 << 20);
        rules_describe(strict, RULES_KK, &plain, &text);
        INVARIANT(!buf_failed(&text));
        buf_release(&text);
        INVARIANT(rules_longest_entry(strict, 100000, RULES_NOMINEE_DIGITS) <= 8192);
    }
    rules_problems_release(&problems);
    rules_destroy(strict);
    rules_destroy(counting);
    return 0;
}
