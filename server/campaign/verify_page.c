/*
 * The pages that check the ledger in the browser: a receipt, and the whole of it. A receipt's code
 * stands in the address's fragment, which browsers keep to themselves, so this server never learns
 * which receipt is checked; the page asks for tiles only.
 */
#include "serve/page.h"

/* What both pages get; command (taken) does the same without a browser. */
static void reply(struct page *page, struct published *published, const char *name, json_t *command)
{
    json_t *data = page_data(page, published);
    json_object_update_new(
        data, json_pack("{s:O,s:o,s:o,s:o}", "vkey", json_object_get(published->campaign, "vkey"),
                        "prefix", json_sprintf("/%s/ledger", page->campaign->id), "command",
                        command, "categories", page_categories(page, published->campaign)));
    page_reply(page, name, data);
}

static json_t *command_json(const struct published *published, const char *rest)
{
    return json_sprintf("dauys verify --vkey '%s' %s",
                        json_string_value(json_object_get(published->campaign, "vkey")), rest);
}

static void got_verify(struct page *page, struct published *published)
{
    reply(page, published, "verify", command_json(published, "--receipt FILE"));
}

static void got_audit(struct page *page, struct published *published)
{
    reply(page, published, "audit", command_json(published, "LEDGER"));
}

static void get_verify(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_verify);
}

static void get_audit(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_audit);
}

/* An address short enough for a QR code. With one campaign it leads to its page, and browsers carry
 * the fragment along; with several, to their list. */
static void get_receipt(struct http_request *request, void *context)
{
    const struct front *front = context;
    char location[128];
    enum lang lang;
    if (!lang_parse(http_request_param(request, "lang"), &lang)) {
        page_not_found(request, context);
        return;
    }
    if (front->campaigns_len == 1)
        (void)snprintf(location, sizeof location, "/%s/%s/verify", lang_code(lang),
                       front->campaigns[0].id);
    else
        (void)snprintf(location, sizeof location, "/%s/", lang_code(lang));
    http_reply_redirect(request, 302, location);
}

const struct http_route verify_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/verify", 0, get_verify},
    {HTTP_GET, "/{lang}/{campaign}/audit", 0, get_audit},
    {HTTP_GET, "/{lang}/r/", 0, get_receipt},
};
const size_t verify_page_routes_len = sizeof verify_page_routes / sizeof *verify_page_routes;
