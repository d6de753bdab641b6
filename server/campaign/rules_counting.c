/*
 * The reader by which ledgers are judged. It mirrors PROTOCOL.md §3 line by line; what it accepts
 * or refuses beyond that text is an error, because another verifier would judge otherwise. What
 * makes a file invalid here:
 *
 *   - not JSON in the form of rules_load.c;
 *   - phases: not an array of objects with `id`, a strictly ascending choice out of enum phase with
 *     evaluation in it;
 *   - categories: not 1 to 64 objects with distinct ids [a-z0-9_]{1,16} and a `ballot` object of a
 *     known method whose numbers are integers in range;
 *   - rank: not at_most weights; score: least > most, not 1 to 16 criteria with distinct ids
 *     [a-z0-9_]{1,64};
 *   - max_rev: not 1 … 2^53 − 1;
 *   - tie_breaks: not an array of different words out of `voters` and `lot`.
 *
 * Members that a method does not have are not looked at.
 */
#include "base/mem.h"
#include "campaign/rules.h"
#include "rules_load.h"

#define NUMBER_MAX ((UINT64_C(1) << 53) - 1)

static bool number(const json_t *value, uint64_t least, uint64_t most, uint64_t *out)
{
    if (!json_is_integer(value))
        return false;
    json_int_t n = json_integer_value(value);
    if (n < 0 || (uint64_t)n < least || (uint64_t)n > most)
        return false;
    *out = (uint64_t)n;
    return true;
}

static bool identifier(const json_t *value, char *out, size_t most)
{
    size_t len = json_string_length(value);
    if (!json_is_string(value) || len == 0 || len > most)
        return false;
    const char *text = json_string_value(value);
    if (strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") != len)
        return false;
    memcpy(out, text, len + 1);
    return true;
}

static struct slice text_of(const json_t *string)
{
    return slice_of(json_string_value(string), json_string_length(string));
}

static struct rules_text no_text(void)
{
    return (struct rules_text){{xstrdup(""), xstrdup(""), xstrdup("")}};
}

static enum err read_phases(const json_t *array, struct rules *rules, struct fault *fault)
{
    const json_t *item;
    size_t i;

    if (!json_is_array(array))
        return fault_set(fault, ERR_INVALID, "rules: phases is not an array");
    json_array_foreach(array, i, item)
    {
        const json_t *id = json_object_get(item, "id");
        enum phase phase = json_is_string(id) ? phase_by_name(text_of(id)) : PHASE_COUNT;
        if (phase == PHASE_COUNT || (i > 0 && phase <= rules->phases[i - 1].phase))
            return fault_set(fault, ERR_INVALID, "rules: phases[%zu] is unknown or out of order",
                             i);
        rules->phases[i].phase = phase;
        rules->phases_len = i + 1;
    }
    if (rules_phase(rules, PHASE_EVALUATION) == NULL)
        return fault_set(fault, ERR_INVALID, "rules: no phase evaluation");
    return OK;
}

static bool read_at_most(const json_t *json, struct ballot_rules *ballot)
{
    uint64_t at_most;
    if (!number(json_object_get(json, "at_most"), 1, RULES_AT_MOST_MAX, &at_most))
        return false;
    ballot->at_most = (uint32_t)at_most;
    return true;
}

static bool read_rank(const json_t *json, struct ballot_rules *ballot)
{
    const json_t *weights = json_object_get(json, "weights");
    if (!read_at_most(json, ballot) || !json_is_array(weights) ||
        json_array_size(weights) != ballot->at_most)
        return false;
    ballot->weights = xcalloc(ballot->at_most, sizeof *ballot->weights);
    for (size_t i = 0; i < ballot->at_most; i++) {
        if (!number(json_array_get(weights, i), 0, NUMBER_MAX, &ballot->weights[i]))
            return false;
    }
    return true;
}

static bool criterion_known(const struct ballot_rules *ballot, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        if (strcmp(ballot->criteria[i].id, ballot->criteria[before].id) == 0)
            return true;
    }
    return false;
}

static bool read_score(const json_t *json, struct ballot_rules *ballot)
{
    const json_t *criteria = json_object_get(json, "criteria");
    size_t count = json_array_size(criteria); /* 0 for anything but an array */
    if (!read_at_most(json, ballot) ||
        !number(json_object_get(json, "least"), 0, NUMBER_MAX, &ballot->least) ||
        !number(json_object_get(json, "most"), 0, NUMBER_MAX, &ballot->most) ||
        ballot->least > ballot->most || count == 0 || count > RULES_CRITERIA_MAX)
        return false;
    ballot->criteria = xcalloc(count, sizeof *ballot->criteria);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(criteria, i);
        struct ballot_criterion *criterion = &ballot->criteria[i];
        criterion->name = no_text();
        ballot->criteria_len = i + 1;
        if (!identifier(json_object_get(item, "id"), criterion->id, RULES_CRITERION_ID_MAX) ||
            !number(json_object_get(item, "weight"), 1, NUMBER_MAX, &criterion->weight) ||
            criterion_known(ballot, i))
            return false;
    }
    return true;
}

static bool read_choose(const json_t *json, struct ballot_rules *ballot)
{
    (void)json;
    ballot->at_most = 1;
    return true;
}

static bool read_points(const json_t *json, struct ballot_rules *ballot)
{
    return number(json_object_get(json, "sum"), 1, NUMBER_MAX, &ballot->sum);
}

static bool read_ballot(const json_t *json, struct ballot_rules *ballot)
{
    static bool (*const readers[BALLOT_METHOD_COUNT])(const json_t *, struct ballot_rules *) = {
        read_choose, read_at_most, read_points, read_rank, read_score};
    const json_t *method = json_object_get(json, "method");

    if (!json_is_string(method))
        return false;
    for (unsigned i = 0; i < BALLOT_METHOD_COUNT; i++) {
        if (!slice_is(text_of(method), ballot_method_name((enum ballot_method)i)))
            continue;
        ballot->method = (enum ballot_method)i;
        return readers[i](json, ballot);
    }
    return false;
}

static enum err read_categories(const json_t *array, struct rules *rules, struct fault *fault)
{
    size_t count = json_array_size(array);
    if (count == 0 || count > RULES_CATEGORIES_MAX)
        return fault_set(fault, ERR_INVALID, "rules: categories is not an array of 1 to %d",
                         RULES_CATEGORIES_MAX);
    rules->categories = xcalloc(count, sizeof *rules->categories);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(array, i);
        struct rules_category *category = &rules->categories[i];
        char id[RULES_CATEGORY_ID_MAX + 1];

        category->name = no_text();
        category->about = no_text();
        rules->categories_len = i + 1;
        if (!identifier(json_object_get(item, "id"), id, RULES_CATEGORY_ID_MAX) ||
            rules_category(rules, slice_str(id)) >= 0)
            return fault_set(fault, ERR_INVALID, "rules: categories[%zu] has no id of its own", i);
        memcpy(category->id, id, sizeof id);
        if (!read_ballot(json_object_get(item, "ballot"), &category->ballot))
            return fault_set(fault, ERR_INVALID, "rules: the ballot of category %s is wrong", id);
    }
    return OK;
}

static enum err read_tie_breaks(const json_t *array, struct rules *rules, struct fault *fault)
{
    const json_t *item;
    size_t i;

    if (!json_is_array(array))
        return fault_set(fault, ERR_INVALID, "rules: tie_breaks is not an array");
    json_array_foreach(array, i, item)
    {
        enum rules_tie_break found = RULES_TIE_COUNT;
        for (unsigned t = 0; json_is_string(item) && t < RULES_TIE_COUNT; t++) {
            if (slice_is(text_of(item), rules_tie_break_name((enum rules_tie_break)t)))
                found = (enum rules_tie_break)t;
        }
        for (size_t k = 0; k < i; k++) {
            if (rules->tie_breaks[k] == found)
                found = RULES_TIE_COUNT;
        }
        if (found == RULES_TIE_COUNT)
            return fault_set(fault, ERR_INVALID, "rules: tie_breaks[%zu] is unknown or repeated",
                             i);
        rules->tie_breaks[i] = found;
        rules->tie_breaks_len = i + 1;
    }
    return OK;
}

enum err rules_parse_counting(struct slice json, struct rules **out, struct fault *fault)
{
    json_t *root = NULL;
    enum err err = rules_load(json, &root, fault);
    if (err != OK)
        return err;

    struct rules *rules = xcalloc(1, sizeof *rules);
    rules->counting_only = true;
    rules->name = no_text();
    rules->about = no_text();

    err = read_phases(json_object_get(root, "phases"), rules, fault);
    if (err == OK)
        err = read_categories(json_object_get(root, "categories"), rules, fault);
    if (err == OK)
        err = read_tie_breaks(json_object_get(root, "tie_breaks"), rules, fault);
    if (err == OK && !number(json_object_get(root, "max_rev"), 1, NUMBER_MAX, &rules->max_rev))
        err = fault_set(fault, ERR_INVALID, "rules: max_rev is not an integer of at least 1");

    json_decref(root);
    if (err != OK) {
        rules_destroy(rules);
        return err;
    }
    *out = rules;
    return OK;
}
