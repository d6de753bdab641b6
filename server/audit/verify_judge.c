/*
 * Step 6 of PROTOCOL.md §8: every entry is judged in its place, and once the seal is open the
 * ballots are counted.
 *
 * The bytes are read again here, so that no ledger has to fit into memory; each entry is held
 * against the leaf hash that led to the signed root.
 */
#include <string.h>

#include "base/base64.h"
#include "base/mem.h"
#include "crypt/hpke.h"
#include "tally/opening.h"
#include "verify_inner.h"

#define FILE_NAME_CAP 80

/* What is known of an entry before it is judged; made on any thread. */
struct candidate {
    enum verdict_code form;
    bool changed; /* not the bytes that were hashed */
    uint8_t leaf[TREE_HASH_LEN];
    struct fold_proof proof;
    struct entry entry;
};

struct judging {
    struct verify *verify;
    struct fold *fold;
    struct chunk *chunk;
    struct candidate *candidates; /* CHUNK_ENTRIES */

    /* Of the bundle that opening reads from. */
    struct chunk *held;
    bool has_held;
    bool held_changed[TILE_WIDTH];
};

static enum err say_changed(struct verify *verify, uint64_t index)
{
    return fault_set(verify->fault, ERR_CONFLICT,
                     "%s: entry %llu changed while the ledger was read: check again",
                     source_name(verify->source), (unsigned long long)index);
}

/* ---- files that entries name ---------------------------------------------------------------- */

static enum err get_file(void *context, const uint8_t hash[static SHA256_LEN], struct buf *out,
                         struct fault *fault)
{
    struct verify_files *files = context;
    char name[2 * SHA256_LEN + 1], path[FILE_NAME_CAP];
    uint8_t got[SHA256_LEN];
    size_t before = out->len;
    (void)fault;
    hex_encode(name, hash, SHA256_LEN);
    snprintf(path, sizeof path, "files/%s", name);
    enum err err = source_read(files->source, path, FOLD_FILE_MAX, out, &files->fault);
    if (err != OK && err != ERR_NOT_FOUND && err != ERR_LIMITED)
        files->err = err;
    if (err != OK)
        return ERR_NOT_FOUND;
    sha256(got, slice_of(out->data + before, out->len - before));
    if (memcmp(got, hash, sizeof got) == 0)
        return OK;
    out->len = before;
    return ERR_NOT_FOUND;
}

/* ---- counting ------------------------------------------------------------------------------- */

static void check_held(void *context, size_t number)
{
    struct judging *judging = context;
    const struct chunk *held = judging->held;
    uint8_t leaf[TREE_HASH_LEN];
    tree_leaf_hash(leaf, held->entries[number]);
    judging->held_changed[number] =
        memcmp(leaf, &judging->verify->levels[0][held->first + number], sizeof leaf) != 0;
}

/* Reads a single bundle into held. */
static enum err hold_bundle(struct judging *judging, uint64_t first)
{
    struct verify *verify = judging->verify;
    struct chunk *held = judging->held;
    bool whole;
    judging->has_held = false;
    enum err err = verify_read_chunk(verify, first, 1, held, &whole);
    if (err == OK && !whole)
        err = say_changed(verify, first);
    if (err != OK)
        return err;
    pool_run(verify->pool, held->len, check_held, judging);
    judging->has_held = true;
    return OK;
}

static enum err read_entry(void *context, uint64_t index, struct buf *out, struct fault *fault)
{
    struct judging *judging = context;
    uint64_t first = index - index % TILE_WIDTH;
    enum err err = OK;
    (void)fault; /* the same one as verify's */
    if (!judging->has_held || judging->held->first != first)
        err = hold_bundle(judging, first);
    if (err != OK)
        return err;
    if (judging->held_changed[index - first])
        return say_changed(judging->verify, index);
    buf_put_slice(out, judging->held->entries[index - first]);
    return OK;
}

static enum err set_counts(struct judging *judging, const struct opening *opening)
{
    struct fold *fold = judging->fold;
    uint8_t root[TREE_HASH_LEN];
    verify_root(judging->verify, fold_phases(fold)->rows[PHASE_EVALUATION].closed + 1, root);
    fold_set_close_root(fold, root);
    for (unsigned cat = 0; cat < fold_rules(fold)->categories_len; cat++) {
        enum err err = fold_set_counts(fold, cat, opening_counts(opening, cat));
        if (err != OK)
            return fault_set(judging->verify->fault, err == ERR_LIMITED ? err : ERR_INTERNAL,
                             "the tally of category %s can't be made: %s",
                             fold_rules(fold)->categories[cat].id, err_name(err));
    }
    return OK;
}

/* The seal was opened by this entry: counts everything before going on, so that tallies can be
 * judged. Nothing changes the ballots any more. */
static enum err count(struct judging *judging, const struct entry *unseal)
{
    struct verify *verify = judging->verify;
    struct opening_reader reader = {judging, read_entry};
    uint64_t total = ballot_casts(fold_ballots(judging->fold)), left = total;
    struct hpke_secret *secret;
    uint8_t scalar[HPKE_SECRET_LEN];
    INVARIANT(entry_base64(unseal, "sk", scalar, sizeof scalar) == OK &&
              hpke_secret_from_bytes(scalar, &secret) == OK);
    struct opening *opening = opening_create(judging->fold, secret, &reader, verify->pool);
    enum err err;
    do {
        verify_show(verify, "counting", (total - left) * verify->size / (total + 1));
        err = opening_step(opening, CHUNK_ENTRIES, &left, verify->fault);
    } while (err == OK && left > 0);
    if (err == OK)
        err = set_counts(judging, opening);
    opening_destroy(opening);
    hpke_secret_destroy(secret);
    return err;
}

/* ---- judging -------------------------------------------------------------------------------- */

static void prove(void *context, size_t number)
{
    const struct judging *judging = context;
    struct candidate *candidate = &judging->candidates[number];
    struct slice bytes = judging->chunk->entries[number];
    tree_leaf_hash(candidate->leaf, bytes);
    candidate->changed =
        memcmp(candidate->leaf, &judging->verify->levels[0][judging->chunk->first + number],
               TREE_HASH_LEN) != 0;
    candidate->proof = (struct fold_proof){0};
    candidate->form = fold_form(bytes, &candidate->entry);
    if (candidate->form == VERDICT_ACCEPTED && !candidate->changed)
        fold_prove(judging->fold, &candidate->entry, &candidate->proof);
}

static enum err judge_one(struct judging *judging, const struct candidate *candidate,
                          uint64_t index)
{
    struct verify *verify = judging->verify;
    struct fold *fold = judging->fold;
    struct verdict verdict = {.code = candidate->form};
    uint64_t unsealed;
    if (candidate->changed)
        return say_changed(verify, index);
    if (candidate->form == VERDICT_ACCEPTED)
        fold_check(fold, &candidate->entry, &candidate->proof, index, &verdict);
    if (verify->report->files->err != OK)
        return fault_set(verify->fault, verify->report->files->err, "%s",
                         verify->report->files->fault.text);
    if (verdict.code != VERDICT_ACCEPTED) {
        verify_add(verify, verdict.code, (int64_t)index);
        return OK;
    }
    fold_apply(fold, &candidate->entry, index, candidate->leaf);
    if (fold_fault(fold))
        return fault_set(verify->fault, ERR_INTERNAL, "%s", fold_fault(fold));
    bool opens = fold_unsealed(fold, &unsealed) && unsealed == index;
    return opens ? count(judging, &candidate->entry) : OK;
}

static enum err judge_chunk(struct judging *judging, uint64_t first)
{
    struct verify *verify = judging->verify;
    bool whole;
    enum err err = verify_read_chunk(verify, first, CHUNK_BUNDLES, judging->chunk, &whole);
    if (err == OK && !whole)
        err = say_changed(verify, first);
    if (err != OK)
        return err;
    pool_run(verify->pool, judging->chunk->len, prove, judging);
    for (size_t i = 0; err == OK && i < judging->chunk->len; i++)
        err = judge_one(judging, &judging->candidates[i], first + i);
    return err;
}

enum err verify_judge(struct verify *verify)
{
    struct verify_report *report = verify->report;
    report->files = xcalloc(1, sizeof *report->files);
    report->files->source = verify->source;
    struct fold_files files = {report->files, get_file};
    report->fold = fold_create(report->checkpoint.origin, &files);
    struct judging judging = {.verify = verify, .fold = report->fold};
    judging.chunk = chunk_create();
    judging.held = chunk_create();
    judging.candidates = xcalloc(CHUNK_ENTRIES, sizeof *judging.candidates);
    enum err err = OK;
    for (uint64_t at = 0; err == OK && at < verify->size; at += CHUNK_ENTRIES) {
        verify_show(verify, "judging", at);
        err = judge_chunk(&judging, at);
    }
    free(judging.candidates);
    chunk_destroy(judging.held);
    chunk_destroy(judging.chunk);
    return err;
}
