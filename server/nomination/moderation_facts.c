#include "moderation_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

static int number_of(const json_t *item, const char *name)
{
    const char *text = json_string_value(json_object_get(item, name));
    return text == NULL || *text == '\0' ? -1 : (int)strtol(text, NULL, 10);
}

/* The day on which it filed for that year, out of "2025:2025-03-21|2026"; the last year in it. */
static struct slice filed_on(const char *filed, uint32_t year, int *last)
{
    struct slice day = slice_str("");
    while (filed != NULL && *filed != '\0') {
        size_t len = strcspn(filed, "|");
        long own = strtol(filed, NULL, 10);
        if (own > *last)
            *last = (int)own;
        if (own == (long)year && len == 15 && filed[4] == ':')
            day = slice_of(filed + 5, 10);
        filed += len + (filed[len] == '|');
    }
    return day;
}

/* Of "2019|2023" the last; 0 for none. */
static int last_year(const char *years)
{
    int last = 0;
    while (years != NULL && *years != '\0') {
        int own = (int)strtol(years, NULL, 10);
        last = own > last ? own : last;
        years += strcspn(years, "|");
        years += *years == '|';
    }
    return last;
}

/* The year in which evaluation closes, which is that of the prize. */
static int campaign_year(const struct rules *rules)
{
    char text[CLOCK_TEXT_LEN];
    const struct rules_phase *evaluation = rules_phase(rules, PHASE_EVALUATION);
    clock_format(text, evaluation->closes);
    return (int)strtol(text, NULL, 10);
}

static struct nomination_facts facts_of(const struct rules *rules, const json_t *item, size_t twins)
{
    const char *status = json_string_value(json_object_get(item, "status"));
    const char *bin = json_string_value(json_object_get(item, "bin"));
    struct nomination_facts facts = {
        .status = slice_str(status == NULL ? "" : status),
        .bin = slice_str(bin == NULL ? "" : bin),
        .filed_year = number_of(item, "filed_year"),
        .laureate_year = last_year(json_string_value(json_object_get(item, "laureate"))),
        .campaign_year = campaign_year(rules),
        .same_bin = twins};
    facts.filed_on = filed_on(json_string_value(json_object_get(item, "filed")),
                              rules->eligibility.filed_year, &facts.filed_year);
    return facts;
}

static json_t *year_json(int year)
{
    return year > 0 ? json_sprintf("%d", year) : json_string("");
}

static json_t *slice_json(struct slice text)
{
    return json_stringn(text.len == 0 ? "" : (const char *)text.data, text.len);
}

static json_t *checklist(const struct rules *rules, const struct nomination_facts *facts)
{
    json_t *details[CHECK_COUNT] = {
        [CHECK_STATUS] = slice_json(facts->status),
        [CHECK_BIN] = slice_json(facts->bin),
        [CHECK_FILED_YEAR] = year_json(facts->filed_year),
        [CHECK_FILED_BY] = slice_json(facts->filed_on),
        [CHECK_COOLING_OFF] = year_json(facts->laureate_year),
        [CHECK_DUPLICATE] = year_json((int)facts->same_bin),
    };
    json_t *list = json_array();
    for (unsigned check = 0; check < CHECK_COUNT; check++) {
        enum check_state state = nomination_check(rules, facts, (enum check)check);
        json_array_append_new(
            list, json_pack("{s:s,s:o,s:o}", "rule", check_name((enum check)check), "ok",
                            state == CHECK_UNKNOWN ? json_null() : json_boolean(state == CHECK_OK),
                            "detail", details[check]));
    }
    return list;
}

/* What the register says, for people. */
static json_t *facts_json(const json_t *item, const struct nomination_facts *facts)
{
    return json_pack("{s:O,s:o,s:o,s:O?,s:o,s:o,s:o,s:O?}", "id", json_object_get(item, "ngo"),
                     "bin", slice_json(facts->bin), "status", slice_json(facts->status), "region",
                     json_object_get(item, "region"), "filed_year", year_json(facts->filed_year),
                     "filed_on", slice_json(facts->filed_on), "laureate_year",
                     year_json(facts->laureate_year), "kind", json_object_get(item, "kind"));
}

void moderation_put_facts(const struct rules *rules, const json_t *item, size_t twins, json_t *out)
{
    struct nomination_facts facts = facts_of(rules, item, twins);
    json_object_set_new(out, "facts", facts_json(item, &facts));
    json_object_set_new(out, "checklist", checklist(rules, &facts));
}
