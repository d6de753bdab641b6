#include "nomination/order.h"

#include <stdlib.h>

#include "base/mem.h"

void nominee_order_key(uint8_t key[static SHA256_LEN], const char *origin, const char *cat,
                       const char *nominee)
{
    char *text = xasprintf("order/v1\n%s\n%s\n%s\n", origin, cat, nominee);
    sha256(key, slice_str(text));
    free(text);
}
