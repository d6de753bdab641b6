/* The staff's page: a frame in which the island of the web build works (web/src/islands/staff.tsx).
 * It shows nothing by itself, so it needs no session. */
#include "serve/page.h"

static void got_published(struct page *page, struct published *published)
{
    json_t *data = page_data(page, published);
    json_object_set_new(json_object_get(data, "campaign"), "id", json_string(page->campaign->id));
    page_reply(page, "staff", data);
}

static void get_staff(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_published);
}

const struct http_route staff_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/staff", 0, get_staff},
    {HTTP_GET, "/{lang}/{campaign}/staff/accept", 0, get_staff},
};
const size_t staff_page_routes_len = sizeof staff_page_routes / sizeof *staff_page_routes;
