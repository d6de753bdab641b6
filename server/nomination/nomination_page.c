/*
 * The pages of nominating: nominating itself, the nominator's own page, and the moderators'. Each
 * is a frame for an island; what stands in it is what everybody may read.
 */
#include <string.h>

#include "serve/page.h"

/* Null when the object is not there: the rules have no such phase. */
static json_t *member_of(const json_t *object, const char *member)
{
    json_t *value = json_object_get(object, member);
    return value == NULL ? json_null() : json_incref(value);
}

static json_t *nominate_json(const struct page *page, const json_t *campaign)
{
    const json_t *phase = page_phase(campaign, "nomination");
    const char *window = phase == NULL ? "closed" : page_phase_state(phase);
    bool is_open = strcmp(window, "open") == 0, is_paused = strcmp(window, "paused") == 0;
    bool is_closed = strcmp(window, "closed") == 0;
    json_t *json =
        json_pack("{s:s,s:s,s:b,s:b,s:b,s:b}", "id", page->campaign->id, "window", window,
                  "is_open", (int)is_open, "is_paused", (int)is_paused, "is_closed", (int)is_closed,
                  "is_soon", (int)(!is_open && !is_paused && !is_closed));
    json_t *extended =
        json_is_true(json_object_get(phase, "extended")) ? member_of(phase, "no") : json_null();
    json_object_update_new(
        json, json_pack("{s:o,s:o,s:o,s:o,s:o}", "opens", member_of(phase, "opens"), "extended",
                        extended, "rules", member_of(campaign, "rules"), "me_url",
                        page_url(page, "me"), "categories", page_categories(page, campaign)));
    return json;
}

static void got_nominate(struct page *page, struct published *published)
{
    json_t *data = page_data(page, published);
    json_object_set_new(data, "nominate", nominate_json(page, published->campaign));
    page_reply(page, "nominate", data);
}

static void get_nominate(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_nominate);
}

/* A page whose island brings all that is on it: name is the page's and its member's. */
static void reply_frame(struct page *page, struct published *published, const char *name)
{
    json_t *data = page_data(page, published);
    json_object_set_new(data, name,
                        json_pack("{s:s,s:o}", "id", page->campaign->id, "categories",
                                  page_categories(page, published->campaign)));
    page_reply(page, name, data);
}

static void got_me(struct page *page, struct published *published)
{
    reply_frame(page, published, "me");
}

static void get_me(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_me);
}

static void got_moderation(struct page *page, struct published *published)
{
    reply_frame(page, published, "moderation");
}

static void get_moderation(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_moderation);
}

const struct http_route nomination_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/nominate", 0, get_nominate},
    {HTTP_GET, "/{lang}/{campaign}/me", 0, get_me},
    {HTTP_GET, "/{lang}/{campaign}/moderation", 0, get_moderation},
};
const size_t nomination_page_routes_len =
    sizeof nomination_page_routes / sizeof *nomination_page_routes;
