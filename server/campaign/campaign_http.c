/* The campaigns of this server, one of them, and its nominees: what Redis publishes, as JSON. */
#include <stdlib.h>

#include "base/mem.h"
#include "serve/front.h"

#define PAGE_DEFAULT 100
#define PAGE_MAX 500

/* ---- one campaign --------------------------------------------------------------------------- */

/* Each category with its counts beside it: issued, cast, and after the unsealing the rest. */
static void add_counts(json_t *campaign, const json_t *counts)
{
    static const char *const names[] = {"issued",  "cast", "superseded",
                                        "spoiled", "void", "counted"};
    json_t *category;
    size_t i;
    json_array_foreach(json_object_get(campaign, "categories"), i, category)
    {
        const char *id = json_string_value(json_object_get(category, "id"));
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            char key[64];
            (void)snprintf(key, sizeof key, "%s|%s", id, names[n]);
            json_t *count = json_object_get(counts, key);
            if (count != NULL)
                json_object_set(category, names[n], count);
            else if (n < 2)
                json_object_set_new(category, names[n], json_integer(0));
        }
    }
}

static json_t *campaign_json(struct published *published, const char *id)
{
    json_t *campaign = published->campaign;
    published->campaign = NULL;
    add_counts(campaign, published->counts);
    json_object_set_new(campaign, "ledger", published_ledger(published, id));
    return campaign;
}

struct reading {
    struct front *front;
    struct http_request *request;
    const char *id; /* of the campaign; the front's */
    uint64_t after; /* of nominees */
    size_t limit;
};

static struct reading *reading_start(struct front *front, struct http_request *request,
                                     const char *id)
{
    struct reading *reading = xcalloc(1, sizeof *reading);
    reading->front = front;
    reading->request = request;
    reading->id = id;
    return reading;
}

static void launch(struct reading *reading, struct published_key key, published_callback *callback)
{
    struct http_request *request = reading->request;
    enum err err = published_read(reading->front, reading->id, key, callback, reading);
    if (err == OK)
        return;
    free(reading);
    http_reply_err(request, err);
}

static void got_campaign(void *context, enum err err, struct published *published)
{
    struct reading *reading = context;
    if (err != OK)
        http_reply_err(reading->request, err);
    else
        http_reply_json(reading->request, 200, campaign_json(published, reading->id));
    free(reading);
}

static void get_campaign(struct http_request *request, void *context)
{
    struct front *front = context;
    struct front_campaign *campaign = front_request_campaign(front, request);
    if (campaign != NULL)
        launch(reading_start(front, request, campaign->id), (struct published_key){NULL, NULL},
               got_campaign);
}

/* ---- all campaigns: one after the other ----------------------------------------------------- */

struct listing {
    struct front *front;
    struct http_request *request;
    size_t next;
    json_t *items;
};

static void read_next(struct listing *listing);

static void got_listed(void *context, enum err err, struct published *published)
{
    struct listing *listing = context;
    const char *id = listing->front->campaigns[listing->next++].id;
    /* A campaign whose ledger has not published yet is left out. */
    if (err == OK)
        json_array_append_new(listing->items, campaign_json(published, id));
    read_next(listing);
}

static void finish_listing(struct listing *listing)
{
    http_reply_json(listing->request, 200, json_pack("{s:o,s:n}", "items", listing->items, "next"));
    free(listing);
}

static void read_next(struct listing *listing)
{
    struct front *front = listing->front;
    while (listing->next < front->campaigns_len) {
        if (published_read(front, front->campaigns[listing->next].id,
                           (struct published_key){NULL, NULL}, got_listed, listing) == OK)
            return;
        listing->next++;
    }
    finish_listing(listing);
}

static void get_campaigns(struct http_request *request, void *context)
{
    struct listing *listing = xcalloc(1, sizeof *listing);
    *listing = (struct listing){context, request, 0, json_array()};
    read_next(listing);
}

/* ---- nominees ------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
    json_int_t x = json_integer_value(json_object_get(*(json_t *const *)a, "index"));
    json_int_t y = json_integer_value(json_object_get(*(json_t *const *)b, "index"));
    return (x > y) - (x < y);
}

/* The page of nominees that begins behind `after`, by id. */
static json_t *nominee_page(const struct reading *reading, json_t *values)
{
    size_t count = 0;
    json_t **all = xcalloc(json_object_size(values) + 1, sizeof *all), *value;
    json_t *items = json_array();
    const char *id;
    json_object_foreach(values, id, value)
    {
        json_t *nominee = json_loads(json_string_value(value), 0, NULL);
        uint64_t index = strtoull(id, NULL, 10);
        if (nominee == NULL || index <= reading->after) {
            json_decref(nominee);
            continue;
        }
        json_object_set_new(nominee, "index", json_integer((json_int_t)index));
        all[count++] = nominee;
    }
    qsort(all, count, sizeof *all, by_id);
    const char *next = NULL;
    for (size_t i = 0; i < count; i++) {
        json_object_del(all[i], "index");
        if (i < reading->limit)
            json_array_append_new(items, all[i]);
        else
            json_decref(all[i]);
    }
    if (count > reading->limit)
        next = json_string_value(json_object_get(json_array_get(items, reading->limit - 1), "id"));
    json_t *page = json_pack("{s:o,s:s?}", "items", items, "next", next);
    free(all);
    return page;
}

static void got_nominees(void *context, enum err err, struct published *published)
{
    struct reading *reading = context;
    if (err != OK)
        http_reply_err(reading->request, err);
    else
        http_reply_json(reading->request, 200, nominee_page(reading, published->values));
    free(reading);
}

/* A decimal number of the query; missing leaves it as it was. */
static bool query_number(struct http_request *request, const char *name, uint64_t least,
                         uint64_t most, uint64_t *number)
{
    struct slice text;
    uint64_t value = 0;
    if (!http_request_query(request, name, &text))
        return true;
    if (text.len == 0 || text.len > 15)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.data[i] - '0');
    }
    *number = value;
    return value >= least && value <= most;
}

static void get_nominees(struct http_request *request, void *context)
{
    struct front *front = context;
    struct slice category;
    uint64_t after = 0, limit = PAGE_DEFAULT;
    struct front_campaign *campaign = front_request_campaign(front, request);
    if (campaign == NULL)
        return;
    if (!http_request_query(request, "cat", &category) || category.len > 32 ||
        !query_number(request, "after", 0, 1ULL << 49, &after) ||
        !query_number(request, "limit", 1, PAGE_MAX, &limit)) {
        http_reply_problem(
            request, "malformed",
            json_pack("{s:s}", "reason", "cat is required; after is an id; limit is 1 to 500"));
        return;
    }
    struct reading *reading = reading_start(front, request, campaign->id);
    reading->after = after;
    reading->limit = (size_t)limit;
    char *suffix = xasprintf("nominees:%.*s", SLICE_PRINT(category));
    launch(reading, (struct published_key){suffix, NULL}, got_nominees);
    free(suffix);
}

const struct http_route campaign_routes[] = {
    {HTTP_GET, "/api/v1/campaigns", 0, get_campaigns},
    {HTTP_GET, "/api/v1/campaigns/{id}", 0, get_campaign},
    {HTTP_GET, "/api/v1/campaigns/{id}/nominees", 0, get_nominees},
};
const size_t campaign_routes_len = sizeof campaign_routes / sizeof *campaign_routes;
