/* The mini campaign's middle: its keys, files, entries and stages, and how an entry is judged,
 * taken and recorded. See mini_campaign.h. */
#ifndef TESTS_UNIT_CAMPAIGN_MINI_LEDGER_H
#define TESTS_UNIT_CAMPAIGN_MINI_LEDGER_H

#include "mini_fields.h"

#define MINI_T0 1790000000ULL /* `at` of the genesis */
#define MINI_FILES 16
#define MINI_ENTRIES 256
#define MINI_HEALTH 0U /* category of method choose */
#define MINI_YOUTH 1U  /* of method score */

/* ---- the campaign ---- */

struct mini_pass {
    unsigned cat;
    struct ed25519_secret key;
    uint8_t pre[RSABSSA_PREFIX_LEN];
    uint8_t tok[RSABSSA_LEN];
};

/* Where a fold may stand: after which entries. */
enum mini_stage {
    MINI_EMPTY,
    MINI_BEGUN,      /* genesis */
    MINI_REGISTRAR,  /* and the registrar's key, no other */
    MINI_KEYED,      /* all keys */
    MINI_REGISTERED, /* the register */
    MINI_SCHEDULED,  /* nomination and evaluation scheduled, neither open */
    MINI_NOMINATING, /* nomination open */
    MINI_PAUSED,     /* and paused */
    MINI_NOMINATED,  /* some nominations, none decided */
    MINI_DECIDED,    /* all decided, nomination still open */
    MINI_BETWEEN,    /* nomination closed */
    MINI_ISSUED,     /* passes issued */
    MINI_EVALUATING, /* evaluation open */
    MINI_HELD,       /* and paused */
    MINI_CAST,       /* some ballots */
    MINI_VOIDED,     /* a mark, one pass set aside */
    MINI_CLOSED,     /* evaluation closed */
    MINI_UNSEALED,
    MINI_TALLIED, /* both tallies */
    MINI_DONE,
    MINI_STAGES
};

#define MINI_PASSES 6 /* of health; the first three persons have one of youth, too */

struct mini {
    struct fold *fold;
    uint64_t at;
    struct tree tree;
    struct slice entries[MINI_ENTRIES]; /* owned */
    uint64_t len;
    uint64_t stage_len[MINI_STAGES]; /* entries of each stage */
    struct {
        uint8_t hash[SHA256_LEN];
        struct slice bytes; /* owned */
    } files[MINI_FILES];
    unsigned files_len;
    uint8_t close_root[TREE_HASH_LEN];

    struct signer anna, boris, anna_second, mira, mark, olga, registrar, stranger;
    struct rsabssa_secret *pass_secret[2];
    struct rsabssa_public *pass_public[2];
    uint8_t pass_id[2][KEY_ID_LEN];
    struct hpke_secret *seal_secret;
    uint8_t seal_point[HPKE_PUBLIC_LEN], seal_id[KEY_ID_LEN];
    struct mini_pass passes[MINI_PASSES], youth;
    uint64_t first_ballot, void_ballot; /* indexes */
};

static const char *const mini_cats[] = {"health", "youth"};
static const char *const mini_rules =
    "{\"phases\":[{\"id\":\"nomination\"},{\"id\":\"evaluation\"},{\"id\":\"council\"}],"
    "\"categories\":[{\"id\":\"health\",\"ballot\":{\"method\":\"choose\"}},"
    "{\"id\":\"youth\",\"ballot\":{\"method\":\"score\",\"at_most\":2,\"least\":1,\"most\":5,"
    "\"criteria\":[{\"id\":\"effect\",\"weight\":2},{\"id\":\"reach\",\"weight\":1}]}}],"
    "\"max_rev\":3,\"tie_breaks\":[\"voters\",\"lot\"]}";
static const char *const mini_register = "id,name_en,region\n101,First,KZ-71\n102,Second,KZ-75\n"
                                         "103,Third,KZ-75\n104,Fourth,KZ-79\n105,\"Fifth, too\","
                                         "KZ-10\n";

static inline enum err mini_file_get(void *context, const uint8_t hash[static SHA256_LEN],
                                     struct buf *out, struct fault *fault)
{
    const struct mini *mini = context;
    for (unsigned i = 0; i < mini->files_len; i++) {
        if (memcmp(mini->files[i].hash, hash, SHA256_LEN) != 0)
            continue;
        buf_put_slice(out, mini->files[i].bytes);
        return OK;
    }
    return fault_set(fault, ERR_NOT_FOUND, "no such file");
}

static inline struct slice slice_copy(struct slice from)
{
    uint8_t *copy = xcalloc(from.len + 1, 1);
    if (from.len)
        memcpy(copy, from.data, from.len);
    return slice_of(copy, from.len);
}

static inline const uint8_t *mini_file(struct mini *mini, struct slice bytes)
{
    INVARIANT(mini->files_len < MINI_FILES);
    unsigned number = mini->files_len++;
    sha256(mini->files[number].hash, bytes);
    mini->files[number].bytes = slice_copy(bytes);
    return mini->files[number].hash;
}

static inline struct fold *mini_fold(struct mini *mini)
{
    const struct fold_files files = {.context = mini, .get = mini_file_get};
    return fold_create(MINI_ORIGIN, &files);
}

/* A fold as it stands after the entries of a stage. The caller destroys it. */
static inline struct fold *mini_at(struct mini *mini, enum mini_stage stage)
{
    struct fold *fold = mini_fold(mini);
    for (uint64_t i = 0; i < mini->stage_len[stage]; i++) {
        struct entry entry;
        uint8_t leaf[SHA256_LEN];
        assert_int_equal(entry_parse(mini->entries[i], &entry, NULL), OK);
        tree_leaf_hash(leaf, mini->entries[i]);
        fold_apply(fold, &entry, i, leaf);
    }
    assert_null(fold_fault(fold));
    return fold;
}

/* Judges bytes as the next entry of a fold. */
static inline struct verdict mini_judge(struct fold *fold, struct slice bytes)
{
    struct entry entry;
    struct verdict verdict = {.code = fold_form(bytes, &entry)};
    struct fold_proof proof;
    if (verdict.code != VERDICT_ACCEPTED)
        return verdict;
    fold_prove(fold, &entry, &proof);
    fold_check(fold, &entry, &proof, fold_size(fold), &verdict);
    return verdict;
}

/* Judges, takes and records bytes, which must be accepted. Returns the index. */
static inline uint64_t mini_take_bytes(struct mini *mini, struct slice bytes)
{
    struct entry entry;
    uint8_t leaf[SHA256_LEN];
    struct verdict verdict = mini_judge(mini->fold, bytes);
    if (verdict.code != VERDICT_ACCEPTED)
        fail_msg("entry %llu: %s\n%.*s", (unsigned long long)mini->len, verdict_name(verdict.code),
                 SLICE_PRINT(bytes));
    INVARIANT(mini->len < MINI_ENTRIES);
    mini->entries[mini->len] = slice_copy(bytes);
    assert_int_equal(entry_parse(mini->entries[mini->len], &entry, NULL), OK);
    tree_leaf_hash(leaf, bytes);
    tree_add(&mini->tree, leaf);
    fold_apply(mini->fold, &entry, mini->len, leaf);
    assert_null(fold_fault(mini->fold));
    return mini->len++;
}

/* The same for fields, with `at` put in, and clears them. */
static inline uint64_t mini_take(struct mini *mini, struct fields *fields)
{
    struct buf bytes;
    buf_init(&bytes, 16384);
    if (strcmp(fields->items[0].key, "cat") != 0 || strcmp(fields->items[1].key, "ct") != 0)
        fields_int(fields, "at", mini->at);
    fields_write(fields, false, &bytes);
    uint64_t index = mini_take_bytes(mini, buf_slice(&bytes));
    buf_release(&bytes);
    fields_clear(fields);
    return index;
}

/* Takes everything that the ledger owes at the present time. */
static inline void mini_take_due(struct mini *mini)
{
    struct buf due, stamped;
    buf_init(&due, ENTRY_LEN_MAX);
    buf_init(&stamped, ENTRY_LEN_MAX);
    while (fold_due(mini->fold, mini->at, &due) == OK) {
        struct entry entry;
        assert_int_equal(entry_parse(buf_slice(&due), &entry, NULL), OK);
        entry_insert_at(&entry, mini->at, &stamped);
        mini_take_bytes(mini, buf_slice(&stamped));
        buf_clear(&due);
        buf_clear(&stamped);
    }
    buf_release(&due);
    buf_release(&stamped);
}

static inline void mini_stage(struct mini *mini, enum mini_stage stage)
{
    mini->stage_len[stage] = mini->len;
}

#endif
