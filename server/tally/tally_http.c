/*
 * Tallies as JSON and CSV. Before their time they do not exist in Redis, so that no mistake here
 * could tell them (I6); this says when that time is.
 */
#include "base/mem.h"
#include "http/static.h"
#include "serve/front.h"

#define TALLY_ANSWER_MAX (64U << 20)

struct reading {
    struct http_request *request;
    char *campaign;
    char *category; /* NULL: all */
    bool csv;
};

static void finish(struct reading *reading)
{
    free(reading->campaign);
    free(reading->category);
    free(reading);
}

static bool wants_csv(struct http_request *request)
{
    struct slice value;
    if (http_request_query(request, "format", &value))
        return slice_is(value, "csv");
    return http_request_header(request, "Accept", &value) && slice_is(value, "text/csv");
}

static void release_text(void *text)
{
    free(text);
}

static void reply_bytes(struct http_request *request, const char *type, uint8_t *bytes, size_t len)
{
    char etag[STATIC_ETAG_CAP];
    struct slice body = slice_of(bytes, len);
    static_etag(etag, body);
    http_reply_answer(request, &(struct http_answer){.status = 200,
                                                     .content_type = type,
                                                     .body = body,
                                                     .etag = etag,
                                                     .cache_control = "no-cache",
                                                     .release = release_text,
                                                     .release_context = bytes});
}

/* One line for each nominee in the order of the ranking. */
static void put_csv(struct buf *out, const json_t *tally)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(tally, "ranking"), i, row)
    {
        buf_printf(out, "%s,%s,%lld,%s,%lld\r\n", json_string_value(json_object_get(tally, "cat")),
                   json_string_value(json_object_get(row, "nominee")),
                   (long long)json_integer_value(json_object_get(row, "place")),
                   json_string_value(json_object_get(row, "score")),
                   (long long)json_integer_value(json_object_get(row, "voters")));
    }
}

static void reply_csv(struct http_request *request, const json_t *items)
{
    struct buf out;
    size_t i, len = 0;
    json_t *tally;
    buf_init(&out, TALLY_ANSWER_MAX);
    buf_put_str(&out, "cat,nominee,place,score,voters\r\n");
    json_array_foreach(items, i, tally) put_csv(&out, tally);
    if (buf_failed(&out)) {
        buf_release(&out);
        http_reply_err(request, ERR_LIMITED);
        return;
    }
    uint8_t *bytes = buf_take(&out, &len);
    reply_bytes(request, "text/csv; charset=utf-8; header=present", bytes, len);
}

static void reply_json(struct http_request *request, json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS);
    if (text == NULL)
        http_reply_err(request, ERR_INTERNAL);
    else
        reply_bytes(request, "application/json", (uint8_t *)text, strlen(text));
}

/* The tally files that Redis has, in the order of the campaign's categories. */
static json_t *tallies(const struct reading *reading, const struct published *published)
{
    json_t *items = json_array(), *category;
    size_t i;
    json_array_foreach(json_object_get(published->campaign, "categories"), i, category)
    {
        const char *id = json_string_value(json_object_get(category, "id"));
        const json_t *text = published->values;
        if (reading->category != NULL && strcmp(reading->category, id) != 0)
            continue;
        if (json_is_object(text))
            text = json_object_get(text, id);
        if (json_is_string(text))
            json_array_append_new(items, json_loads(json_string_value(text), 0, NULL));
    }
    return items;
}

static bool category_known(const struct reading *reading, const struct published *published)
{
    json_t *category;
    size_t i;
    json_array_foreach(json_object_get(published->campaign, "categories"), i, category)
    {
        if (strcmp(reading->category, json_string_value(json_object_get(category, "id"))) == 0)
            return true;
    }
    return false;
}

static void reply_tallies(struct reading *reading, struct published *published)
{
    struct http_request *request = reading->request;
    json_t *shown = json_object_get(published->campaign, "tally");
    json_t *items = tallies(reading, published);
    if (!json_is_true(json_object_get(shown, "shown")) || json_array_size(items) == 0) {
        http_reply_problem(
            request, "not_yet_published",
            json_pack("{s:O}", "visible_from", json_object_get(shown, "visible_from")));
    } else if (reading->csv) {
        reply_csv(request, items);
    } else {
        json_t *counted = json_pack("{s:s,s:b,s:I}", "checkpoint", published->checkpoint, "final",
                                    json_is_true(json_object_get(shown, "final")), "size",
                                    (json_int_t)published->size);
        if (reading->category != NULL)
            json_object_set(counted, "tally", json_array_get(items, 0));
        else
            json_object_update_new(counted, json_pack("{s:O,s:n}", "items", items, "next"));
        reply_json(request, counted);
        json_decref(counted);
    }
    json_decref(items);
}

static void got_published(void *context, enum err err, struct published *published)
{
    struct reading *reading = context;
    if (err != OK)
        http_reply_err(reading->request, err);
    else if (reading->category != NULL && !category_known(reading, published))
        http_reply_problem(reading->request, "unknown_category", NULL);
    else
        reply_tallies(reading, published);
    finish(reading);
}

static void read_tallies(struct front *front, struct http_request *request, char *category)
{
    struct front_campaign *campaign = front_request_campaign(front, request);
    if (campaign == NULL) {
        free(category);
        return;
    }
    struct reading *reading = xcalloc(1, sizeof *reading);
    *reading = (struct reading){request, xstrdup(campaign->id), category, wants_csv(request)};
    enum err err =
        published_read(front, campaign->id, (struct published_key){"results", reading->category},
                       got_published, reading);
    if (err == OK)
        return;
    finish(reading);
    http_reply_err(request, err);
}

static void get_tallies(struct http_request *request, void *context)
{
    read_tallies(context, request, NULL);
}

static void get_tally(struct http_request *request, void *context)
{
    struct slice category = http_request_param(request, "cat");
    read_tallies(context, request, xstrndup(category.data, category.len));
}

const struct http_route tally_routes[] = {
    {HTTP_GET, "/api/v1/campaigns/{id}/tallies", 0, get_tallies},
    {HTTP_GET, "/api/v1/campaigns/{id}/tallies/{cat}", 0, get_tally},
};
const size_t tally_routes_len = sizeof tally_routes / sizeof *tally_routes;
