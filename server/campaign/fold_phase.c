/* phase, mark: what goes by the ledger's time. */
#include "fold_state.h"

#include "base/mem.h"

struct phase_step fold_phase_step(const struct item *item)
{
    struct phase_step step = {
        .phase = phase_by_name(item_str(item, "phase")),
        .act = phase_act_by_name(item_str(item, "act")),
        .own = item->form->signers.use == ENTRY_UNSIGNED_USE,
        .at = item->entry->at,
    };
    if (step.act == PHASE_SCHEDULE)
        step.opens = item_int(item, "opens");
    if (step.act == PHASE_SCHEDULE || step.act == PHASE_EXTEND)
        step.closes = item_int(item, "closes");
    return step;
}

bool fold_evaluation_begun(const struct fold *fold)
{
    return fold->phases.rows[PHASE_EVALUATION].state >= PHASE_IS_OPEN;
}

bool fold_phase_due(const struct fold *fold, uint64_t at, struct phase_step *step)
{
    /* Readiness looks at every category: asked only when an evaluation that is due hangs on it. */
    return phases_due(&fold->phases, at, true, step) &&
           (step->phase != PHASE_EVALUATION || step->act != PHASE_OPEN ||
            fold_evaluation_ready(fold));
}

enum verdict_code fold_phase_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    struct phase_step step = fold_phase_step(item);
    (void)verdict;
    return phases_check(&fold->phases, &step, fold_evaluation_ready(fold));
}

/* From here on the papers stand, and with them the length of a ballot. */
static void begin_evaluation(struct fold *fold, uint64_t at)
{
    fold->mark_at = at;
    for (size_t i = 0; i < fold->rules->categories_len; i++) {
        struct category *category = &fold->categories[i];
        category->shown.ct_len = method_sealed_len(&category->paper) + HPKE_TAG_LEN;
    }
}

static void keep_text(const struct item *item, const char *key, char **kept)
{
    struct buf text;
    if (!entry_member(item->entry, key))
        return;
    buf_init(&text, ENTRY_LEN_MAX);
    INVARIANT(entry_text(item->entry, key, &text) == OK);
    free(*kept);
    *kept = xstrndup(text.data, text.len);
    buf_release(&text);
}

static void keep_words(struct fold *fold, const struct item *item, const struct phase_step *step)
{
    struct fold_phase_words *words = &fold->words[step->phase];
    if (step->own)
        return;
    keep_text(item, "why", &words->why);
    keep_text(item, "no", &words->no);
    if (step->act == PHASE_SCHEDULE || step->act == PHASE_EXTEND)
        words->extended = step->act == PHASE_EXTEND;
}

const struct fold_phase_words *fold_phase_words(const struct fold *fold, enum phase phase)
{
    return &fold->words[phase];
}

void fold_phase_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct phase_step step = fold_phase_step(item);
    (void)leaf;
    phases_apply(&fold->phases, &step, item->index);
    keep_words(fold, item, &step);
    if (step.phase == PHASE_EVALUATION && step.act == PHASE_OPEN)
        begin_evaluation(fold, step.at);
}

enum verdict_code fold_mark_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    (void)verdict;
    bool open = fold->phases.rows[PHASE_EVALUATION].state == PHASE_IS_OPEN;
    return open && item->entry->at - fold->mark_at >= FOLD_MARK_SECONDS ? VERDICT_ACCEPTED
                                                                        : VERDICT_MARK_PLACE;
}

void fold_mark_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    (void)leaf;
    fold->mark_at = item->entry->at;
    fold->marks++;
}
