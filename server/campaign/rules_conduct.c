/* The sections that say how people take part and how the council selects. */
#include "base/mem.h"
#include "rules_read.h"

#define PEOPLE_MAX 1000
#define MCI_MAX 1000000

/* json is the section named key, entered; NULL when it is absent (reported already). */
static const json_t *enter_section(struct reader *reader, const json_t *root, const char *key,
                                   const char *const *keys, size_t *mark)
{
    const json_t *section = json_object_get(root, key);
    *mark = reader_enter(reader, key);
    if (section == NULL || !read_object(reader, section, keys))
        return NULL;
    return section;
}

static void read_former(struct reader *reader, const json_t *json, struct rules_region *region)
{
    const json_t *array = read_array(reader, json, "former", 1, 8), *item;
    size_t i, mark = reader_enter(reader, "former");

    region->former = xcalloc(json_array_size(array) + 1, sizeof *region->former);
    json_array_foreach(array, i, item)
    {
        json_t *wrapped = json_pack("{s:O}", "name", item);
        size_t inner = reader_enter_item(reader, i);
        size_t before = reader->count;
        if (!json_is_string(item))
            reader_problem(reader, RULES_TYPE, NULL, "must be a string");
        region->former[region->former_len++] =
            before == reader->count ? read_text(reader, wrapped, "name", RULES_NAME_MAX)
                                    : xstrdup("");
        json_decref(wrapped);
        reader_leave(reader, inner);
    }
    reader_leave(reader, mark);
}

static void read_region(struct reader *reader, const json_t *json, struct rules *rules)
{
    static const char *const keys[] = {"code", "name", "?since", "?former", NULL};
    struct rules_region *region = &rules->regions[rules->regions_len];

    read_object(reader, json, keys);
    read_id(reader, json, "code", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", 6, region->code);
    for (size_t i = 0; i < rules->regions_len; i++) {
        if (region->code[0] != '\0' && strcmp(rules->regions[i].code, region->code) == 0)
            reader_problem(reader, RULES_CROSS, "code", "is the code of another region");
    }
    read_texts(reader, json, "name", RULES_NAME_MAX, &region->name);
    read_date(reader, json, "since", region->since);
    read_former(reader, json, region);
    rules->regions_len++;
}

static void read_regions(struct reader *reader, const json_t *root, struct rules *rules)
{
    const json_t *array = read_array(reader, root, "regions", 1, RULES_REGIONS_MAX), *item;
    size_t i, mark = reader_enter(reader, "regions");

    rules->regions = xcalloc(json_array_size(array) + 1, sizeof *rules->regions);
    json_array_foreach(array, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        read_region(reader, item, rules);
        reader_leave(reader, inner);
    }
    reader_leave(reader, mark);
}

static const char *const assurances[] = {"low", "substantial", "high", NULL};

static void read_method(struct reader *reader, const json_t *json, struct rules *rules)
{
    static const char *const keys[] = {"id", "assurance", "person_number", NULL};
    static const char *const words[] = {"code", "otp", "oidc", "eds", NULL};
    struct rules_method *method = &rules->methods[rules->methods_len];
    size_t before = reader->count;

    read_object(reader, json, keys);
    method->method = (enum rules_sign_in)read_word(reader, json, "id", words);
    method->assurance = (enum rules_assurance)read_word(reader, json, "assurance", assurances);
    method->person_number = read_bool(reader, json, "person_number");
    for (size_t i = 0; before == reader->count && i < rules->methods_len; i++) {
        if (rules->methods[i].method == method->method)
            reader_problem(reader, RULES_CROSS, "id", "is in the list already");
    }
    rules->methods_len++;
}

/* Who can sign in with a method must be told apart across methods: else one person is two. */
static void check_methods(struct reader *reader, const struct rules *rules)
{
    size_t to_nominate = 0, to_evaluate = 0, unknown = 0;
    for (size_t i = 0; i < rules->methods_len; i++) {
        const struct rules_method *method = &rules->methods[i];
        to_nominate += method->assurance >= rules->to_nominate;
        to_evaluate += method->assurance >= rules->to_evaluate;
        unknown += method->assurance >= rules->to_evaluate && !method->person_number;
    }
    if (to_nominate == 0)
        reader_problem(reader, RULES_CROSS, "nominate", "no method has this assurance");
    if (to_evaluate == 0)
        reader_problem(reader, RULES_CROSS, "evaluate", "no method has this assurance");
    if (to_evaluate > 1 && unknown > 0)
        reader_problem(reader, RULES_CROSS, "methods",
                       "of several that may evaluate each must yield the person number");
}

static void read_sign_in(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"methods", "nominate", "evaluate", NULL};
    size_t mark, before = reader->count, i;
    const json_t *json = enter_section(reader, root, "sign_in", keys, &mark), *item;
    const json_t *array = read_array(reader, json, "methods", 1, RULES_SIGN_COUNT);

    size_t list = reader_enter(reader, "methods");
    json_array_foreach(array, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        read_method(reader, item, rules);
        reader_leave(reader, inner);
    }
    reader_leave(reader, list);
    rules->to_nominate = (enum rules_assurance)read_word(reader, json, "nominate", assurances);
    rules->to_evaluate = (enum rules_assurance)read_word(reader, json, "evaluate", assurances);
    if (json != NULL && before == reader->count)
        check_methods(reader, rules);
    reader_leave(reader, mark);
}

static void read_nomination(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"who",       "per_person",   "per_ngo", "own",
                                       "cure_days", "?appeal_days", NULL};
    static const char *const who[] = {"citizen", "ngo", "state_body", "council_member", NULL};
    static const char *const own[] = {"allow", "flag", "refuse", NULL};
    size_t mark;
    const json_t *json = enter_section(reader, root, "nomination", keys, &mark);

    rules->nomination.who = read_words(reader, json, "who", who);
    rules->nomination.per_person = (uint32_t)read_int(reader, json, "per_person", 1, PEOPLE_MAX);
    rules->nomination.per_ngo =
        (uint32_t)read_int(reader, json, "per_ngo", 1, RULES_CATEGORIES_MAX);
    rules->nomination.own = (enum rules_own)read_word(reader, json, "own", own);
    rules->nomination.cure_days = (uint32_t)read_int(reader, json, "cure_days", 0, 60);
    if (json_object_get(json, "appeal_days") != NULL)
        rules->nomination.appeal_days = (uint32_t)read_int(reader, json, "appeal_days", 0, 60);
    reader_leave(reader, mark);
}

static void read_eligibility(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"statuses", "filed_year", "filed_by", "laureate_years",
                                       NULL};
    static const char *const statuses[] = {"ACTIVE",      "NO_BIN",    "INACTIVE",
                                           "LIQUIDATING", "SUSPENDED", NULL};
    size_t mark;
    const json_t *json = enter_section(reader, root, "eligibility", keys, &mark);

    rules->eligibility.statuses = read_words(reader, json, "statuses", statuses);
    rules->eligibility.filed_year = (uint32_t)read_int(reader, json, "filed_year", 2000, 2199);
    read_date(reader, json, "filed_by", rules->eligibility.filed_by);
    rules->eligibility.laureate_years = (uint32_t)read_int(reader, json, "laureate_years", 0, 20);
    reader_leave(reader, mark);
}

static void read_voters(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"age", "citizens_only", "categories", NULL};
    size_t mark, before = reader->count;
    const json_t *json = enter_section(reader, root, "voters", keys, &mark);

    rules->voters.age = (uint32_t)read_int(reader, json, "age", 14, 100);
    rules->voters.citizens_only = read_bool(reader, json, "citizens_only");
    rules->voters.categories =
        (uint32_t)read_int(reader, json, "categories", 1, RULES_CATEGORIES_MAX);
    if (before == reader->count && rules->categories_len > 0 &&
        rules->voters.categories > rules->categories_len)
        reader_problem(reader, RULES_CROSS, "categories", "is more than there are categories");
    reader_leave(reader, mark);
}

static void read_shortlist(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"top", "least_voters", "floor", NULL};
    size_t mark, before = reader->count;
    const json_t *json = enter_section(reader, root, "shortlist", keys, &mark);

    rules->shortlist.top = (uint32_t)read_int(reader, json, "top", 1, PEOPLE_MAX);
    rules->shortlist.least_voters = read_int(reader, json, "least_voters", 0, 100000000);
    rules->shortlist.floor = (uint32_t)read_int(reader, json, "floor", 0, PEOPLE_MAX);
    if (before == reader->count && rules->shortlist.floor > rules->shortlist.top)
        reader_problem(reader, RULES_CROSS, "floor", "is more than top");
    reader_leave(reader, mark);
}

static void read_council(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"members", "quorum",  "majority",  "base", "casting_vote",
                                       "vote",    "recused", "departure", NULL};
    static const char *const base[] = {"present", "all", NULL};
    static const char *const vote[] = {"open", "secret", NULL};
    static const char *const recused[] = {"out", "in", NULL};
    static const char *const departure[] = {"never", "with_reasons", NULL};
    size_t mark, before = reader->count;
    const json_t *json = enter_section(reader, root, "council", keys, &mark);

    rules->council.members = (uint32_t)read_int(reader, json, "members", 1, PEOPLE_MAX);
    rules->council.quorum = read_fraction(reader, json, "quorum");
    rules->council.majority = read_fraction(reader, json, "majority");
    rules->council.base = (enum rules_majority_base)read_word(reader, json, "base", base);
    rules->council.casting_vote = read_bool(reader, json, "casting_vote");
    rules->council.secret = read_word(reader, json, "vote", vote) == 1;
    rules->council.recusal = (enum rules_recusal)read_word(reader, json, "recused", recused);
    rules->council.departure =
        (enum rules_departure)read_word(reader, json, "departure", departure);
    if (json != NULL && before == reader->count &&
        rules->council.majority.over == rules->council.majority.under)
        reader_problem(reader, RULES_CROSS, "majority", "nothing is more than the whole");
    reader_leave(reader, mark);
}

static void read_winners(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"least", "most", NULL};
    size_t mark, before = reader->count;
    const json_t *json = enter_section(reader, root, "winners", keys, &mark);

    rules->winners.least = (uint32_t)read_int(reader, json, "least", 0, 100);
    rules->winners.most = (uint32_t)read_int(reader, json, "most", 1, 100);
    if (before == reader->count && rules->winners.least > rules->winners.most)
        reader_problem(reader, RULES_CROSS, "least", "is more than most");
    reader_leave(reader, mark);
}

static void read_prize(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"mci", "mci_tenge", "mci_year", "split", "remainder", NULL};
    static const char *const split[] = {"equal", "each", NULL};
    static const char *const remainder[] = {"kept", "first", NULL};
    size_t mark;
    const json_t *json = enter_section(reader, root, "prize", keys, &mark);

    rules->prize.mci = (uint32_t)read_int(reader, json, "mci", 1, MCI_MAX);
    rules->prize.mci_tenge = (uint32_t)read_int(reader, json, "mci_tenge", 1, MCI_MAX);
    rules->prize.mci_year = (uint32_t)read_int(reader, json, "mci_year", 2000, 2199);
    rules->prize.split = (enum rules_split)read_word(reader, json, "split", split);
    rules->prize.remainder = (enum rules_remainder)read_word(reader, json, "remainder", remainder);
    reader_leave(reader, mark);
}

void rules_read_conduct(struct reader *reader, const json_t *root, struct rules *rules)
{
    read_regions(reader, root, rules);
    read_sign_in(reader, root, rules);
    read_nomination(reader, root, rules);
    read_eligibility(reader, root, rules);
    read_voters(reader, root, rules);
    read_shortlist(reader, root, rules);
    read_council(reader, root, rules);
    read_winners(reader, root, rules);
    read_prize(reader, root, rules);
}
