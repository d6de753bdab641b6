#include "serve/front.h"

#include <event2/event.h>
#include <signal.h>

#include "admin.h"
#include "base/log.h"
#include "base/mem.h"
#include "http/metrics.h"
#include "redis/limit.h"
#include "serve/figures.h"
#include "serve/message.h"

#define REGISTRAR_ANSWER_MAX (16U << 20) /* "my page" with a thousand long texts */
#define BEARER_MAX 64                    /* 32 bytes in base64 are 44 */
#define DRAIN_MS 8000                    /* the parent waits 10 s */

/* ---- campaigns ------------------------------------------------------------------------------ */

struct front_campaign *front_campaign(struct front *front, struct slice id)
{
    for (size_t i = 0; i < front->campaigns_len; i++) {
        if (slice_is(id, front->campaigns[i].id))
            return &front->campaigns[i];
    }
    return NULL;
}

struct front_campaign *front_request_campaign(struct front *front, struct http_request *request)
{
    struct front_campaign *campaign = front_campaign(front, http_request_param(request, "id"));
    if (campaign == NULL)
        http_reply_problem(request, "unknown_campaign", NULL);
    return campaign;
}

static enum err open_campaigns(struct front *front, struct fault *fault)
{
    struct parent_ledger *found = NULL;
    size_t len = 0;
    enum err err = serve_campaigns((void *)front->options, &found, &len, fault);
    if (err != OK)
        return err;
    front->campaigns = xcalloc(len + 1, sizeof *front->campaigns);
    front->campaigns_len = len;
    for (size_t i = 0; i < len; i++) {
        char *socket = xasprintf("%s/ledger-%s.sock", front->spec->run_folder, found[i].campaign);
        front->campaigns[i] = (struct front_campaign){
            .id = found[i].campaign,
            .folder = found[i].folder,
            .ledger = ipc_client_create(
                front->base, &(struct ipc_client_options){
                                 .path = socket, .max_waiting = front->options->queue_entries})};
        free(socket);
    }
    free(found);
    return OK;
}

/* ---- rate limits ---------------------------------------------------------------------------- */

struct limited {
    struct front *front;
    struct http_request *request;
    void (*go)(struct front *front, struct http_request *request);
};

static void got_limit(void *context, enum err err, const struct redis_limit_answer *answer)
{
    struct limited *limited = context;
    struct http_request *request = limited->request;
    if (err != OK) {
        http_reply_err(request, ERR_UNAVAILABLE);
    } else if (!answer->allowed) {
        char seconds[16];
        (void)snprintf(seconds, sizeof seconds, "%u", answer->wait_ms / 1000 + 1);
        http_reply_header(request, "Retry-After", seconds);
        http_reply_problem(request, "rate_limited", NULL);
    } else {
        limited->go(limited->front, request);
    }
    free(limited);
}

void front_limit(struct front *front, struct http_request *request, const char *purpose,
                 uint32_t per_minute, void (*go)(struct front *front, struct http_request *request))
{
    if (front->options->lift_limits) {
        go(front, request);
        return;
    }
    char *key = xasprintf("%s:%s", purpose, http_request_client(request));
    struct redis_limit limit = {.key = slice_str(key),
                                .rate = per_minute,
                                .period_ms = 60000,
                                .burst = per_minute,
                                .cost = 1};
    struct limited *limited = xcalloc(1, sizeof *limited);
    *limited = (struct limited){front, request, go};
    enum err err = redis_limit_ask(front->redis, &limit, 1, REDIS_TIMEOUT_MS, got_limit, limited);
    free(key);
    if (err == OK)
        return;
    free(limited);
    http_reply_err(request, err);
}

/* ---- asking the registrar ------------------------------------------------------------------- */

struct asking {
    struct front *front;
    struct http_request *request;
    front_answered *then; /* NULL: the result is the answer */
    int status;
};

/* Takes the registrar's answer: {code, …} is a problem, all else the result. */
static void got_answer(const struct asking *asking, json_t *answer)
{
    const char *code = json_string_value(json_object_get(answer, "code"));
    if (code != NULL) {
        char copy[64];
        (void)snprintf(copy, sizeof copy, "%s", code);
        json_object_del(answer, "code");
        http_reply_problem(asking->request, copy, answer);
    } else if (asking->then != NULL) {
        asking->then(asking->front, asking->request, answer);
    } else {
        http_reply_json(asking->request, asking->status, answer);
    }
}

/* A result that is the answer goes out as it came: to read and write it again would cost half of
 * all that a front does for an ask. What might be a problem has that word in it. */
static bool is_plain_result(const struct asking *asking, struct slice payload)
{
    static const char word[] = "\"code\"";
    return asking->then == NULL && payload.len > 0 &&
           memmem(payload.data, payload.len, word, sizeof word - 1) == NULL;
}

static void got_registrar(void *context, enum err err, struct slice payload)
{
    struct asking *asking = context;
    if (err == OK && is_plain_result(asking, payload)) {
        http_reply(asking->request, asking->status, "application/json", payload);
        free(asking);
        return;
    }
    json_t *answer =
        err == OK ? json_loadb((const char *)payload.data, payload.len, 0, NULL) : NULL;
    if (answer == NULL)
        http_reply_err(asking->request, err == OK ? ERR_INTERNAL : err);
    else
        got_answer(asking, answer);
    free(asking);
}

static void ask_registrar(struct front *front, struct http_request *request, const char *ask,
                          json_t *members, struct asking asking)
{
    struct slice id = http_request_param(request, "id");
    json_t *message = members == NULL ? json_object() : members;
    json_object_set_new(message, "ask", json_string(ask));
    json_object_set_new(message, "campaign", json_stringn((const char *)id.data, id.len));
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    if (text == NULL) {
        http_reply_err(request, ERR_INTERNAL);
        return;
    }
    struct slice part = slice_str(text);
    struct asking *waiting = xcalloc(1, sizeof *waiting);
    *waiting = asking;
    enum err err = ipc_client_send(front->registrar, MESSAGE_ASK, &part, 1, REGISTRAR_TIMEOUT_MS,
                                   got_registrar, waiting);
    wipe(text, part.len); /* it may hold a code, a token or a password */
    free(text);
    if (err == OK)
        return;
    free(waiting);
    http_reply_err(request, err);
}

void front_ask_then(struct front *front, struct http_request *request, const char *ask,
                    json_t *members, front_answered *then)
{
    ask_registrar(front, request, ask, members,
                  (struct asking){.front = front, .request = request, .then = then});
}

void front_ask(struct front *front, struct http_request *request, const char *ask, json_t *members,
               int status)
{
    ask_registrar(front, request, ask, members,
                  (struct asking){.front = front, .request = request, .status = status});
}

json_t *front_bearer(struct http_request *request)
{
    static const char scheme[] = "Bearer ";
    size_t skip = sizeof scheme - 1;
    struct slice header;
    json_t *token = NULL;
    if (http_request_header(request, "Authorization", &header) && header.len > skip &&
        header.len - skip <= BEARER_MAX && memcmp(header.data, scheme, skip) == 0)
        token = json_stringn((const char *)header.data + skip, header.len - skip);
    if (token == NULL)
        http_reply_problem(request, "signed_out", NULL);
    return token;
}

json_t *front_bearer_members(struct http_request *request, const struct http_member *members,
                             size_t count)
{
    json_t *token = front_bearer(request);
    json_t *body = token == NULL ? NULL : http_request_members(request, members, count);
    if (body != NULL)
        json_object_set(body, "token", token);
    json_decref(token);
    return body;
}

/* ---- life ----------------------------------------------------------------------------------- */

static void drained(void *context)
{
    struct front *front = context;
    event_base_loopexit(front->base, NULL);
}

static void got_term(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct front *front = context;
    if (front->draining)
        return;
    front->draining = true;
    http_server_drain(front->server, DRAIN_MS, drained, front);
}

/* SIGHUP: TLS files anew. A new campaign needs new processes, which the parent starts. */
static void got_hup(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    struct front *front = context;
    struct fault fault;
    if (http_server_reload(front->server, &fault) != OK)
        log_error("tls_not_reloaded", LOG_S("why", fault.text));
}

static enum err open_pages(struct front *front, struct fault *fault)
{
    enum err err = static_load(front->options->web, &front->files, fault);
    if (err == OK)
        err = templates_load(front->files, &front->templates, fault);
    if (err == OK)
        err = messages_load(front->files, &front->messages, fault);
    return err;
}

/* One room a line, so that each can be added apart. */
/* clang-format off */
static const struct {
    const struct http_route *routes;
    const size_t *len;
} rooms[] = {
#define ROOM(room) {room##_routes, &room##_routes_len}
    ROOM(ballot),
    ROOM(pass),
    ROOM(tally),
    ROOM(campaign),
    ROOM(ledger),
    ROOM(health),
    ROOM(staff),
    ROOM(nomination),
    ROOM(moderation),
    ROOM(home_page),
    ROOM(campaign_page),
    ROOM(category_page),
    ROOM(nomination_page),
    ROOM(evaluate_page),
    ROOM(verify_page),
    ROOM(problem_page),
    ROOM(register),
    ROOM(register_page),
    ROOM(nominee_page),
    ROOM(results_page),
    ROOM(staff_page),
#undef ROOM
};
/* clang-format on */

static enum err open_server(struct front *front, struct fault *fault)
{
    const struct serve_options *options = front->options;
    struct http_server_config config;
    http_server_config_default(&config);
    config.hosts = (const char *const *)options->hosts.items;
    config.hosts_len = options->hosts.len;
    config.proxies = (const char *const *)options->proxies.items;
    config.proxies_len = options->proxies.len;
    config.proxy_protocol = options->proxy_protocol;
    config.connections_max = options->connections;
    config.connections_ipv4_max = options->connections_per_address;
    config.connections_ipv6_max = options->connections_per_address;
    config.requests_max = options->requests_per_connection;
    config.hsts = true;
    enum err err = http_server_create(front->base, &config, front->metrics, &front->server, fault);
    if (err != OK)
        return err;
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        http_server_route(front->server, rooms[i].routes, *rooms[i].len, front);
    http_server_otherwise(front->server, page_not_found, front);
    bool tls = *options->tls_certificate != '\0';
    for (size_t i = 0; i < front->spec->listen_len && err == OK; i++) {
        int fd = front->spec->listen_fds[i];
        err = tls ? http_server_listen_tls(front->server, fd, options->tls_certificate,
                                           options->tls_key, fault)
                  : http_server_listen(front->server, fd, fault);
    }
    return err;
}

static void got_ask(void *context, struct ipc_request *request)
{
    struct front *front = context;
    if (ipc_request_type(request) == MESSAGE_FIGURES)
        figures_answer(front->metrics, front->spec->name, request);
    else
        ipc_request_answer(request, ERR_INVALID, NULL, 0);
}

static enum err open_front(struct front *front, struct fault *fault)
{
    struct redis_client_options redis = {.endpoint = front->spec->redis, .max_in_flight = 16384};
    enum err err = redis_client_create(front->base, &redis, &front->redis, fault);
    if (err == OK)
        err = open_pages(front, fault);
    if (err == OK)
        err = open_campaigns(front, fault);
    if (err != OK)
        return err;
    char *socket = xasprintf("%s/registrar.sock", front->spec->run_folder);
    front->registrar = ipc_client_create(
        front->base,
        &(struct ipc_client_options){.path = socket, .max_payload = REGISTRAR_ANSWER_MAX});
    free(socket);
    front->metrics = metrics_create();
    err = open_server(front, fault);
    if (err == OK)
        err = admin_open(front, &front->admin, fault);
    if (err == OK && front->spec->figures_fd >= 0)
        front->figures = ipc_server_create(
            front->base, &(struct ipc_server_options){.listen_fd = front->spec->figures_fd,
                                                      .on_request = got_ask,
                                                      .context = front});
    return err;
}

static void release_front(struct front *front)
{
    admin_close(front->admin);
    if (front->figures != NULL)
        ipc_server_destroy(front->figures);
    if (front->server != NULL)
        http_server_destroy(front->server);
    for (size_t i = 0; i < front->campaigns_len; i++) {
        ipc_client_destroy(front->campaigns[i].ledger);
        register_shelf_clear(&front->campaigns[i]);
        free(front->campaigns[i].id);
        free(front->campaigns[i].folder);
    }
    free(front->campaigns);
    if (front->registrar != NULL)
        ipc_client_destroy(front->registrar);
    if (front->redis != NULL)
        redis_client_destroy(front->redis);
    metrics_destroy(front->metrics);
    messages_destroy(front->messages);
    templates_destroy(front->templates);
    static_destroy(front->files);
}

int front_main(const struct child_spec *spec)
{
    struct front front = {.spec = spec, .options = spec->context, .base = event_base_new()};
    struct fault fault = {{0}};
    int code = CHILD_REFUSED;
    struct event *term = evsignal_new(front.base, SIGTERM, got_term, &front);
    struct event *hup = evsignal_new(front.base, SIGHUP, got_hup, &front);
    evsignal_add(term, NULL);
    evsignal_add(hup, NULL);
    enum err err = open_front(&front, &fault);
    if (err == OK) {
        child_ready(spec);
        event_base_dispatch(front.base);
        code = 0;
    } else {
        child_fault(spec, &fault);
    }
    release_front(&front);
    event_free(term);
    event_free(hup);
    event_base_free(front.base);
    return code;
}
