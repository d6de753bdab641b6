#include "http/problem.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

static int compare(const void *code, const void *row)
{
    return strcmp(code, ((const struct problem *)row)->code);
}

static const struct problem *look_up(const char *code)
{
    return bsearch(code, problems, problems_len, sizeof problems[0], compare);
}

bool problem_known(const char *code)
{
    return look_up(code) != NULL;
}

const struct problem *problem_find(const char *code)
{
    const struct problem *problem = look_up(code);

    if (problem != NULL)
        return problem;
    log_error("problem_unknown", LOG_S("code", code));
    return look_up("internal");
}

const char *problem_of_err(enum err err)
{
    switch (err) {
    case ERR_INVALID:
        return "malformed";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_DENIED:
        return "not_allowed";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_LIMITED:
    case ERR_UNAVAILABLE:
        return "busy";
    case ERR_UNKNOWN:
        return "unanswered";
    case OK:
    case ERR_CORRUPT:
    case ERR_INTERNAL:
        break;
    }
    return "internal";
}

void problem_put(struct buf *out, const struct problem *problem, enum lang language,
                 const char *request_id, const json_t *extra)
{
    json_t *body = extra ? json_copy((json_t *)(uintptr_t)extra) : json_object();
    char type[128];
    char *text;

    snprintf(type, sizeof type, "/problems/%s", problem->code);
    json_object_set_new(body, "type", json_string(type));
    json_object_set_new(body, "title", json_string(problem->text[language].title));
    json_object_set_new(body, "status", json_integer(problem->status));
    json_object_set_new(body, "detail", json_string(problem->text[language].detail));
    json_object_set_new(body, "code", json_string(problem->code));
    if (request_id != NULL)
        json_object_set_new(body, "request_id", json_string(request_id));
    text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
    INVARIANT(text != NULL);
    buf_put_str(out, text);
    free(text);
    json_decref(body);
}
