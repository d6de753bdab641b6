/* register_read: got_published → (ask_build → got_build) → answer. */
#include "register/reading_http.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "serve/message.h"

#define BUILD_TIMEOUT_MS 20000 /* a million NGOs take longer: then it is busy, and there later */

/* What a front keeps open of a campaign's register. */
struct register_shelf {
    char hash[REGISTER_HASH_CAP];
    struct register_store *store;
};

struct reading {
    struct front *front;
    struct front_campaign *campaign;
    register_callback *callback;
    void *context;
    struct published published; /* taken over while the registrar builds */
};

static void got_published(void *context, enum err err, struct published *published);
static void ask_build(struct reading *reading, const char *hash, struct published *published);
static void got_build(void *context, enum err err, struct slice payload);

void register_shelf_clear(struct front_campaign *campaign)
{
    if (campaign->ngos == NULL)
        return;
    register_store_close(campaign->ngos->store);
    free(campaign->ngos);
    campaign->ngos = NULL;
}

static enum err open_store(struct front_campaign *campaign, const char *hash)
{
    char path[FILE_PATH_CAP];
    struct fault fault;
    if (campaign->ngos != NULL && strcmp(campaign->ngos->hash, hash) == 0)
        return OK;
    register_shelf_clear(campaign); /* the ledger names another one now */
    struct register_store *store = NULL;
    register_store_path(path, campaign->folder, hash);
    enum err err = register_store_open(path, &store, &fault);
    if (err != OK)
        return err;
    campaign->ngos = xcalloc(1, sizeof *campaign->ngos);
    campaign->ngos->store = store;
    (void)snprintf(campaign->ngos->hash, sizeof campaign->ngos->hash, "%s", hash);
    return OK;
}

static void answer(struct reading *reading, enum err err, struct published *published)
{
    struct register_store *store = err == OK ? reading->campaign->ngos->store : NULL;
    reading->callback(reading->context, err, store,
                      err == OK || err == ERR_NOT_FOUND ? published : NULL);
    free(reading);
}

static void got_published(void *context, enum err err, struct published *published)
{
    struct reading *reading = context;
    const char *hash =
        err == OK ? json_string_value(json_object_get(published->campaign, "register")) : NULL;
    if (err == OK && hash == NULL)
        err = ERR_NOT_FOUND;
    else if (err == OK && (err = open_store(reading->campaign, hash)) != OK) {
        ask_build(reading, hash, published); /* missing, or damaged: it is only derived */
        return;
    }
    answer(reading, err, published);
}

static void ask_build(struct reading *reading, const char *hash, struct published *published)
{
    char text[256];
    (void)snprintf(text, sizeof text,
                   "{\"ask\":\"register.build\",\"campaign\":\"%s\",\"hash\":\"%s\"}",
                   reading->campaign->id, hash);
    struct slice part = slice_str(text);
    reading->published = *published;
    *published = (struct published){.size = 0};
    enum err err = ipc_client_send(reading->front->registrar, MESSAGE_ASK, &part, 1,
                                   BUILD_TIMEOUT_MS, got_build, reading);
    if (err != OK)
        got_build(reading, err, slice_of(NULL, 0));
}

static void got_build(void *context, enum err err, struct slice payload)
{
    struct reading *reading = context;
    struct published published = reading->published;
    (void)payload; /* whether it is there now says more than the answer */
    if (err == OK)
        err = open_store(reading->campaign,
                         json_string_value(json_object_get(published.campaign, "register")));
    if (err == ERR_NOT_FOUND)
        err = ERR_UNAVAILABLE;
    answer(reading, err, &published);
    json_decref(published.campaign);
    json_decref(published.counts);
    json_decref(published.values);
    free(published.checkpoint);
}

enum err register_read(struct front *front, struct front_campaign *campaign,
                       struct published_key key, register_callback *callback, void *context)
{
    struct reading *reading = xcalloc(1, sizeof *reading);
    *reading = (struct reading){
        .front = front, .campaign = campaign, .callback = callback, .context = context};
    enum err err = published_read(front, campaign->id, key, got_published, reading);
    if (err != OK)
        free(reading);
    return err;
}

/* ---- the query ------------------------------------------------------------------------------ */

static bool is_word(struct slice text, size_t most)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '_' || c == '-'))
            return false;
    }
    return text.len <= most;
}

static bool is_year(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return text.len == 0 || text.len == 4;
}

/* An empty or missing parameter leaves the number as it was. */
static bool read_number(struct slice text, int64_t least, int64_t most, int64_t *number)
{
    int64_t value = 0;
    if (text.len == 0)
        return true;
    if (text.len > 15)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *number = value;
    return value >= least && value <= most;
}

const char *register_query_read(struct http_request *request, struct register_query *query)
{
    struct slice after = {NULL, 0}, limit = {NULL, 0};
    int64_t most = REGISTER_PAGE_DEFAULT;
    *query = (struct register_query){.after = 0};
    struct register_filter *filter = &query->filter;
    (void)http_request_query(request, "q", &filter->text);
    (void)http_request_query(request, "region", &filter->region);
    (void)http_request_query(request, "status", &filter->status);
    (void)http_request_query(request, "direction", &filter->direction);
    (void)http_request_query(request, "filed", &filter->filed);
    (void)http_request_query(request, "laureate", &filter->laureate);
    (void)http_request_query(request, "after", &after);
    (void)http_request_query(request, "limit", &limit);
    if (!is_word(filter->region, 16) || !is_word(filter->status, 16) ||
        !is_word(filter->direction, 16))
        return "region, status and direction are words of letters, digits, _ and -";
    if (!is_year(filter->filed) ||
        (!is_year(filter->laureate) && !slice_is(filter->laureate, "any")))
        return "filed is a year; laureate is a year or any";
    if (!read_number(after, 0, INT64_C(1) << 49, &query->after) ||
        !read_number(limit, 1, REGISTER_PAGE_MAX, &most))
        return "after is what next said; limit is 1 to 200";
    query->limit = (unsigned)most;
    return NULL;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static json_t *text_json(struct slice text)
{
    return json_stringn(text.len == 0 ? "" : (const char *)text.data, text.len);
}

/* Cuts the next item off a list; false at its end. */
static bool next_item(struct slice *list, struct slice *item)
{
    if (list->len == 0)
        return false;
    const uint8_t *bar = memchr(list->data, '|', list->len);
    size_t len = bar == NULL ? list->len : (size_t)(bar - list->data);
    size_t skip = bar == NULL ? len : len + 1;
    *item = slice_of(list->data, len);
    *list = slice_of(list->data + skip, list->len - skip);
    return true;
}

static json_t *list_json(struct slice list)
{
    json_t *items = json_array();
    struct slice item;
    while (next_item(&list, &item))
        json_array_append_new(items, text_json(item));
    return items;
}

/* {year, day}: "2025:2025-03-21"; day is null where it is not known. */
static json_t *filed_json(struct slice list)
{
    json_t *items = json_array();
    struct slice item;
    while (next_item(&list, &item)) {
        if (item.len < 4)
            continue; /* a register that was not imported by register_import() */
        json_t *day = item.len > 5 ? text_json(slice_of(item.data + 5, item.len - 5)) : json_null();
        json_array_append_new(
            items, json_pack("{s:o,s:o}", "year", text_json(slice_of(item.data, 4)), "day", day));
    }
    return items;
}

json_t *register_row_json(const struct register_row *row)
{
    const struct slice *values = row->values;
    struct slice filed = values[REGISTER_FILED];
    if (filed.len == 0)
        filed = values[REGISTER_FILED_YEAR];
    return json_pack(
        "{s:o,s:o,s:{s:o,s:o,s:o},s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
        text_json(values[REGISTER_ID]), "bin", text_json(values[REGISTER_BIN]), "name", "kk",
        text_json(values[REGISTER_NAME_KK]), "ru", text_json(values[REGISTER_NAME_RU]), "en",
        text_json(values[REGISTER_NAME_EN]), "region", text_json(values[REGISTER_REGION]), "status",
        text_json(values[REGISTER_STATUS]), "kind", text_json(values[REGISTER_KIND]), "source_id",
        text_json(values[REGISTER_SOURCE_ID]), "filed", filed_json(filed), "former_names",
        list_json(values[REGISTER_FORMER_NAMES]), "former_region",
        text_json(values[REGISTER_FORMER_REGION]), "directions",
        list_json(values[REGISTER_DIRECTIONS]), "laureate", list_json(values[REGISTER_LAUREATE]));
}
