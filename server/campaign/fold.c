#include "campaign/fold.h"

#include "base/mem.h"
#include "fold_state.h"

_Static_assert(KEYRING_CATEGORIES == RULES_CATEGORIES_MAX, "a pass key for every category");
_Static_assert(FOLD_FILE_MAX == REGISTER_BYTES_MAX, "a register is as long as a file may be");

struct fold *fold_create(const char *origin, const struct fold_files *files)
{
    struct fold *fold = xcalloc(1, sizeof *fold);
    fold->origin = xstrdup(origin);
    fold->files = *files;
    table_init(&fold->by_body);
    fold->keyring = keyring_create();
    fold->nominations = nomination_create();
    fold->issues = issue_create();
    fold->ballots = ballot_create();
    phases_init(&fold->phases, 0);
    return fold;
}

static void destroy_categories(struct fold *fold)
{
    for (size_t i = 0; fold->categories && i < fold->rules->categories_len; i++) {
        free(fold->categories[i].nominees);
        buf_release(&fold->categories[i].tally_file);
    }
    free(fold->categories);
}

void fold_destroy(struct fold *fold)
{
    if (!fold)
        return;
    destroy_categories(fold);
    rules_destroy(fold->rules);
    rules_destroy(fold->loaded.rules);
    register_destroy(fold->ngo_register);
    register_destroy(fold->loaded.ngo_register);
    keyring_destroy(fold->keyring);
    nomination_destroy(fold->nominations);
    issue_destroy(fold->issues);
    ballot_destroy(fold->ballots);
    table_release(&fold->by_body);
    free(fold->bodies);
    free(fold->committed);
    for (unsigned i = 0; i < PHASE_COUNT; i++) {
        free(fold->words[i].why);
        free(fold->words[i].no);
    }
    free(fold->origin);
    free(fold);
}

const char *fold_fault(const struct fold *fold)
{
    return fold->fault.text[0] ? fold->fault.text : NULL;
}

const char *fold_origin(const struct fold *fold)
{
    return fold->origin;
}

const struct rules *fold_rules(const struct fold *fold)
{
    return fold->rules;
}

bool fold_demo(const struct fold *fold)
{
    return fold->demo;
}

uint64_t fold_size(const struct fold *fold)
{
    return fold->size;
}

uint64_t fold_at(const struct fold *fold)
{
    return fold->at;
}

const struct phases *fold_phases(const struct fold *fold)
{
    return &fold->phases;
}

const struct keyring *fold_keyring(const struct fold *fold)
{
    return fold->keyring;
}

const struct ngo_register *fold_register(const struct fold *fold)
{
    return fold->ngo_register;
}

const uint8_t *fold_register_hash(const struct fold *fold)
{
    return fold->ngo_register == NULL ? NULL : fold->register_hash;
}

const struct nomination_set *fold_nominations(const struct fold *fold)
{
    return fold->nominations;
}

const struct issue_set *fold_issues(const struct fold *fold)
{
    return fold->issues;
}

const struct ballot_set *fold_ballots(const struct fold *fold)
{
    return fold->ballots;
}

bool fold_evaluation_ready(const struct fold *fold)
{
    const struct key *seal = keyring_seal(fold->keyring);
    if (!fold->rules || nominee_undecided(fold->nominations) > 0 || !seal || seal->revoked)
        return false;
    for (unsigned cat = 0; cat < fold->rules->categories_len; cat++) {
        const struct key *pass = keyring_pass(fold->keyring, cat);
        if (!pass || pass->revoked ||
            method_sealed_len(&fold->categories[cat].paper) + HPKE_TAG_LEN > RULES_CT_MAX)
            return false;
    }
    return true;
}

uint64_t fold_last_mark_at(const struct fold *fold)
{
    return fold->mark_at;
}

uint64_t fold_marks(const struct fold *fold)
{
    return fold->marks;
}

bool fold_unsealed(const struct fold *fold, uint64_t *index)
{
    if (fold->unsealed)
        *index = fold->unseal;
    return fold->unsealed;
}

static const struct category *category(const struct fold *fold, unsigned cat)
{
    INVARIANT(fold->rules && cat < fold->rules->categories_len);
    return &fold->categories[cat];
}

const struct fold_category *fold_category(const struct fold *fold, unsigned cat)
{
    return &category(fold, cat)->shown;
}

const struct ballot_paper *fold_paper(const struct fold *fold, unsigned cat)
{
    return &category(fold, cat)->paper;
}

bool fold_category_find(const struct fold *fold, struct slice id, unsigned *cat)
{
    int found = fold->rules ? rules_category(fold->rules, id) : -1;
    if (found >= 0)
        *cat = (unsigned)found;
    return found >= 0;
}
