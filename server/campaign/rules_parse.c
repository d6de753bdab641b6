#include "base/mem.h"
#include "rules_load.h"
#include "rules_read.h"

#define MAX_REV_MAX 1000

static void read_campaign(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"id", "name", "about", "demo", NULL};
    const json_t *json = json_object_get(root, "campaign");
    size_t mark = reader_enter(reader, "campaign");

    if (json != NULL)
        read_object(reader, json, keys);
    read_id(reader, json, "id", "abcdefghijklmnopqrstuvwxyz0123456789-", RULES_CAMPAIGN_ID_MAX,
            rules->id);
    read_texts(reader, json, "name", RULES_NAME_MAX, &rules->name);
    read_texts(reader, json, "about", RULES_ABOUT_MAX, &rules->about);
    rules->demo = read_bool(reader, json, "demo");
    reader_leave(reader, mark);
}

static void read_phase(struct reader *reader, const json_t *json, struct rules_phase *phase)
{
    static const char *const keys[] = {"id", "opens", "closes", NULL};
    static const char *const words[] = {"nomination",  "screening", "evaluation", "council",
                                        "publication", "appeal",    NULL};
    read_object(reader, json, keys);
    phase->phase = (enum phase)read_word(reader, json, "id", words);
    phase->opens = read_instant(reader, json, "opens");
    phase->closes = read_instant(reader, json, "closes");
}

/* Only once every phase is good by itself. */
static void check_phases(struct reader *reader, const struct rules *rules)
{
    for (size_t i = 0; i < rules->phases_len; i++) {
        const struct rules_phase *phase = &rules->phases[i];
        size_t mark = reader_enter_item(reader, i);
        if (phase->closes <= phase->opens)
            reader_problem(reader, RULES_CROSS, "closes", "must be after opens");
        if (i > 0 && phase->phase <= phase[-1].phase)
            reader_problem(reader, RULES_CROSS, "id", "is out of order: %s comes before %s",
                           phase_name(phase->phase), phase_name(phase[-1].phase));
        else if (i > 0 && phase->opens < phase[-1].closes)
            reader_problem(reader, RULES_CROSS, "opens", "is before the phase %s closes",
                           phase_name(phase[-1].phase));
        reader_leave(reader, mark);
    }
    if (rules_phase(rules, PHASE_EVALUATION) == NULL)
        reader_problem(reader, RULES_CROSS, NULL, "evaluation must be among them");
}

static void read_phases(struct reader *reader, const json_t *root, struct rules *rules)
{
    const json_t *array = read_array(reader, root, "phases", 1, PHASE_COUNT), *item;
    size_t i, before = reader->count, mark = reader_enter(reader, "phases");

    json_array_foreach(array, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        read_phase(reader, item, &rules->phases[i]);
        rules->phases_len = i + 1;
        reader_leave(reader, inner);
    }
    if (array != NULL && before == reader->count)
        check_phases(reader, rules);
    reader_leave(reader, mark);
}

static void read_tie_breaks(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const words[] = {"voters", "lot", NULL};
    unsigned bits = read_words(reader, root, "tie_breaks", words);
    const json_t *array = json_object_get(root, "tie_breaks"), *item;
    size_t i;

    /* Bits tell that all are good; the order is that of the array. */
    json_array_foreach(array, i, item)
    {
        const char *word = json_string_value(item);
        if (word == NULL || rules->tie_breaks_len == RULES_TIE_COUNT || bits == 0)
            break;
        rules->tie_breaks[rules->tie_breaks_len++] =
            strcmp(word, words[RULES_TIE_VOTERS]) == 0 ? RULES_TIE_VOTERS : RULES_TIE_LOT;
    }
}

static void check_shown(struct reader *reader, const struct rules *rules, const char *key,
                        enum rules_shown shown)
{
    if (shown == RULES_SHOWN_LIVE && rules->open != RULES_OPEN_LIVE)
        reader_problem(reader, RULES_CROSS, key, "live needs \"open\": \"live\"");
    if (shown == RULES_SHOWN_COUNCIL && rules_phase(rules, PHASE_COUNCIL) == NULL)
        reader_problem(reader, RULES_CROSS, key, "there is no phase council");
    if (shown == RULES_SHOWN_PUBLICATION && rules_phase(rules, PHASE_PUBLICATION) == NULL)
        reader_problem(reader, RULES_CROSS, key, "there is no phase publication");
}

static void read_tallies(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const open[] = {"close", "live", NULL};
    static const char *const keys[] = {"public", "council", "staff", NULL};
    static const char *const shown[] = {"live", "close", "council", "publication", NULL};
    size_t before = reader->count;

    rules->open = (enum rules_open)read_word(reader, root, "open", open);
    const json_t *json = json_object_get(root, "tallies");
    size_t mark = reader_enter(reader, "tallies");
    if (json != NULL)
        read_object(reader, json, keys);
    for (unsigned i = 0; i < RULES_AUDIENCES; i++) {
        rules->shown[i] = (enum rules_shown)read_word(reader, json, keys[i], shown);
        if (json != NULL && before == reader->count)
            check_shown(reader, rules, keys[i], rules->shown[i]);
    }
    reader_leave(reader, mark);
}

static void read_root(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {
        "format",     "campaign",  "phases",  "categories", "max_rev",    "open",
        "tie_breaks", "tallies",   "regions", "sign_in",    "nomination", "eligibility",
        "voters",     "shortlist", "council", "winners",    "prize",      NULL};

    read_object(reader, root, keys);
    read_int(reader, root, "format", 1, 1);
    read_campaign(reader, root, rules);
    read_phases(reader, root, rules);
    rules_read_categories(reader, root, rules);
    rules->max_rev = read_int(reader, root, "max_rev", 1, MAX_REV_MAX);
    read_tie_breaks(reader, root, rules);
    read_tallies(reader, root, rules);
    rules_read_conduct(reader, root, rules);
}

enum err rules_parse(struct slice json, struct rules **out, struct rules_problems *problems)
{
    struct reader reader = {.problems = problems};
    json_t *root = NULL;
    struct fault fault;

    if (problems != NULL)
        *problems = (struct rules_problems){0};
    if (rules_load(json, &root, &fault) != OK) {
        reader_problem(&reader, RULES_JSON, NULL, "%s", fault.text);
        return ERR_INVALID;
    }
    struct rules *rules = xcalloc(1, sizeof *rules);
    read_root(&reader, root, rules);
    json_decref(root);
    if (reader.count > 0) {
        rules_destroy(rules);
        return ERR_INVALID;
    }
    *out = rules;
    return OK;
}
