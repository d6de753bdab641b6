/* The import of the NGO Database: whatever comes in, what goes out is a register in the strict
 * form, and importing that again changes nothing. */
#include <stdlib.h>

#include "base/err.h"
#include "base/file.h"
#include "register/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static struct rules *demo_rules(void)
{
    static struct rules *rules;
    struct buf text;
    struct fault fault;
    if (rules != NULL)
        return rules;
    buf_init(&text, RULES_FILE_MAX);
    INVARIANT(file_read("data/demo/rules.json", &text, &fault) == OK);
    INVARIANT(rules_parse(buf_slice(&text), &rules, NULL) == OK);
    buf_release(&text);
    return rules;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct import_result one, two;
    struct ngo_register *ngos = NULL;
    struct fault fault;
    if (register_import(slice_of(data, len), demo_rules(), NULL, NULL, &one, &fault) == OK) {
        INVARIANT(register_parse(buf_slice(&one.csv), &ngos, &fault) == OK);
        INVARIANT(register_len(ngos) == one.rows);
        register_destroy(ngos);
        INVARIANT(register_import(buf_slice(&one.csv), demo_rules(), NULL, NULL, &two, &fault) ==
                  OK);
        INVARIANT(two.rejections_len == 0);
        INVARIANT(slice_equal(buf_slice(&one.csv), buf_slice(&two.csv)));
        import_result_release(&two);
    }
    import_result_release(&one);
    return 0;
}
