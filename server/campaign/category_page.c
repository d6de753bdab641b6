/* The page of a category: its tally, then its nominees. */
#include <stdlib.h>

#include "base/mem.h"
#include "serve/page.h"

struct category {
    char *id;
    json_t *results; /* its tally file once it may be seen, between the two readings */
};

static void release_category(void *context)
{
    struct category *category = context;
    json_decref(category->results);
    free(category->id);
    free(category);
}

/* A score "n" or "n/d" as a number, for people to look at; order is never taken from it. */
static double score_of(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "score"));
    char *slash = NULL;
    double over = strtod(text, &slash);
    return *slash == '/' ? over / strtod(slash + 1, NULL) : over;
}

/* "4,25" in kk and ru, "4.25" in en; whole scores are grouped. */
static json_t *score_text(double score, bool mean, enum lang lang)
{
    struct buf out;
    buf_init(&out, 64);
    if (!mean) {
        fmt_number(&out, lang, (int64_t)score);
    } else {
        long hundredths = (long)(score * 100 + 0.5);
        buf_printf(&out, "%ld%c%02ld", hundredths / 100, lang == LANG_EN ? '.' : ',',
                   hundredths % 100);
    }
    json_t *text = json_string(buf_text(&out));
    buf_release(&out);
    return text;
}

struct scale {
    bool mean;
    double most;        /* the highest possible mean */
    double best;        /* the first one's score */
    json_int_t counted; /* ballots */
};

static json_t *row_json(const json_t *row, const struct scale *scale, const char *name,
                        enum lang lang)
{
    double score = score_of(row);
    double share = scale->mean ? score / scale->most
                               : (double)json_integer_value(json_object_get(row, "voters")) /
                                     (double)(scale->counted == 0 ? 1 : scale->counted);
    return json_pack("{s:O,s:s,s:o,s:I,s:I}", "place", json_object_get(row, "place"), "name", name,
                     "value", score_text(score, scale->mean, lang), "share",
                     (json_int_t)(share * 1000 + 0.5), "bar",
                     (json_int_t)(scale->best <= 0 ? 0 : score / scale->best * 1000 + 0.5));
}

static const char *nominee_name(const json_t *values, const json_t *row, enum lang lang, char *out,
                                size_t cap)
{
    const char *id = json_string_value(json_object_get(row, "nominee"));
    json_t *nominee = json_loads(json_string_value(json_object_get(values, id)), 0, NULL);
    const char *name = page_text(json_object_get(nominee, "name"), lang);
    (void)snprintf(out, cap, "%s", *name == '\0' ? id : name);
    json_decref(nominee);
    return out;
}

static json_t *tally_json(const struct page *page, const json_t *category, const json_t *values)
{
    const struct category *own = page->context;
    const json_t *tally = own->results, *ballot = json_object_get(category, "ballot");
    const char *method = json_string_value(json_object_get(ballot, "method"));
    json_t *rows = json_array(), *row;
    bool mean = strcmp(method, "score") == 0;
    bool points = strcmp(method, "points") == 0 || strcmp(method, "rank") == 0;
    struct scale scale = {mean, 1, 0, json_integer_value(json_object_get(tally, "counted"))};
    size_t i;
    if (mean)
        scale.most = (double)json_integer_value(json_object_get(ballot, "most"));
    json_array_foreach(json_object_get(tally, "ranking"), i, row)
    {
        char name[1024];
        if (i == 0)
            scale.best = score_of(row);
        json_array_append_new(
            rows, row_json(row, &scale, nominee_name(values, row, page->lang, name, sizeof name),
                           page->lang));
    }
    return json_pack(
        "{s:b,s:b,s:b,s:O,s:O,s:O,s:O,s:o}", "is_votes", (int)(!mean && !points), "is_points",
        (int)points, "is_mean", (int)mean, "counted", json_object_get(tally, "counted"),
        "superseded", json_object_get(tally, "superseded"), "spoiled",
        json_object_get(tally, "spoiled"), "void", json_object_get(tally, "void"), "rows", rows);
}

/* In the order of a published seed, which is no NGO's doing: the hash of nominee and rules. */
struct shuffled {
    char etag[STATIC_ETAG_CAP];
    json_t *nominee;
};

static int by_hash(const void *a, const void *b)
{
    return strcmp(((const struct shuffled *)a)->etag, ((const struct shuffled *)b)->etag);
}

static json_t *nominees_json(const struct page *page, const json_t *campaign, json_t *values)
{
    size_t count = 0;
    struct shuffled *all = xcalloc(json_object_size(values) + 1, sizeof *all);
    json_t *list = json_array(), *value;
    const json_t *regions = json_object_get(campaign, "regions");
    const char *seed = json_string_value(json_object_get(campaign, "rules")), *id;
    json_object_foreach(values, id, value)
    {
        char *text = xasprintf("%s\n%s\n", seed, id);
        static_etag(all[count].etag, slice_str(text));
        all[count++].nominee = json_loads(json_string_value(value), 0, NULL);
        free(text);
    }
    qsort(all, count, sizeof *all, by_hash);
    for (size_t i = 0; i < count; i++) {
        const json_t *nominee = all[i].nominee;
        const char *code = json_string_value(json_object_get(nominee, "region"));
        json_array_append_new(
            list,
            json_pack("{s:O,s:s,s:s,s:O}", "id", json_object_get(nominee, "id"), "name",
                      page_text(json_object_get(nominee, "name"), page->lang), "region",
                      page_text(json_object_get(regions, code == NULL ? "" : code), page->lang),
                      "ngo", json_object_get(nominee, "ngo")));
        json_decref(all[i].nominee);
    }
    free(all);
    return list;
}

static void got_nominees(struct page *page, struct published *published)
{
    const struct category *own = page->context;
    const json_t *category = page_category(published->campaign, slice_str(own->id));
    if (category == NULL) {
        page_reply_problem(page, "not_found");
        return;
    }
    json_t *data = page_data(page, published);
    json_t *tally =
        own->results == NULL ? json_null() : tally_json(page, category, published->values);
    json_object_set_new(data, "category",
                        json_pack("{s:s,s:s,s:I,s:I,s:o,s:o}", "id", own->id, "name",
                                  page_text(json_object_get(category, "name"), page->lang),
                                  "issued", page_count(published, own->id, "issued"), "cast",
                                  page_count(published, own->id, "cast"), "nominees",
                                  nominees_json(page, published->campaign, published->values),
                                  "tally", tally));
    page_reply(page, "category", data);
}

static void got_tally(struct page *page, struct published *published)
{
    struct category *own = page->context;
    if (json_is_string(published->values))
        own->results = json_loads(json_string_value(published->values), 0, NULL);
    char *suffix = xasprintf("nominees:%s", own->id);
    page_read(page, (struct published_key){suffix, NULL}, got_nominees);
    free(suffix);
}

static void get_category(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page == NULL)
        return;
    struct slice id = http_request_param(request, "cat");
    struct category *own = xcalloc(1, sizeof *own);
    own->id = xstrndup(id.data, id.len);
    page->context = own;
    page->release = release_category;
    page_read(page, (struct published_key){"results", own->id}, got_tally);
}

const struct http_route category_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/categories/{cat}", 0, get_category},
};
const size_t category_page_routes_len = sizeof category_page_routes / sizeof *category_page_routes;
