#include "base/clock.h"
#include "campaign/rules.h"
#include "rules_load.h"

/* "2026-11-30T18:00:00+05:00" and a NUL. */
#define INSTANT_CAP (CLOCK_TEXT_LEN + 5)

/* Astana time, which the whole country has kept since 1 March 2024. */
static void put_instant(char out[static INSTANT_CAP], int64_t unix_seconds)
{
    char text[CLOCK_TEXT_LEN];
    clock_format(text, unix_seconds + INT64_C(5) * 3600);
    snprintf(out, INSTANT_CAP, "%.*s+05:00", CLOCK_TEXT_LEN - 2, text);
}

static json_t *make_phases(const struct rules_phase *phases, size_t phases_len)
{
    json_t *array = json_array();
    for (size_t i = 0; i < phases_len; i++) {
        char opens[INSTANT_CAP], closes[INSTANT_CAP];
        put_instant(opens, phases[i].opens);
        put_instant(closes, phases[i].closes);
        json_array_append_new(array, json_pack("{s:s,s:s,s:s}", "id", phase_name(phases[i].phase),
                                               "opens", opens, "closes", closes));
    }
    return array;
}

static int put_bytes(const char *text, size_t len, void *out)
{
    buf_put(out, text, len);
    return 0;
}

enum err rules_with_schedule(struct slice json, const char *id, const struct rules_phase *phases,
                             size_t phases_len, struct buf *out, struct fault *fault)
{
    json_t *root = NULL;
    enum err err = rules_load(json, &root, fault);
    if (err != OK)
        return err;

    json_object_set_new(root, "phases", make_phases(phases, phases_len));
    if (id != NULL)
        json_object_set_new(json_object_get(root, "campaign"), "id", json_string(id));
    json_dump_callback(root, put_bytes, out, JSON_INDENT(2));
    buf_put_byte(out, '\n');
    json_decref(root);
    return buf_failed(out) ? fault_set(fault, ERR_LIMITED, "rules: no room for the file") : OK;
}
