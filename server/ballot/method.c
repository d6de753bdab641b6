#include "ballot/method.h"

#include <inttypes.h>

#include "base/mem.h"

/* Longest nominee id as text, NUL included. */
#define ID_CAP 21

static const char *const spoiled_names[SPOILED_COUNT] = {
    "not_spoiled", "form", "method", "empty", "nominee", "criterion", "twice", "many", "value"};

const char *spoiled_name(enum spoiled spoiled)
{
    return spoiled_names[spoiled];
}

/* What is read so far. */
struct reading {
    const struct ballot_paper *paper;
    const struct canon_doc *doc;
    struct choice *choice;
};

struct method {
    const char *member;    /* beside "m" in the choice */
    enum canon_kind kind;  /* of that member */
    const char *criterion; /* of the histogram; NULL: the rules' own */
    enum spoiled (*parse)(struct reading *reading, const struct canon_node *value);
    enum spoiled (*check)(const struct ballot_paper *paper, struct choice *choice);
    void (*write)(const struct ballot_paper *paper, const struct choice *choice, struct buf *out);
    bool sorted; /* marks stand by nominee id as text */
};

static const struct method methods[BALLOT_METHOD_COUNT];

/* Marks */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t method_marks_max(const struct ballot_paper *paper)
{
    const struct ballot_rules *rules = paper->rules;
    size_t all = paper->nominees_len;
    if (rules->method == BALLOT_POINTS)
        return rules->sum < all ? (size_t)rules->sum : all;
    return smaller(rules->at_most, all) * (rules->method == BALLOT_SCORE ? rules->criteria_len : 1);
}

struct choice *choice_create(const struct ballot_paper *paper)
{
    struct choice *choice = xcalloc(1, sizeof *choice);
    choice->cap = method_marks_max(paper);
    choice->marks = xcalloc(choice->cap + 1, sizeof *choice->marks);
    choice->nodes = xcalloc(METHOD_NODES_MAX, sizeof *choice->nodes);
    return choice;
}

void choice_destroy(struct choice *choice)
{
    if (choice == NULL)
        return;
    free(choice->marks);
    free(choice->nodes);
    free(choice);
}

void choice_clear(struct choice *choice)
{
    choice->len = 0;
}

bool choice_mark(struct choice *choice, uint32_t nominee, uint32_t criterion, uint64_t value)
{
    if (choice->len == choice->cap)
        return false;
    choice->marks[choice->len++] =
        (struct choice_mark){.nominee = nominee, .criterion = criterion, .value = value};
    return true;
}

/* Nominees */

size_t method_sealed_len(const struct ballot_paper *paper)
{
    size_t count = paper->nominees_len;
    unsigned digits = count == 0 ? 1 : rules_digits(paper->nominees[count - 1]);
    return rules_sealed_len(paper->rules, count, digits);
}

size_t method_criteria(const struct ballot_rules *rules)
{
    return rules->method == BALLOT_SCORE ? rules->criteria_len : 1;
}

const char *method_criterion_name(const struct ballot_rules *rules, size_t criterion)
{
    const char *name = methods[rules->method].criterion;
    return name != NULL ? name : rules->criteria[criterion].id;
}

/* The position of a nominee named as in a choice: decimal, without leading zeros. */
static bool find_nominee(const struct ballot_paper *paper, struct slice text, uint32_t *position)
{
    uint64_t id = 0;
    size_t low = 0, high = paper->nominees_len;

    if (text.len == 0 || text.len > 16 || (text.data[0] == '0' && text.len > 1))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        id = id * 10 + (uint64_t)(text.data[i] - '0');
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (paper->nominees[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    *position = (uint32_t)low;
    return low < paper->nominees_len && paper->nominees[low] == id;
}

static enum spoiled mark(struct reading *reading, struct slice name, uint32_t criterion,
                         uint64_t value)
{
    uint32_t position;
    if (!find_nominee(reading->paper, name, &position))
        return SPOILED_NOMINEE;
    return choice_mark(reading->choice, position, criterion, value) ? NOT_SPOILED : SPOILED_MANY;
}

static int compare_ids(const struct ballot_paper *paper, uint32_t a, uint32_t b)
{
    char left[ID_CAP], right[ID_CAP];
    snprintf(left, sizeof left, "%" PRIu64, paper->nominees[a]);
    snprintf(right, sizeof right, "%" PRIu64, paper->nominees[b]);
    return strcmp(left, right);
}

static enum spoiled check_mark(const struct ballot_paper *paper, const struct choice_mark *mark)
{
    if (mark->nominee >= paper->nominees_len)
        return SPOILED_NOMINEE;
    return mark->criterion < method_criteria(paper->rules) ? NOT_SPOILED : SPOILED_CRITERION;
}

/* Parsing: each takes the one member beside "m", whose kind fits. What the ballot's own order and
 * the paper say is left to check(). */

static enum spoiled parse_choose(struct reading *reading, const struct canon_node *value)
{
    return mark(reading, canon_inner(value), 0, 1);
}

static enum spoiled parse_list(struct reading *reading, const struct canon_node *list)
{
    bool ranked = reading->paper->rules->method == BALLOT_RANK;
    uint64_t position = 1;
    for (const struct canon_node *item = canon_first(reading->doc, list); item != NULL;
         item = canon_next(reading->doc, item)) {
        if (item->kind != CANON_STRING)
            return SPOILED_FORM;
        enum spoiled spoiled = mark(reading, canon_inner(item), 0, ranked ? position : 1);
        if (spoiled != NOT_SPOILED)
            return spoiled;
        position++;
    }
    return NOT_SPOILED;
}

static enum spoiled parse_points(struct reading *reading, const struct canon_node *object)
{
    for (const struct canon_node *item = canon_first(reading->doc, object); item != NULL;
         item = canon_next(reading->doc, item)) {
        if (item->kind != CANON_INT)
            return SPOILED_FORM;
        enum spoiled spoiled = mark(reading, item->key, 0, item->number);
        if (spoiled != NOT_SPOILED)
            return spoiled;
    }
    return NOT_SPOILED;
}

static enum spoiled parse_scores_of(struct reading *reading, const struct canon_node *nominee)
{
    const struct ballot_rules *rules = reading->paper->rules;
    const struct canon_node *score = canon_first(reading->doc, nominee);
    if (score == NULL)
        return SPOILED_EMPTY;
    for (; score != NULL; score = canon_next(reading->doc, score)) {
        uint32_t criterion = 0;
        if (score->kind != CANON_INT)
            return SPOILED_FORM;
        while (criterion < rules->criteria_len &&
               !slice_is(score->key, rules->criteria[criterion].id))
            criterion++;
        if (criterion == rules->criteria_len)
            return SPOILED_CRITERION;
        enum spoiled spoiled = mark(reading, nominee->key, criterion, score->number);
        if (spoiled != NOT_SPOILED)
            return spoiled;
    }
    return NOT_SPOILED;
}

static enum spoiled parse_score(struct reading *reading, const struct canon_node *object)
{
    for (const struct canon_node *item = canon_first(reading->doc, object); item != NULL;
         item = canon_next(reading->doc, item)) {
        if (item->kind != CANON_OBJECT)
            return SPOILED_FORM;
        enum spoiled spoiled = parse_scores_of(reading, item);
        if (spoiled != NOT_SPOILED)
            return spoiled;
    }
    return NOT_SPOILED;
}

enum spoiled method_parse(const struct ballot_paper *paper, struct slice plaintext,
                          struct choice *choice)
{
    const struct method *method = &methods[paper->rules->method];
    struct canon_doc doc = {.nodes = choice->nodes, .cap = METHOD_NODES_MAX};
    struct reading reading = {.paper = paper, .doc = &doc, .choice = choice};

    choice_clear(choice);
    while (plaintext.len > 0 && plaintext.data[plaintext.len - 1] == ' ')
        plaintext.len--;
    if (canon_parse(plaintext, plaintext.len, 4, &doc, NULL) != OK)
        return SPOILED_FORM;

    const struct canon_node *name = canon_member(&doc, &doc.nodes[0], "m");
    if (name == NULL || name->kind != CANON_STRING || doc.nodes[0].children != 2)
        return SPOILED_FORM;
    if (!slice_is(canon_inner(name), ballot_method_name(paper->rules->method)))
        return SPOILED_METHOD;
    const struct canon_node *value = canon_member(&doc, &doc.nodes[0], method->member);
    if (value == NULL || value->kind != method->kind)
        return SPOILED_FORM;

    enum spoiled spoiled = method->parse(&reading, value);
    if (spoiled == NOT_SPOILED)
        spoiled = choice->len == 0 ? SPOILED_EMPTY : method->check(paper, choice);
    if (spoiled != NOT_SPOILED)
        choice_clear(choice);
    return spoiled;
}

/* Checking: the marks are where they should be, none twice, values within the rules. */

static enum spoiled check_ones(const struct ballot_paper *paper, struct choice *choice)
{
    if (choice->len > paper->rules->at_most)
        return SPOILED_MANY;
    for (size_t i = 0; i < choice->len; i++) {
        if (choice->marks[i].value != 1)
            return SPOILED_VALUE;
        if (i > 0 &&
            compare_ids(paper, choice->marks[i - 1].nominee, choice->marks[i].nominee) >= 0)
            return SPOILED_TWICE;
    }
    return NOT_SPOILED;
}

static enum spoiled check_points(const struct ballot_paper *paper, struct choice *choice)
{
    uint64_t left = paper->rules->sum;
    for (size_t i = 0; i < choice->len; i++) {
        const struct choice_mark *mark = &choice->marks[i];
        if (mark->value < 1 || mark->value > left)
            return SPOILED_VALUE;
        left -= mark->value;
        if (i > 0 && compare_ids(paper, mark[-1].nominee, mark->nominee) >= 0)
            return SPOILED_TWICE;
    }
    return NOT_SPOILED;
}

static int by_position(const void *a, const void *b)
{
    const struct choice_mark *left = a, *right = b;
    return (left->nominee > right->nominee) - (left->nominee < right->nominee);
}

static int by_value(const void *a, const void *b)
{
    const struct choice_mark *left = a, *right = b;
    return (left->value > right->value) - (left->value < right->value);
}

/* Long rankings are checked for repeated nominees by sorting: comparing all with all would let one
 * ballot cost a second. */
static enum spoiled check_rank(const struct ballot_paper *paper, struct choice *choice)
{
    enum spoiled spoiled = NOT_SPOILED;
    if (choice->len > paper->rules->at_most)
        return SPOILED_MANY;
    for (size_t i = 0; i < choice->len; i++) {
        if (choice->marks[i].value != i + 1)
            return SPOILED_VALUE;
    }
    qsort(choice->marks, choice->len, sizeof *choice->marks, by_position);
    for (size_t i = 1; i < choice->len; i++) {
        if (choice->marks[i].nominee == choice->marks[i - 1].nominee)
            spoiled = SPOILED_TWICE;
    }
    qsort(choice->marks, choice->len, sizeof *choice->marks, by_value);
    return spoiled;
}

static enum spoiled check_score(const struct ballot_paper *paper, struct choice *choice)
{
    const struct ballot_rules *rules = paper->rules;
    uint32_t seen = 0; /* criteria of the nominee in hand, a bit each */
    size_t nominees = 0;
    for (size_t i = 0; i < choice->len; i++) {
        const struct choice_mark *mark = &choice->marks[i];
        bool same = i > 0 && mark[-1].nominee == mark->nominee;
        if (!same) {
            if (i > 0 && compare_ids(paper, mark[-1].nominee, mark->nominee) >= 0)
                return SPOILED_TWICE;
            seen = 0;
            nominees++;
        }
        if (seen & (1U << mark->criterion))
            return SPOILED_TWICE;
        seen |= 1U << mark->criterion;
        if (mark->value < rules->least || mark->value > rules->most)
            return SPOILED_VALUE;
    }
    return nominees > rules->at_most ? SPOILED_MANY : NOT_SPOILED;
}

static int by_id(const void *a, const void *b, void *context)
{
    const struct choice_mark *left = a, *right = b;
    const struct ballot_paper *paper = context;
    int order = compare_ids(paper, left->nominee, right->nominee);
    if (order != 0 || paper->rules->method != BALLOT_SCORE)
        return order;
    return strcmp(method_criterion_name(paper->rules, left->criterion),
                  method_criterion_name(paper->rules, right->criterion));
}

enum spoiled method_check(const struct ballot_paper *paper, struct choice *choice)
{
    const struct method *method = &methods[paper->rules->method];
    if (choice->len == 0)
        return SPOILED_EMPTY;
    for (size_t i = 0; i < choice->len; i++) {
        enum spoiled spoiled = check_mark(paper, &choice->marks[i]);
        if (spoiled != NOT_SPOILED)
            return spoiled;
    }
    if (method->sorted) {
        struct ballot_paper context = *paper;
        qsort_r(choice->marks, choice->len, sizeof *choice->marks, by_id, &context);
    }
    return method->check(paper, choice);
}

/* Writing: marks are checked and in order. */

static void put_id(const struct ballot_paper *paper, const struct choice_mark *mark,
                   struct buf *out)
{
    buf_printf(out, "\"%" PRIu64 "\"", paper->nominees[mark->nominee]);
}

static void write_choose(const struct ballot_paper *paper, const struct choice *choice,
                         struct buf *out)
{
    buf_put_str(out, "{\"c\":");
    put_id(paper, &choice->marks[0], out);
    buf_put_str(out, ",\"m\":\"choose\"}");
}

static void write_ids(const struct ballot_paper *paper, const struct choice *choice,
                      struct buf *out)
{
    buf_put_byte(out, '[');
    for (size_t i = 0; i < choice->len; i++) {
        if (i > 0)
            buf_put_byte(out, ',');
        put_id(paper, &choice->marks[i], out);
    }
    buf_put_byte(out, ']');
}

static void write_approve(const struct ballot_paper *paper, const struct choice *choice,
                          struct buf *out)
{
    buf_put_str(out, "{\"a\":");
    write_ids(paper, choice, out);
    buf_put_str(out, ",\"m\":\"approve\"}");
}

static void write_rank(const struct ballot_paper *paper, const struct choice *choice,
                       struct buf *out)
{
    buf_put_str(out, "{\"m\":\"rank\",\"o\":");
    write_ids(paper, choice, out);
    buf_put_byte(out, '}');
}

static void write_points(const struct ballot_paper *paper, const struct choice *choice,
                         struct buf *out)
{
    buf_put_str(out, "{\"m\":\"points\",\"p\":");
    for (size_t i = 0; i < choice->len; i++) {
        buf_put_byte(out, i == 0 ? '{' : ',');
        put_id(paper, &choice->marks[i], out);
        buf_printf(out, ":%" PRIu64, choice->marks[i].value);
    }
    buf_put_str(out, "}}");
}

static void write_score(const struct ballot_paper *paper, const struct choice *choice,
                        struct buf *out)
{
    buf_put_str(out, "{\"m\":\"score\",\"s\":{");
    for (size_t i = 0; i < choice->len; i++) {
        const struct choice_mark *mark = &choice->marks[i];
        bool same = i > 0 && mark[-1].nominee == mark->nominee;
        if (!same) {
            buf_put_str(out, i > 0 ? "}," : "");
            put_id(paper, mark, out);
            buf_put_byte(out, ':');
        }
        buf_printf(out, "%c\"%s\":%" PRIu64, same ? ',' : '{',
                   method_criterion_name(paper->rules, mark->criterion), mark->value);
    }
    buf_put_str(out, "}}}");
}

enum err method_write(const struct ballot_paper *paper, struct choice *choice, struct buf *out)
{
    size_t before = out->len, len = method_sealed_len(paper);

    if (method_check(paper, choice) != NOT_SPOILED)
        return ERR_INVALID;
    methods[paper->rules->method].write(paper, choice, out);
    if (buf_failed(out))
        return ERR_LIMITED;
    size_t written = out->len - before;
    INVARIANT(written <= len);
    uint8_t *padding = buf_extend(out, len - written);
    if (padding == NULL)
        return ERR_LIMITED;
    memset(padding, ' ', len - written);
    return OK;
}

static const struct method methods[BALLOT_METHOD_COUNT] = {
    [BALLOT_CHOOSE] = {"c", CANON_STRING, "votes", parse_choose, check_ones, write_choose, true},
    [BALLOT_APPROVE] = {"a", CANON_ARRAY, "votes", parse_list, check_ones, write_approve, true},
    [BALLOT_POINTS] = {"p", CANON_OBJECT, "points", parse_points, check_points, write_points, true},
    [BALLOT_RANK] = {"o", CANON_ARRAY, "rank", parse_list, check_rank, write_rank, false},
    [BALLOT_SCORE] = {"s", CANON_OBJECT, NULL, parse_score, check_score, write_score, true},
};
