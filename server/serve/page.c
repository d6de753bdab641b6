#include "serve/page.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "http/problem.h"
#include "serve/message.h"

#define PAGE_MAX (4U << 20)

/* ---- starting, ending ----------------------------------------------------------------------- */

static struct page *make_page(struct front *front, struct http_request *request, enum lang lang)
{
    struct page *page = xcalloc(1, sizeof *page);
    *page = (struct page){.front = front, .request = request, .lang = lang};
    return page;
}

static void finish(struct page *page)
{
    if (page->release != NULL)
        page->release(page->context);
    free(page);
}

struct page *page_start(struct front *front, struct http_request *request)
{
    enum lang lang;
    if (lang_parse(http_request_param(request, "lang"), &lang))
        return make_page(front, request, lang);
    page_not_found(request, front);
    return NULL;
}

struct page *page_start_campaign(struct front *front, struct http_request *request)
{
    struct page *page = page_start(front, request);
    if (page == NULL)
        return NULL;
    page->campaign = front_campaign(front, http_request_param(request, "campaign"));
    if (page->campaign != NULL)
        return page;
    page_reply_problem(page, "not_found");
    return NULL;
}

/* ---- reading -------------------------------------------------------------------------------- */

struct page_reading {
    struct page *page;
    page_callback *callback;
};

static void got_published(void *context, enum err err, struct published *published)
{
    struct page_reading reading = *(struct page_reading *)context;
    free(context);
    if (err == OK)
        reading.callback(reading.page, published);
    else
        page_reply_problem(reading.page, "busy");
}

void page_read(struct page *page, struct published_key key, page_callback *callback)
{
    struct page_reading *reading = xcalloc(1, sizeof *reading);
    *reading = (struct page_reading){page, callback};
    if (published_read(page->front, page->campaign->id, key, got_published, reading) == OK)
        return;
    free(reading);
    page_reply_problem(page, "busy");
}

/* ---- asking the registrar ------------------------------------------------------------------- */

struct page_asking {
    struct page *page;
    page_answered *callback;
};

static void got_answer(void *context, enum err err, struct slice payload)
{
    struct page_asking asking = *(struct page_asking *)context;
    json_t *answer =
        err == OK ? json_loadb((const char *)payload.data, payload.len, 0, NULL) : NULL;
    free(context);
    if (!json_is_object(answer) || json_object_get(answer, "code") != NULL) {
        json_decref(answer);
        answer = NULL;
    }
    asking.callback(asking.page, answer);
}

void page_ask(struct page *page, const char *ask, json_t *members, page_answered *callback)
{
    json_object_update_new(members,
                           json_pack("{s:s,s:s}", "ask", ask, "campaign", page->campaign->id));
    char *text = json_dumps(members, JSON_COMPACT);
    struct slice part = slice_str(text == NULL ? "{}" : text);
    struct page_asking *asking = xcalloc(1, sizeof *asking);
    *asking = (struct page_asking){page, callback};
    json_decref(members);
    enum err err = ipc_client_send(page->front->registrar, MESSAGE_ASK, &part, 1,
                                   REGISTRAR_TIMEOUT_MS, got_answer, asking);
    free(text);
    if (err != OK)
        got_answer(asking, err, slice_of(NULL, 0));
}

/* ---- parts of what is published ------------------------------------------------------------- */

const char *page_text(const json_t *text, enum lang lang)
{
    const char *own = json_string_value(json_object_get(text, lang_code(lang)));
    for (int other = LANG_KK; (own == NULL || *own == '\0') && other <= LANG_EN; other++)
        own = json_string_value(json_object_get(text, lang_code((enum lang)other)));
    return own == NULL ? "" : own;
}

const char *page_phase_state(const json_t *phase)
{
    return json_is_true(json_object_get(phase, "paused"))
               ? "paused"
               : json_string_value(json_object_get(phase, "state"));
}

const json_t *page_current_phase(const json_t *campaign)
{
    const json_t *phase = NULL;
    size_t i;
    json_array_foreach(json_object_get(campaign, "phases"), i, phase)
    {
        if (strcmp(page_phase_state(phase), "closed") != 0)
            return phase;
    }
    return phase;
}

static const json_t *by_id(const json_t *list, struct slice id)
{
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        if (slice_is(id, json_string_value(json_object_get(item, "id"))))
            return item;
    }
    return NULL;
}

const json_t *page_phase(const json_t *campaign, const char *id)
{
    return by_id(json_object_get(campaign, "phases"), slice_str(id));
}

const json_t *page_category(const json_t *campaign, struct slice id)
{
    return by_id(json_object_get(campaign, "categories"), id);
}

json_t *page_categories(const struct page *page, const json_t *campaign)
{
    json_t *list = json_array(), *category;
    size_t i;
    json_array_foreach(json_object_get(campaign, "categories"), i, category)
    {
        const char *name = page_text(json_object_get(category, "name"), page->lang);
        json_array_append_new(
            list, json_pack("{s:O,s:s}", "id", json_object_get(category, "id"), "name", name));
    }
    return list;
}

json_int_t page_count(const struct published *published, const char *cat, const char *name)
{
    char key[64];
    (void)snprintf(key, sizeof key, "%s|%s", cat, name);
    return json_integer_value(json_object_get(published->counts, key));
}

/* ---- data ----------------------------------------------------------------------------------- */

json_t *page_url(const struct page *page, const char *rest, ...)
{
    va_list list;
    va_start(list, rest);
    json_t *path = json_vsprintf(rest, list);
    va_end(list);
    json_t *url = json_sprintf("/%s/%s/%s", lang_code(page->lang), page->campaign->id,
                               json_string_value(path));
    json_decref(path);
    return url;
}

json_t *page_message(const struct page *page, const char *key, const struct message_param *params,
                     size_t count)
{
    struct buf text;
    struct fault fault;
    buf_init(&text, 4096);
    enum err err =
        messages_format(page->front->messages, page->lang, key, params, count, &text, &fault);
    json_t *message = json_string(err == OK ? buf_text(&text) : "");
    buf_release(&text);
    return message;
}

json_t *page_phase_sentence(const struct page *page, const json_t *campaign)
{
    const json_t *phase = page_current_phase(campaign);
    struct buf text;
    struct fault fault;
    buf_init(&text, 2048);
    bool said =
        phase != NULL &&
        messages_phase(page->front->messages, page->lang,
                       json_string_value(json_object_get(phase, "id")), page_phase_state(phase),
                       json_integer_value(json_object_get(phase, "opens")),
                       json_integer_value(json_object_get(phase, "closes")), &text, &fault) == OK;
    json_t *sentence = json_string(said ? buf_text(&text) : "");
    buf_release(&text);
    return sentence;
}

/* This page in each language; rest is what stands behind the language in the path. */
static json_t *frame_json(enum lang lang, const char *rest)
{
    return json_pack("{s:o,s:o,s:{s:o,s:o,s:o}}", "home_url", json_sprintf("/%s/", lang_code(lang)),
                     "help_url", json_sprintf("/%s/help", lang_code(lang)), "languages", "kk",
                     json_sprintf("/kk/%s", rest), "ru", json_sprintf("/ru/%s", rest), "en",
                     json_sprintf("/en/%s", rest));
}

/* The phases with their dates, for the bar on every page. */
static json_t *phases_json(const struct page *page, const json_t *campaign)
{
    json_t *list = json_array(), *phase;
    const json_t *current = page_current_phase(campaign);
    size_t i;
    json_array_foreach(json_object_get(campaign, "phases"), i, phase)
    {
        char key[64];
        (void)snprintf(key, sizeof key, "server.phase.%s",
                       json_string_value(json_object_get(phase, "id")));
        const char *name = messages_find(page->front->messages, page->lang, key);
        json_array_append_new(list, json_pack("{s:s,s:b,s:O,s:O}", "name", name == NULL ? "" : name,
                                              "current", (int)(phase == current), "opens",
                                              json_object_get(phase, "opens"), "closes",
                                              json_object_get(phase, "closes")));
    }
    return list;
}

/* What was decided about the current phase: why it is paused, by which decision it was extended. */
static json_t *phase_notes(const struct page *page, const json_t *campaign)
{
    const json_t *phase = page_current_phase(campaign);
    const char *why = json_string_value(json_object_get(phase, "why"));
    const char *number = json_string_value(json_object_get(phase, "no"));
    json_t *notes = json_array();
    if (json_is_true(json_object_get(phase, "extended")) && number != NULL) {
        struct message_param param = {"number", number};
        json_array_append_new(
            notes,
            json_pack("{s:o}", "text", page_message(page, "server.phase_extended", &param, 1)));
    }
    if (json_is_true(json_object_get(phase, "paused")) && why != NULL) {
        struct message_param param = {"why", why};
        json_array_append_new(
            notes,
            json_pack("{s:o}", "text", page_message(page, "server.phase_paused", &param, 1)));
    }
    return notes;
}

static json_t *nav_json(const struct page *page)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "nominees", page_url(page, "nominees"),
                     "register", page_url(page, "register"), "results", page_url(page, "results"),
                     "verify", page_url(page, "verify"), "me", page_url(page, "me"), "staff",
                     page_url(page, "staff"));
}

static json_t *campaign_frame(const struct page *page, const struct published *published)
{
    const json_t *campaign = published->campaign;
    return json_pack("{s:s,s:o,s:b,s:{s:o,s:o},s:o,s:o,s:{s:I,s:o}}", "name",
                     page_text(json_object_get(campaign, "name"), page->lang), "url",
                     page_url(page, "%s", ""), "demo",
                     (int)json_is_true(json_object_get(campaign, "demo")), "phase", "sentence",
                     page_phase_sentence(page, campaign), "notes", phase_notes(page, campaign),
                     "phases", phases_json(page, campaign), "nav", nav_json(page), "ledger", "size",
                     (json_int_t)published->size, "url", page_url(page, "#ledger"));
}

json_t *page_data(const struct page *page, const struct published *published)
{
    struct slice target = http_request_target(page->request);
    struct buf rest;
    buf_init(&rest, 8192);
    for (size_t i = strlen("/kk/"); i < target.len; i++) {
        if (strchr("\\\"<>`", target.data[i]) == NULL)
            buf_put_byte(&rest, target.data[i]);
        else
            buf_printf(&rest, "%%%02X", target.data[i]);
    }
    json_t *data = frame_json(page->lang, buf_text(&rest));
    buf_release(&rest);
    if (published != NULL)
        json_object_set_new(data, "campaign", campaign_frame(page, published));
    return data;
}

/* ---- answering ------------------------------------------------------------------------------ */

static void release_bytes(void *bytes)
{
    free(bytes);
}

/* Fills the template with data (taken) and answers. */
static void reply_filled(struct page *page, int status, const char *name, json_t *data)
{
    struct front *front = page->front;
    struct buf html;
    struct fault fault = {{0}};
    char etag[STATIC_ETAG_CAP];
    buf_init(&html, PAGE_MAX);
    enum err err =
        template_fill(templates_find(front->templates, page->lang, name), data, &html, &fault);
    json_decref(data);
    if (err != OK) {
        log_error("page_not_filled", LOG_S("page", name), LOG_S("why", fault.text));
        buf_release(&html);
        http_reply_err(page->request, err);
        return;
    }
    size_t len = 0;
    uint8_t *bytes = buf_take(&html, &len);
    static_etag(etag, slice_of(bytes, len));
    http_reply_answer(page->request,
                      &(struct http_answer){.status = status,
                                            .content_type = "text/html; charset=utf-8",
                                            .body = slice_of(bytes, len),
                                            .etag = status == 200 ? etag : NULL,
                                            .cache_control = "no-cache",
                                            .content_security = static_csp(front->files),
                                            .release = release_bytes,
                                            .release_context = bytes});
}

void page_reply(struct page *page, const char *name, json_t *data)
{
    reply_filled(page, 200, name, data);
    finish(page);
}

static void reply_problem(struct page *page, int status, const struct problem *problem,
                          const char *rest, const char *request_id)
{
    json_t *data = frame_json(page->lang, rest);
    json_object_set_new(data, "problem",
                        json_pack("{s:s,s:i,s:s,s:s,s:s?}", "code", problem->code, "status",
                                  problem->status, "title", problem->text[page->lang].title,
                                  "detail", problem->text[page->lang].detail, "request_id",
                                  request_id));
    reply_filled(page, status, "problem", data);
}

void page_reply_problem(struct page *page, const char *code)
{
    const struct problem *problem = problem_find(code);
    reply_problem(page, problem->status, problem, "", http_request_id(page->request));
    finish(page);
}

void page_reply_explained(struct page *page, const char *code)
{
    char *rest = xasprintf("problems/%s", code);
    reply_problem(page, 200, problem_find(code), rest, NULL);
    free(rest);
    finish(page);
}

void page_not_found(struct http_request *request, void *context)
{
    page_reply_problem(make_page(context, request, http_request_language(request)), "not_found");
}
