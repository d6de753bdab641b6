/*
 * What a page's C (<room>_page.c) stands on. A page is a template of the web build (web/src/pages,
 * where its data is described) filled with what Redis publishes, or with what another process
 * answered. The shape of one, as a chain of named steps:
 *
 *     static void got_published(struct page *page, struct published *published)
 *     {
 *         json_t *data = page_data(page, published);
 *         json_object_set_new(data, "register", …);
 *         page_reply(page, "register", data);
 *     }
 *     static void get_register(struct http_request *request, void *front)
 *     {
 *         struct page *page = page_start_campaign(front, request);
 *         if (page != NULL)
 *             page_read(page, PAGE_NOTHING_MORE, got_published);
 *     }
 *
 * and a line in the room's route table ({lang} first in the path), which front.c lists. A page is
 * made by a start and ended by exactly one of the replies, which also answer the request.
 */
#ifndef SERVE_PAGE_H
#define SERVE_PAGE_H

#include <jansson.h>
#include <stdbool.h>

#include "serve/front.h"

struct page {
    struct front *front;
    struct http_request *request;
    enum lang lang;
    struct front_campaign *campaign; /* NULL where the path has no {campaign} */
    /* The room's own, between two steps; released with the page when release is set. */
    void *context;
    void (*release)(void *context);
};

/* ---- starting: NULL when the request has been answered with 404 ---- */

/* By {lang}. */
struct page *page_start(struct front *front, struct http_request *request);
/* By {lang} and {campaign}. */
struct page *page_start_campaign(struct front *front, struct http_request *request);

/* ---- reading ---- */

/* published is valid during the call; members may be taken by setting them NULL. */
typedef void page_callback(struct page *page, struct published *published);

#define PAGE_NOTHING_MORE ((struct published_key){NULL, NULL})

/* Reads what is published of the page's campaign, then calls back, later and once; when that cannot
 * be read the page is ended with the problem `busy` and callback never comes. */
void page_read(struct page *page, struct published_key key, page_callback *callback);

/* What the registrar answered, an object of the callee's; NULL: it could not answer, or refused. */
typedef void page_answered(struct page *page, json_t *answer);

/* Asks the registrar by name about the page's campaign. Takes members, an object. Calls back once,
 * usually later, at once when it cannot be asked. */
void page_ask(struct page *page, const char *ask, json_t *members, page_answered *callback);

/* ---- data ---- */

/* The frame's data (FrameData, and with published also `campaign`: CampaignFrame). The language
 * switch keeps this page and its query. Owned by the caller, who adds the page's own members. */
json_t *page_data(const struct page *page, const struct published *published);

/* The text of an object {kk, ru, en}; another language's when this one is empty; "" when all are.
 */
const char *page_text(const json_t *text, enum lang lang);

/* Paths: "/kk/demo/<rest>" of the page's campaign. rest is a printf format. */
json_t *page_url(const struct page *page, const char *rest, ...)
    __attribute__((format(printf, 2, 3)));

/* The message of that key with its parameters filled in ("" when the texts do not have it). */
json_t *page_message(const struct page *page, const char *key, const struct message_param *params,
                     size_t count);

/* Parts of what is published: */

/* "paused", or unscheduled, scheduled, open, closed. */
const char *page_phase_state(const json_t *phase);
/* The phase to speak of: the first that is not closed, else the last; NULL when there is none. */
const json_t *page_current_phase(const json_t *campaign);
/* How that phase stands, as a sentence with its dates. */
json_t *page_phase_sentence(const struct page *page, const json_t *campaign);
/* Of `phases`, by id, and of `categories`; NULL when there is none. */
const json_t *page_phase(const json_t *campaign, const char *id);
const json_t *page_category(const json_t *campaign, struct slice id);
/* All categories, for an island: [{id, name}]. */
json_t *page_categories(const struct page *page, const json_t *campaign);
/* A count of a category: name is "issued" or "cast". */
json_int_t page_count(const struct published *published, const char *cat, const char *name);

/* ---- answering: each ends the page ---- */

/* 200 with the template `name` filled with data (taken). */
void page_reply(struct page *page, const char *name, json_t *data);
/* The problem's page, with its status. */
void page_reply_problem(struct page *page, const char *code);
/* An existing page with another status: 200 that explains a problem nobody had just now. */
void page_reply_explained(struct page *page, const char *code);

#endif
