/* erase: which commitments there are, and whose payload is gone. */
#include "fold_state.h"

#include "base/mem.h"

void fold_keep_committed(struct fold *fold, uint64_t index)
{
    GROW(fold->committed, fold->committed_len, fold->committed_room);
    fold->committed[fold->committed_len++] = (struct committed){.index = index};
}

static struct committed *find(const struct fold *fold, uint64_t index)
{
    size_t low = 0, high = fold->committed_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fold->committed[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < fold->committed_len && fold->committed[low].index == index;
    return found ? &fold->committed[low] : NULL;
}

bool fold_erased(const struct fold *fold, uint64_t index)
{
    const struct committed *committed = find(fold, index);
    return committed && committed->erased;
}

enum verdict_code fold_erase_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    const struct committed *committed = find(fold, item_int(item, "ref"));
    (void)verdict;
    if (!committed)
        return VERDICT_COMMITMENT_UNKNOWN;
    return committed->erased ? VERDICT_ERASED_BEFORE : VERDICT_ACCEPTED;
}

void fold_erase_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct committed *committed = find(fold, item_int(item, "ref"));
    (void)leaf;
    INVARIANT(committed);
    committed->erased = true;
}
