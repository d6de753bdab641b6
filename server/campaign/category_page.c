/* The page of a category: its tally, then its nominees. */
#include <stdlib.h>

#include "base/mem.h"
#include "nomination/nominee_page.h"
#include "serve/page.h"
#include "tally/tally_page.h"

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

static void got_nominees(struct page *page, struct published *published)
{
    const struct category *own = page->context;
    const json_t *category = page_category(published->campaign, slice_str(own->id));
    if (category == NULL) {
        page_reply_problem(page, "not_found");
        return;
    }
    json_t *data = page_data(page, published);
    json_t *tally = own->results == NULL
                        ? json_null()
                        : tally_page_json(page, category, own->results, published->values);
    json_object_set_new(
        data, "category",
        json_pack("{s:s,s:s,s:I,s:I,s:o,s:o}", "id", own->id, "name",
                  page_text(json_object_get(category, "name"), page->lang), "issued",
                  page_count(published, own->id, "issued"), "cast",
                  page_count(published, own->id, "cast"), "nominees",
                  nominees_page_json(page, published->campaign, own->id, published->values),
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
