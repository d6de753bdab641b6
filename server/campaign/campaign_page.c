/*
 * The pages: home, a campaign, a category, a problem. Each is a template of the web build filled
 * with what Redis publishes; the data of each page is described beside its markup (web/src/pages).
 */
#include <stdlib.h>

#include "base/mem.h"
#include "http/fmt.h"
#include "http/problem.h"
#include "http/static.h"
#include "http/template.h"
#include "serve/front.h"

#define PAGE_MAX (4U << 20)

/* ---- sending -------------------------------------------------------------------------------- */

static void release_page(void *page)
{
    free(page);
}

/* Fills the template with data (taken) and answers. */
static void reply_page(struct front *front, struct http_request *request, int status,
                       enum lang lang, const char *name, json_t *data)
{
    struct buf page;
    struct fault fault = {{0}};
    char etag[STATIC_ETAG_CAP];
    const struct template *template = templates_find(front->templates, lang, name);
    buf_init(&page, PAGE_MAX);
    enum err err = template_fill(template, data, &page, &fault);
    json_decref(data);
    if (err != OK) {
        buf_release(&page);
        http_reply_err(request, err);
        return;
    }
    size_t len = 0;
    uint8_t *bytes = buf_take(&page, &len);
    static_etag(etag, slice_of(bytes, len));
    http_reply_answer(request, &(struct http_answer){.status = status,
                                                     .content_type = "text/html; charset=utf-8",
                                                     .body = slice_of(bytes, len),
                                                     .etag = status == 200 ? etag : NULL,
                                                     .cache_control = "no-cache",
                                                     .content_security = static_csp(front->files),
                                                     .release = release_page,
                                                     .release_context = bytes});
}

/* The frame's data: this page in each language. rest is the path behind the language. */
static json_t *frame_json(enum lang lang, const char *rest)
{
    return json_pack("{s:o,s:{s:o,s:o,s:o}}", "home_url", json_sprintf("/%s/", lang_code(lang)),
                     "languages", "kk", json_sprintf("/kk/%s", rest), "ru",
                     json_sprintf("/ru/%s", rest), "en", json_sprintf("/en/%s", rest));
}

static void reply_problem_page(struct front *front, struct http_request *request, int status,
                               enum lang lang, const char *code, bool happened)
{
    const struct problem *problem = problem_find(code);
    char *rest = happened ? xstrdup("") : xasprintf("problems/%s", problem->code);
    json_t *data = frame_json(lang, rest);
    json_object_set_new(data, "problem",
                        json_pack("{s:s,s:i,s:s,s:s,s:s?}", "code", problem->code, "status",
                                  problem->status, "title", problem->text[lang].title, "detail",
                                  problem->text[lang].detail, "request_id",
                                  happened ? http_request_id(request) : NULL));
    free(rest);
    reply_page(front, request, status, lang, "problem", data);
}

void page_not_found(struct http_request *request, void *context)
{
    reply_problem_page(context, request, 404, http_request_language(request), "not_found", true);
}

/* The language that the path's {lang} names; answers 404 when it names none. */
static bool page_lang(struct front *front, struct http_request *request, enum lang *lang)
{
    if (lang_parse(http_request_param(request, "lang"), lang))
        return true;
    page_not_found(request, front);
    return false;
}

/* ---- parts ---------------------------------------------------------------------------------- */

/* The text of an object {kk, ru, en}; the first that is not empty when this one is. */
static const char *in_lang(const json_t *text, enum lang lang)
{
    const char *own = json_string_value(json_object_get(text, lang_code(lang)));
    for (int other = LANG_KK; (own == NULL || *own == '\0') && other <= LANG_EN; other++)
        own = json_string_value(json_object_get(text, lang_code((enum lang)other)));
    return own == NULL ? "" : own;
}

static const char *state_of(const json_t *phase)
{
    return json_is_true(json_object_get(phase, "paused"))
               ? "paused"
               : json_string_value(json_object_get(phase, "state"));
}

/* The phase to speak of: the first that is not closed, else the last. */
static const json_t *current_phase(const json_t *campaign)
{
    const json_t *phase = NULL;
    size_t i;
    json_array_foreach(json_object_get(campaign, "phases"), i, phase)
    {
        if (strcmp(state_of(phase), "closed") != 0)
            return phase;
    }
    return phase;
}

static json_t *phase_sentence(struct front *front, const json_t *campaign, enum lang lang)
{
    const json_t *phase = current_phase(campaign);
    struct buf text;
    struct fault fault;
    buf_init(&text, 2048);
    json_t *sentence = json_string("");
    if (phase != NULL &&
        messages_phase(front->messages, lang, json_string_value(json_object_get(phase, "id")),
                       state_of(phase), json_integer_value(json_object_get(phase, "opens")),
                       json_integer_value(json_object_get(phase, "closes")), &text, &fault) == OK) {
        json_decref(sentence);
        sentence = json_string(buf_text(&text));
    }
    buf_release(&text);
    return sentence;
}

static json_t *campaign_frame(struct front *front, const struct published *published,
                              enum lang lang)
{
    const json_t *campaign = published->campaign;
    const char *id = json_string_value(json_object_get(campaign, "id"));
    return json_pack("{s:s,s:o,s:b,s:{s:o},s:{s:I,s:o}}", "name",
                     in_lang(json_object_get(campaign, "name"), lang), "url",
                     json_sprintf("/%s/%s/", lang_code(lang), id), "demo",
                     (int)json_is_true(json_object_get(campaign, "demo")), "phase", "sentence",
                     phase_sentence(front, campaign, lang), "ledger", "size",
                     (json_int_t)published->size, "url",
                     json_sprintf("/%s/%s/#ledger", lang_code(lang), id));
}

static json_int_t count_of(const struct published *published, const char *cat, const char *name)
{
    char key[64];
    (void)snprintf(key, sizeof key, "%s|%s", cat, name);
    return json_integer_value(json_object_get(published->counts, key));
}

/* ---- reading -------------------------------------------------------------------------------- */

struct page {
    struct front *front;
    struct http_request *request;
    enum lang lang;
    struct front_campaign *campaign;
    char *category;
    json_t *results; /* of a category: its tally file, between the two readings */
};

static void page_finish(struct page *page)
{
    json_decref(page->results);
    free(page->category);
    free(page);
}

static struct page *page_start(struct front *front, struct http_request *request)
{
    enum lang lang;
    if (!page_lang(front, request, &lang))
        return NULL;
    struct page *page = xcalloc(1, sizeof *page);
    *page = (struct page){.front = front, .request = request, .lang = lang};
    return page;
}

static void page_launch(struct page *page, struct published_key key, published_callback *callback)
{
    enum err err = published_read(page->front, page->campaign->id, key, callback, page);
    if (err == OK)
        return;
    reply_problem_page(page->front, page->request, 503, page->lang, "busy", true);
    page_finish(page);
}

/* The page's campaign by the path; answers and ends the page when there is none. */
static bool page_campaign(struct page *page)
{
    page->campaign = front_campaign(page->front, http_request_param(page->request, "campaign"));
    if (page->campaign != NULL)
        return true;
    page_not_found(page->request, page->front);
    page_finish(page);
    return false;
}

/* ---- a campaign ----------------------------------------------------------------------------- */

static json_t *phases_json(struct front *front, const json_t *campaign, enum lang lang)
{
    json_t *list = json_array(), *phase;
    const json_t *current = current_phase(campaign);
    size_t i;
    json_array_foreach(json_object_get(campaign, "phases"), i, phase)
    {
        char key[64];
        (void)snprintf(key, sizeof key, "server.phase.%s",
                       json_string_value(json_object_get(phase, "id")));
        const char *name = messages_find(front->messages, lang, key);
        json_array_append_new(list, json_pack("{s:s,s:b,s:O,s:O}", "name", name == NULL ? "" : name,
                                              "current", (int)(phase == current), "opens",
                                              json_object_get(phase, "opens"), "closes",
                                              json_object_get(phase, "closes")));
    }
    return list;
}

static json_t *categories_json(const struct published *published, enum lang lang,
                               json_int_t total[static 3])
{
    json_t *list = json_array(), *category;
    const char *id = json_string_value(json_object_get(published->campaign, "id"));
    size_t i;
    json_array_foreach(json_object_get(published->campaign, "categories"), i, category)
    {
        const char *cat = json_string_value(json_object_get(category, "id"));
        json_int_t nominees = json_integer_value(json_object_get(category, "nominees"));
        json_int_t issued = count_of(published, cat, "issued");
        json_int_t cast = count_of(published, cat, "cast");
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:o,s:I,s:I,s:I}", "id", cat, "name",
                            in_lang(json_object_get(category, "name"), lang), "url",
                            json_sprintf("/%s/%s/categories/%s", lang_code(lang), id, cat),
                            "nominees", nominees, "issued", issued, "cast", cast));
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

static json_t *campaign_json(struct page *page, const struct published *published)
{
    const json_t *campaign = published->campaign;
    const char *id = page->campaign->id;
    json_int_t total[3] = {0, 0, 0};
    json_t *json = campaign_frame(page->front, published, page->lang);
    json_t *ledger = json_object_get(json, "ledger");
    json_object_update_new(ledger, json_pack("{s:O,s:o,s:s,s:o,s:O}", "origin",
                                             json_object_get(campaign, "origin"), "root",
                                             root_json(published->checkpoint), "checkpoint",
                                             published->checkpoint, "checkpoint_url",
                                             json_sprintf("/%s/ledger/checkpoint", id), "key",
                                             json_object_get(campaign, "vkey")));
    json_t *categories = categories_json(published, page->lang, total);
    json_object_update_new(
        json, json_pack("{s:s,s:o,s:o,s:{s:I,s:I,s:I},s:o,s:o,s:o}", "id", id, "phases",
                        phases_json(page->front, campaign, page->lang), "categories", categories,
                        "total", "nominees", total[0], "issued", total[1], "cast", total[2],
                        "api_url", json_sprintf("/api/v1/campaigns/%s", id), "rules_url",
                        json_sprintf("/%s/ledger/files/%s", id,
                                     json_string_value(json_object_get(campaign, "rules"))),
                        "verify_command",
                        json_sprintf("dauys verify --vkey '%s' LEDGER",
                                     json_string_value(json_object_get(campaign, "vkey")))));
    return json;
}

static void got_campaign(void *context, enum err err, struct published *published)
{
    struct page *page = context;
    char *rest = xasprintf("%s/", page->campaign->id);
    if (err != OK) {
        reply_problem_page(page->front, page->request, 503, page->lang, "busy", true);
    } else {
        json_t *data = frame_json(page->lang, rest);
        json_object_set_new(data, "campaign", campaign_json(page, published));
        reply_page(page->front, page->request, 200, page->lang, "campaign", data);
    }
    free(rest);
    page_finish(page);
}

static void get_campaign(struct http_request *request, void *context)
{
    struct page *page = page_start(context, request);
    if (page != NULL && page_campaign(page))
        page_launch(page, (struct published_key){NULL, NULL}, got_campaign);
}

/* ---- a category: its tally, then its nominees ------------------------------------------------ */

static const json_t *find_category(const json_t *campaign, const char *id)
{
    json_t *category;
    size_t i;
    json_array_foreach(json_object_get(campaign, "categories"), i, category)
    {
        if (strcmp(id, json_string_value(json_object_get(category, "id"))) == 0)
            return category;
    }
    return NULL;
}

/* A score "n" or "n/d" as a number, for people to look at; order is never taken from it. */
static double score_of(const json_t *row)
{
    const char *text = json_string_value(json_object_get(row, "score"));
    char *slash = NULL;
    double over = strtod(text, &slash);
    return *slash == '/' ? over / strtod(slash + 1, NULL) : over;
}

/* "4,25" in kk and ru, "4.25" in en; whole scores are grouped. */
static json_t *score_text(double score, bool mean, enum lang lang)
{
    struct buf out;
    buf_init(&out, 64);
    if (!mean) {
        fmt_number(&out, lang, (int64_t)score);
    } else {
        long hundredths = (long)(score * 100 + 0.5);
        buf_printf(&out, "%ld%c%02ld", hundredths / 100, lang == LANG_EN ? '.' : ',',
                   hundredths % 100);
    }
    json_t *text = json_string(buf_text(&out));
    buf_release(&out);
    return text;
}

struct scale {
    bool mean;
    double most;        /* the highest possible mean */
    double best;        /* the first one's score */
    json_int_t counted; /* ballots */
};

static json_t *row_json(const json_t *row, const struct scale *scale, const char *name,
                        enum lang lang)
{
    double score = score_of(row);
    double share = scale->mean ? score / scale->most
                               : (double)json_integer_value(json_object_get(row, "voters")) /
                                     (double)(scale->counted == 0 ? 1 : scale->counted);
    return json_pack("{s:O,s:s,s:o,s:I,s:I}", "place", json_object_get(row, "place"), "name", name,
                     "value", score_text(score, scale->mean, lang), "share",
                     (json_int_t)(share * 1000 + 0.5), "bar",
                     (json_int_t)(scale->best <= 0 ? 0 : score / scale->best * 1000 + 0.5));
}

static const char *nominee_name(const json_t *values, const json_t *row, enum lang lang, char *out,
                                size_t cap)
{
    const char *id = json_string_value(json_object_get(row, "nominee"));
    json_t *nominee = json_loads(json_string_value(json_object_get(values, id)), 0, NULL);
    const char *name = in_lang(json_object_get(nominee, "name"), lang);
    (void)snprintf(out, cap, "%s", *name == '\0' ? id : name);
    json_decref(nominee);
    return out;
}

static json_t *tally_json(const struct page *page, const json_t *category, const json_t *values)
{
    const json_t *tally = page->results, *ballot = json_object_get(category, "ballot");
    const char *method = json_string_value(json_object_get(ballot, "method"));
    json_t *rows = json_array(), *row;
    bool mean = strcmp(method, "score") == 0;
    bool points = strcmp(method, "points") == 0 || strcmp(method, "rank") == 0;
    struct scale scale = {mean, 1, 0, json_integer_value(json_object_get(tally, "counted"))};
    size_t i;
    if (mean)
        scale.most = (double)json_integer_value(json_object_get(ballot, "most"));
    json_array_foreach(json_object_get(tally, "ranking"), i, row)
    {
        char name[1024];
        if (i == 0)
            scale.best = score_of(row);
        json_array_append_new(
            rows, row_json(row, &scale, nominee_name(values, row, page->lang, name, sizeof name),
                           page->lang));
    }
    return json_pack(
        "{s:b,s:b,s:b,s:O,s:O,s:O,s:O,s:o}", "is_votes", (int)(!mean && !points), "is_points",
        (int)points, "is_mean", (int)mean, "counted", json_object_get(tally, "counted"),
        "superseded", json_object_get(tally, "superseded"), "spoiled",
        json_object_get(tally, "spoiled"), "void", json_object_get(tally, "void"), "rows", rows);
}

/* In the order of a published seed, which is no NGO's doing: the hash of nominee and rules. */
struct shuffled {
    char etag[STATIC_ETAG_CAP];
    json_t *nominee;
};

static int by_hash(const void *a, const void *b)
{
    return strcmp(((const struct shuffled *)a)->etag, ((const struct shuffled *)b)->etag);
}

static json_t *nominees_json(const struct page *page, const json_t *campaign, json_t *values)
{
    size_t count = 0;
    struct shuffled *all = xcalloc(json_object_size(values) + 1, sizeof *all);
    json_t *list = json_array(), *value;
    const json_t *regions = json_object_get(campaign, "regions");
    const char *seed = json_string_value(json_object_get(campaign, "rules")), *id;
    json_object_foreach(values, id, value)
    {
        char *text = xasprintf("%s\n%s\n", seed, id);
        static_etag(all[count].etag, slice_str(text));
        all[count++].nominee = json_loads(json_string_value(value), 0, NULL);
        free(text);
    }
    qsort(all, count, sizeof *all, by_hash);
    for (size_t i = 0; i < count; i++) {
        const json_t *nominee = all[i].nominee;
        const char *code = json_string_value(json_object_get(nominee, "region"));
        json_array_append_new(
            list, json_pack("{s:O,s:s,s:s,s:O}", "id", json_object_get(nominee, "id"), "name",
                            in_lang(json_object_get(nominee, "name"), page->lang), "region",
                            in_lang(json_object_get(regions, code == NULL ? "" : code), page->lang),
                            "ngo", json_object_get(nominee, "ngo")));
        json_decref(all[i].nominee);
    }
    free(all);
    return list;
}

static void reply_category(struct page *page, const struct published *published,
                           const json_t *category)
{
    const char *cat = page->category;
    char *rest = xasprintf("%s/categories/%s", page->campaign->id, cat);
    json_t *data = frame_json(page->lang, rest);
    json_t *tally =
        page->results == NULL ? json_null() : tally_json(page, category, published->values);
    json_object_set_new(data, "campaign", campaign_frame(page->front, published, page->lang));
    json_object_set_new(data, "category",
                        json_pack("{s:s,s:s,s:I,s:I,s:o,s:o}", "id", cat, "name",
                                  in_lang(json_object_get(category, "name"), page->lang), "issued",
                                  count_of(published, cat, "issued"), "cast",
                                  count_of(published, cat, "cast"), "nominees",
                                  nominees_json(page, published->campaign, published->values),
                                  "tally", tally));
    free(rest);
    reply_page(page->front, page->request, 200, page->lang, "category", data);
}

static void got_nominees(void *context, enum err err, struct published *published)
{
    struct page *page = context;
    const json_t *category = err == OK ? find_category(published->campaign, page->category) : NULL;
    if (err != OK)
        reply_problem_page(page->front, page->request, 503, page->lang, "busy", true);
    else if (category == NULL)
        page_not_found(page->request, page->front);
    else
        reply_category(page, published, category);
    page_finish(page);
}

static void got_tally(void *context, enum err err, struct published *published)
{
    struct page *page = context;
    if (err == OK && json_is_string(published->values))
        page->results = json_loads(json_string_value(published->values), 0, NULL);
    char *suffix = xasprintf("nominees:%s", page->category);
    page_launch(page, (struct published_key){suffix, NULL}, got_nominees);
    free(suffix);
}

static void get_category(struct http_request *request, void *context)
{
    struct page *page = page_start(context, request);
    if (page == NULL || !page_campaign(page))
        return;
    struct slice category = http_request_param(request, "cat");
    page->category = xstrndup(category.data, category.len);
    page_launch(page, (struct published_key){"results", page->category}, got_tally);
}

/* ---- home, problems ------------------------------------------------------------------------- */

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
                                   in_lang(json_object_get(campaign, "name"), page->lang), "url",
                                   json_sprintf("/%s/%s/", lang_code(page->lang),
                                                json_string_value(json_object_get(campaign, "id"))),
                                   "demo", (int)json_is_true(json_object_get(campaign, "demo")),
                                   "sentence", phase_sentence(page->front, campaign, page->lang)));
    }
    home_next(home);
}

static void home_next(struct home *home)
{
    struct page *page = home->page;
    for (; home->next < page->front->campaigns_len; home->next++) {
        if (published_read(page->front, page->front->campaigns[home->next].id,
                           (struct published_key){NULL, NULL}, got_home_campaign, home) == OK)
            return;
    }
    json_t *data = frame_json(page->lang, "");
    json_object_set_new(data, "campaigns", home->items);
    reply_page(page->front, page->request, 200, page->lang, "home", data);
    page_finish(page);
    free(home);
}

static void get_home(struct http_request *request, void *context)
{
    struct page *page = page_start(context, request);
    if (page == NULL)
        return;
    struct home *home = xcalloc(1, sizeof *home);
    *home = (struct home){page, 0, json_array()};
    home_next(home);
}

static void get_root(struct http_request *request, void *context)
{
    char location[8];
    (void)context;
    (void)snprintf(location, sizeof location, "/%s/", lang_code(http_request_language(request)));
    http_reply_redirect(request, 302, location);
}

static void get_problem(struct http_request *request, void *context)
{
    enum lang lang;
    struct slice param = http_request_param(request, "code");
    char code[64];
    if (!page_lang(context, request, &lang))
        return;
    (void)snprintf(code, sizeof code, "%.*s", SLICE_PRINT(param));
    if (param.len < sizeof code && problem_known(code))
        reply_problem_page(context, request, 200, lang, code, false);
    else
        page_not_found(request, context);
}

/* `type` of a problem has no language: on to the reader's. */
static void get_problem_type(struct http_request *request, void *context)
{
    char location[96];
    struct slice code = http_request_param(request, "code");
    if (code.len > 64) {
        page_not_found(request, context);
        return;
    }
    (void)snprintf(location, sizeof location, "/%s/problems/%.*s",
                   lang_code(http_request_language(request)), SLICE_PRINT(code));
    http_reply_redirect(request, 302, location);
}

const struct http_route page_routes[] = {
    {HTTP_GET, "/", 0, get_root},
    {HTTP_GET, "/{lang}/", 0, get_home},
    {HTTP_GET, "/{lang}/{campaign}/", 0, get_campaign},
    {HTTP_GET, "/{lang}/{campaign}/categories/{cat}", 0, get_category},
    {HTTP_GET, "/problems/{code}", 0, get_problem_type},
    {HTTP_GET, "/{lang}/problems/{code}", 0, get_problem},
};
const size_t page_routes_len = sizeof page_routes / sizeof *page_routes;
