/* The register over the API: search, the CSV of a search, one NGO. */
#include <stdlib.h>

#include "base/mem.h"
#include "http/static.h"
#include "import_row.h"
#include "register/reading_http.h"

#define CSV_MAX (96U << 20) /* the whole register, quoted anew */

struct asked {
    struct http_request *request;
    struct register_query query;
    struct slice ngo;
    void (*answer)(struct asked *asked, struct register_store *store);
};

/* ---- search --------------------------------------------------------------------------------- */

struct found {
    json_t *items;
    unsigned most;
    int64_t last; /* of those in items */
    bool more;
};

static void add_item(void *context, const struct register_row *row)
{
    struct found *found = context;
    found->more = json_array_size(found->items) == found->most;
    if (found->more)
        return;
    json_array_append_new(found->items, register_row_json(row));
    found->last = row->row;
}

static void answer_search(struct asked *asked, struct register_store *store)
{
    const struct register_query *query = &asked->query;
    struct found found = {.items = json_array(), .most = query->limit};
    enum err err = register_store_search(store, &query->filter, query->after, query->limit + 1,
                                         add_item, &found);
    if (err != OK) {
        json_decref(found.items);
        http_reply_err(asked->request, err);
        return;
    }
    json_t *next = found.more ? json_sprintf("%lld", (long long)found.last) : json_null();
    http_reply_json(asked->request, 200,
                    json_pack("{s:o,s:o}", "items", found.items, "next", next));
}

/* ---- CSV ------------------------------------------------------------------------------------ */

/* NGOs name themselves, and people open this in spreadsheets, where =, +, - and @ begin a formula:
 * there it stands behind an apostrophe. The register's own file (ledger/files/) has every byte. */
static void put_value(struct buf *csv, struct slice value)
{
    struct buf guarded;
    if (value.len == 0 || memchr("=+-@", value.data[0], 4) == NULL) {
        import_put_field(csv, value);
        return;
    }
    buf_init(&guarded, value.len + 1);
    buf_put_byte(&guarded, '\'');
    buf_put_slice(&guarded, value);
    import_put_field(csv, buf_slice(&guarded));
    buf_release(&guarded);
}

static void put_row(void *context, const struct register_row *row)
{
    struct buf *csv = context;
    for (int column = 0; column < REGISTER_COLUMNS; column++) {
        if (column > 0)
            buf_put_byte(csv, ',');
        put_value(csv, row->values[column]);
    }
    buf_put_str(csv, "\r\n");
}

static void release_bytes(void *bytes)
{
    free(bytes);
}

static void reply_csv(struct http_request *request, struct buf *csv)
{
    char etag[STATIC_ETAG_CAP];
    size_t len = 0;
    uint8_t *bytes = buf_take(csv, &len);
    static_etag(etag, slice_of(bytes, len));
    http_reply_header(request, "Content-Disposition", "attachment; filename=\"register.csv\"");
    http_reply_answer(
        request, &(struct http_answer){.status = 200,
                                       .content_type = "text/csv; charset=utf-8; header=present",
                                       .body = slice_of(bytes, len),
                                       .etag = etag,
                                       .cache_control = "no-cache",
                                       .release = release_bytes,
                                       .release_context = bytes});
}

static void answer_csv(struct asked *asked, struct register_store *store)
{
    struct buf csv;
    buf_init(&csv, CSV_MAX);
    for (int column = 0; column < REGISTER_COLUMNS; column++)
        buf_printf(&csv, "%s%s", column == 0 ? "" : ",",
                   register_column_name((enum register_column)column));
    buf_put_str(&csv, "\r\n");
    enum err err = register_store_search(store, &asked->query.filter, 0, 0, put_row, &csv);
    if (err == OK && buf_failed(&csv))
        err = ERR_LIMITED;
    if (err == OK)
        reply_csv(asked->request, &csv);
    else
        http_reply_err(asked->request, err);
    buf_release(&csv);
}

/* ---- one NGO -------------------------------------------------------------------------------- */

static void take_ngo(void *context, const struct register_row *row)
{
    *(json_t **)context = register_row_json(row);
}

static void answer_ngo(struct asked *asked, struct register_store *store)
{
    json_t *ngo = NULL;
    enum err err = register_store_find(store, asked->ngo, take_ngo, &ngo);
    if (err == OK)
        http_reply_json(asked->request, 200, ngo);
    else if (err == ERR_NOT_FOUND)
        http_reply_problem(asked->request, "ngo_unknown", NULL);
    else
        http_reply_err(asked->request, err);
}

/* ---- the way of each ------------------------------------------------------------------------ */

static void got_register(void *context, enum err err, struct register_store *store,
                         struct published *published)
{
    struct asked *asked = context;
    (void)published;
    if (err == OK)
        asked->answer(asked, store);
    else if (err == ERR_NOT_FOUND)
        http_reply_problem(asked->request, "ngo_unknown", NULL); /* no register yet: no NGO */
    else
        http_reply_err(asked->request, err);
    free(asked);
}

static void launch(struct front *front, struct http_request *request, struct asked wanted)
{
    const char *wrong = register_query_read(request, &wanted.query);
    struct front_campaign *campaign = front_request_campaign(front, request);
    if (campaign == NULL)
        return;
    if (wrong != NULL) {
        http_reply_problem(request, "malformed", json_pack("{s:s}", "reason", wrong));
        return;
    }
    struct asked *asked = xcalloc(1, sizeof *asked);
    *asked = wanted;
    asked->request = request;
    enum err err =
        register_read(front, campaign, (struct published_key){NULL, NULL}, got_register, asked);
    if (err == OK)
        return;
    free(asked);
    http_reply_err(request, err);
}

static void get_register(struct http_request *request, void *front)
{
    launch(front, request, (struct asked){.answer = answer_search});
}

static void start_csv(struct front *front, struct http_request *request)
{
    launch(front, request, (struct asked){.answer = answer_csv});
}

/* Megabytes for one small request. */
static void get_csv(struct http_request *request, void *context)
{
    struct front *front = context;
    front_limit(front, request, "csv", front->options->passes_per_minute, start_csv);
}

static void get_ngo(struct http_request *request, void *front)
{
    launch(front, request,
           (struct asked){.answer = answer_ngo, .ngo = http_request_param(request, "ngo")});
}

const struct http_route register_routes[] = {
    {HTTP_GET, "/api/v1/campaigns/{id}/register", 0, get_register},
    {HTTP_GET, "/api/v1/campaigns/{id}/register.csv", 0, get_csv},
    {HTTP_GET, "/api/v1/campaigns/{id}/register/{ngo}", 0, get_ngo},
};
const size_t register_routes_len = sizeof register_routes / sizeof *register_routes;
