#include "rules_load.h"

#include "base/json_depth.h"
#include "campaign/rules.h"

/* Largest magnitude that every JSON reader keeps exactly. */
#define NUMBER_MAX ((INT64_C(1) << 53) - 1)

static bool numbers_exact(const json_t *value)
{
    const char *key;
    json_t *child;
    size_t i;

    if (json_is_real(value))
        return false;
    if (json_is_integer(value)) {
        json_int_t number = json_integer_value(value);
        return number >= -NUMBER_MAX && number <= NUMBER_MAX;
    }
    json_array_foreach(value, i, child)
    {
        if (!numbers_exact(child))
            return false;
    }
    /* The iterator does not change the object, its type only does not say so. */
    json_object_foreach((json_t *)(uintptr_t)value, key, child)
    {
        if (!numbers_exact(child))
            return false;
    }
    return true;
}

enum err rules_load(struct slice json, json_t **root, struct fault *fault)
{
    json_error_t error;

    if (json.len > RULES_FILE_MAX)
        return fault_set(fault, ERR_INVALID, "rules: larger than %u bytes", RULES_FILE_MAX);
    if (json_depth(json) > RULES_DEPTH_MAX)
        return fault_set(fault, ERR_INVALID, "rules: more than %d levels deep", RULES_DEPTH_MAX);

    /* jansson swallows one NUL after a number. */
    if (json.len > 0 && memchr(json.data, '\0', json.len) != NULL)
        return fault_set(fault, ERR_INVALID, "rules: a NUL byte");
    /* jansson by itself refuses what else §3 excludes: U+0000 and unpaired surrogates in strings, a
     * byte order mark, anything after the value. */
    json_t *value = json_loadb((const char *)json.data, json.len, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL)
        return fault_set(fault, ERR_INVALID, "rules: line %d, column %d: %s", error.line,
                         error.column, error.text);
    if (!json_is_object(value) || !numbers_exact(value)) {
        bool object = json_is_object(value);
        json_decref(value);
        return fault_set(fault, ERR_INVALID,
                         object ? "rules: a number is not an integer of at most 2^53 - 1"
                                : "rules: not a JSON object");
    }
    *root = value;
    return OK;
}
