/*
 * Canonical JSON: the one form in which entries, choices and signed texts are accepted.
 *
 * A subset of RFC 8785 on which jansson, Python, Node and jq agree (PROTOCOL.md "Canonical
 * form"): object keys [a-z0-9_]+ of at most 64 bytes, strictly ascending bytewise; no white
 * space; strings UTF-8 in NFC without U+0000–001F, U+007F and bidi controls, with only \" and
 * \\ escaped and nothing else; integers 0 … 2^53−1 without sign, fraction, exponent or leading
 * zero; no null, true, false; no empty key.
 * Objects inside objects are data keyed by ids where the protocol says so; the key alphabet then is
 * the same.
 *
 * canon_parse() checks and cuts in one pass. What it accepts is exactly what json_dumps(…,
 * JSON_COMPACT | JSON_SORT_KEYS) of jansson would print again.
 */
#ifndef BASE_CANON_H
#define BASE_CANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define CANON_INT_MAX ((1ULL << 53) - 1)

enum canon_kind { CANON_STRING, CANON_INT, CANON_ARRAY, CANON_OBJECT };

/* One value. Nodes stand in document order; the values of an array or object follow their parent.
 */
struct canon_node {
    enum canon_kind kind;
    uint32_t next;     /* index of the next sibling, 0 when this is the last */
    uint32_t children; /* number of direct children of an array or object */
    struct slice key;  /* member name without quotes when the parent is an object, else empty */
    struct slice raw;  /* the value as it stands, quotes included for a string */
    uint64_t number;   /* of a CANON_INT */
};

struct canon_doc {
    struct canon_node *nodes; /* the caller's array */
    uint32_t cap;
    uint32_t len; /* nodes[0] is the whole */
};

/*
 * Parses text, which must be one object in canonical form of at most max_len bytes and max_depth
 * levels (the outer object is level 1), into doc, whose nodes and cap the caller has set. Slices
 * point into text.
 * ERR_INVALID: not canonical; fault says what and at which byte. ERR_LIMITED: too long, too deep or
 * more than cap values.
 */
enum err canon_parse(struct slice text, size_t max_len, unsigned max_depth, struct canon_doc *doc,
                     struct fault *fault) MUST_CHECK;

/* The member of object node (an index) named key, or NULL. */
const struct canon_node *canon_member(const struct canon_doc *doc, const struct canon_node *object,
                                      const char *key);

/* First child of an array or object, or NULL; next sibling, or NULL. */
const struct canon_node *canon_first(const struct canon_doc *doc, const struct canon_node *parent);
const struct canon_node *canon_next(const struct canon_doc *doc, const struct canon_node *node);

/* The bytes between the quotes of a string. They are the text itself unless it has an escape. */
struct slice canon_inner(const struct canon_node *string);

/* Appends the text of a string, escapes resolved. */
void canon_text(const struct canon_node *string, struct buf *out);

/* True when text may stand in a canonical string: valid UTF-8, NFC, no control or bidi character.
 */
bool canon_text_allowed(struct slice text);

/* Appends text as a canonical string with quotes. text must be allowed. */
void canon_put_string(struct buf *out, struct slice text);

#endif
