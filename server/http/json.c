#include "http/json.h"

#include <utf8proc.h>

#include "base/canon.h"
#include "base/json_depth.h"

enum err http_json_parse(struct slice text, json_t **object, struct fault *fault)
{
    json_error_t error;
    json_t *json;

    if (json_depth(text) > HTTP_JSON_DEPTH_MAX)
        return fault_set(fault, ERR_INVALID, "more than %d levels", HTTP_JSON_DEPTH_MAX);
    /* jansson swallows one NUL after a number. */
    if (text.len > 0 && memchr(text.data, 0, text.len) != NULL)
        return fault_set(fault, ERR_INVALID, "a NUL byte");
    json = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        return fault_set(fault, ERR_INVALID, "byte %d: %s", error.position, error.text);
    if (!json_is_object(json)) {
        json_decref(json);
        return fault_set(fault, ERR_INVALID, "not an object");
    }
    *object = json;
    return OK;
}

static bool says_json(const struct http_request *request)
{
    static const char json[] = "application/json";
    struct slice type;

    if (!http_request_header(request, "Content-Type", &type))
        return false;
    if (type.len < sizeof json - 1 || memcmp(type.data, json, sizeof json - 1) != 0)
        return false;
    return type.len == sizeof json - 1 || type.data[sizeof json - 1] == ';' ||
           type.data[sizeof json - 1] == ' ';
}

enum err http_request_json(struct http_request *request, json_t **object)
{
    struct fault fault = {{0}};

    if (!says_json(request)) {
        http_reply_problem(request, "media_type", NULL);
        return ERR_INVALID;
    }
    if (http_json_parse(http_request_body(request), object, &fault) == OK)
        return OK;
    http_reply_problem(request, "malformed", json_pack("{s:s}", "reason", fault.text));
    return ERR_INVALID;
}

bool http_text_allowed(const json_t *value, size_t least, size_t most)
{
    struct slice text;
    size_t points = 0;

    if (!json_is_string(value))
        return false;
    text = slice_of(json_string_value(value), json_string_length(value));
    if (text.len / 4 > most || !canon_text_allowed(text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        points += (text.data[i] & 0xc0) != 0x80;
    return points >= least && points <= most;
}

/* The same with line breaks: each line by itself may stand in an entry. */
static bool lines_allowed(const json_t *value, size_t least, size_t most)
{
    struct slice text, line;
    size_t points = 0, start = 0;

    if (!json_is_string(value))
        return false;
    text = slice_of(json_string_value(value), json_string_length(value));
    if (text.len / 4 > most)
        return false;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.data[i] != '\n') {
            points += (text.data[i] & 0xc0) != 0x80;
            continue;
        }
        points += i < text.len;
        line = slice_of(text.data + start, i - start);
        if (!canon_text_allowed(line))
            return false;
        start = i + 1;
    }
    return points >= least && points <= most;
}

static bool within(size_t size, const struct http_member *member)
{
    return (int64_t)size >= member->least && (int64_t)size <= member->most;
}

/* Stores a value of the right kind and size. */
static bool take(json_t *value, const struct http_member *member)
{
    switch (member->kind) {
    case HTTP_MEMBER_TEXT:
    case HTTP_MEMBER_LINES:
        if (!(member->kind == HTTP_MEMBER_TEXT ? http_text_allowed : lines_allowed)(
                value, (size_t)member->least, (size_t)member->most))
            return false;
        *(struct slice *)member->out =
            slice_of(json_string_value(value), json_string_length(value));
        return true;
    case HTTP_MEMBER_INT:
        if (!json_is_integer(value) || json_integer_value(value) < member->least ||
            json_integer_value(value) > member->most)
            return false;
        *(int64_t *)member->out = json_integer_value(value);
        return true;
    case HTTP_MEMBER_BOOL:
        if (!json_is_boolean(value))
            return false;
        *(bool *)member->out = json_is_true(value);
        return true;
    case HTTP_MEMBER_ARRAY:
        if (!json_is_array(value) || !within(json_array_size(value), member))
            return false;
        *(json_t **)member->out = value;
        return true;
    case HTTP_MEMBER_OBJECT:
        if (!json_is_object(value) || !within(json_object_size(value), member))
            return false;
        *(json_t **)member->out = value;
        return true;
    }
    return false;
}

/* A name that a stranger chose, for a fault: only when it is harmless to print. */
static const char *printable(const char *name)
{
    for (size_t i = 0; name[i] != '\0'; i++)
        if (i >= 64 || memchr("abcdefghijklmnopqrstuvwxyz0123456789_-", name[i], 38) == NULL)
            return "?";
    return name;
}

enum err http_members(const json_t *object, const struct http_member *members, size_t count,
                      struct fault *fault)
{
    json_t *borrowed = (json_t *)(uintptr_t)object;
    size_t found = 0;
    const char *name;
    json_t *value;

    if (!json_is_object(object))
        return fault_set(fault, ERR_INVALID, "not an object");
    for (size_t i = 0; i < count; i++) {
        value = json_object_get(object, members[i].name);
        if (value == NULL && members[i].optional)
            continue;
        if (value == NULL)
            return fault_set(fault, ERR_INVALID, "member %s is missing", members[i].name);
        if (!take(value, &members[i]))
            return fault_set(fault, ERR_INVALID, "member %s is not of its form", members[i].name);
        found++;
    }
    if (found == json_object_size(object))
        return OK;
    json_object_foreach(borrowed, name, value)
    {
        bool known = false;

        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(members[i].name, name) == 0;
        if (!known)
            return fault_set(fault, ERR_INVALID, "member %s is unknown", printable(name));
    }
    return fault_set(fault, ERR_INVALID, "a member comes twice");
}

json_t *http_request_members(struct http_request *request, const struct http_member *members,
                             size_t count)
{
    json_t *body = NULL;
    struct fault fault;
    if (http_request_json(request, &body) != OK)
        return NULL;
    if (http_members(body, members, count, &fault) == OK)
        return body;
    json_decref(body);
    http_reply_problem(request, "malformed", json_pack("{s:s}", "reason", fault.text));
    return NULL;
}

json_t *http_param_json(const struct http_request *request, const char *name)
{
    struct slice text = http_request_param(request, name);
    return json_stringn((const char *)text.data, text.len);
}
