#include "route.h"

#include "base/mem.h"

/* Cuts the next segment off a path that begins with a slash. */
static bool next_segment(struct slice *path, struct slice *segment)
{
    const uint8_t *slash;
    size_t len;

    if (path->len == 0 || path->data[0] != '/')
        return false;
    slash = path->len > 1 ? memchr(path->data + 1, '/', path->len - 1) : NULL;
    len = slash ? (size_t)(slash - path->data) : path->len;
    *segment = slice_of(path->data + 1, len - 1);
    *path = slice_of(path->data + len, path->len - len);
    return true;
}

static void parse_pattern(struct route_entry *entry)
{
    struct slice path = slice_str(entry->route->pattern), segment;

    while (next_segment(&path, &segment)) {
        size_t at = entry->segments_len++;
        bool named = segment.len > 2 && segment.data[0] == '{';

        INVARIANT(at < ROUTE_SEGMENTS_MAX && !entry->rest);
        entry->segments[at] = segment;
        if (!named)
            continue;
        INVARIANT(segment.data[segment.len - 1] == '}');
        entry->names[at] = slice_of(segment.data + 1, segment.len - 2);
        if (segment.len > 5 && memcmp(segment.data + segment.len - 4, "...}", 4) == 0) {
            entry->names[at].len -= 3;
            entry->rest = true;
        }
    }
    INVARIANT(path.len == 0 && entry->segments_len > 0);
}

/* A literal before a name before the rest. */
static int rank(const struct route_entry *entry, size_t at)
{
    if (at >= entry->segments_len)
        return 3;
    if (entry->names[at].len == 0)
        return 0;
    return entry->rest && at + 1 == entry->segments_len ? 2 : 1;
}

static int compare(const struct route_entry *a, const struct route_entry *b)
{
    for (size_t at = 0; at < ROUTE_SEGMENTS_MAX; at++) {
        int order = rank(a, at) - rank(b, at);

        if (order == 0 && rank(a, at) == 0)
            order = slice_compare(a->segments[at], b->segments[at]);
        if (order != 0)
            return order;
    }
    return (int)a->route->method - (int)b->route->method;
}

void router_add(struct router *router, const struct http_route *route, void *context)
{
    struct route_entry entry = {.route = route, .context = context};
    size_t at = 0;

    parse_pattern(&entry);
    while (at < router->len && compare(&router->entries[at], &entry) < 0)
        at++;
    INVARIANT(at == router->len || compare(&router->entries[at], &entry) != 0);
    GROW(router->entries, router->len, router->room);
    memmove(router->entries + at + 1, router->entries + at,
            (router->len - at) * sizeof *router->entries);
    router->entries[at] = entry;
    router->len++;
}

void router_release(struct router *router)
{
    free(router->entries);
    *router = (struct router){0};
}

static bool matches(const struct route_entry *entry, struct slice path,
                    struct slice params[ROUTE_SEGMENTS_MAX])
{
    struct slice segment;

    for (size_t at = 0; at < entry->segments_len; at++) {
        if (entry->rest && at + 1 == entry->segments_len) {
            if (path.len < 2)
                return false;
            params[at] = slice_of(path.data + 1, path.len - 1);
            return true;
        }
        if (!next_segment(&path, &segment))
            return false;
        if (entry->names[at].len > 0 ? segment.len == 0
                                     : !slice_equal(segment, entry->segments[at]))
            return false;
        params[at] = segment;
    }
    return path.len == 0;
}

void router_find(const struct router *router, enum http_method method, struct slice path,
                 struct route_match *match)
{
    struct slice params[ROUTE_SEGMENTS_MAX];

    match->entry = NULL;
    match->allowed = 0;
    for (size_t i = 0; i < router->len; i++) {
        struct route_entry *entry = &router->entries[i];
        enum http_method takes = entry->route->method;

        if (!matches(entry, path, params))
            continue;
        match->allowed |= 1u << takes;
        if (takes == HTTP_GET)
            match->allowed |= 1u << HTTP_HEAD;
        if (takes == method || (takes == HTTP_GET && method == HTTP_HEAD)) {
            match->entry = entry;
            memcpy(match->params, params, sizeof params);
            return;
        }
    }
}
