/*
 * JSON bodies of requests, read strictly: no duplicate and no unknown members, at most 16 levels,
 * strings in NFC without control and bidi characters, lengths in code points.
 */
#ifndef HTTP_JSON_H
#define HTTP_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/request.h"

#define HTTP_JSON_DEPTH_MAX 16

/* Parses text, which must be one object. ERR_INVALID with what and where; *object is the caller's.
 */
enum err http_json_parse(struct slice text, json_t **object, struct fault *fault) MUST_CHECK;

/* The body of a request; it must say Content-Type: application/json. On error it has been
 * answered with the problem `malformed`. */
enum err http_request_json(struct http_request *request, json_t **object) MUST_CHECK;

enum http_member_kind {
    HTTP_MEMBER_TEXT,  /* out: struct slice *, bytes inside the JSON value; least, most: code points
                        */
    HTTP_MEMBER_LINES, /* the same, and line breaks (U+000A) in it */
    HTTP_MEMBER_INT,   /* out: int64_t *; least, most: its value */
    HTTP_MEMBER_BOOL,  /* out: bool * */
    HTTP_MEMBER_ARRAY, /* out: json_t **, borrowed; least, most: items */
    HTTP_MEMBER_OBJECT, /* out: json_t **, borrowed; least, most: members */
};

struct http_member {
    const char *name;
    enum http_member_kind kind;
    bool optional; /* when missing, out is left as it was */
    int64_t least, most;
    void *out;
};

/* Takes an object apart. ERR_INVALID: a member that is not in the table, missing, of another kind,
 * out of bounds or not an allowed text; fault names it. Strings of arrays are checked with
 * http_text_allowed() by whoever walks them. */
enum err http_members(const json_t *object, const struct http_member *members, size_t count,
                      struct fault *fault) MUST_CHECK;

/* A request's body taken apart: the object, which is the caller's, or NULL when the request has
 * been answered with the problem `malformed` and its reason. */
json_t *http_request_members(struct http_request *request, const struct http_member *members,
                             size_t count);

/* A part of the request's path as a JSON string. */
json_t *http_param_json(const struct http_request *request, const char *name);

/* True when value is a string of least … most code points that may stand in an entry. */
bool http_text_allowed(const json_t *value, size_t least, size_t most);

#endif
