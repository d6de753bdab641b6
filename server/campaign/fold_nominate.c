/* register, nominate, moderate: from the NGO Database to the nominees. */
#include "fold_state.h"

#include "base/mem.h"

enum verdict_code fold_register_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    uint8_t hash[SHA256_LEN];
    (void)verdict;
    if (fold_evaluation_begun(fold))
        return VERDICT_WINDOW_CLOSED;
    item_hex(item, "set", hash);
    enum verdict_code code = fold_load_register(fold, hash);
    if (code != VERDICT_ACCEPTED)
        return code;
    return register_len(fold->loaded.ngo_register) == item_int(item, "n") ? VERDICT_ACCEPTED
                                                                          : VERDICT_REGISTER_COUNT;
}

void fold_register_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    uint8_t hash[SHA256_LEN];
    (void)leaf;
    item_hex(item, "set", hash);
    enum verdict_code code = fold_load_register(fold, hash);
    if (code != VERDICT_ACCEPTED) {
        (void)fault_set(&fold->fault, ERR_CORRUPT, "the register that entry %llu names: %s",
                        (unsigned long long)item->index, verdict_name(code));
        return;
    }
    register_destroy(fold->ngo_register);
    fold->ngo_register = fold->loaded.ngo_register;
    fold->loaded.ngo_register = NULL;
    memcpy(fold->register_hash, hash, sizeof hash);
}

struct nomination_fields {
    uint8_t p[NOMINATION_HASH_LEN], c[NOMINATION_HASH_LEN];
    uint8_t ngo[NOMINATION_NGO_MAX];
    size_t ngo_len;
};

static void read_nomination(const struct item *item, struct nomination_fields *fields)
{
    struct buf ngo;
    item_hash(item, "p", fields->p);
    item_hash(item, "c", fields->c);
    buf_init(&ngo, sizeof fields->ngo);
    INVARIANT(entry_text(item->entry, "ngo", &ngo) == OK);
    memcpy(fields->ngo, ngo.data, ngo.len);
    fields->ngo_len = ngo.len;
    buf_release(&ngo);
}

bool fold_nominate_repeats(const struct fold *fold, const struct item *item, uint64_t *index)
{
    struct nomination_fields fields;
    read_nomination(item, &fields);
    return nomination_find(fold->nominations, item->cat, slice_of(fields.ngo, fields.ngo_len),
                           fields.p, index);
}

enum verdict_code fold_nominate_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    struct nomination_fields fields;
    size_t row;
    enum verdict_code code = phases_window(&fold->phases, PHASE_NOMINATION);
    if (code != VERDICT_ACCEPTED)
        return code;
    read_nomination(item, &fields);
    struct slice ngo = slice_of(fields.ngo, fields.ngo_len);
    if (!fold->ngo_register || !register_find(fold->ngo_register, ngo, &row))
        return VERDICT_NGO_UNKNOWN;
    verdict->has_index =
        nomination_find(fold->nominations, item->cat, ngo, fields.p, &verdict->index);
    return verdict->has_index ? VERDICT_NOMINATED_TWICE : VERDICT_ACCEPTED;
}

void fold_nominate_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct nomination_fields fields;
    (void)leaf;
    read_nomination(item, &fields);
    nomination_add(fold->nominations, item->cat, slice_of(fields.ngo, fields.ngo_len), fields.p,
                   fields.c, item->index);
    fold_keep_committed(fold, item->index);
}

bool fold_amend_repeats(const struct fold *fold, const struct item *item, uint64_t *index)
{
    uint8_t c[NOMINATION_HASH_LEN];
    size_t number;
    if (!nominee_find(fold->nominations, item_int(item, "ref"), &number))
        return false;
    const struct nominee *nominee = nominee_at(fold->nominations, number);
    item_hash(item, "c", c);
    *index = nominee->text;
    return nominee->text != nominee->index && memcmp(nominee->c, c, sizeof c) == 0;
}

enum verdict_code fold_amend_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    uint8_t c[NOMINATION_HASH_LEN];
    size_t number;
    if (fold_evaluation_begun(fold))
        return VERDICT_WINDOW_CLOSED;
    if (!nominee_find(fold->nominations, item_int(item, "ref"), &number))
        return VERDICT_NOMINATION_UNKNOWN;
    const struct nominee *nominee = nominee_at(fold->nominations, number);
    if (nominee_decided(nominee))
        return VERDICT_NOMINATION_DECIDED;
    item_hash(item, "c", c);
    verdict->has_index = memcmp(nominee->c, c, sizeof c) == 0;
    verdict->index = nominee->text;
    return verdict->has_index ? VERDICT_AMENDED_BEFORE : VERDICT_ACCEPTED;
}

void fold_amend_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    uint8_t c[NOMINATION_HASH_LEN];
    size_t number;
    (void)leaf;
    item_hash(item, "c", c);
    INVARIANT(nominee_find(fold->nominations, item_int(item, "ref"), &number));
    nominee_set_text(fold->nominations, number, c, item->index);
    fold_keep_committed(fold, item->index);
}

/* What a merge names is another nominee of the category that may still be voted for. */
static bool is_target(const struct fold *fold, const struct nominee *nominee, uint64_t into)
{
    size_t number;
    if (!nominee_find(fold->nominations, into, &number) || into == nominee->index)
        return false;
    const struct nominee *target = nominee_at(fold->nominations, number);
    return target->cat == nominee->cat &&
           (!nominee_decided(target) || target->status == NOMINEE_ADMITTED);
}

enum verdict_code fold_moderate_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    struct slice decision = item_str(item, "d");
    size_t number;
    (void)verdict;
    if (fold_evaluation_begun(fold))
        return VERDICT_WINDOW_CLOSED;
    if (!nominee_find(fold->nominations, item_int(item, "ref"), &number))
        return VERDICT_NOMINATION_UNKNOWN;
    const struct nominee *nominee = nominee_at(fold->nominations, number);
    if (slice_is(decision, "reopen"))
        return nominee->status == NOMINEE_REFUSED ? VERDICT_ACCEPTED
                                                  : VERDICT_NOMINATION_NOT_REFUSED;
    if (nominee_decided(nominee))
        return VERDICT_NOMINATION_DECIDED;
    if (slice_is(decision, "merge") && !is_target(fold, nominee, item_int(item, "into")))
        return VERDICT_MERGE_TARGET_WRONG;
    return VERDICT_ACCEPTED;
}

/* Onto the paper, in rising order of the ids. */
static void admit(struct fold *fold, const struct nominee *nominee)
{
    struct category *category = &fold->categories[nominee->cat];
    size_t at = category->paper.nominees_len;
    GROW(category->nominees, category->paper.nominees_len, category->nominees_room);
    for (; at > 0 && category->nominees[at - 1] > nominee->index; at--)
        category->nominees[at] = category->nominees[at - 1];
    category->nominees[at] = nominee->index;
    category->paper.nominees = category->nominees;
    category->paper.nominees_len++;
    category->shown.admitted++;
}

static const struct {
    const char *decision;
    enum nominee_status status;
} decided[] = {
    {"admit", NOMINEE_ADMITTED},  {"merge", NOMINEE_MERGED},    {"refuse", NOMINEE_REFUSED},
    {"reopen", NOMINEE_REOPENED}, {"return", NOMINEE_RETURNED}, {"withdraw", NOMINEE_WITHDRAWN},
};

void fold_moderate_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct slice decision = item_str(item, "d");
    size_t number, row = 0;
    (void)leaf;
    INVARIANT(nominee_find(fold->nominations, item_int(item, "ref"), &number));
    while (!slice_is(decision, decided[row].decision))
        row++;
    nominee_set_status(fold->nominations, number, decided[row].status, item->index,
                       item->entry->at);
    if (decided[row].status == NOMINEE_ADMITTED)
        admit(fold, nominee_at(fold->nominations, number));
    if (decided[row].status == NOMINEE_MERGED)
        nominee_merge(fold->nominations, number, item_int(item, "into"));
    fold_keep_committed(fold, item->index);
}
