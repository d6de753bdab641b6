/* The page of a campaign: dates, categories with their turnout, ledger. */
#include "serve/page.h"

/* The one main button: what a citizen can do now. Null when there is nothing. */
static json_t *action_json(const struct page *page, const json_t *campaign)
{
    static const struct {
        const char *phase, *state, *rest;
    } rows[] = {
        {"evaluation", "open", "evaluate"},
        {"nomination", "open", "nominate"},
        {"evaluation", "closed", "results"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const json_t *phase = page_phase(campaign, rows[i].phase);
        if (phase == NULL || strcmp(page_phase_state(phase), rows[i].state) != 0)
            continue;
        return json_pack("{s:b,s:b,s:b,s:o}", "evaluate", (int)(i == 0), "nominate", (int)(i == 1),
                         "results", (int)(i == 2), "url", page_url(page, "%s", rows[i].rest));
    }
    return json_null();
}

static json_t *categories_json(const struct page *page, const struct published *published,
                               json_int_t total[static 3])
{
    json_t *list = json_array(), *category;
    size_t i;
    json_array_foreach(json_object_get(published->campaign, "categories"), i, category)
    {
        const char *cat = json_string_value(json_object_get(category, "id"));
        json_int_t nominees = json_integer_value(json_object_get(category, "nominees"));
        json_int_t issued = page_count(published, cat, "issued");
        json_int_t cast = page_count(published, cat, "cast");
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:o,s:I,s:I,s:I}", "id", cat, "name",
                                        page_text(json_object_get(category, "name"), page->lang),
                                        "url", page_url(page, "categories/%s", cat), "nominees",
                                        nominees, "issued", issued, "cast", cast));
        total[0] += nominees;
        total[1] += issued;
        total[2] += cast;
    }
    return list;
}

/* The root in base64 is the checkpoint's third line. */
static json_t *root_json(const char *checkpoint)
{
    const char *line = checkpoint;
    for (int i = 0; i < 2 && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    return line == NULL ? json_string("") : json_stringn(line, strcspn(line, "\n"));
}

/* What the campaign's own page has beside the frame's `campaign`, which it is added to. */
static void add_campaign(const struct page *page, const struct published *published, json_t *json)
{
    const json_t *campaign = published->campaign;
    const char *id = page->campaign->id;
    json_int_t total[3] = {0, 0, 0};
    json_t *ledger = json_object_get(json, "ledger");
    json_object_update_new(ledger, json_pack("{s:O,s:o,s:s,s:o,s:O}", "origin",
                                             json_object_get(campaign, "origin"), "root",
                                             root_json(published->checkpoint), "checkpoint",
                                             published->checkpoint, "checkpoint_url",
                                             json_sprintf("/%s/ledger/checkpoint", id), "key",
                                             json_object_get(campaign, "vkey")));
    json_t *categories = categories_json(page, published, total);
    json_object_update_new(
        json, json_pack("{s:s,s:o,s:o,s:{s:I,s:I,s:I},s:o,s:o,s:o}", "id", id, "action",
                        action_json(page, campaign), "categories", categories, "total", "nominees",
                        total[0], "issued", total[1], "cast", total[2], "api_url",
                        json_sprintf("/api/v1/campaigns/%s", id), "rules_url",
                        json_sprintf("/%s/ledger/files/%s", id,
                                     json_string_value(json_object_get(campaign, "rules"))),
                        "verify_command",
                        json_sprintf("dauys verify --vkey '%s' LEDGER",
                                     json_string_value(json_object_get(campaign, "vkey")))));
}

static void got_campaign(struct page *page, struct published *published)
{
    json_t *data = page_data(page, published);
    add_campaign(page, published, json_object_get(data, "campaign"));
    page_reply(page, "campaign", data);
}

static void get_campaign(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page != NULL)
        page_read(page, PAGE_NOTHING_MORE, got_campaign);
}

const struct http_route campaign_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/", 0, get_campaign},
};
const size_t campaign_page_routes_len = sizeof campaign_page_routes / sizeof *campaign_page_routes;
