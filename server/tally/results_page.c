/*
 * The results of all directions. Before their time they are not in Redis, so no mistake here could
 * tell them (I6); the page then says when that time is.
 *
 * got_results → (read_category → got_category)* → reply.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "serve/page.h"
#include "tally/tally_page.h"

struct results {
    json_t *tallies; /* category → tally file */
    size_t next;     /* number of the category in hand */
    json_t *groups;
    json_int_t voids;
};

static void got_results(struct page *page, struct published *published);
static void read_category(struct page *page, const struct published *published);
static void got_category(struct page *page, struct published *published);

static void release_results(void *context)
{
    struct results *results = context;
    json_decref(results->tallies);
    json_decref(results->groups);
    free(results);
}

/* ---- the shortlist -------------------------------------------------------------------------- */

static json_int_t int_of(const json_t *object, const char *member)
{
    return json_integer_value(json_object_get(object, member));
}

/* Places 1 … top, without those whom fewer than least_voters named, unless fewer than floor would
 * be left: then the best of those stay until there are so many. */
static void find_listed(const json_t *rule, const json_t *ranking, bool *listed)
{
    size_t i, len = 0;
    json_t *row;
    json_array_foreach(ranking, i, row)
    {
        listed[i] = int_of(row, "place") <= int_of(rule, "top") &&
                    int_of(row, "voters") >= int_of(rule, "least_voters");
        len += listed[i];
    }
    json_array_foreach(ranking, i, row)
    {
        if ((json_int_t)len >= int_of(rule, "floor"))
            break;
        if (!listed[i] && int_of(row, "place") <= int_of(rule, "top")) {
            listed[i] = true;
            len++;
        }
    }
}

/* Marks the rows of a page's tally. */
static void mark_shortlist(const json_t *campaign, const json_t *tally, json_t *shown)
{
    const json_t *ranking = json_object_get(tally, "ranking");
    bool *listed = xcalloc(json_array_size(ranking) + 1, sizeof *listed);
    size_t i;
    json_t *row;
    find_listed(json_object_get(campaign, "shortlist"), ranking, listed);
    json_array_foreach(json_object_get(shown, "rows"), i, row)
        json_object_set_new(row, "listed", json_boolean(listed[i]));
    free(listed);
}

/* ---- the page ------------------------------------------------------------------------------- */

static void add_group(struct page *page, const struct published *published, const json_t *category,
                      const json_t *tally)
{
    struct results *results = page->context;
    const char *cat = json_string_value(json_object_get(category, "id"));
    json_t *shown = tally_page_json(page, category, tally, published->values);
    mark_shortlist(published->campaign, tally, shown);
    results->voids += int_of(tally, "void");
    json_array_append_new(results->groups,
                          json_pack("{s:s,s:s,s:o,s:o,s:o}", "id", cat, "name",
                                    page_text(json_object_get(category, "name"), page->lang), "url",
                                    page_url(page, "categories/%s", cat), "csv_url",
                                    json_sprintf("/api/v1/campaigns/%s/tallies/%s?format=csv",
                                                 page->campaign->id, cat),
                                    "tally", shown));
}

static void reply(struct page *page, const struct published *published)
{
    struct results *results = page->context;
    const json_t *campaign = published->campaign, *rule = json_object_get(campaign, "shortlist");
    const json_t *shown = json_object_get(campaign, "tally");
    const char *id = page->campaign->id;
    bool any = json_array_size(results->groups) > 0;
    json_t *from = json_object_get(shown, "visible_from");
    json_t *data = page_data(page, published);
    json_object_set_new(
        data, "results",
        json_pack("{s:b,s:b,s:o,s:O,s:I,s:{s:I,s:I,s:I},s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "shown",
                  (int)any, "final", (int)json_is_true(json_object_get(shown, "final")),
                  "visible_from", any || from == NULL ? json_null() : json_incref(from), "groups",
                  results->groups, "voids", results->voids, "shortlist", "top", int_of(rule, "top"),
                  "least_voters", int_of(rule, "least_voters"), "floor", int_of(rule, "floor"),
                  "csv_url", json_sprintf("/api/v1/campaigns/%s/tallies?format=csv", id),
                  "json_url", json_sprintf("/api/v1/campaigns/%s/tallies", id), "ledger_url",
                  page_url(page, "#ledger"), "rules_url",
                  json_sprintf("/%s/ledger/files/%s", id,
                               json_string_value(json_object_get(campaign, "rules"))),
                  "checkpoint_url", json_sprintf("/%s/ledger/checkpoint", id), "verify_url",
                  page_url(page, "verify"), "verify_command",
                  json_sprintf("dauys verify --vkey '%s' LEDGER",
                               json_string_value(json_object_get(campaign, "vkey")))));
    page_reply(page, "results", data);
}

static void got_results(struct page *page, struct published *published)
{
    struct results *results = page->context;
    results->tallies = published->values;
    published->values = NULL;
    read_category(page, published);
}

/* The next category that has a tally; without the rules' leave none is read. */
static void read_category(struct page *page, const struct published *published)
{
    struct results *results = page->context;
    const json_t *categories = json_object_get(published->campaign, "categories"), *category;
    bool shown =
        json_is_true(json_object_get(json_object_get(published->campaign, "tally"), "shown"));
    while (shown && (category = json_array_get(categories, results->next)) != NULL) {
        const char *cat = json_string_value(json_object_get(category, "id"));
        if (json_object_get(results->tallies, cat) == NULL) {
            results->next++;
            continue;
        }
        char *suffix = xasprintf("nominees:%s", cat);
        page_read(page, (struct published_key){suffix, NULL}, got_category);
        free(suffix);
        return;
    }
    reply(page, published);
}

static void got_category(struct page *page, struct published *published)
{
    struct results *results = page->context;
    const json_t *category =
        json_array_get(json_object_get(published->campaign, "categories"), results->next++);
    const char *cat = json_string_value(json_object_get(category, "id"));
    json_t *tally = json_loads(json_string_value(json_object_get(results->tallies, cat)), 0, NULL);
    if (tally != NULL)
        add_group(page, published, category, tally);
    json_decref(tally);
    read_category(page, published);
}

static void get_results(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page == NULL)
        return;
    struct results *results = xcalloc(1, sizeof *results);
    results->groups = json_array();
    page->context = results;
    page->release = release_results;
    page_read(page, (struct published_key){"results", NULL}, got_results);
}

const struct http_route results_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/results", 0, get_results},
};
const size_t results_page_routes_len = sizeof results_page_routes / sizeof *results_page_routes;
