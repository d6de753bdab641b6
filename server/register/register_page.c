/* The register for people: search by a form that needs no script, and a page per NGO. */
#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "register/reading_http.h"
#include "register/register_page.h"

static const char *const statuses[] = {"ACTIVE", "NO_BIN", "INACTIVE", "LIQUIDATING", "SUSPENDED"};

struct own {
    struct register_query query;
    struct slice ngo;
    void (*reply)(struct page *page, struct register_store *store, struct published *published);
};

/* ---- words ---------------------------------------------------------------------------------- */

/* The message of a key in small letters, or the word itself where there is none: a register may
 * have been made by others. */
static json_t *word_json(const struct page *page, char *key, const char *word)
{
    for (char *c = key; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    const char *text = messages_find(page->front->messages, page->lang, key);
    return json_string(text == NULL ? word : text);
}

static json_t *status_json(const struct page *page, const char *status)
{
    char key[96];
    (void)snprintf(key, sizeof key, "server.ngo_status.%s", status);
    return word_json(page, key, status);
}

static json_t *kind_json(const struct page *page, const char *kind)
{
    char key[96];
    (void)snprintf(key, sizeof key, "server.ngo_kind.%s", kind);
    return word_json(page, key, kind);
}

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text == NULL ? "" : text;
}

static const char *region_name(const struct page *page, const json_t *campaign, const char *code)
{
    const char *name =
        page_text(json_object_get(json_object_get(campaign, "regions"), code), page->lang);
    return *name == '\0' ? code : name;
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void put_parameter(struct buf *out, const char *name, struct slice value)
{
    if (value.len == 0)
        return;
    buf_printf(out, "%c%s=", memchr(out->data, '?', out->len) == NULL ? '?' : '&', name);
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = value.data[i];
        if (isalnum(c) || c == '-' || c == '_' || c == '.')
            buf_put_byte(out, c);
        else
            buf_printf(out, "%%%02X", c);
    }
}

/* path with the filter as its query, from the row after on. */
static json_t *filter_url(const char *path, const struct register_filter *filter, int64_t after)
{
    struct buf out;
    char row[24];
    buf_init(&out, 8192);
    buf_put_str(&out, path);
    put_parameter(&out, "q", filter->text);
    put_parameter(&out, "region", filter->region);
    put_parameter(&out, "status", filter->status);
    put_parameter(&out, "direction", filter->direction);
    put_parameter(&out, "filed", filter->filed);
    put_parameter(&out, "laureate", filter->laureate);
    (void)snprintf(row, sizeof row, "%lld", (long long)after);
    put_parameter(&out, "after", after > 0 ? slice_str(row) : slice_of(NULL, 0));
    json_t *url = json_string(buf_text(&out));
    buf_release(&out);
    return url;
}

json_t *register_page_url(const struct page *page, const char *id)
{
    for (const char *c = id; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
            return json_null();
    }
    return *id == '\0' || *id == '.' ? json_null() : page_url(page, "register/%s", id);
}

/* ---- the list ------------------------------------------------------------------------------- */

static json_t *option(const char *value, json_t *name, struct slice chosen)
{
    return json_pack("{s:s,s:o,s:b}", "value", value, "name", name, "selected",
                     (int)slice_is(chosen, value));
}

/* Years as members of an object, which holds each once. */
static void note_years(void *context, struct slice years)
{
    json_t *all = context;
    for (size_t at = 0; at + 4 <= years.len; at += 5) {
        char year[5] = {0};
        memcpy(year, years.data + at, 4);
        json_object_set_new(all, year, json_true());
    }
}

static json_t *laureates_json(const struct page *page, struct register_store *store,
                              struct slice chosen)
{
    const char *any = messages_find(page->front->messages, page->lang, "server.laureate_any");
    json_t *all = json_object(), *list = json_array();
    json_array_append_new(list, option("any", json_string(any == NULL ? "" : any), chosen));
    if (register_store_laureates(store, note_years, all) == OK) {
        for (int year = 2100; year >= 1990; year--) {
            char text[12];
            (void)snprintf(text, sizeof text, "%d", year);
            if (json_object_get(all, text) != NULL)
                json_array_append_new(list, option(text, json_string(text), chosen));
        }
    }
    json_decref(all);
    return list;
}

static json_t *typed(struct slice text)
{
    return json_stringn(text.len == 0 ? "" : (const char *)text.data, text.len);
}

static json_t *form_json(const struct page *page, struct register_store *store,
                         const json_t *campaign, const struct register_filter *filter)
{
    json_t *regions = json_array(), *directions = json_array(), *status = json_array();
    json_t *item;
    const char *code;
    size_t i;
    json_object_foreach(json_object_get(campaign, "regions"), code, item) json_array_append_new(
        regions, option(code, json_string(page_text(item, page->lang)), filter->region));
    json_array_foreach(json_object_get(campaign, "categories"), i, item) json_array_append_new(
        directions, option(text_of(item, "id"),
                           json_string(page_text(json_object_get(item, "name"), page->lang)),
                           filter->direction));
    for (i = 0; i < sizeof statuses / sizeof *statuses; i++)
        json_array_append_new(status,
                              option(statuses[i], status_json(page, statuses[i]), filter->status));
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "q", typed(filter->text), "filed",
                     typed(filter->filed), "laureates",
                     laureates_json(page, store, filter->laureate), "regions", regions,
                     "directions", directions, "statuses", status);
}

struct listing {
    const struct page *page;
    const json_t *campaign;
    json_t *items;
    unsigned most;
    int64_t last;
    bool more;
};

static void add_item(void *context, const struct register_row *row)
{
    struct listing *listing = context;
    listing->more = json_array_size(listing->items) == listing->most;
    if (listing->more)
        return;
    json_t *ngo = register_row_json(row);
    listing->last = row->row;
    json_array_append_new(
        listing->items,
        json_pack("{s:s,s:O,s:o,s:O,s:s,s:o,s:b}", "name",
                  page_text(json_object_get(ngo, "name"), listing->page->lang), "id",
                  json_object_get(ngo, "id"), "url",
                  register_page_url(listing->page, text_of(ngo, "id")), "bin",
                  json_object_get(ngo, "bin"), "region",
                  region_name(listing->page, listing->campaign, text_of(ngo, "region")), "status",
                  status_json(listing->page, text_of(ngo, "status")), "laureate",
                  (int)(json_array_size(json_object_get(ngo, "laureate")) > 0)));
    json_decref(ngo);
}

static bool is_filtered(const struct register_filter *filter)
{
    return filter->text.len + filter->region.len + filter->status.len + filter->direction.len +
               filter->filed.len + filter->laureate.len >
           0;
}

static json_t *list_json(struct page *page, struct register_store *store,
                         const struct listing *listing, uint64_t count)
{
    const struct own *own = page->context;
    const struct register_filter *filter = &own->query.filter;
    char *path = xasprintf("/%s/%s/register", lang_code(page->lang), page->campaign->id);
    char *api = xasprintf("/api/v1/campaigns/%s/register", page->campaign->id);
    char *csv = xasprintf("%s.csv", api);
    json_t *json = json_pack(
        "{s:o,s:I,s:b,s:O,s:o,s:o,s:o,s:o,s:o}", "form",
        form_json(page, store, listing->campaign, filter), "count", (json_int_t)count, "filtered",
        (int)is_filtered(filter), "items", listing->items, "all_url", json_string(path),
        "first_url", own->query.after > 0 ? filter_url(path, filter, 0) : json_null(), "next_url",
        listing->more ? filter_url(path, filter, listing->last) : json_null(), "csv_url",
        filter_url(csv, filter, 0), "json_url", filter_url(api, filter, 0));
    free(path);
    free(api);
    free(csv);
    return json;
}

static void reply_list(struct page *page, struct register_store *store, struct published *published)
{
    const struct own *own = page->context;
    struct listing listing = {.page = page,
                              .campaign = published->campaign,
                              .items = json_array(),
                              .most = own->query.limit};
    uint64_t count = 0;
    enum err err = register_store_search(store, &own->query.filter, own->query.after,
                                         own->query.limit + 1, add_item, &listing);
    if (err == OK)
        err = register_store_count(store, &own->query.filter, &count);
    if (err == OK) {
        json_t *data = page_data(page, published);
        json_object_set_new(data, "register", list_json(page, store, &listing, count));
        page_reply(page, "register", data);
    } else {
        page_reply_problem(page, "busy");
    }
    json_decref(listing.items);
}

/* ---- one NGO -------------------------------------------------------------------------------- */

static void take_ngo(void *context, const struct register_row *row)
{
    *(json_t **)context = register_row_json(row);
}

/* Items of a list as objects with one text, which is what a template can go through. */
static json_t *texts_json(const json_t *list)
{
    json_t *items = json_array(), *text;
    size_t i;
    json_array_foreach(list, i, text)
        json_array_append_new(items, json_pack("{s:O}", "text", text));
    return items;
}

static json_t *directions_json(const struct page *page, const json_t *campaign, const json_t *list)
{
    json_t *items = json_array(), *id;
    size_t i;
    json_array_foreach(list, i, id)
    {
        const json_t *category = page_category(campaign, slice_str(json_string_value(id)));
        const char *name = page_text(json_object_get(category, "name"), page->lang);
        json_array_append_new(
            items, json_pack("{s:s,s:o}", "text", *name == '\0' ? json_string_value(id) : name,
                             "url", page_url(page, "categories/%s", json_string_value(id))));
    }
    return items;
}

/* "2026-03-31" as an instant of that day in Astana; null when it is not one. */
static json_t *day_json(const char *day)
{
    struct tm parts = {.tm_hour = 7}; /* noon there */
    if (day == NULL || strptime(day, "%Y-%m-%d", &parts) == NULL)
        return json_null();
    return json_integer((json_int_t)timegm(&parts));
}

static json_t *filed_json(const json_t *list)
{
    json_t *items = json_array(), *filed;
    size_t i;
    json_array_foreach(list, i, filed) json_array_append_new(
        items, json_pack("{s:O,s:o}", "year", json_object_get(filed, "year"), "day",
                         day_json(json_string_value(json_object_get(filed, "day")))));
    return items;
}

static json_t *names_json(const json_t *ngo, enum lang lang)
{
    json_t *items = json_array();
    const json_t *names = json_object_get(ngo, "name");
    const char *heading = page_text(names, lang);
    for (int other = LANG_KK; other <= LANG_EN; other++) {
        const char *name = text_of(names, lang_code((enum lang)other));
        if (*name != '\0' && strcmp(name, heading) != 0)
            json_array_append_new(
                items, json_pack("{s:s,s:s}", "lang", lang_code((enum lang)other), "text", name));
    }
    return items;
}

json_t *register_page_facts(const struct page *page, const json_t *campaign, const json_t *ngo)
{
    return json_pack(
        "{s:O,s:O,s:s,s:O,s:o,s:o,s:o,s:o,s:o,s:o,s:O}", "id", json_object_get(ngo, "id"), "bin",
        json_object_get(ngo, "bin"), "region", region_name(page, campaign, text_of(ngo, "region")),
        "former_region", json_object_get(ngo, "former_region"), "status",
        status_json(page, text_of(ngo, "status")), "kind", kind_json(page, text_of(ngo, "kind")),
        "filed", filed_json(json_object_get(ngo, "filed")), "former_names",
        texts_json(json_object_get(ngo, "former_names")), "directions",
        directions_json(page, campaign, json_object_get(ngo, "directions")), "laureate",
        texts_json(json_object_get(ngo, "laureate")), "source_id",
        json_object_get(ngo, "source_id"));
}

/* Where it can be nominated, null while nominations are not taken. Its id stood in a path, so it
 * needs no escapes. */
static json_t *nominate_url(const struct page *page, const json_t *campaign, const char *id)
{
    const json_t *phase = page_phase(campaign, "nomination");
    if (phase == NULL || strcmp(page_phase_state(phase), "open") != 0)
        return json_null();
    return page_url(page, "nominate?ngo=%s", id);
}

static json_t *ngo_json(const struct page *page, const json_t *campaign, const json_t *ngo)
{
    return json_pack(
        "{s:o,s:s,s:o,s:o,s:o,s:o}", "nominate_url",
        nominate_url(page, campaign, text_of(ngo, "id")), "name",
        page_text(json_object_get(ngo, "name"), page->lang), "names", names_json(ngo, page->lang),
        "facts", register_page_facts(page, campaign, ngo), "json_url",
        json_sprintf("/api/v1/campaigns/%s/register/%s", page->campaign->id, text_of(ngo, "id")),
        "list_url", page_url(page, "register"));
}

static void reply_ngo(struct page *page, struct register_store *store, struct published *published)
{
    const struct own *own = page->context;
    json_t *ngo = NULL;
    enum err err = register_store_find(store, own->ngo, take_ngo, &ngo);
    if (err != OK) {
        page_reply_problem(page, err == ERR_NOT_FOUND ? "ngo_unknown" : "busy");
        return;
    }
    json_t *data = page_data(page, published);
    json_object_set_new(data, "ngo", ngo_json(page, published->campaign, ngo));
    json_decref(ngo);
    page_reply(page, "ngo", data);
}

/* ---- the way of both ------------------------------------------------------------------------ */

static void got_register(void *context, enum err err, struct register_store *store,
                         struct published *published)
{
    struct page *page = context;
    const struct own *own = page->context;
    if (err == OK)
        own->reply(page, store, published);
    else
        page_reply_problem(page, err == ERR_NOT_FOUND ? "ngo_unknown" : "busy");
}

static void launch(struct http_request *request, struct front *front, struct own wanted)
{
    struct page *page = page_start_campaign(front, request);
    if (page == NULL)
        return;
    struct own *own = xcalloc(1, sizeof *own);
    *own = wanted;
    page->context = own;
    page->release = free;
    if (register_query_read(request, &own->query) != NULL)
        page_reply_problem(page, "malformed");
    else if (register_read(front, page->campaign, PAGE_NOTHING_MORE, got_register, page) != OK)
        page_reply_problem(page, "busy");
}

static void get_list(struct http_request *request, void *front)
{
    launch(request, front, (struct own){.reply = reply_list});
}

static void get_ngo(struct http_request *request, void *front)
{
    launch(request, front,
           (struct own){.reply = reply_ngo, .ngo = http_request_param(request, "ngo")});
}

const struct http_route register_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/register", 0, get_list},
    {HTTP_GET, "/{lang}/{campaign}/register/{ngo}", 0, get_ngo},
};
const size_t register_page_routes_len = sizeof register_page_routes / sizeof *register_page_routes;
