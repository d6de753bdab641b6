#include "http/messages.h"

#include <jansson.h>
#include <string.h>

#include "base/mem.h"

struct messages {
    json_t *texts[LANG_COUNT]; /* flat objects of strings, owned */
};

/* Which dates the sentence of a state has. */
static const struct {
    const char *state;
    bool opens, closes;
} states[] = {{"unscheduled", false, false},
              {"scheduled", true, true},
              {"open", false, true},
              {"paused", false, true},
              {"closed", false, true}};

/* Cuts the next "{name}" out of *text: what stands before it goes to *before, the name to *name.
 * False when there is none left, *before is the rest then. */
static bool next_param(const char **text, struct slice *before, struct slice *name)
{
    const char *open = strchr(*text, '{');
    const char *close = open == NULL ? NULL : strchr(open, '}');
    if (close == NULL) {
        *before = slice_str(*text);
        return false;
    }
    *before = slice_of(*text, (size_t)(open - *text));
    *name = slice_of(open + 1, (size_t)(close - open - 1));
    *text = close + 1;
    return true;
}

static bool has_param(const char *text, struct slice wanted)
{
    struct slice before, name;
    while (next_param(&text, &before, &name)) {
        if (slice_equal(name, wanted))
            return true;
    }
    return false;
}

/* True when every parameter of one is in the other. */
static bool params_within(const char *one, const char *other)
{
    struct slice before, name;
    while (next_param(&one, &before, &name)) {
        if (!has_param(other, name))
            return false;
    }
    return true;
}

static enum err load_language(const struct static_files *files, enum lang lang, json_t **out,
                              struct fault *fault)
{
    char *path = xasprintf("i18n/%s.json", lang_code(lang));
    const struct static_file *file = static_file_at(files, path);
    enum err err = OK;
    json_error_t where;
    const char *key;
    json_t *value;

    if (file == NULL) {
        err = fault_set(fault, ERR_INVALID, "%s: not in the built pages", path);
        goto out;
    }
    struct slice bytes = file->bodies[0].bytes;
    *out = json_loadb((const char *)bytes.data, bytes.len, JSON_REJECT_DUPLICATES, &where);
    if (*out == NULL || !json_is_object(*out)) {
        err = fault_set(fault, ERR_INVALID, "%s:%d: %s", path, *out ? 1 : where.line,
                        *out ? "not an object" : where.text);
        goto out;
    }
    json_object_foreach(*out, key, value)
    {
        if (!json_is_string(value)) {
            err = fault_set(fault, ERR_INVALID, "%s: \"%s\" is not a string", path, key);
            goto out;
        }
    }
out:
    free(path);
    return err;
}

/* The languages have the same keys with the same parameters as Kazakh. */
static enum err compare_languages(const struct messages *messages, struct fault *fault)
{
    json_t *kk = messages->texts[LANG_KK];
    for (int i = LANG_KK + 1; i < LANG_COUNT; i++) {
        json_t *other = messages->texts[i];
        const char *key;
        json_t *value;
        json_object_foreach(kk, key, value)
        {
            const char *a = json_string_value(value);
            const char *b = json_string_value(json_object_get(other, key));
            if (b == NULL || !params_within(a, b) || !params_within(b, a))
                return fault_set(
                    fault, ERR_INVALID,
                    "i18n/%s.json: \"%s\" is missing or has other parameters than in kk",
                    lang_code((enum lang)i), key);
        }
        if (json_object_size(kk) != json_object_size(other))
            return fault_set(fault, ERR_INVALID, "i18n/%s.json has keys that kk has not",
                             lang_code((enum lang)i));
    }
    return OK;
}

enum err messages_load(const struct static_files *files, struct messages **out, struct fault *fault)
{
    struct messages *messages = xcalloc(1, sizeof *messages);
    enum err err = OK;
    for (int i = 0; i < LANG_COUNT && err == OK; i++)
        err = load_language(files, (enum lang)i, &messages->texts[i], fault);
    if (err == OK)
        err = compare_languages(messages, fault);
    if (err != OK) {
        messages_destroy(messages);
        return err;
    }
    *out = messages;
    return OK;
}

void messages_destroy(struct messages *messages)
{
    if (messages == NULL)
        return;
    for (int i = 0; i < LANG_COUNT; i++)
        json_decref(messages->texts[i]);
    free(messages);
}

const char *messages_find(const struct messages *messages, enum lang lang, const char *key)
{
    return json_string_value(json_object_get(messages->texts[lang], key));
}

static const char *param_text(const struct message_param *params, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(name, params[i].name))
            return params[i].text;
    }
    return NULL;
}

enum err messages_format(const struct messages *messages, enum lang lang, const char *key,
                         const struct message_param *params, size_t count, struct buf *out,
                         struct fault *fault)
{
    const char *text = messages_find(messages, lang, key);
    if (text == NULL)
        return fault_set(fault, ERR_NOT_FOUND, "no message \"%s\"", key);
    for (size_t i = 0; i < count; i++) {
        if (!has_param(text, slice_str(params[i].name)))
            return fault_set(fault, ERR_INVALID, "message \"%s\" takes no {%s}", key,
                             params[i].name);
    }
    struct slice before, name;
    const char *rest = text;
    while (next_param(&rest, &before, &name)) {
        if (param_text(params, count, name) == NULL)
            return fault_set(fault, ERR_INVALID, "message \"%s\" wants {%.*s}", key,
                             SLICE_PRINT(name));
    }
    while (next_param(&text, &before, &name)) {
        buf_put_slice(out, before);
        buf_put_str(out, param_text(params, count, name));
    }
    buf_put_slice(out, before);
    return OK;
}

enum err messages_phase(const struct messages *messages, enum lang lang, const char *phase,
                        const char *state, int64_t opens, int64_t closes, struct buf *out,
                        struct fault *fault)
{
    size_t i = 0;
    while (i < sizeof states / sizeof *states && strcmp(states[i].state, state) != 0)
        i++;
    if (i == sizeof states / sizeof *states)
        return fault_set(fault, ERR_NOT_FOUND, "no state of a phase is called \"%s\"", state);

    struct buf phase_key, state_key, from, to;
    buf_init(&phase_key, 128);
    buf_init(&state_key, 128);
    buf_init(&from, 128);
    buf_init(&to, 128);
    buf_printf(&phase_key, "server.phase.%s", phase);
    buf_printf(&state_key, "server.state.%s", state);
    fmt_datetime(&from, lang, opens);
    fmt_datetime(&to, lang, closes);

    struct message_param params[3];
    size_t count = 0;
    enum err err = OK;
    const char *name = messages_find(messages, lang, buf_text(&phase_key));
    if (name == NULL) {
        err = fault_set(fault, ERR_NOT_FOUND, "no phase is called \"%s\"", phase);
        goto out;
    }
    params[count++] = (struct message_param){"phase", name};
    if (states[i].opens)
        params[count++] = (struct message_param){"opens", buf_text(&from)};
    if (states[i].closes)
        params[count++] = (struct message_param){"closes", buf_text(&to)};
    err = messages_format(messages, lang, buf_text(&state_key), params, count, out, fault);
out:
    buf_release(&phase_key);
    buf_release(&state_key);
    buf_release(&from);
    buf_release(&to);
    return err;
}
