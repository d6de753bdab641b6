#include "http/request.h"

#include <event2/buffer.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <strings.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "inner.h"

static const char *const method_names[] = {"GET",   "HEAD",   "POST",   "PUT",
                                           "PATCH", "DELETE", "OPTIONS"};

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

static enum http_method method_of(const struct evhttp_request *evhttp)
{
    switch (evhttp_request_get_command(evhttp)) {
    case EVHTTP_REQ_HEAD:
        return HTTP_HEAD;
    case EVHTTP_REQ_POST:
        return HTTP_POST;
    case EVHTTP_REQ_PUT:
        return HTTP_PUT;
    case EVHTTP_REQ_PATCH:
        return HTTP_PATCH;
    case EVHTTP_REQ_DELETE:
        return HTTP_DELETE;
    case EVHTTP_REQ_OPTIONS:
        return HTTP_OPTIONS;
    default: /* the gate lets no other through */
        return HTTP_GET;
    }
}

/* Ids name requests in answers and logs and need not be secret: one call of the kernel makes many.
 */
void request_new_id(char out[static REQUEST_ID_LEN + 1])
{
    static uint8_t pool[1024];
    static size_t left;

    if (left < REQUEST_ID_LEN / 2) {
        random_bytes(pool, sizeof pool);
        left = sizeof pool;
    }
    left -= REQUEST_ID_LEN / 2;
    hex_encode(out, pool + left, REQUEST_ID_LEN / 2);
}

/* The last address of X-Forwarded-For that is not a proxy of ours: those before it are what the
 * client wrote itself. Anything unreadable ends the walk. */
static void forwarded(struct http_request *request)
{
    struct slice list;

    if (!server_trusts(request->server, &request->client) ||
        !http_request_header(request, "X-Forwarded-For", &list))
        return;
    while (list.len > 0 && server_trusts(request->server, &request->client)) {
        size_t start = list.len;
        struct slice item;
        struct net_address address;

        while (start > 0 && list.data[start - 1] != ',')
            start--;
        item = slice_of(list.data + start, list.len - start);
        while (item.len > 0 && item.data[0] == ' ')
            item = slice_of(item.data + 1, item.len - 1);
        while (item.len > 0 && item.data[item.len - 1] == ' ')
            item.len--;
        if (!net_address_parse(item, &address))
            return;
        request->client = address;
        list.len = start > 0 ? start - 1 : 0;
    }
}

static struct http_request *request_create(struct evhttp_request *evhttp, struct conn *conn,
                                           struct http_server *server)
{
    struct http_request *request = xcalloc(1, sizeof *request);
    const uint8_t *mark;
    struct slice value;

    request->server = server;
    request->conn = conn;
    request->evhttp = evhttp;
    request->method = method_of(evhttp);
    request->target = slice_str(evhttp_request_get_uri(evhttp));
    mark = memchr(request->target.data, '?', request->target.len);
    request->path = request->target;
    if (mark != NULL)
        request->path.len = (size_t)(mark - request->target.data);
    request->language = conn_gate(conn)->language;
    request->client = *conn_address(conn);
    request->began_us = clock_steady_us();
    request->secure = conn_is_secure(conn);
    if (!request->secure && server_trusts(server, &request->client))
        request->secure =
            http_request_header(request, "X-Forwarded-Proto", &value) && slice_is(value, "https");
    forwarded(request);
    request_new_id(request->id);
    LIST_INSERT_HEAD(&server->requests, request, link);
    return request;
}

void request_free(struct http_request *request)
{
    if (request->server != NULL)
        LIST_REMOVE(request, link);
    query_destroy(request->query);
    free(request);
}

void request_orphan(struct http_request *request)
{
    request->conn = NULL;
}

static bool is_page(const struct http_request *request)
{
    static const char api[] = "/api/";

    if (request->method != HTTP_GET && request->method != HTTP_HEAD)
        return false;
    return request->path.len < sizeof api - 1 ||
           memcmp(request->path.data, api, sizeof api - 1) != 0;
}

void request_arrived(struct evhttp_request *evhttp, void *context)
{
    struct listener *listener = context;
    struct http_server *server = listener->server;
    struct http_request *request;

    INVARIANT(server->passing != NULL);
    request = request_create(evhttp, server->passing, server);
    conn_set_request(request->conn, request);
    if (request->path.len < request->target.len) {
        size_t skip = request->path.len + 1;
        struct slice text = slice_of(request->target.data + skip, request->target.len - skip);

        if (query_parse(text, &request->query) != OK) {
            http_reply_problem(request, "malformed", NULL);
            return;
        }
    }
    router_find(&server->router, request->method, request->path, &request->match);
    if (request->match.entry != NULL)
        request->match.entry->route->handler(request, request->match.entry->context);
    else if (request->match.allowed == 0 && server->otherwise != NULL && is_page(request))
        server->otherwise(request, server->otherwise_context);
    else
        reply_unrouted(request);
}

enum http_method http_request_method(const struct http_request *request)
{
    return request->method;
}

struct slice http_request_path(const struct http_request *request)
{
    return request->path;
}

struct slice http_request_target(const struct http_request *request)
{
    return request->target;
}

struct slice http_request_param(const struct http_request *request, const char *name)
{
    const struct route_entry *entry = request->match.entry;

    for (size_t i = 0; entry != NULL && i < entry->segments_len; i++)
        if (slice_is(entry->names[i], name))
            return request->match.params[i];
    /* The server is gone, and its routes with it; nobody waits for this answer. */
    if (request->server == NULL)
        return slice_of(NULL, 0);
    INVARIANT(!"the pattern has a parameter of this name");
    return slice_of(NULL, 0);
}

bool http_request_query(const struct http_request *request, const char *name, struct slice *value)
{
    for (size_t i = 0; request->query != NULL && i < request->query->len; i++)
        if (slice_is(request->query->params[i].name, name)) {
            *value = request->query->params[i].value;
            return true;
        }
    return false;
}

bool http_request_header(const struct http_request *request, const char *name, struct slice *value)
{
    const char *text = evhttp_find_header(evhttp_request_get_input_headers(request->evhttp), name);

    if (text == NULL)
        return false;
    *value = slice_str(text);
    return true;
}

bool http_request_cookie(const struct http_request *request, const char *name, struct slice *value)
{
    size_t name_len = strlen(name);
    struct slice header, first = slice_of(NULL, 0);
    bool found = false;

    if (!http_request_header(request, "Cookie", &header))
        return false;
    while (header.len > 0) {
        struct slice pair = slice_cut(&header, ';');

        if (pair.len <= name_len || pair.data[name_len] != '=' ||
            memcmp(pair.data, name, name_len) != 0)
            continue;
        if (found) /* which one is ours can't be told */
            return false;
        found = true;
        first = slice_of(pair.data + name_len + 1, pair.len - name_len - 1);
    }
    if (found)
        *value = first;
    return found;
}

struct slice http_request_body(const struct http_request *request)
{
    struct evbuffer *input = evhttp_request_get_input_buffer(request->evhttp);
    size_t len = evbuffer_get_length(input);
    const uint8_t *bytes = len ? evbuffer_pullup(input, -1) : NULL;

    INVARIANT(len == 0 || bytes != NULL);
    return slice_of(bytes, len);
}

const char *http_request_id(const struct http_request *request)
{
    return request->id;
}

enum lang http_request_language(const struct http_request *request)
{
    return request->language;
}

bool http_request_secure(const struct http_request *request)
{
    return request->secure;
}

const char *http_request_client(const struct http_request *request)
{
    struct http_request *cache = (struct http_request *)(uintptr_t)request;

    if (request->client_text[0] == '\0')
        net_client_text(cache->client_text, &request->client);
    return request->client_text;
}
