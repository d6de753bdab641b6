#include "campaign/judge.h"

static void prove(void *context, struct candidate *candidate)
{
    struct fold_proof proof;
    fold_prove(context, &candidate->entry, &proof);
    candidate->proof_state = proof.state;
    candidate->proof_generation = proof.generation;
}

static void check(void *context, struct candidate *candidate, uint64_t index, uint64_t at)
{
    struct fold *fold = context;
    struct fold_proof proof = {candidate->proof_state, candidate->proof_generation};
    struct verdict verdict;
    (void)at; /* it stands in the entry */
    candidate->verdict = CANDIDATE_REFUSED;
    if (candidate->origin != CANDIDATE_OWN) {
        if (fold_is_own(&candidate->entry)) {
            candidate->code = VERDICT_SIGNERS_MISSING;
            return;
        }
        if (fold_repeat(fold, &candidate->entry, &proof, &candidate->index)) {
            candidate->verdict = CANDIDATE_REPEATED;
            return;
        }
    }
    fold_check(fold, &candidate->entry, &proof, index, &verdict);
    candidate->code = (int)verdict.code;
    candidate->index = verdict.index;
    candidate->rev = verdict.rev;
    if (verdict.code == VERDICT_ACCEPTED)
        candidate->verdict = CANDIDATE_ACCEPTED;
}

static void apply(void *context, const struct candidate *candidate, uint64_t index,
                  const uint8_t leaf[static TREE_HASH_LEN])
{
    fold_apply(context, &candidate->entry, index, leaf);
}

static enum err due(void *context, uint64_t at, struct buf *entry)
{
    return fold_due(context, at, entry);
}

struct judge judge_of_fold(struct fold *fold)
{
    return (struct judge){
        .context = fold, .prove = prove, .check = check, .apply = apply, .due = due};
}
