/*
 * Nominees for people: the list, by direction, and a page for each.
 *
 * The list: got_campaign → (read_category → got_category)* → reply_list.
 * One: got_first → (look_in → got_nominee)* → got_text → got_facts.
 */
#include "nomination/nominee_page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nomination/order.h"
#include "register/reading_http.h"
#include "register/register_page.h"
#include "register/search_text.h"

#define TEXT_MAX 65536

/* ---- items ---------------------------------------------------------------------------------- */

struct shown {
    uint8_t key[SHA256_LEN];
    json_t *nominee; /* owned */
};

static int by_key(const void *a, const void *b)
{
    return memcmp(((const struct shown *)a)->key, ((const struct shown *)b)->key, SHA256_LEN);
}

static const char *text_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text == NULL ? "" : text;
}

static const char *region_of(const struct page *page, const json_t *campaign, const char *code)
{
    const char *name =
        page_text(json_object_get(json_object_get(campaign, "regions"), code), page->lang);
    return *name == '\0' ? code : name;
}

static json_t *item_json(const struct page *page, const json_t *campaign, const json_t *nominee)
{
    const char *name = page_text(json_object_get(nominee, "name"), page->lang);
    return json_pack("{s:s,s:s,s:o,s:s,s:s,s:I}", "id", text_of(nominee, "id"), "name",
                     *name == '\0' ? text_of(nominee, "ngo") : name, "url",
                     page_url(page, "nominees/%s", text_of(nominee, "id")), "region",
                     region_of(page, campaign, text_of(nominee, "region")), "ngo",
                     text_of(nominee, "ngo"), "supporters",
                     json_integer_value(json_object_get(nominee, "supporters")));
}

/* fits may be NULL. */
static json_t *items_json(const struct page *page, const json_t *campaign, const char *cat,
                          const json_t *values,
                          bool (*fits)(const struct page *page, const json_t *nominee))
{
    size_t count = 0;
    struct shown *all = xcalloc(json_object_size(values) + 1, sizeof *all);
    json_t *list = json_array(), *value;
    const char *origin = text_of(campaign, "origin"), *id;
    json_object_foreach((json_t *)(uintptr_t)values, id, value)
    {
        json_t *nominee = json_loads(json_string_value(value), 0, NULL);
        if (nominee == NULL || (fits != NULL && !fits(page, nominee))) {
            json_decref(nominee);
            continue;
        }
        nominee_order_key(all[count].key, origin, cat, id);
        all[count++].nominee = nominee;
    }
    qsort(all, count, sizeof *all, by_key);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, item_json(page, campaign, all[i].nominee));
        json_decref(all[i].nominee);
    }
    free(all);
    return list;
}

json_t *nominees_page_json(const struct page *page, const json_t *campaign, const char *cat,
                           const json_t *values)
{
    return items_json(page, campaign, cat, values, NULL);
}

/* ---- the list ------------------------------------------------------------------------------- */

struct list {
    struct slice text, region, direction;
    struct buf words;   /* text, folded */
    json_t *categories; /* ids still to read, the next one last */
    json_t *groups;
    size_t count;
};

static void got_campaign(struct page *page, struct published *published);
static void read_category(struct page *page, struct published *published);
static void got_category(struct page *page, struct published *published);

static void release_list(void *context)
{
    struct list *list = context;
    buf_release(&list->words);
    json_decref(list->categories);
    json_decref(list->groups);
    free(list);
}

static bool name_has(const json_t *names, const char *words)
{
    const char *lang;
    json_t *name;
    bool found = false;
    json_object_foreach((json_t *)(uintptr_t)names, lang, name)
    {
        struct buf folded;
        buf_init(&folded, TEXT_MAX);
        search_text_fold(slice_str(json_string_value(name)), &folded);
        found |= strstr(buf_text(&folded), words) != NULL;
        buf_release(&folded);
    }
    return found;
}

static bool fits(const struct page *page, const json_t *nominee)
{
    struct list *list = page->context;
    if (list->region.len > 0 && !slice_is(list->region, text_of(nominee, "region")))
        return false;
    return list->words.len == 0 ||
           name_has(json_object_get(nominee, "name"), buf_text(&list->words)) ||
           strcmp(text_of(nominee, "bin"), buf_text(&list->words)) == 0;
}

static json_t *option(const char *value, const char *name, struct slice chosen)
{
    return json_pack("{s:s,s:s,s:b}", "value", value, "name", name, "selected",
                     (int)slice_is(chosen, value));
}

static void reply_list(struct page *page, const struct published *published)
{
    struct list *list = page->context;
    json_t *data = page_data(page, published), *regions = json_array(), *directions = json_array();
    json_t *item;
    const char *code;
    size_t i;
    json_object_foreach(json_object_get(published->campaign, "regions"), code, item)
        json_array_append_new(regions, option(code, page_text(item, page->lang), list->region));
    json_array_foreach(json_object_get(published->campaign, "categories"), i, item)
        json_array_append_new(directions,
                              option(text_of(item, "id"),
                                     page_text(json_object_get(item, "name"), page->lang),
                                     list->direction));
    bool filtered = list->text.len + list->region.len + list->direction.len > 0;
    json_object_set_new(
        data, "nominees",
        json_pack(
            "{s:o,s:o,s:o,s:I,s:b,s:o,s:O,s:O}", "q",
            json_stringn(list->text.len == 0 ? "" : (const char *)list->text.data, list->text.len),
            "regions", regions, "directions", directions, "count", (json_int_t)list->count,
            "filtered", (int)filtered, "all_url", page_url(page, "nominees"), "groups",
            list->groups, "origin", json_object_get(published->campaign, "origin")));
    page_reply(page, "nominees", data);
}

static void got_campaign(struct page *page, struct published *published)
{
    struct list *list = page->context;
    const json_t *categories = json_object_get(published->campaign, "categories");
    for (size_t i = json_array_size(categories); i-- > 0;) {
        json_t *id = json_object_get(json_array_get(categories, i), "id");
        if (list->direction.len == 0 || slice_is(list->direction, json_string_value(id)))
            json_array_append(list->categories, id);
    }
    read_category(page, published);
}

static void read_category(struct page *page, struct published *published)
{
    struct list *list = page->context;
    size_t left = json_array_size(list->categories);
    if (left == 0) {
        reply_list(page, published);
        return;
    }
    char *suffix =
        xasprintf("nominees:%s", json_string_value(json_array_get(list->categories, left - 1)));
    page_read(page, (struct published_key){suffix, NULL}, got_category);
    free(suffix);
}

static void got_category(struct page *page, struct published *published)
{
    struct list *list = page->context;
    size_t last = json_array_size(list->categories) - 1;
    const char *id = json_string_value(json_array_get(list->categories, last));
    const json_t *category = page_category(published->campaign, slice_str(id));
    json_t *items = items_json(page, published->campaign, id, published->values, fits);
    list->count += json_array_size(items);
    if (json_array_size(items) > 0)
        json_array_append_new(
            list->groups, json_pack("{s:s,s:s,s:o,s:O}", "id", id, "name",
                                    page_text(json_object_get(category, "name"), page->lang), "url",
                                    page_url(page, "categories/%s", id), "items", items));
    json_decref(items);
    json_array_remove(list->categories, last);
    read_category(page, published);
}

static void get_list(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page == NULL)
        return;
    struct list *list = xcalloc(1, sizeof *list);
    *list = (struct list){.categories = json_array(), .groups = json_array()};
    (void)http_request_query(request, "q", &list->text);
    (void)http_request_query(request, "region", &list->region);
    (void)http_request_query(request, "direction", &list->direction);
    buf_init(&list->words, TEXT_MAX);
    search_text_fold(list->text, &list->words);
    page->context = list;
    page->release = release_list;
    page_read(page, PAGE_NOTHING_MORE, got_campaign);
}

/* ---- one nominee ---------------------------------------------------------------------------- */

struct one {
    struct slice id;
    size_t category; /* number of the one in hand */
    json_t *nominee; /* as published */
    json_t *text;    /* as the registrar has it; NULL: nothing public */
};

static void look_in(struct page *page, const struct published *published);
static void got_nominee(struct page *page, struct published *published);
static void got_text(struct page *page, json_t *answer);
static void got_facts(void *context, enum err err, struct register_store *store,
                      struct published *published);

static void release_one(void *context)
{
    struct one *one = context;
    json_decref(one->nominee);
    json_decref(one->text);
    free(one);
}

static const json_t *category_at(const struct published *published, size_t number)
{
    return json_array_get(json_object_get(published->campaign, "categories"), number);
}

static void got_first(struct page *page, struct published *published)
{
    look_in(page, published);
}

/* A nominee's id does not say its category. */
static void look_in(struct page *page, const struct published *published)
{
    struct one *one = page->context;
    const json_t *category = category_at(published, one->category);
    if (category == NULL) {
        page_reply_problem(page, "unknown_nominee");
        return;
    }
    char *suffix = xasprintf("nominees:%s", text_of(category, "id"));
    char *id = xstrndup(one->id.data, one->id.len);
    page_read(page, (struct published_key){suffix, id}, got_nominee);
    free(suffix);
    free(id);
}

static void got_nominee(struct page *page, struct published *published)
{
    struct one *one = page->context;
    if (!json_is_string(published->values)) {
        one->category++;
        look_in(page, published);
        return;
    }
    one->nominee = json_loads(json_string_value(published->values), 0, NULL);
    page_ask(page, "nominee.read",
             json_pack("{s:o}", "index", json_stringn((const char *)one->id.data, one->id.len)),
             got_text);
}

static void got_text(struct page *page, json_t *answer)
{
    struct one *one = page->context;
    one->text = answer;
    if (register_read(page->front, page->campaign, PAGE_NOTHING_MORE, got_facts, page) != OK)
        page_reply_problem(page, "busy");
}

/* A template takes addresses in ASCII only; what else people may have given is escaped. */
static json_t *link_json(const char *link)
{
    struct buf out;
    buf_init(&out, TEXT_MAX);
    for (const char *c = link; *c != '\0'; c++) {
        if ((uint8_t)*c <= ' ' || (uint8_t)*c > '~' || strchr("\\\"<>`", *c) != NULL)
            buf_printf(&out, "%%%02X", (uint8_t)*c);
        else
            buf_put_byte(&out, (uint8_t)*c);
    }
    json_t *json = json_pack("{s:s}", "url", buf_text(&out));
    buf_release(&out);
    return json;
}

static json_t *links_json(const json_t *links)
{
    json_t *items = json_array(), *link;
    size_t i;
    json_array_foreach(links, i, link)
    {
        const char *url = json_string_value(link);
        if (url != NULL && strncmp(url, "https://", 8) == 0 && url[8] != '/' && url[8] != '\0')
            json_array_append_new(items, link_json(url));
    }
    return items;
}

/* A text's paragraphs, as objects. */
static json_t *paragraphs_json(const char *text)
{
    json_t *items = json_array();
    while (text != NULL && *text != '\0') {
        size_t len = strcspn(text, "\n");
        if (len > 0)
            json_array_append_new(items, json_pack("{s:s%}", "text", text, len));
        text += len + (text[len] == '\n' ? 1 : 0);
    }
    return items;
}

static void take_row(void *context, const struct register_row *row)
{
    *(json_t **)context = register_row_json(row);
}

static json_t *one_json(const struct page *page, const struct published *published,
                        const json_t *ngo)
{
    const struct one *one = page->context;
    const json_t *category = category_at(published, one->category);
    const json_t *evaluation = page_phase(published->campaign, "evaluation");
    json_t *json = item_json(page, published->campaign, one->nominee);
    bool open = evaluation != NULL && strcmp(page_phase_state(evaluation), "open") == 0;
    json_object_update_new(
        json,
        json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "category",
                  page_text(json_object_get(category, "name"), page->lang), "category_url",
                  page_url(page, "categories/%s", text_of(category, "id")), "evaluate_url",
                  open ? page_url(page, "evaluate") : json_null(), "paragraphs",
                  paragraphs_json(json_string_value(json_object_get(one->text, "text"))), "links",
                  links_json(json_object_get(one->text, "links")), "facts",
                  ngo == NULL ? json_null() : register_page_facts(page, published->campaign, ngo),
                  "register_url", register_page_url(page, text_of(one->nominee, "ngo")), "list_url",
                  page_url(page, "nominees?direction=%s", text_of(category, "id"))));
    return json;
}

static void got_facts(void *context, enum err err, struct register_store *store,
                      struct published *published)
{
    struct page *page = context;
    const struct one *one = page->context;
    json_t *ngo = NULL;
    if (err == OK)
        err = register_store_find(store, slice_str(text_of(one->nominee, "ngo")), take_row, &ngo);
    if (err != OK && err != ERR_NOT_FOUND) {
        page_reply_problem(page, "busy");
        return;
    }
    json_t *data = page_data(page, published);
    json_object_set_new(data, "nominee", one_json(page, published, ngo));
    json_decref(ngo);
    page_reply(page, "nominee", data);
}

static void get_one(struct http_request *request, void *front)
{
    struct page *page = page_start_campaign(front, request);
    if (page == NULL)
        return;
    struct one *one = xcalloc(1, sizeof *one);
    one->id = http_request_param(request, "nominee");
    page->context = one;
    page->release = release_one;
    page_read(page, PAGE_NOTHING_MORE, got_first);
}

const struct http_route nominee_page_routes[] = {
    {HTTP_GET, "/{lang}/{campaign}/nominees", 0, get_list},
    {HTTP_GET, "/{lang}/{campaign}/nominees/{nominee}", 0, get_one},
};
const size_t nominee_page_routes_len = sizeof nominee_page_routes / sizeof *nominee_page_routes;
