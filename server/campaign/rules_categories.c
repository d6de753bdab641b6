#include "base/mem.h"
#include "rules_read.h"

#define ID_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789_"
#define CRITERION_ID_MAX 16

/* Wider than anything a ballot needs, narrow enough that every sum fits a page. */
#define RANKS_MAX 50
#define WEIGHT_MAX 1000000
#define CRITERION_WEIGHT_MAX 1000
#define SUM_MAX 1000
#define VALUE_MAX 100
#define TURNOUT_MAX 100000000

static void read_choose(struct reader *reader, const json_t *json, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"method", NULL};
    read_object(reader, json, keys);
    ballot->at_most = 1;
}

static void read_approve(struct reader *reader, const json_t *json, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"method", "at_most", NULL};
    read_object(reader, json, keys);
    ballot->at_most = (uint32_t)read_int(reader, json, "at_most", 1, RULES_AT_MOST_MAX);
}

static void read_points(struct reader *reader, const json_t *json, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"method", "sum", NULL};
    read_object(reader, json, keys);
    ballot->sum = read_int(reader, json, "sum", 1, SUM_MAX);
}

static void read_weight(struct reader *reader, const json_t *item, struct ballot_rules *ballot,
                        size_t i)
{
    json_int_t weight = json_integer_value(item);
    if (!json_is_integer(item))
        reader_problem(reader, RULES_TYPE, NULL, "must be an integer");
    else if (weight < 0 || weight > WEIGHT_MAX)
        reader_problem(reader, RULES_RANGE, NULL, "must be from 0 to %d", WEIGHT_MAX);
    else if (i < ballot->at_most)
        ballot->weights[i] = (uint64_t)weight;
}

static void read_rank(struct reader *reader, const json_t *json, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"method", "at_most", "weights", NULL};
    const json_t *item;
    size_t i, before = reader->count;

    read_object(reader, json, keys);
    ballot->at_most = (uint32_t)read_int(reader, json, "at_most", 1, RANKS_MAX);
    ballot->weights = xcalloc(ballot->at_most, sizeof *ballot->weights);
    const json_t *weights = read_array(reader, json, "weights", 1, RANKS_MAX);
    size_t mark = reader_enter(reader, "weights");
    json_array_foreach(weights, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        read_weight(reader, item, ballot, i);
        reader_leave(reader, inner);
    }
    if (before == reader->count) {
        if (json_array_size(weights) != ballot->at_most)
            reader_problem(reader, RULES_CROSS, NULL, "must be as many as at_most");
        else if (ballot->weights[0] == 0)
            reader_problem(reader, RULES_CROSS, NULL, "the first place must be worth something");
        for (i = 1; i < ballot->at_most; i++) {
            if (ballot->weights[i] > ballot->weights[i - 1])
                reader_problem(reader, RULES_CROSS, NULL, "a worse place must not be worth more");
        }
    }
    reader_leave(reader, mark);
}

static void read_criterion(struct reader *reader, const json_t *item, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"id", "name", "weight", NULL};
    struct ballot_criterion *criterion = &ballot->criteria[ballot->criteria_len];

    read_object(reader, item, keys);
    read_id(reader, item, "id", ID_CHARACTERS, CRITERION_ID_MAX, criterion->id);
    read_texts(reader, item, "name", RULES_NAME_MAX, &criterion->name);
    criterion->weight = read_int(reader, item, "weight", 1, CRITERION_WEIGHT_MAX);
    for (size_t i = 0; i < ballot->criteria_len; i++) {
        if (criterion->id[0] != '\0' && strcmp(ballot->criteria[i].id, criterion->id) == 0)
            reader_problem(reader, RULES_CROSS, "id", "is the id of another criterion");
    }
    ballot->criteria_len++;
}

static void read_score(struct reader *reader, const json_t *json, struct ballot_rules *ballot)
{
    static const char *const keys[] = {"method", "at_most", "least", "most", "criteria", NULL};
    const json_t *item;
    size_t i, before = reader->count;

    read_object(reader, json, keys);
    ballot->at_most = (uint32_t)read_int(reader, json, "at_most", 1, RULES_AT_MOST_MAX);
    ballot->least = read_int(reader, json, "least", 0, VALUE_MAX);
    ballot->most = read_int(reader, json, "most", 1, VALUE_MAX);
    if (before == reader->count && ballot->least >= ballot->most)
        reader_problem(reader, RULES_CROSS, "most", "must be more than least");

    const json_t *criteria = read_array(reader, json, "criteria", 1, RULES_CRITERIA_MAX);
    ballot->criteria = xcalloc(json_array_size(criteria) + 1, sizeof *ballot->criteria);
    size_t mark = reader_enter(reader, "criteria");
    json_array_foreach(criteria, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        read_criterion(reader, item, ballot);
        reader_leave(reader, inner);
    }
    reader_leave(reader, mark);
}

static void read_ballot(struct reader *reader, const json_t *category, struct ballot_rules *ballot)
{
    static const char *const words[] = {"choose", "approve", "points", "rank", "score", NULL};
    static void (*const readers[BALLOT_METHOD_COUNT])(struct reader *, const json_t *,
                                                      struct ballot_rules *) = {
        read_choose, read_approve, read_points, read_rank, read_score};
    const json_t *json = json_object_get(category, "ballot");
    size_t before = reader->count, mark = reader_enter(reader, "ballot");

    if (json != NULL && !json_is_object(json))
        reader_problem(reader, RULES_TYPE, NULL, "must be an object");
    else if (json != NULL && json_object_get(json, "method") == NULL)
        reader_problem(reader, RULES_MISSING, "method", "is missing");
    ballot->method = (enum ballot_method)read_word(reader, json, "method", words);
    if (json != NULL && before == reader->count) {
        readers[ballot->method](reader, json, ballot);
        size_t len = rules_sealed_len(ballot, SIZE_MAX, RULES_NOMINEE_DIGITS) + 16;
        if (before == reader->count && len > RULES_CT_MAX)
            reader_problem(reader, RULES_CROSS, NULL,
                           "a full ballot has %zu bytes once sealed, an entry holds %d", len,
                           RULES_CT_MAX);
    }
    reader_leave(reader, mark);
}

void rules_read_categories(struct reader *reader, const json_t *root, struct rules *rules)
{
    static const char *const keys[] = {"id", "name", "about", "least_turnout", "ballot", NULL};
    const json_t *array = read_array(reader, root, "categories", 1, RULES_CATEGORIES_MAX), *item;
    size_t i, mark = reader_enter(reader, "categories");

    rules->categories = xcalloc(json_array_size(array) + 1, sizeof *rules->categories);
    json_array_foreach(array, i, item)
    {
        struct rules_category *category = &rules->categories[i];
        size_t inner = reader_enter_item(reader, i);

        read_object(reader, item, keys);
        read_id(reader, item, "id", ID_CHARACTERS, RULES_CATEGORY_ID_MAX, category->id);
        if (category->id[0] != '\0' && rules_category(rules, slice_str(category->id)) >= 0)
            reader_problem(reader, RULES_CROSS, "id", "is the id of another category");
        read_texts(reader, item, "name", RULES_NAME_MAX, &category->name);
        read_texts(reader, item, "about", RULES_ABOUT_MAX, &category->about);
        category->least_turnout = read_int(reader, item, "least_turnout", 0, TURNOUT_MAX);
        read_ballot(reader, item, &category->ballot);
        rules->categories_len = i + 1;
        reader_leave(reader, inner);
    }
    reader_leave(reader, mark);
}
