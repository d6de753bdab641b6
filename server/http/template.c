#include "http/template.h"

#include <string.h>

#include "base/mem.h"
#include "html_place.h"
#include "template_inner.h"

#define NODES_MAX 8192
#define NAME_LEN_MAX 64

/* An if or each that is still open. */
struct open_block {
    size_t node;
    bool has_else;
};

struct parser {
    struct template *template;
    struct slice rest;
    unsigned line;
    struct html_place place;
    struct open_block open[TEMPLATE_DEPTH_MAX];
    size_t depth;
    struct fault *fault;
};

static const struct {
    const char *name;
    enum slot_kind kind;
} kinds[] = {{"number", SLOT_NUMBER}, {"percent", SLOT_PERCENT},   {"date", SLOT_DATE},
             {"time", SLOT_TIME},     {"datetime", SLOT_DATETIME}, {"iso", SLOT_ISO},
             {"url", SLOT_URL}};

static enum err refuse(const struct parser *parser, enum err err, const char *what)
{
    return fault_set(parser->fault, err, "%s:%u: %s", parser->template->name, parser->line, what);
}

/* ---- pieces --------------------------------------------------------------------------------- */

static unsigned lines_in(struct slice text)
{
    unsigned lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.data[i] == '\n';
    return lines;
}

static bool take_prefix(struct slice *text, const char *prefix)
{
    size_t len = strlen(prefix);
    if (text->len < len || memcmp(text->data, prefix, len) != 0)
        return false;
    *text = slice_of(text->data + len, text->len - len);
    return true;
}

static bool name_allowed(struct slice name)
{
    if (name.len == 0 || name.len > NAME_LEN_MAX || name.data[0] < 'a' || name.data[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
            return false;
    }
    return true;
}

static enum err parse_path(const struct parser *parser, struct slice text, struct path *path)
{
    for (;;) {
        const uint8_t *dot = text.len ? memchr(text.data, '.', text.len) : NULL;
        struct slice name = slice_of(text.data, dot ? (size_t)(dot - text.data) : text.len);
        if (!name_allowed(name))
            return refuse(parser, ERR_INVALID, "a path is [a-z][a-z0-9_]* joined by dots");
        if (path->len == PATH_NAMES_MAX)
            return refuse(parser, ERR_LIMITED, "a path has too many names");
        path->names[path->len++] = xstrndup(name.data, name.len);
        if (dot == NULL)
            return OK;
        text = slice_of(dot + 1, text.len - name.len - 1);
    }
}

static enum err add_node(struct parser *parser, enum node_kind kind, struct node **node)
{
    struct template *template = parser->template;
    if (template->len == NODES_MAX)
        return refuse(parser, ERR_LIMITED, "too many slots");
    GROW(template->nodes, template->len, template->room);
    *node = &template->nodes[template->len++];
    **node = (struct node){.kind = kind, .line = parser->line};
    return OK;
}

/* ---- tags ----------------------------------------------------------------------------------- */

static enum err parse_text(struct parser *parser, struct slice text)
{
    struct node *node;
    size_t bad = 0;
    const char *wrong = html_place_follow(&parser->place, text, &bad);
    if (wrong != NULL) {
        parser->line += lines_in(slice_of(text.data, bad));
        return refuse(parser, ERR_INVALID, wrong);
    }
    if (text.len == 0)
        return OK;
    enum err err = add_node(parser, NODE_TEXT, &node);
    if (err != OK)
        return err;
    node->text = text;
    parser->line += lines_in(text);
    return OK;
}

static enum err parse_slot(struct parser *parser, struct slice tag)
{
    struct node *node;
    enum slot_kind kind = SLOT_TEXT;
    const uint8_t *colon = tag.len ? memchr(tag.data, ':', tag.len) : NULL;
    if (colon != NULL) {
        struct slice name = slice_of(tag.data, (size_t)(colon - tag.data));
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            if (slice_is(name, kinds[i].name))
                kind = kinds[i].kind;
        }
        if (kind == SLOT_TEXT)
            return refuse(parser, ERR_INVALID, "a slot of an unknown kind");
        tag = slice_of(colon + 1, tag.len - name.len - 1);
    }
    const char *wrong = html_place_slot(&parser->place, kind == SLOT_URL);
    if (wrong != NULL)
        return refuse(parser, ERR_INVALID, wrong);
    enum err err = add_node(parser, NODE_SLOT, &node);
    if (err != OK)
        return err;
    node->slot = kind;
    return parse_path(parser, tag, &node->path);
}

static enum err parse_open(struct parser *parser, enum node_kind kind, struct slice path)
{
    struct node *node;
    if (parser->depth == TEMPLATE_DEPTH_MAX)
        return refuse(parser, ERR_LIMITED, "too many if and each inside one another");
    enum err err = add_node(parser, kind, &node);
    if (err != OK)
        return err;
    parser->open[parser->depth++] = (struct open_block){.node = parser->template->len - 1};
    return parse_path(parser, path, &node->path);
}

static enum err parse_else(struct parser *parser)
{
    struct open_block *open = parser->depth ? &parser->open[parser->depth - 1] : NULL;
    struct template *template = parser->template;
    if (open == NULL || template->nodes[open->node].kind != NODE_IF || open->has_else)
        return refuse(parser, ERR_INVALID, "{{else}} without its {{#if}}");
    open->has_else = true;
    template->nodes[open->node].otherwise = template->len;
    return OK;
}

static enum err parse_close(struct parser *parser, enum node_kind kind)
{
    struct open_block *open = parser->depth ? &parser->open[parser->depth - 1] : NULL;
    struct template *template = parser->template;
    if (open == NULL || template->nodes[open->node].kind != kind)
        return refuse(parser, ERR_INVALID, "{{/if}} or {{/each}} that closes nothing");
    struct node *node = &template->nodes[open->node];
    node->end = template->len;
    if (!open->has_else)
        node->otherwise = template->len;
    parser->depth--;
    return OK;
}

static enum err parse_tag(struct parser *parser, struct slice tag)
{
    if (tag.len == 0)
        return refuse(parser, ERR_INVALID, "an empty slot");
    if (tag.data[0] != '#' && tag.data[0] != '/' && !slice_is(tag, "else"))
        return parse_slot(parser, tag);
    if (!html_place_between(&parser->place))
        return refuse(parser, ERR_INVALID, "an if or each that is not between elements");
    if (slice_is(tag, "else"))
        return parse_else(parser);
    if (slice_is(tag, "/if"))
        return parse_close(parser, NODE_IF);
    if (slice_is(tag, "/each"))
        return parse_close(parser, NODE_EACH);
    if (take_prefix(&tag, "#if "))
        return parse_open(parser, NODE_IF, tag);
    if (take_prefix(&tag, "#each "))
        return parse_open(parser, NODE_EACH, tag);
    return refuse(parser, ERR_INVALID, "an unknown tag");
}

static enum err parse_all(struct parser *parser)
{
    while (parser->rest.len > 0) {
        struct slice rest = parser->rest;
        const uint8_t *open = memmem(rest.data, rest.len, "{{", 2);
        enum err err =
            parse_text(parser, slice_of(rest.data, open ? (size_t)(open - rest.data) : rest.len));
        if (err != OK)
            return err;
        if (open == NULL)
            break;
        rest = slice_of(open + 2, rest.len - (size_t)(open + 2 - rest.data));
        const uint8_t *close = rest.len ? memmem(rest.data, rest.len, "}}", 2) : NULL;
        if (close == NULL)
            return refuse(parser, ERR_INVALID, "{{ that is never closed");
        struct slice tag = slice_of(rest.data, (size_t)(close - rest.data));
        err = parse_tag(parser, tag);
        if (err != OK)
            return err;
        parser->rest = slice_of(close + 2, rest.len - tag.len - 2);
    }
    if (parser->depth > 0) {
        parser->line = parser->template->nodes[parser->open[parser->depth - 1].node].line;
        return refuse(parser, ERR_INVALID, "an if or each that is never closed");
    }
    if (parser->place.state != HTML_TEXT)
        return refuse(parser, ERR_INVALID, "the text ends inside a tag or comment");
    return OK;
}

/* ---- public --------------------------------------------------------------------------------- */

enum err template_parse(const char *name, struct slice text, enum lang lang, struct template **out,
                        struct fault *fault)
{
    if (text.len > TEMPLATE_MAX)
        return fault_set(fault, ERR_LIMITED, "%s: longer than %d bytes", name, TEMPLATE_MAX);
    struct template *template = xcalloc(1, sizeof *template);
    template->name = xstrdup(name);
    template->text = xstrndup(text.data, text.len);
    template->lang = lang;
    struct parser parser = {.template = template,
                            .rest = slice_of(template->text, text.len),
                            .line = 1,
                            .fault = fault};
    /* xstrndup() stops at a NUL, which no page has. */
    enum err err = text.len > 0 && memchr(text.data, 0, text.len) != NULL
                       ? refuse(&parser, ERR_INVALID, "a NUL byte")
                       : parse_all(&parser);
    if (err != OK) {
        template_destroy(template);
        return err;
    }
    *out = template;
    return OK;
}

void template_destroy(struct template *template)
{
    if (template == NULL)
        return;
    for (size_t i = 0; i < template->len; i++) {
        for (size_t j = 0; j < template->nodes[i].path.len; j++)
            free(template->nodes[i].path.names[j]);
    }
    free(template->nodes);
    free(template->text);
    free(template->name);
    free(template);
}
