/* Whatever the bytes, our one pass and jansson with its slow companion give the same answer. */
#include <stdlib.h>

#include "../unit/base/canon_oracle.h"
#include "base/canon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    enum { LEN_MAX = 8192, DEPTH_MAX = 4, VALUES_MAX = 256 };
    static struct canon_node nodes[VALUES_MAX];
    struct canon_doc doc = {.nodes = nodes, .cap = VALUES_MAX};
    struct slice text = slice_of(data, len);
    struct fault fault;
    bool accepted;

    if (len > LEN_MAX)
        return 0;
    accepted = canon_parse(text, LEN_MAX, DEPTH_MAX, &doc, &fault) == OK;
    if (accepted != oracle_canonical(text, DEPTH_MAX, VALUES_MAX))
        abort();
    if (canon_text_allowed(text) != oracle_string((const char *)data, len))
        abort();
    return 0;
}
