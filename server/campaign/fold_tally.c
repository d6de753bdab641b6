/* unseal, tally: after the close. And what the ledger owes. */
#include "fold_state.h"

#include "tally/tally_file.h"

enum verdict_code fold_unseal_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    const struct key *seal = keyring_seal(fold->keyring);
    uint8_t id[KEY_ID_LEN];
    (void)verdict;
    if (fold->phases.rows[PHASE_EVALUATION].state != PHASE_IS_CLOSED || fold->unsealed)
        return VERDICT_UNSEAL_PLACE;
    item_id(item, "k", id);
    bool fits = seal && memcmp(seal->id, id, sizeof id) == 0 && (item->state & PROOF_SECRET) != 0;
    return fits ? VERDICT_ACCEPTED : VERDICT_SEAL_KEY_WRONG;
}

void fold_unseal_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    (void)leaf;
    fold->unsealed = true;
    fold->unseal = item->index;
}

static bool counts_fit(const struct item *item, const struct fold_category *category)
{
    return category->has_counts && item_int(item, "issued") == category->issued &&
           item_int(item, "cast") == category->cast &&
           item_int(item, "superseded") == category->cast - category->passes &&
           item_int(item, "spoiled") == category->spoiled &&
           item_int(item, "void") == category->voids;
}

enum verdict_code fold_tally_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    const struct fold_category *category = &fold->categories[item->cat].shown;
    uint8_t result[SHA256_LEN];
    (void)verdict;
    if (!fold->unsealed || category->has_tally)
        return VERDICT_TALLY_PLACE;
    if (item_int(item, "upto") != fold->phases.rows[PHASE_EVALUATION].closed ||
        !counts_fit(item, category))
        return VERDICT_TALLY_WRONG;
    item_hex(item, "result", result);
    if (memcmp(result, category->tally_hash, sizeof result) != 0)
        return VERDICT_TALLY_RESULT;
    struct buf file;
    bool there = fold_file_read(fold, result, &file);
    buf_release(&file);
    return there ? VERDICT_ACCEPTED : VERDICT_FILE_MISSING;
}

void fold_tally_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    struct fold_category *category = &fold->categories[item->cat].shown;
    (void)leaf;
    category->has_tally = true;
    category->tally = item->index;
}

void fold_set_seal_secret(struct fold *fold, const struct hpke_secret *secret)
{
    fold->secret = secret;
}

void fold_set_close_root(struct fold *fold, const uint8_t root[static SHA256_LEN])
{
    memcpy(fold->root, root, SHA256_LEN);
    fold->has_root = true;
}

static enum err write_tally_file(const struct fold *fold, unsigned cat, const struct counts *counts,
                                 struct buf *out)
{
    const struct rules *rules = fold->rules;
    const struct fold_category *category = &fold->categories[cat].shown;
    struct ranking_ties ties = {
        .breaks = rules->tie_breaks,
        .len = rules->tie_breaks_len,
        .origin = slice_str(fold->origin),
        .cat = slice_str(rules->categories[cat].id),
        .root = fold->root,
    };
    struct tally_totals totals = {
        .upto = fold->phases.rows[PHASE_EVALUATION].closed,
        .issued = category->issued,
        .superseded = category->cast - category->passes,
        .void_ballots = category->voids,
    };
    struct ranking *ranking = ranking_create(counts, &ties);
    enum err err = tally_file_write(ties.origin, ties.cat, &totals, counts, ranking, out);
    ranking_destroy(ranking);
    return err;
}

enum err fold_set_counts(struct fold *fold, unsigned cat, const struct counts *counts)
{
    INVARIANT(fold->rules && cat < fold->rules->categories_len);
    struct category *category = &fold->categories[cat];
    struct fold_category *shown = &category->shown;
    if (!fold->unsealed || !fold->has_root ||
        counts_counted(counts) + counts_spoiled(counts) != shown->passes - shown->voids)
        return ERR_CONFLICT;
    shown->has_counts = false;
    buf_clear(&category->tally_file);
    enum err err = write_tally_file(fold, cat, counts, &category->tally_file);
    if (err != OK)
        return err;
    shown->has_counts = true;
    shown->counted = counts_counted(counts);
    shown->spoiled = counts_spoiled(counts);
    shown->tally_file = buf_slice(&category->tally_file);
    sha256(shown->tally_hash, shown->tally_file);
    return OK;
}

static void put_phase(struct buf *out, const struct phase_step *step)
{
    buf_printf(out, "{\"act\":\"%s\",\"phase\":\"%s\",\"t\":\"phase\",\"v\":1}",
               phase_act_name(step->act), phase_name(step->phase));
}

/* The secret that was given is that of the campaign's seal key: another must never be published. */
static bool can_unseal(const struct fold *fold)
{
    const struct key *seal = keyring_seal(fold->keyring);
    uint8_t point[HPKE_PUBLIC_LEN];
    if (!fold->secret || !seal || fold->unsealed ||
        fold->phases.rows[PHASE_EVALUATION].state != PHASE_IS_CLOSED)
        return false;
    hpke_secret_public(fold->secret, point);
    return memcmp(point, seal->point, sizeof point) == 0;
}

static void put_unseal(const struct fold *fold, struct buf *out)
{
    uint8_t scalar[HPKE_SECRET_LEN];
    hpke_secret_bytes(fold->secret, scalar);
    buf_put_str(out, "{\"k\":\"");
    buf_put_hex(out, keyring_seal(fold->keyring)->id, KEY_ID_LEN);
    buf_put_str(out, "\",\"sk\":\"");
    buf_put_base64(out, scalar, sizeof scalar);
    buf_put_str(out, "\",\"t\":\"unseal\",\"v\":1}");
}

/* A category whose tally can be logged: counted, and its file published already. */
static bool next_tally(const struct fold *fold, unsigned *cat)
{
    for (unsigned i = 0; fold->unsealed && i < fold->rules->categories_len; i++) {
        const struct fold_category *category = &fold->categories[i].shown;
        if (!category->has_counts || category->has_tally)
            continue;
        struct buf file;
        bool there = fold_file_read(fold, category->tally_hash, &file);
        buf_release(&file);
        if (!there)
            continue;
        *cat = i;
        return true;
    }
    return false;
}

static void put_tally(const struct fold *fold, unsigned cat, struct buf *out)
{
    const struct fold_category *category = &fold->categories[cat].shown;
    buf_printf(out, "{\"cast\":%llu,\"cat\":\"%s\",\"issued\":%llu,\"result\":\"",
               (unsigned long long)category->cast, fold->rules->categories[cat].id,
               (unsigned long long)category->issued);
    buf_put_hex(out, category->tally_hash, SHA256_LEN);
    buf_printf(out,
               "\",\"spoiled\":%llu,\"superseded\":%llu,\"t\":\"tally\",\"upto\":%llu,\"v\":1,"
               "\"void\":%llu}",
               (unsigned long long)category->spoiled,
               (unsigned long long)(category->cast - category->passes),
               (unsigned long long)fold->phases.rows[PHASE_EVALUATION].closed,
               (unsigned long long)category->voids);
}

enum err fold_due(const struct fold *fold, uint64_t at, struct buf *out)
{
    struct phase_step step;
    unsigned cat;
    bool open = fold->phases.rows[PHASE_EVALUATION].state == PHASE_IS_OPEN;
    if (fold_phase_due(fold, at, &step))
        put_phase(out, &step);
    else if (open && at >= fold->mark_at && at - fold->mark_at >= FOLD_MARK_SECONDS)
        buf_put_str(out, "{\"t\":\"mark\",\"v\":1}");
    else if (can_unseal(fold))
        put_unseal(fold, out);
    else if (next_tally(fold, &cat))
        put_tally(fold, cat, out);
    else
        return ERR_NOT_FOUND;
    return OK;
}
