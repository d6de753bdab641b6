/*
 * One pass over the bytes, no allocation: this stands in front of every ballot, in the front and
 * again in the ledger. Long strings are ASCII (base64), so eight bytes at a time are tested for
 * anything that needs a look; only strings with other characters pay for Unicode.
 */
#include "base/canon.h"

#include <utf8proc.h>

#include "base/mem.h"

/* RFC 8785 sets none; the protocol's keys are short words and ids. */
#define KEY_LEN_MAX 64

/* Code points of one string that are composed on the stack; longer strings, which no entry has, go
 * through the heap. */
#define COMPOSE_STACK 512

struct parser {
    const uint8_t *start, *at, *end;
    struct canon_doc *doc;
    unsigned max_depth;
    struct fault *fault;
};

static enum err refuse(const struct parser *parser, const char *why)
{
    return fault_set(parser->fault, ERR_INVALID, "byte %zu: %s",
                     (size_t)(parser->at - parser->start), why);
}

/* ---- Text ---- */

static bool bidi_control(utf8proc_int32_t point)
{
    return point == 0x061c || point == 0x200e || point == 0x200f ||
           (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Characters that never change under NFC and never join with the one before: most of Kazakh,
 * Russian and English text. Strings of these only need no composition. */
static bool always_nfc(utf8proc_int32_t point)
{
    return point < 0x0300 || (point >= 0x0400 && point <= 0x0482) ||
           (point >= 0x048a && point <= 0x052f) || (point >= 0x2010 && point <= 0x2027);
}

/* The only characters that decompose to combining marks alone. None is in NFC. They are known from
 * the start because the ordering of marks below is quadratic: 8 KiB of them would take 40 ms. */
static bool marks_in_one(utf8proc_int32_t point)
{
    return point == 0x0344 || point == 0x0f73 || point == 0x0f75 || point == 0x0f81;
}

/* Composes text, which is valid UTF-8, and compares. */
static bool same_composed(struct slice text)
{
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_int32_t few[COMPOSE_STACK], *points = few, point;
    utf8proc_ssize_t len =
        utf8proc_decompose(text.data, (utf8proc_ssize_t)text.len, few, COMPOSE_STACK, options);
    const uint8_t *at = text.data, *end = text.data + text.len;
    bool same = true;

    if (len > COMPOSE_STACK) {
        points = xcalloc((size_t)len, sizeof *points);
        len = utf8proc_decompose(text.data, (utf8proc_ssize_t)text.len, points, len, options);
    }
    INVARIANT(len >= 0);
    len = utf8proc_normalize_utf32(points, len, options);
    for (utf8proc_ssize_t i = 0; i < len && same; i++) {
        if (at == end) {
            same = false;
            break;
        }
        at += utf8proc_iterate(at, end - at, &point);
        same = point == points[i];
    }
    if (points != few)
        free(points);
    return same && at == end;
}

/* Why text with characters outside ASCII may not stand in a canonical string, or NULL. ASCII in it
 * has been checked. Combining marks out of order are refused here and not only by the comparison:
 * putting them in order takes time quadratic in their number. */
static const char *beyond_ascii(struct slice text)
{
    const uint8_t *at = text.data, *end = text.data + text.len;
    utf8proc_propval_t last_class = 0;
    bool compose = false;

    while (at < end) {
        utf8proc_int32_t point;
        utf8proc_ssize_t len = utf8proc_iterate(at, end - at, &point);
        utf8proc_propval_t class = 0;

        if (len < 1)
            return "not UTF-8";
        if (bidi_control(point))
            return "a bidi control character";
        if (!always_nfc(point)) {
            class = utf8proc_get_property(point)->combining_class;
            if ((class != 0 && class < last_class) || marks_in_one(point))
                return "not in NFC";
            compose = true;
        }
        last_class = class;
        at += len;
    }
    return compose && !same_composed(text) ? "not in NFC" : NULL;
}

#define EACH_BYTE(byte) (0x0101010101010101ULL * (byte))

/* Nonzero when one of eight bytes is zero (H. Warren, Hacker's Delight, 6-1). */
static inline uint64_t any_zero(uint64_t eight)
{
    return (eight - EACH_BYTE(0x01)) & ~eight & EACH_BYTE(0x80);
}

/* True when none of the eight bytes is a control, a quote, a backslash, DEL or outside ASCII. */
static inline bool plain_eight(const uint8_t *at)
{
    uint64_t eight;

    memcpy(&eight, at, sizeof eight);
    return (((eight - EACH_BYTE(0x20)) | eight) & EACH_BYTE(0x80)) == 0 &&
           (any_zero(eight ^ EACH_BYTE('"')) | any_zero(eight ^ EACH_BYTE('\\')) |
            any_zero(eight ^ EACH_BYTE(0x7f))) == 0;
}

static inline const uint8_t *skip_plain(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8 && plain_eight(at))
        at += 8;
    return at;
}

bool canon_text_allowed(struct slice text)
{
    uint8_t beyond = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f)
            return false;
        beyond |= text.data[i];
    }
    return beyond < 0x80 || !beyond_ascii(text);
}

/* ---- Values ---- */

static enum err add_node(struct parser *parser, enum canon_kind kind, struct slice key,
                         uint32_t *index)
{
    struct canon_doc *doc = parser->doc;

    if (doc->len == doc->cap)
        return fault_set(parser->fault, ERR_LIMITED, "more than %u values", doc->cap);
    *index = doc->len++;
    doc->nodes[*index] =
        (struct canon_node){.kind = kind, .key = key, .raw = slice_of(parser->at, 0)};
    return OK;
}

/* After the last byte of a value. */
static void end_node(const struct parser *parser, uint32_t index)
{
    struct canon_node *node = &parser->doc->nodes[index];

    node->raw.len = (size_t)(parser->at - node->raw.data);
}

/* At the opening quote; leaves after the closing one. */
static enum err parse_string(struct parser *parser, struct slice key)
{
    uint32_t index = 0;
    enum err err = add_node(parser, CANON_STRING, key, &index);
    const uint8_t *at = parser->at + 1, *end = parser->end;
    uint8_t beyond = 0;
    const char *why;

    if (err != OK)
        return err;
    for (;; at++) {
        at = skip_plain(at, end);
        if (at == end || *at == '"')
            break;
        if (*at == '\\') {
            if (end - at < 2 || (at[1] != '"' && at[1] != '\\'))
                break;
            at++;
        } else if (*at < 0x20 || *at == 0x7f) {
            break;
        }
        beyond |= *at;
    }
    if (at == end || *at != '"') {
        parser->at = at;
        return refuse(parser, at == end     ? "a string without an end"
                              : *at == '\\' ? "an escape that is not needed"
                                            : "a control character");
    }
    why = beyond >= 0x80 ? beyond_ascii(slice_of(parser->at + 1, (size_t)(at - parser->at) - 1))
                         : NULL;
    if (why)
        return refuse(parser, why);
    parser->at = at + 1;
    end_node(parser, index);
    return OK;
}

static bool digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static enum err parse_int(struct parser *parser, struct slice key)
{
    uint32_t index = 0;
    enum err err = add_node(parser, CANON_INT, key, &index);
    const uint8_t *first = parser->at, *at = first;
    uint64_t number = 0;

    if (err != OK)
        return err;
    for (; at < parser->end && digit(*at); at++) {
        number = number * 10 + (uint64_t)(*at - '0');
        if (number > CANON_INT_MAX)
            return refuse(parser, "an integer above 2^53-1");
    }
    if (*first == '0' && at - first > 1)
        return refuse(parser, "a leading zero");
    if (at < parser->end && (*at == '.' || *at == 'e' || *at == 'E'))
        return refuse(parser, "a number that is not written as an integer");
    parser->doc->nodes[index].number = number;
    parser->at = at;
    end_node(parser, index);
    return OK;
}

static bool key_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || digit(byte) || byte == '_';
}

/* `"name":`, above the name before it. */
static enum err parse_key(struct parser *parser, struct slice before, struct slice *key)
{
    const uint8_t *first = parser->at + 1, *at = first;

    if (parser->at == parser->end || *parser->at != '"')
        return refuse(parser, "no key where one must be");
    while (at < parser->end && key_byte(*at))
        at++;
    *key = slice_of(first, (size_t)(at - first));
    if (key->len == 0 || at == parser->end || *at != '"')
        return refuse(parser, "a key outside [a-z0-9_]+");
    if (key->len > KEY_LEN_MAX)
        return refuse(parser, "a key longer than 64 bytes");
    if (slice_compare(before, *key) >= 0)
        return refuse(parser, "keys not in ascending order");
    parser->at = at + 1;
    if (parser->at == parser->end || *parser->at != ':')
        return refuse(parser, "no colon after a key");
    parser->at++;
    return OK;
}

static enum err parse_value(struct parser *parser, unsigned depth, struct slice key);

/* At the opening bracket of an array or brace of an object, which is on level depth. */
static enum err parse_container(struct parser *parser, unsigned depth, struct slice key)
{
    bool object = *parser->at == '{';
    uint8_t closing = object ? '}' : ']';
    struct slice name = {0};
    uint32_t index = 0, child, last = 0;
    enum err err = OK;

    if (depth > parser->max_depth)
        return fault_set(parser->fault, ERR_LIMITED, "deeper than %u levels", parser->max_depth);
    err = add_node(parser, object ? CANON_OBJECT : CANON_ARRAY, key, &index);
    if (err != OK)
        return err;
    parser->at++;
    while (parser->at < parser->end && (last == 0 ? *parser->at != closing : *parser->at == ',')) {
        if (last != 0)
            parser->at++;
        if (object)
            err = parse_key(parser, name, &name);
        child = parser->doc->len;
        if (err == OK)
            err = parse_value(parser, depth + 1, name);
        if (err != OK)
            return err;
        if (last != 0)
            parser->doc->nodes[last].next = child;
        last = child;
        parser->doc->nodes[index].children++;
    }
    if (parser->at == parser->end || *parser->at != closing)
        return refuse(parser, "neither a comma nor the end of an array or object");
    parser->at++;
    end_node(parser, index);
    return OK;
}

static enum err parse_value(struct parser *parser, unsigned depth, struct slice key)
{
    if (parser->at == parser->end)
        return refuse(parser, "no value where one must be");
    if (*parser->at == '"')
        return parse_string(parser, key);
    if (digit(*parser->at))
        return parse_int(parser, key);
    if (*parser->at == '{' || *parser->at == '[')
        return parse_container(parser, depth, key);
    return refuse(parser, "neither a string, an integer, an array nor an object");
}

enum err canon_parse(struct slice text, size_t max_len, unsigned max_depth, struct canon_doc *doc,
                     struct fault *fault)
{
    struct parser parser = {.start = text.data,
                            .at = text.data,
                            .end = text.len > 0 ? text.data + text.len : text.data,
                            .doc = doc,
                            .max_depth = max_depth,
                            .fault = fault};
    enum err err;

    doc->len = 0;
    if (text.len > max_len)
        return fault_set(fault, ERR_LIMITED, "longer than %zu bytes", max_len);
    if (text.len == 0 || text.data[0] != '{')
        return refuse(&parser, "not an object");
    err = parse_value(&parser, 1, (struct slice){0});
    if (err == OK && parser.at != parser.end)
        err = refuse(&parser, "bytes after the end");
    return err;
}

/* ---- Reading what was parsed ---- */

const struct canon_node *canon_first(const struct canon_doc *doc, const struct canon_node *parent)
{
    (void)doc;
    return parent->children > 0 ? parent + 1 : NULL;
}

const struct canon_node *canon_next(const struct canon_doc *doc, const struct canon_node *node)
{
    return node->next > 0 ? &doc->nodes[node->next] : NULL;
}

const struct canon_node *canon_member(const struct canon_doc *doc, const struct canon_node *object,
                                      const char *key)
{
    struct slice wanted = slice_str(key);

    if (object->kind != CANON_OBJECT)
        return NULL;
    for (const struct canon_node *at = canon_first(doc, object); at; at = canon_next(doc, at))
        if (slice_equal(at->key, wanted))
            return at;
    return NULL;
}

struct slice canon_inner(const struct canon_node *string)
{
    INVARIANT(string->kind == CANON_STRING);
    return slice_of(string->raw.data + 1, string->raw.len - 2);
}

void canon_text(const struct canon_node *string, struct buf *out)
{
    struct slice inner = canon_inner(string);

    for (size_t i = 0; i < inner.len; i++) {
        if (inner.data[i] == '\\')
            i++;
        buf_put_byte(out, inner.data[i]);
    }
}

void canon_put_string(struct buf *out, struct slice text)
{
    buf_put_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            buf_put_byte(out, '\\');
        buf_put_byte(out, text.data[i]);
    }
    buf_put_byte(out, '"');
}
