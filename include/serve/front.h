/*
 * The front: the process that speaks HTTP. It owns nothing that must last, decides nothing that
 * counts, and sees neither a signing key nor a person number.
 *
 * This is what its endpoints (…_http.c in the folders of the domain) stand on. Each endpoint is one
 * use case: a handler that checks and launches, and one function per answer that comes back.
 */
#ifndef SERVE_FRONT_H
#define SERVE_FRONT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/json.h"
#include "http/messages.h"
#include "http/request.h"
#include "http/server.h"
#include "http/static.h"
#include "http/template.h"
#include "ipc/peer.h"
#include "redis/client.h"
#include "serve/options.h"
#include "serve/parent.h"

#define LEDGER_TIMEOUT_MS 10000    /* a batch waits at most for the one before it */
#define REGISTRAR_TIMEOUT_MS 20000 /* sixteen blind signatures on a loaded core, and the ledger */
#define REDIS_TIMEOUT_MS 2000

struct front_campaign {
    char *id;
    char *folder;
    struct ipc_client *ledger;
    struct register_shelf *ngos; /* register/reading_http.c's: the register, once it was wanted */
};

struct front {
    const struct child_spec *spec;
    const struct serve_options *options;
    struct event_base *base;
    struct http_server *server;
    struct admin *admin;        /* of the first front, else NULL */
    struct ipc_server *figures; /* where the first front asks for them; NULL in the first */
    struct metrics *metrics;
    struct redis_client *redis;
    struct ipc_client *registrar;
    struct static_files *files;
    struct templates *templates;
    struct messages *messages;
    struct front_campaign *campaigns;
    size_t campaigns_len;
    bool draining;
};

/* The exit code of the front process, for parent_options.child_main. */
int front_main(const struct child_spec *spec);

/* The campaign of that id, or NULL. */
struct front_campaign *front_campaign(struct front *front, struct slice id);

/* The campaign that the path's {id} names; answers with the problem unknown_campaign when there is
 * none, and returns NULL. */
struct front_campaign *front_request_campaign(struct front *front, struct http_request *request);

/*
 * Charges a rate limit by the client's address, then calls go, or answers rate_limited. Lifted
 * limits call go at once. With Redis away: busy (nothing could be accepted then anyway).
 */
void front_limit(struct front *front, struct http_request *request, const char *purpose,
                 uint32_t per_minute,
                 void (*go)(struct front *front, struct http_request *request));

/* ---- asking the registrar (serve/registrar.h) ---- */

/* The registrar's result, an object; takes it. Replies. */
typedef void front_answered(struct front *front, struct http_request *request, json_t *result);

/*
 * Asks the registrar by name, about the campaign that the path's {id} names, which must be there
 * (front_request_campaign()). Takes members, an object, or NULL. A problem is answered as such, a
 * result goes to `then`, where a status or headers (http_reply_header()) may depend on it.
 */
void front_ask_then(struct front *front, struct http_request *request, const char *ask,
                    json_t *members, front_answered *then);

/* The same when the result is the answer, under this status. */
void front_ask(struct front *front, struct http_request *request, const char *ask, json_t *members,
               int status);

/* The citizen's session out of `Authorization: Bearer …`, as the member `token` of an ask. NULL:
 * there is none, and signed_out has been answered. */
json_t *front_bearer(struct http_request *request);

/* A citizen's ask: the body (http_request_members()) with that `token`. NULL: it has been answered.
 */
json_t *front_bearer_members(struct http_request *request, const struct http_member *members,
                             size_t count);

/* ---- what Redis publishes of a campaign, read in one step ---- */

struct published {
    json_t *campaign; /* as the ledger process wrote it; owned */
    json_t *counts;   /* object "<cat>|issued" → integer; owned */
    json_t *values;   /* what was asked for beside it: see published_read(); owned, or NULL */
    uint64_t size;
    char root[65];    /* hex */
    char *checkpoint; /* owned, NUL-terminated */
};

/* What to read beside the campaign: a hash, whole (values: object field → text) or one field of it
 * (values: text, or NULL). suffix is the key without its tag; NULL: nothing. */
struct published_key {
    const char *suffix;
    const char *field; /* NULL: the whole hash */
};

/* err is OK: published is valid during the call, and the callee may take members out by setting
 * them NULL. ERR_UNAVAILABLE: Redis is away or does not know the campaign yet. */
typedef void published_callback(void *context, enum err err, struct published *published);

/* Launch law: OK = callback once, later. */
enum err published_read(struct front *front, const char *campaign, struct published_key key,
                        published_callback *callback, void *context) MUST_CHECK;

/* {"checkpoint", "root", "size", "url"} of the campaign's ledger. */
json_t *published_ledger(const struct published *published, const char *campaign);

/* ---- routes of the rooms ---- */

/* Each room's table, `<room>_routes`; front.c lists them. */
#define FRONT_ROUTES(room)                                                                         \
    extern const struct http_route room##_routes[];                                                \
    extern const size_t room##_routes_len

FRONT_ROUTES(ballot);
FRONT_ROUTES(pass);
FRONT_ROUTES(tally);
FRONT_ROUTES(campaign);
FRONT_ROUTES(ledger);
FRONT_ROUTES(health);
FRONT_ROUTES(staff);
FRONT_ROUTES(nomination);
FRONT_ROUTES(moderation);
FRONT_ROUTES(home_page);
FRONT_ROUTES(campaign_page);
FRONT_ROUTES(category_page);
FRONT_ROUTES(evaluate_page);
FRONT_ROUTES(verify_page);
FRONT_ROUTES(nomination_page);
FRONT_ROUTES(problem_page);
FRONT_ROUTES(staff_page);

FRONT_ROUTES(register);
FRONT_ROUTES(register_page);
FRONT_ROUTES(nominee_page);
FRONT_ROUTES(results_page);

/* Closes the register of a campaign. */
void register_shelf_clear(struct front_campaign *campaign);

/* Pages' answer for an address that is nothing. */
void page_not_found(struct http_request *request, void *context);

#endif
