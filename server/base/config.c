/*
 * The ini syntax is inih's, with its limits made loud: it reads lines of up to 199 bytes and cuts
 * longer ones in two, and takes an indented line for one more value of the key above. Here the
 * first is an error and the second is allowed for lists only. Debian builds inih without line
 * numbers for its handler, so the reader given to it counts.
 */
#include "base/config.h"

#include <inttypes.h>
#include <stdbool.h>

#include <ini.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

enum { FILE_CAP = 256 * 1024, LIST_CAP = 1024 };

static const char separators[] = ", \t";

struct reading {
    const char *path;
    const struct config_key *keys;
    void *target;
    struct fault *fault;

    struct slice rest; /* what inih has not seen yet */
    unsigned line;
    bool indented; /* the current line began with white space */

    bool *seen; /* for each key, owned */
    enum err err;
};

static void *field(void *target, const struct config_key *key)
{
    return (char *)target + key->offset;
}

static const void *field_const(const void *target, const struct config_key *key)
{
    return (const char *)target + key->offset;
}

static bool one_of(const char *const *only, const char *value)
{
    if (!only)
        return true;
    for (; *only; only++)
        if (strcmp(*only, value) == 0)
            return true;
    return false;
}

static bool set_text(const struct config_key *key, char **text, const char *value)
{
    if (!one_of(key->only, value))
        return false;
    free(*text);
    *text = xstrdup(value);
    return true;
}

static bool set_u32(const struct config_key *key, uint32_t *number, const char *value)
{
    unsigned long long parsed;

    if (!*value || strspn(value, "0123456789") != strlen(value) || strlen(value) > 10)
        return false;
    parsed = strtoull(value, NULL, 10);
    if (parsed < key->least || parsed > key->most)
        return false;
    *number = (uint32_t)parsed;
    return true;
}

static bool set_bool(bool *flag, const char *value)
{
    static const char *const yes[] = {"yes", "true", "on", NULL};
    static const char *const no[] = {"no", "false", "off", NULL};

    *flag = one_of(yes, value);
    return *flag || one_of(no, value);
}

static void clear_list(struct config_list *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct config_list){0};
}

/* Adds the items of value. An empty one is a list of none. */
static bool add_items(const struct config_key *key, struct config_list *list, const char *value)
{
    while (*(value += strspn(value, separators))) {
        size_t len = strcspn(value, separators);
        char *item;

        if (list->len == LIST_CAP)
            return false;
        item = xstrndup(value, len);
        list->items = xrealloc(list->items, list->len + 1, sizeof *list->items);
        list->items[list->len++] = item;
        if (!one_of(key->only, item))
            return false;
        value += len;
    }
    return true;
}

static bool set_value(const struct config_key *key, void *target, const char *value)
{
    void *at = field(target, key);

    switch (key->kind) {
    case CONFIG_TEXT:
        return set_text(key, at, value);
    case CONFIG_U32:
        return set_u32(key, at, value);
    case CONFIG_BOOL:
        return set_bool(at, value);
    case CONFIG_LIST:
        clear_list(at);
        return add_items(key, at, value);
    }
    return false;
}

/* What a value must be, for the fault. */
static void describe(const struct config_key *key, char *out, size_t out_len)
{
    struct buf text;

    buf_init(&text, out_len - 1);
    if (key->only) {
        buf_put_str(&text, key->kind == CONFIG_LIST ? "must be a list of" : "must be one of");
        for (const char *const *only = key->only; *only; only++)
            buf_printf(&text, " %s", *only);
    } else if (key->kind == CONFIG_U32) {
        buf_printf(&text, "must be a number from %" PRIu32 " to %" PRIu32, key->least, key->most);
    } else if (key->kind == CONFIG_BOOL) {
        buf_put_str(&text, "must be yes or no");
    } else {
        buf_printf(&text, "must be a list of at most %d", LIST_CAP);
    }
    snprintf(out, out_len, "%s", buf_text(&text));
    buf_release(&text);
}

static int refuse(struct reading *reading, const char *section, const char *name, const char *why)
{
    reading->err = fault_set(reading->fault, ERR_INVALID, "%s:%u: %s%s%s %s", reading->path,
                             reading->line, section, *section ? "." : "", name, why);
    return 0;
}

static int refuse_value(struct reading *reading, const struct config_key *key)
{
    char why[256];

    describe(key, why, sizeof why);
    return refuse(reading, key->section, key->name, why);
}

static const struct config_key *find_key(const struct config_key *keys, const char *section,
                                         const char *name)
{
    for (const struct config_key *key = keys; key->name; key++)
        if (strcmp(key->section, section) == 0 && strcmp(key->name, name) == 0)
            return key;
    return NULL;
}

/* Called by inih for each key. Later calls are ignored once one was refused. */
static int got_pair(void *user, const char *section, const char *name, const char *value)
{
    struct reading *reading = user;
    const struct config_key *key = find_key(reading->keys, section, name);
    bool *seen;

    if (reading->err != OK)
        return 0;
    if (!key)
        return refuse(reading, section, name, "is not a key");
    seen = &reading->seen[key - reading->keys];
    if (reading->indented && key->kind == CONFIG_LIST && *seen)
        return add_items(key, field(reading->target, key), value) || refuse_value(reading, key);
    if (reading->indented)
        return refuse(reading, section, name, "is no list: only a list goes on in indented lines");
    if (*seen)
        return refuse(reading, section, name, "is set twice");
    *seen = true;
    return set_value(key, reading->target, value) || refuse_value(reading, key);
}

/* fgets() over the bytes in memory, counting lines. */
static char *next_line(char *out, int room, void *stream)
{
    struct reading *reading = stream;
    const uint8_t *end =
        reading->rest.len > 0 ? memchr(reading->rest.data, '\n', reading->rest.len) : NULL;
    size_t len = end ? (size_t)(end - reading->rest.data) + 1 : reading->rest.len;

    if (len == 0 || reading->err != OK)
        return NULL;
    reading->line++;
    if (len >= (size_t)room) {
        reading->err = fault_set(reading->fault, ERR_INVALID,
                                 "%s:%u: longer than %d bytes; a list may go on in indented lines",
                                 reading->path, reading->line, room - 2);
        return NULL;
    }
    if (memchr(reading->rest.data, '\0', len)) {
        reading->err = fault_set(reading->fault, ERR_INVALID, "%s:%u: a NUL byte", reading->path,
                                 reading->line);
        return NULL;
    }
    memcpy(out, reading->rest.data, len);
    out[len] = '\0';
    reading->indented = *out == ' ' || *out == '\t';
    reading->rest = slice_of(reading->rest.data + len, reading->rest.len - len);
    return out;
}

static void set_fallbacks(const struct config_key *keys, void *target)
{
    static const size_t sizes[] = {[CONFIG_TEXT] = sizeof(char *),
                                   [CONFIG_U32] = sizeof(uint32_t),
                                   [CONFIG_BOOL] = sizeof(bool),
                                   [CONFIG_LIST] = sizeof(struct config_list)};

    for (const struct config_key *key = keys; key->name; key++) {
        memset(field(target, key), 0, sizes[key->kind]);
        INVARIANT(!key->fallback || set_value(key, target, key->fallback));
    }
}

static size_t count_keys(const struct config_key *keys)
{
    size_t count = 0;

    while (keys[count].name)
        count++;
    return count;
}

enum err config_read(const char *path, const struct config_key *keys, void *target,
                     struct fault *fault)
{
    struct reading reading = {.path = path, .keys = keys, .target = target, .fault = fault};
    struct buf bytes;
    int line;

    buf_init(&bytes, FILE_CAP);
    set_fallbacks(keys, target);
    if (!path)
        return OK;
    reading.err = file_read(path, &bytes, fault);
    if (reading.err == OK) {
        reading.rest = buf_slice(&bytes);
        reading.seen = xcalloc(count_keys(keys), sizeof *reading.seen);
        line = ini_parse_stream(next_line, &reading, got_pair, &reading);
        /* inih goes on after its own errors, so what was refused may stand further down. */
        if (line != 0 && (reading.err == OK || (unsigned)line < reading.line))
            reading.err = fault_set(fault, ERR_INVALID, "%s:%d: neither [section] nor key = value",
                                    path, line);
    }
    free(reading.seen);
    buf_release(&bytes);
    if (reading.err != OK)
        config_release(keys, target);
    return reading.err;
}

void config_release(const struct config_key *keys, void *target)
{
    for (const struct config_key *key = keys; key->name; key++) {
        if (key->kind == CONFIG_TEXT) {
            char **text = field(target, key);

            free(*text);
            *text = NULL;
        } else if (key->kind == CONFIG_LIST) {
            clear_list(field(target, key));
        }
    }
}

static void print_value(const struct config_key *key, const void *at, FILE *out)
{
    const struct config_list *list = at;
    const char *text;

    switch (key->kind) {
    case CONFIG_TEXT:
        text = *(char *const *)at;
        fprintf(out, text ? "%s = %s\n" : "; %s =%s\n", key->name, text ? text : "");
        break;
    case CONFIG_U32:
        fprintf(out, "%s = %" PRIu32 "\n", key->name, *(const uint32_t *)at);
        break;
    case CONFIG_BOOL:
        fprintf(out, "%s = %s\n", key->name, *(const bool *)at ? "yes" : "no");
        break;
    case CONFIG_LIST:
        fprintf(out, "%s =", key->name);
        for (size_t i = 0; i < list->len; i++)
            fprintf(out, "%s%s", i == 0 ? " " : "\n    ", list->items[i]);
        fputc('\n', out);
        break;
    }
}

void config_print(const struct config_key *keys, const void *target, FILE *out)
{
    const char *section = "";

    for (const struct config_key *key = keys; key->name; key++) {
        if (strcmp(section, key->section) != 0) {
            section = key->section;
            fprintf(out, "\n[%s]\n", section);
        }
        fprintf(out, "; %s\n", key->help ? key->help : key->name);
        print_value(key, field_const(target, key), out);
    }
}
