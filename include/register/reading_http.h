/* How a front reads the register: its index is found by the hash that the ledger names, opened when
 * first wanted, and made by the registrar when it is not there. */
#ifndef REGISTER_READING_HTTP_H
#define REGISTER_READING_HTTP_H

#include "register/register_store.h"
#include "serve/front.h"

/* err is OK: both are valid during the call, and members of published may be taken by setting them
 * NULL. ERR_NOT_FOUND: the campaign has no register (published is valid); else both are NULL. */
typedef void register_callback(void *context, enum err err, struct register_store *store,
                               struct published *published);

/* Reads what is published and opens the register. Launch law: OK = callback once, later. */
enum err register_read(struct front *front, struct front_campaign *campaign,
                       struct published_key key, register_callback *callback,
                       void *context) MUST_CHECK;

#define REGISTER_PAGE_DEFAULT 50
#define REGISTER_PAGE_MAX 200

struct register_query {
    struct register_filter filter; /* slices of the request */
    int64_t after;
    unsigned limit;
};

/* The query's parameters q, region, status, direction, filed, laureate, after, limit. NULL, or what
 * is wrong with them (static, English). */
const char *register_query_read(struct http_request *request, struct register_query *query);

/* {id, bin, name: {kk, ru, en}, …} as the API has it. */
json_t *register_row_json(const struct register_row *row);

#endif
