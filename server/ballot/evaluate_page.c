/* The page on which citizens evaluate. The same for everybody: who comes and what they choose is
 * between the script in their browser and the API. */
#include "serve/page.h"

static void got_published(struct page *page, struct published *published)
{
    json_t *data = page_data(page, published), *campaign = json_object_get(data, "campaign");
    json_object_set_new(campaign, "id", json_string(page->campaign->id));
    json_object_set(campaign, "key", json_object_get(published->campaign, "vkey"));
    page_reply(page, "evaluate", data);
}

static void get_evaluate(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_published);
}

const struct http_route evaluate_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/evaluate", 0, get_evaluate},
};
const size_t evaluate_page_routes_len = sizeof evaluate_page_routes / sizeof *evaluate_page_routes;
