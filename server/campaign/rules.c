#include "campaign/rules.h"

#include "base/mem.h"

static const char *const method_names[BALLOT_METHOD_COUNT] = {"choose", "approve", "points", "rank",
                                                              "score"};
static const char *const tie_break_names[RULES_TIE_COUNT] = {"voters", "lot"};
static const char *const lang_names[RULES_LANGS] = {"kk", "ru", "en"};
static const char *const kind_names[] = {"json",  "missing", "unknown", "type",
                                         "range", "form",    "twice",   "cross"};

const char *ballot_method_name(enum ballot_method method)
{
    return method_names[method];
}

const char *rules_tie_break_name(enum rules_tie_break tie_break)
{
    return tie_break_names[tie_break];
}

const char *rules_lang_name(enum rules_lang lang)
{
    return lang_names[lang];
}

const char *rules_kind_name(enum rules_kind kind)
{
    return kind_names[kind];
}

static void text_release(struct rules_text *text)
{
    for (size_t i = 0; i < RULES_LANGS; i++)
        free(text->in[i]);
}

static void category_release(struct rules_category *category)
{
    struct ballot_rules *ballot = &category->ballot;
    for (size_t i = 0; ballot->criteria != NULL && i < ballot->criteria_len; i++)
        text_release(&ballot->criteria[i].name);
    free(ballot->criteria);
    free(ballot->weights);
    text_release(&category->name);
    text_release(&category->about);
}

static void region_release(struct rules_region *region)
{
    text_release(&region->name);
    for (size_t i = 0; region->former != NULL && i < region->former_len; i++)
        free(region->former[i]);
    free(region->former);
}

void rules_destroy(struct rules *rules)
{
    if (rules == NULL)
        return;
    text_release(&rules->name);
    text_release(&rules->about);
    for (size_t i = 0; rules->categories != NULL && i < rules->categories_len; i++)
        category_release(&rules->categories[i]);
    free(rules->categories);
    for (size_t i = 0; rules->regions != NULL && i < rules->regions_len; i++)
        region_release(&rules->regions[i]);
    free(rules->regions);
    free(rules);
}

void rules_problems_release(struct rules_problems *problems)
{
    free(problems->list);
    *problems = (struct rules_problems){0};
}

int rules_category(const struct rules *rules, struct slice id)
{
    for (size_t i = 0; i < rules->categories_len; i++) {
        if (slice_is(id, rules->categories[i].id))
            return (int)i;
    }
    return -1;
}

const struct rules_phase *rules_phase(const struct rules *rules, enum phase phase)
{
    for (size_t i = 0; i < rules->phases_len; i++) {
        if (rules->phases[i].phase == phase)
            return &rules->phases[i];
    }
    return NULL;
}

unsigned rules_phase_bits(const struct rules *rules)
{
    unsigned bits = 0;
    for (size_t i = 0; i < rules->phases_len; i++)
        bits |= PHASE_BIT(rules->phases[i].phase);
    return bits;
}

static bool has_opened(enum phase_state state)
{
    return state == PHASE_IS_OPEN || state == PHASE_IS_CLOSED;
}

bool rules_tally_shown(const struct rules *rules, enum rules_audience audience,
                       const enum phase_state states[static PHASE_COUNT], bool opened)
{
    enum rules_shown shown = rules->shown[audience];
    if (shown == RULES_SHOWN_LIVE)
        return has_opened(states[PHASE_EVALUATION]);
    if (states[PHASE_EVALUATION] != PHASE_IS_CLOSED || !opened)
        return false;
    if (shown == RULES_SHOWN_COUNCIL)
        return has_opened(states[PHASE_COUNCIL]);
    if (shown == RULES_SHOWN_PUBLICATION)
        return has_opened(states[PHASE_PUBLICATION]);
    return true;
}

unsigned rules_digits(uint64_t number)
{
    unsigned digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Bytes of one nominee's scores: `"17":{"effect":4,…},` */
static size_t score_len(const struct ballot_rules *ballot, unsigned digits)
{
    size_t len = digits + 6;
    for (size_t i = 0; i < ballot->criteria_len; i++)
        len += strlen(ballot->criteria[i].id) + 4 + rules_digits(ballot->most);
    return len;
}

size_t rules_sealed_len(const struct ballot_rules *ballot, size_t nominees, unsigned digits)
{
    size_t chosen = smaller(ballot->at_most, nominees);
    size_t len = 24;
    switch (ballot->method) {
    case BALLOT_APPROVE:
    case BALLOT_RANK:
        len += chosen * (digits + 3);
        break;
    case BALLOT_POINTS:
        len += smaller(ballot->sum, nominees) * (digits + 4 + rules_digits(ballot->sum));
        break;
    case BALLOT_SCORE:
        len += chosen * score_len(ballot, digits);
        break;
    case BALLOT_CHOOSE:
    case BALLOT_METHOD_COUNT:
        len += digits;
        break;
    }
    return (len + 63) / 64 * 64;
}

size_t rules_longest_entry(const struct rules *rules, size_t nominees, unsigned digits)
{
    /* A ballot entry without its cat, ct and rev; "" stand for base64 of fixed lengths. */
    static const char frame[] = "{\"cat\":\"\",\"ct\":\"\",\"enc\":\"\",\"ik\":\"\",\"pk\":\"\","
                                "\"pre\":\"\",\"rev\":,\"sig\":\"\",\"t\":\"ballot\",\"tok\":\"\","
                                "\"v\":1}";
    const size_t fixed = sizeof frame - 1 + 88 /* enc */ + 16 /* ik */ + 44 /* pk */ +
                         44 /* pre */ + 88 /* sig */ + 344 /* tok */;
    size_t longest = 0;
    for (size_t i = 0; i < rules->categories_len; i++) {
        const struct rules_category *category = &rules->categories[i];
        size_t ct = rules_sealed_len(&category->ballot, nominees, digits) + 16;
        size_t len = fixed + strlen(category->id) + (ct + 2) / 3 * 4 + rules_digits(rules->max_rev);
        longest = len > longest ? len : longest;
    }
    return longest;
}
