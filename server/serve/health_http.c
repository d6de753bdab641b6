/* Is it alive, is it ready; and the files of the web build (scripts, icons, the API's description).
 */
#include <jansson.h>

#include "base/file.h"
#include "base/mem.h"
#include "http/metrics.h"
#include "serve/front.h"
#include "serve/message.h"

#define PING_TIMEOUT_MS 2000
#define STATUS_MAX 65536

static void get_livez(struct http_request *request, void *context)
{
    (void)context;
    http_reply(request, 200, "text/plain; charset=utf-8", slice_str("alive\n"));
}

/* ---- readyz: registrar, then each ledger, asked one after the other -------------------------- */

struct readiness {
    struct front *front;
    struct http_request *request;
    size_t next; /* 0: the registrar, then the campaigns */
    json_t *parts;
    bool ready;
};

static void ask_next(struct readiness *readiness);

static void note(struct readiness *readiness, const char *name, bool ready, const char *why)
{
    json_array_append_new(readiness->parts, json_pack("{s:s,s:b,s:s}", "name", name, "ready",
                                                      (int)ready, "why", why));
    readiness->ready = readiness->ready && ready;
}

/* What the parent knows: children that refuse to run, and whether all run as one user. */
static json_t *parent_status(const struct front *front)
{
    char path[FILE_PATH_CAP];
    struct buf bytes;
    struct fault fault;
    json_t *status = NULL;
    buf_init(&bytes, STATUS_MAX);
    file_path(path, front->spec->run_folder, "status.json");
    if (file_read(path, &bytes, &fault) == OK)
        status = json_loadb((const char *)bytes.data, bytes.len, 0, NULL);
    buf_release(&bytes);
    return status == NULL ? json_object() : status;
}

static void finish(struct readiness *readiness)
{
    json_t *status = parent_status(readiness->front);
    json_t *warnings = json_array();
    if (json_is_true(json_object_get(status, "unseparated")))
        json_array_append_new(warnings,
                              json_string("all processes run as one user: make the users "
                                          "dauys-front, dauys-registrar and dauys-ledger"));
    http_reply_json(readiness->request, readiness->ready ? 200 : 503,
                    json_pack("{s:b,s:o,s:o}", "ready", (int)readiness->ready, "parts",
                              readiness->parts, "warnings", warnings));
    json_decref(status);
    free(readiness);
}

static const char *part_name(const struct readiness *readiness)
{
    return readiness->next == 0 ? "registrar" : readiness->front->campaigns[readiness->next - 1].id;
}

static void got_pong(void *context, enum err err, struct slice payload)
{
    struct readiness *readiness = context;
    json_t *pong = err == OK ? json_loadb((const char *)payload.data, payload.len, 0, NULL) : NULL;
    const char *why = json_string_value(json_object_get(pong, "why"));
    note(readiness, part_name(readiness), json_is_true(json_object_get(pong, "ready")),
         why == NULL ? err_name(err) : why);
    json_decref(pong);
    readiness->next++;
    ask_next(readiness);
}

static void ask_next(struct readiness *readiness)
{
    struct front *front = readiness->front;
    while (readiness->next <= front->campaigns_len) {
        struct ipc_client *client =
            readiness->next == 0 ? front->registrar : front->campaigns[readiness->next - 1].ledger;
        enum err err =
            ipc_client_send(client, MESSAGE_PING, NULL, 0, PING_TIMEOUT_MS, got_pong, readiness);
        if (err == OK)
            return;
        note(readiness, part_name(readiness), false, err_name(err));
        readiness->next++;
    }
    finish(readiness);
}

static void get_readyz(struct http_request *request, void *context)
{
    struct front *front = context;
    struct readiness *readiness = xcalloc(1, sizeof *readiness);
    *readiness = (struct readiness){front, request, 0, json_array(), !front->draining};
    bool redis = redis_client_connected(front->redis);
    note(readiness, "redis", redis, redis ? "" : "not connected");
    ask_next(readiness);
}

/* ---- files ---------------------------------------------------------------------------------- */

/* content_security: NULL for the strictest, which suits what is no document and no worker. */
static void reply_file(struct front *front, struct http_request *request, struct slice path,
                       const char *content_security)
{
    const struct static_file *file = static_find(front->files, path);
    struct slice accept = {NULL, 0};
    if (file == NULL) {
        page_not_found(request, front);
        return;
    }
    (void)http_request_header(request, "Accept-Encoding", &accept);
    const struct static_body *body = static_choose(file, accept);
    http_reply_header(request, "Vary", "Accept-Encoding");
    http_reply_answer(request, &(struct http_answer){.status = 200,
                                                     .content_type = file->type,
                                                     .body = body->bytes,
                                                     .etag = body->etag,
                                                     .content_security = content_security,
                                                     .cache_control = file->cache,
                                                     .content_encoding = body->coding});
}

static void get_file(struct http_request *request, void *context)
{
    reply_file(context, request, http_request_path(request), NULL);
}

/* A worker fetches under the policy that its script came with, not under its page's. */
static void get_worker(struct http_request *request, void *context)
{
    struct front *front = context;
    reply_file(front, request, http_request_path(request), static_csp(front->files));
}

/* The kill switch: phones ask for this at each visit and take whatever has changed. */
static void get_service_worker(struct http_request *request, void *context)
{
    struct front *front = context;
    const char *path = front->options->service_worker ? "/sw.js" : "/sw-off.js";
    reply_file(front, request, slice_str(path), static_csp(front->files));
}

const struct http_route health_routes[] = {
    {HTTP_GET, "/livez", 0, get_livez},
    {HTTP_GET, "/readyz", 0, get_readyz},
    {HTTP_GET, "/api/v1/openapi.json", 0, get_file},
    {HTTP_GET, "/assets/{path...}", 0, get_file},
    {HTTP_GET, "/assets/workers/{path...}", 0, get_worker},
    {HTTP_GET, "/favicon.ico", 0, get_file},
    {HTTP_GET, "/robots.txt", 0, get_file},
    {HTTP_GET, "/sw.js", 0, get_service_worker},
};
const size_t health_routes_len = sizeof health_routes / sizeof *health_routes;
