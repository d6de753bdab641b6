/* The tally of a category as pages show it (TallyData in web/src/pages/tally.tsx). */
#ifndef TALLY_TALLY_PAGE_H
#define TALLY_TALLY_PAGE_H

#include "serve/page.h"

/* tally: a tally file; nominees: what is published of the category's nominees, id → JSON text. */
json_t *tally_page_json(const struct page *page, const json_t *category, const json_t *tally,
                        const json_t *nominees);

#endif
