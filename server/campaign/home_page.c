/* The site's first page, every campaign of this server, and the help that every page links to. */
#include <stdlib.h>

#include "base/mem.h"
#include "serve/page.h"

struct home {
    struct page *page;
    size_t next;
    json_t *items;
};

static void home_next(struct home *home);

static void got_home_campaign(void *context, enum err err, struct published *published)
{
    struct home *home = context;
    struct page *page = home->page;
    home->next++;
    if (err == OK) {
        const json_t *campaign = published->campaign;
        json_array_append_new(
            home->items, json_pack("{s:s,s:o,s:b,s:o}", "name",
                                   page_text(json_object_get(campaign, "name"), page->lang), "url",
                                   json_sprintf("/%s/%s/", lang_code(page->lang),
                                                json_string_value(json_object_get(campaign, "id"))),
                                   "demo", (int)json_is_true(json_object_get(campaign, "demo")),
                                   "sentence", page_phase_sentence(page, campaign)));
    }
    home_next(home);
}

static void home_next(struct home *home)
{
    struct page *page = home->page;
    for (; home->next < page->front->campaigns_len; home->next++) {
        if (published_read(page->front, page->front->campaigns[home->next].id, PAGE_NOTHING_MORE,
                           got_home_campaign, home) == OK)
            return;
    }
    json_t *data = page_data(page, NULL);
    json_object_set_new(data, "campaigns", home->items);
    page_reply(page, "home", data);
    free(home);
}

static void get_home(struct http_request *request, void *front)
{
    struct page *page = page_start(front, request);
    if (page == NULL)
        return;
    struct home *home = xcalloc(1, sizeof *home);
    *home = (struct home){page, 0, json_array()};
    home_next(home);
}

static void get_help(struct http_request *request, void *front)
{
    struct page *page = page_start(front, request);
    if (page != NULL)
        page_reply(page, "help", page_data(page, NULL));
}

/* No language yet: on to the reader's. */
static void get_root(struct http_request *request, void *context)
{
    char location[8];
    (void)context;
    (void)snprintf(location, sizeof location, "/%s/", lang_code(http_request_language(request)));
    http_reply_redirect(request, 302, location);
}

const struct http_route home_page_routes[] = {
    {HTTP_GET, "/", 0, get_root},
    {HTTP_GET, "/{lang}/", 0, get_home},
    {HTTP_GET, "/{lang}/help", 0, get_help},
};
const size_t home_page_routes_len = sizeof home_page_routes / sizeof *home_page_routes;
