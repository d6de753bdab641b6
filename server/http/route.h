/* Which handler a path belongs to. */
#ifndef SERVER_HTTP_ROUTE_H
#define SERVER_HTTP_ROUTE_H

#include "http/metrics.h"
#include "http/server.h"

#define ROUTE_SEGMENTS_MAX 12 /* of a pattern; enough for /a/b/c… of this program */
#define ROUTE_STATUSES 12     /* different statuses of one route that are counted apart */

struct route_entry {
    const struct http_route *route;
    void *context;
    struct slice segments[ROUTE_SEGMENTS_MAX]; /* "{name}" without braces in names[] */
    struct slice names[ROUTE_SEGMENTS_MAX];    /* empty for a literal */
    size_t segments_len;
    bool rest; /* the last segment takes the rest of the path */

    /* Series, made when first needed. */
    struct metric *duration;
    struct {
        int status;
        struct metric *count;
    } statuses[ROUTE_STATUSES];
};

struct router {
    struct route_entry *entries; /* owned; the more specific first */
    size_t len, room;
};

struct route_match {
    struct route_entry *entry;               /* NULL: none */
    struct slice params[ROUTE_SEGMENTS_MAX]; /* by segment */
    unsigned allowed; /* methods (1 << enum http_method) that some route takes for this path */
};

void router_add(struct router *router, const struct http_route *route, void *context);
void router_release(struct router *router);

/* path without query. A HEAD finds the route of GET. */
void router_find(const struct router *router, enum http_method method, struct slice path,
                 struct route_match *match);

#endif
