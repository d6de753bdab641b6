/* The PROXY header: never reads past its input, says the same however the bytes come, and never
 * takes a byte of the connection itself. */
#include "../../server/http/proxy.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct proxy_header whole, cut;
    enum proxy_verdict verdict = proxy_parse(data, len, &whole), part = PROXY_MORE;

    INVARIANT(whole.len <= len && whole.len <= PROXY_HEADER_MAX);
    INVARIANT(verdict != PROXY_MORE || len < PROXY_HEADER_MAX);
    for (size_t some = 0; some <= len && part == PROXY_MORE; some++) {
        uint8_t *copy =
            malloc(some + (some == 0)); /* its own, so that the sanitizer sees a read past it */

        INVARIANT(copy != NULL);
        memcpy(copy, data, some);
        part = proxy_parse(copy, some, &cut);
        free(copy);
        INVARIANT(part != PROXY_DONE || cut.len == some);
    }
    INVARIANT(part == verdict);
    INVARIANT(cut.len == whole.len && cut.has_client == whole.has_client);
    INVARIANT(memcmp(&cut.client, &whole.client, sizeof cut.client) == 0);
    return 0;
}
