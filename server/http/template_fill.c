/* Fills a parsed template from a JSON object. */
#include <string.h>

#include "http/template.h"
#include "template_inner.h"

#define STEPS_MAX 1000000 /* nested lists multiply; this bounds what one page may cost */

struct filling {
    const struct template *template;
    struct buf *out;
    struct fault *fault;
    uint64_t steps;
};

static enum err fill_nodes(struct filling *filling, size_t from, size_t to, const json_t *scope);

static enum err refuse(const struct filling *filling, const struct node *node, enum err err,
                       const char *what)
{
    char path[256];
    size_t len = 0;
    for (size_t i = 0; i < node->path.len && len < sizeof path; i++)
        len += (size_t)snprintf(path + len, sizeof path - len, "%s%s", i ? "." : "",
                                node->path.names[i]);
    return fault_set(filling->fault, err, "%s:%u: {{%s}} %s", filling->template->name, node->line,
                     node->path.len ? path : "", what);
}

/* The value at the node's path, or NULL. */
static const json_t *look_up(const struct node *node, const json_t *scope)
{
    for (size_t i = 0; i < node->path.len && scope != NULL; i++)
        scope = json_object_get(scope, node->path.names[i]);
    return scope;
}

static bool is_true(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return json_object_size(value) > 0;
    case JSON_ARRAY:
        return json_array_size(value) > 0;
    case JSON_STRING:
        return json_string_length(value) > 0;
    case JSON_INTEGER:
        return json_integer_value(value) != 0;
    case JSON_REAL:
        return json_real_value(value) != 0;
    case JSON_TRUE:
        return true;
    case JSON_FALSE:
    case JSON_NULL:
        return false;
    }
    return false;
}

static const char *reference_of(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* False when text has a control character that a page may not have. */
static bool put_escaped(struct buf *out, const char *text, size_t len)
{
    size_t from = 0;
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t)text[i] < 0x20 && text[i] != '\t' && text[i] != '\n')
            return false;
        const char *reference = reference_of(text[i]);
        if (reference == NULL)
            continue;
        buf_put(out, text + from, i - from);
        buf_put_str(out, reference);
        from = i + 1;
    }
    buf_put(out, text + from, len - from);
    return true;
}

/* A path of this site or an https address: never another scheme, never //elsewhere, and nothing
 * that browsers strip or turn before they read the scheme (spaces, tabs, back slashes). */
static bool url_allowed(const char *url, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (url[i] <= 0x20 || url[i] > 0x7e || strchr("\\\"<>`", url[i]) != NULL)
            return false;
    }
    if (len > 0 && url[0] == '/')
        return len == 1 || url[1] != '/';
    return len > 8 && memcmp(url, "https://", 8) == 0 && url[8] != '/';
}

static enum err fill_string(struct filling *filling, const struct node *node, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    if (node->slot != SLOT_TEXT && node->slot != SLOT_URL)
        return refuse(filling, node, ERR_INTERNAL, "wants an integer");
    if (node->slot == SLOT_URL && !url_allowed(text, len))
        return refuse(filling, node, ERR_INTERNAL, "wants a path of this site or an https address");
    if (!put_escaped(filling->out, text, len))
        return refuse(filling, node, ERR_INTERNAL, "has a control character");
    return OK;
}

static enum err fill_integer(struct filling *filling, const struct node *node, int64_t value)
{
    enum lang lang = filling->template->lang;
    switch (node->slot) {
    case SLOT_TEXT:
        buf_printf(filling->out, "%lld", (long long)value);
        return OK;
    case SLOT_NUMBER:
        fmt_number(filling->out, lang, value);
        return OK;
    case SLOT_PERCENT:
        fmt_percent(filling->out, lang, value);
        return OK;
    case SLOT_DATE:
        fmt_date(filling->out, lang, value);
        return OK;
    case SLOT_TIME:
        fmt_time(filling->out, value);
        return OK;
    case SLOT_DATETIME:
        fmt_datetime(filling->out, lang, value);
        return OK;
    case SLOT_ISO:
        fmt_iso(filling->out, value);
        return OK;
    case SLOT_URL:
        break;
    }
    return refuse(filling, node, ERR_INTERNAL, "wants a string");
}

static enum err fill_slot(struct filling *filling, const struct node *node, const json_t *value)
{
    if (json_is_string(value))
        return fill_string(filling, node, value);
    if (json_is_integer(value))
        return fill_integer(filling, node, json_integer_value(value));
    return refuse(filling, node, ERR_INTERNAL, "is neither string nor integer");
}

static enum err fill_each(struct filling *filling, size_t at, const json_t *list)
{
    const struct node *node = &filling->template->nodes[at];
    size_t i;
    json_t *item;
    if (!json_is_array(list))
        return refuse(filling, node, ERR_INTERNAL, "wants a list");
    json_array_foreach((json_t *)list, i, item)
    {
        if (!json_is_object(item))
            return refuse(filling, node, ERR_INTERNAL, "wants a list of objects");
        if (++filling->steps > STEPS_MAX) /* counts here too: the body may be empty */
            return refuse(filling, node, ERR_LIMITED, "takes too many steps");
        enum err err = fill_nodes(filling, at + 1, node->end, item);
        if (err != OK)
            return err;
    }
    return OK;
}

static enum err fill_node(struct filling *filling, size_t at, const json_t *scope)
{
    const struct node *node = &filling->template->nodes[at];
    if (node->kind == NODE_TEXT) {
        buf_put_slice(filling->out, node->text);
        return OK;
    }
    const json_t *value = look_up(node, scope);
    if (value == NULL)
        return refuse(filling, node, ERR_INTERNAL, "has no value");
    if (node->kind == NODE_SLOT)
        return fill_slot(filling, node, value);
    if (node->kind == NODE_EACH)
        return fill_each(filling, at, value);
    if (is_true(value))
        return fill_nodes(filling, at + 1, node->otherwise, scope);
    return fill_nodes(filling, node->otherwise, node->end, scope);
}

static enum err fill_nodes(struct filling *filling, size_t from, size_t to, const json_t *scope)
{
    for (size_t at = from; at < to;) {
        const struct node *node = &filling->template->nodes[at];
        if (++filling->steps > STEPS_MAX)
            return refuse(filling, node, ERR_LIMITED, "takes too many steps");
        enum err err = fill_node(filling, at, scope);
        if (err != OK)
            return err;
        if (buf_failed(filling->out))
            return refuse(filling, node, ERR_LIMITED, "makes the page too large");
        at = node->kind == NODE_IF || node->kind == NODE_EACH ? node->end : at + 1;
    }
    return OK;
}

enum err template_fill(const struct template *template, const json_t *data, struct buf *out,
                       struct fault *fault)
{
    struct filling filling = {.template = template, .out = out, .fault = fault};
    return fill_nodes(&filling, 0, template->len, data);
}
