/* The public-key cryptography of an entry, against the keyring as it stands, and repetitions. Runs
 * on many threads; nothing here changes the fold. */
#include "fold_state.h"

#include "base/base64.h"
#include "ledger/tree.h"

/* Room for pre, the context of a pass and pk: an origin has at most 255 bytes. */
#define PASS_TEXT_MAX 512

static uint64_t prove_sigs(const struct fold *fold, const struct item *item)
{
    const struct canon_doc *doc = &item->entry->doc;
    const struct canon_node *sig = canon_first(doc, entry_member(item->entry, "sigs"));
    uint64_t state = 0;
    struct buf text;
    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(item->entry, fold->origin, &text);
    for (unsigned i = 0; sig; sig = canon_next(doc, sig), i++) {
        uint8_t id[KEY_ID_LEN], bytes[ED25519_SIG_LEN];
        INVARIANT(node_hex(canon_member(doc, sig, "k"), id, sizeof id) == OK &&
                  node_base64(canon_member(doc, sig, "s"), bytes, sizeof bytes) == OK);
        const struct key *key = keyring_find(fold->keyring, id);
        if (!key)
            state |= PROOF_MISSING;
        else if (key->use == item->form->signers.use &&
                 ed25519_verify(key->ed25519, buf_slice(&text), bytes))
            state |= PROOF_SIGS(i);
    }
    buf_release(&text);
    return state;
}

static bool prove_tok(const struct fold *fold, const struct canon_node *nodes,
                      const struct key *pass, const uint8_t pk[static ED25519_PUBLIC_LEN])
{
    uint8_t pre[RSABSSA_PREFIX_LEN], tok[RSABSSA_LEN];
    INVARIANT(node_base64(&nodes[BALLOT_NODE_PRE], pre, sizeof pre) == OK &&
              node_base64(&nodes[BALLOT_NODE_TOK], tok, sizeof tok) == OK);
    struct buf text;
    buf_init(&text, PASS_TEXT_MAX);
    buf_put(&text, pre, sizeof pre);
    buf_put_str(&text, "ballot-pass/v1\n");
    buf_put_str(&text, fold->origin);
    buf_put_byte(&text, '\n');
    buf_put_slice(&text, canon_inner(&nodes[BALLOT_NODE_CAT]));
    buf_put_byte(&text, '\n');
    buf_put(&text, pk, ED25519_PUBLIC_LEN);
    bool good = !buf_failed(&text) && rsabssa_verify(pass->rsa, buf_slice(&text), tok);
    buf_release(&text);
    return good;
}

static bool prove_ballot_sig(const struct fold *fold, const struct entry *entry,
                             const uint8_t pk[static ED25519_PUBLIC_LEN])
{
    uint8_t sig[ED25519_SIG_LEN];
    INVARIANT(node_base64(&entry->doc.nodes[BALLOT_NODE_SIG], sig, sizeof sig) == OK);
    struct buf text;
    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(entry, fold->origin, &text);
    bool good = !buf_failed(&text) && ed25519_verify(pk, buf_slice(&text), sig);
    buf_release(&text);
    return good;
}

/* A forged pass is told before a wrong signature, so after it the signature need not be looked at:
 * the cheap refusal of what anybody can send. */
static uint64_t prove_ballot(const struct fold *fold, const struct item *item)
{
    const struct canon_node *nodes = item->entry->doc.nodes;
    uint8_t ik[KEY_ID_LEN], pk[ED25519_PUBLIC_LEN];
    unsigned cat;
    INVARIANT(node_hex(&nodes[BALLOT_NODE_IK], ik, sizeof ik) == OK &&
              node_base64(&nodes[BALLOT_NODE_PK], pk, sizeof pk) == OK);
    if (!fold_category_find(fold, canon_inner(&nodes[BALLOT_NODE_CAT]), &cat))
        return PROOF_MISSING;
    const struct key *pass = keyring_pass(fold->keyring, cat);
    if (!pass || memcmp(pass->id, ik, sizeof ik) != 0)
        return PROOF_MISSING;
    if (!prove_tok(fold, nodes, pass, pk))
        return 0;
    return prove_ballot_sig(fold, item->entry, pk) ? PROOF_TOK | PROOF_SIG : PROOF_TOK;
}

/* `key`, `pop` and what goes with them, of a key entry or a staff object of genesis. */
static bool prove_pop(const struct fold *fold, const struct canon_node *spki_node,
                      const struct canon_node *pop_node, enum key_use use, struct slice cat)
{
    uint8_t spki[KEY_SPKI_MAX], pop[RSABSSA_LEN];
    size_t spki_len, pop_len;
    struct key key;
    if (base64_decode(canon_inner(spki_node), spki, sizeof spki, &spki_len) != OK ||
        base64_decode(canon_inner(pop_node), pop, sizeof pop, &pop_len) != OK ||
        key_parse(use, slice_of(spki, spki_len), &key) != OK)
        return false;
    bool good = key_pop_check(&key, fold->origin, cat, slice_of(pop, pop_len));
    key_release(&key);
    return good;
}

static uint64_t prove_key(const struct fold *fold, const struct item *item)
{
    struct slice cat = {0};
    enum key_use use = key_use_by_name(item_str(item, "use"));
    if (use == KEY_USE_PASS)
        cat = item_str(item, "cat");
    bool good = prove_pop(fold, entry_member(item->entry, "key"), entry_member(item->entry, "pop"),
                          use, cat);
    return good ? PROOF_POP : 0;
}

static uint64_t prove_genesis(const struct fold *fold, const struct item *item)
{
    const struct canon_doc *doc = &item->entry->doc;
    const struct canon_node *staff = canon_first(doc, entry_member(item->entry, "staff"));
    const struct slice none = {0};
    uint64_t state = 0;
    for (unsigned i = 0; staff; staff = canon_next(doc, staff), i++)
        if (prove_pop(fold, canon_member(doc, staff, "key"), canon_member(doc, staff, "pop"),
                      KEY_USE_STAFF, none))
            state |= PROOF_STAFF(i);
    return state;
}

static uint64_t prove_unseal(const struct fold *fold, const struct item *item)
{
    const struct key *seal = keyring_seal(fold->keyring);
    uint8_t scalar[HPKE_SECRET_LEN], point[HPKE_PUBLIC_LEN];
    struct hpke_secret *secret;
    if (!seal)
        return PROOF_MISSING;
    item_hash(item, "sk", scalar);
    if (hpke_secret_from_bytes(scalar, &secret) != OK)
        return 0;
    hpke_secret_public(secret, point);
    hpke_secret_destroy(secret);
    return memcmp(point, seal->point, sizeof point) == 0 ? PROOF_SECRET : 0;
}

static uint64_t prove(const struct fold *fold, const struct entry *entry)
{
    struct item item;
    if (item_of_entry(entry, &item) != VERDICT_ACCEPTED ||
        !entry_types_check_form(entry, item.form, ENTRY_LACKS_AT))
        return PROOF_MADE;
    uint64_t state = PROOF_MADE | PROOF_FORM;
    if (item.form->signers.use != ENTRY_UNSIGNED_USE)
        state |= prove_sigs(fold, &item);
    if (item.kind == ENTRY_KIND_BALLOT)
        state |= prove_ballot(fold, &item);
    else if (item.kind == ENTRY_KIND_KEY)
        state |= prove_key(fold, &item);
    else if (item.kind == ENTRY_KIND_GENESIS)
        state |= prove_genesis(fold, &item);
    else if (item.kind == ENTRY_KIND_UNSEAL)
        state |= prove_unseal(fold, &item);
    return state;
}

void fold_prove(const struct fold *fold, const struct entry *entry, struct fold_proof *proof)
{
    proof->state = prove(fold, entry);
    proof->generation = keyring_generation(fold->keyring);
}

/* Keys are never replaced, so a proof stays good unless a key was missing and one has come since.
 * Revocations are looked up when the entry is judged. */
uint64_t fold_proof_settle(const struct fold *fold, const struct entry *entry,
                           const struct fold_proof *proof)
{
    bool stale =
        (proof->state & PROOF_MISSING) && proof->generation != keyring_generation(fold->keyring);
    return proof->state & PROOF_MADE && !stale ? proof->state : prove(fold, entry);
}

static bool repeats_ballot(const struct fold *fold, const struct item *item, uint64_t *index)
{
    uint8_t pk[BALLOT_PK_LEN], leaf[SHA256_LEN];
    INVARIANT(node_base64(&item->entry->doc.nodes[BALLOT_NODE_PK], pk, sizeof pk) == OK);
    uint32_t pass = ballot_find(fold->ballots, item->cat, pk);
    if (pass == BALLOT_NONE)
        return false;
    tree_leaf_hash(leaf, item->entry->bytes);
    return ballot_same(fold->ballots, pass, leaf, index);
}

static bool repeats_issue(const struct fold *fold, const struct item *item, uint64_t *index)
{
    uint8_t p[ISSUE_HASH_LEN], bh[ISSUE_HASH_LEN];
    struct issue_found found;
    item_hash(item, "p", p);
    item_hash(item, "bh", bh);
    if (!issue_find(fold->issues, item->cat, p, bh, &found) || !found.same)
        return false;
    *index = found.index;
    return true;
}

bool fold_repeat(const struct fold *fold, const struct entry *entry, const struct fold_proof *proof,
                 uint64_t *index)
{
    struct item item;
    uint8_t hash[SHA256_LEN];
    struct slice cat;
    if (item_of_entry(entry, &item) != VERDICT_ACCEPTED)
        return false;
    item.state = fold_proof_settle(fold, entry, proof);
    if (!(item.state & PROOF_FORM))
        return false;
    if (entry_str(entry, "cat", 1, ENTRY_LEN_MAX, &cat) == OK &&
        !fold_category_find(fold, cat, &item.cat))
        return false;
    if (item.kind == ENTRY_KIND_BALLOT)
        return repeats_ballot(fold, &item, index);
    if (item.form->signers.use == KEY_USE_STAFF) {
        item_body(fold, &item, hash);
        const struct body *body = fold_body_find(fold, hash);
        if (body)
            *index = body->index;
        return body != NULL;
    }
    if (item.form->signers.use != KEY_USE_REGISTRAR ||
        item_check_signers(fold, &item) != VERDICT_ACCEPTED)
        return false;
    if (item.kind == ENTRY_KIND_ISSUE)
        return repeats_issue(fold, &item, index);
    return item.kind == ENTRY_KIND_AMEND ? fold_amend_repeats(fold, &item, index)
                                         : fold_nominate_repeats(fold, &item, index);
}
