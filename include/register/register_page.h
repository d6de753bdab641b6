/* Facts of the register as pages show them (NgoFacts in web/src/pages/ngo.tsx). */
#ifndef REGISTER_REGISTER_PAGE_H
#define REGISTER_REGISTER_PAGE_H

#include "serve/page.h"

/* ngo: register_row_json(). */
json_t *register_page_facts(const struct page *page, const json_t *campaign, const json_t *ngo);

/* The NGO's page; null for an id that can't stand in a path: only registers made by others have
 * such. */
json_t *register_page_url(const struct page *page, const char *id);

#endif
