/* Nominees as pages list them (NomineeItem in web/src/pages/nominees.tsx). */
#ifndef NOMINATION_NOMINEE_PAGE_H
#define NOMINATION_NOMINEE_PAGE_H

#include "serve/page.h"

/* values: what is published of a category's nominees, id → JSON text. In the published order
 * (nomination/order.h). */
json_t *nominees_page_json(const struct page *page, const json_t *campaign, const char *cat,
                           const json_t *values);

#endif
