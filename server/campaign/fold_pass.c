/* issue, ballot, void: the passes. A ballot's check is the hot path: no allocation, no search by
 * name. */
#include "fold_state.h"

static enum verdict_code check_pass_key(const struct fold *fold, unsigned cat,
                                        const struct canon_node *ik)
{
    uint8_t id[KEY_ID_LEN];
    const struct key *key = keyring_pass(fold->keyring, cat);
    INVARIANT(node_hex(ik, id, sizeof id) == OK);
    if (!key || memcmp(key->id, id, sizeof id) != 0)
        return VERDICT_PASS_KEY_WRONG;
    return key->revoked ? VERDICT_KEY_REVOKED : VERDICT_ACCEPTED;
}

enum verdict_code fold_issue_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    uint8_t p[ISSUE_HASH_LEN], bh[ISSUE_HASH_LEN];
    struct issue_found found;
    if (fold->phases.rows[PHASE_EVALUATION].state == PHASE_IS_CLOSED)
        return VERDICT_WINDOW_CLOSED;
    enum verdict_code code = check_pass_key(fold, item->cat, entry_member(item->entry, "ik"));
    if (code != VERDICT_ACCEPTED)
        return code;
    item_hash(item, "p", p);
    item_hash(item, "bh", bh);
    if (!issue_find(fold->issues, item->cat, p, bh, &found))
        return VERDICT_ACCEPTED;
    verdict->has_index = true;
    verdict->index = found.index;
    return VERDICT_ISSUED_TWICE;
}

void fold_issue_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    uint8_t p[ISSUE_HASH_LEN], bh[ISSUE_HASH_LEN];
    (void)leaf;
    item_hash(item, "p", p);
    item_hash(item, "bh", bh);
    issue_add(fold->issues, item->cat, p, bh, item->index);
    fold->categories[item->cat].shown.issued++;
}

/* Bytes that a base64 text of good form stands for. */
static size_t decoded_len(const struct canon_node *node)
{
    struct slice text = canon_inner(node);
    size_t len = text.len / 4 * 3;
    for (size_t i = text.len; i > 0 && text.data[i - 1] == '='; i--)
        len--;
    return len;
}

/* The pass may cast, and this rev. */
static enum verdict_code check_pass(const struct fold *fold, unsigned cat,
                                    const struct canon_node *nodes, struct verdict *verdict)
{
    const struct fold_category *category = &fold->categories[cat].shown;
    uint8_t pk[BALLOT_PK_LEN];
    INVARIANT(node_base64(&nodes[BALLOT_NODE_PK], pk, sizeof pk) == OK);
    uint32_t number = ballot_find(fold->ballots, cat, pk);
    if (number == BALLOT_NONE)
        return category->passes < category->issued ? VERDICT_ACCEPTED : VERDICT_PASSES_EXCEEDED;
    const struct ballot_pass *pass = ballot_pass(fold->ballots, number);
    if (pass->is_void)
        return VERDICT_PASS_VOID;
    if (nodes[BALLOT_NODE_REV].number > pass->rev)
        return VERDICT_ACCEPTED;
    verdict->has_index = true;
    verdict->index = ballot_cast(fold->ballots, pass->last)->index;
    verdict->rev = pass->rev;
    return VERDICT_REV_STALE;
}

enum verdict_code fold_ballot_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    const struct canon_node *nodes = item->entry->doc.nodes;
    enum verdict_code code = phases_window(&fold->phases, PHASE_EVALUATION);
    if (code != VERDICT_ACCEPTED)
        return code;
    code = check_pass_key(fold, item->cat, &nodes[BALLOT_NODE_IK]);
    if (code != VERDICT_ACCEPTED)
        return code;
    if (decoded_len(&nodes[BALLOT_NODE_CT]) != fold->categories[item->cat].shown.ct_len)
        return VERDICT_CT_LENGTH;
    uint64_t rev = nodes[BALLOT_NODE_REV].number;
    if (rev < 1 || rev > fold->rules->max_rev)
        return VERDICT_REV_OUT_OF_RANGE;
    if (!(item->state & PROOF_TOK))
        return VERDICT_PASS_FORGED;
    if (!(item->state & PROOF_SIG))
        return VERDICT_SIGNATURE_WRONG;
    return check_pass(fold, item->cat, nodes, verdict);
}

void fold_ballot_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    const struct canon_node *nodes = item->entry->doc.nodes;
    struct fold_category *category = &fold->categories[item->cat].shown;
    uint8_t pk[BALLOT_PK_LEN];
    INVARIANT(node_base64(&nodes[BALLOT_NODE_PK], pk, sizeof pk) == OK);
    uint32_t pass = ballot_find(fold->ballots, item->cat, pk);
    category->cast++;
    category->passes += pass == BALLOT_NONE;
    ballot_add(fold->ballots, pass, item->cat, pk, nodes[BALLOT_NODE_REV].number, item->index,
               leaf);
}

enum verdict_code fold_void_check(struct fold *fold, struct item *item, struct verdict *verdict)
{
    (void)verdict;
    if (fold->unsealed)
        return VERDICT_WINDOW_CLOSED;
    uint32_t number = ballot_at_index(fold->ballots, item_int(item, "ref"));
    if (number == BALLOT_NONE)
        return VERDICT_BALLOT_UNKNOWN;
    uint32_t pass = ballot_cast(fold->ballots, number)->pass;
    return ballot_pass(fold->ballots, pass)->is_void ? VERDICT_PASS_VOID : VERDICT_ACCEPTED;
}

void fold_void_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32])
{
    uint32_t number = ballot_at_index(fold->ballots, item_int(item, "ref"));
    (void)leaf;
    INVARIANT(number != BALLOT_NONE);
    uint32_t pass = ballot_cast(fold->ballots, number)->pass;
    ballot_set_void(fold->ballots, pass);
    fold->categories[ballot_pass(fold->ballots, pass)->cat].shown.voids++;
    fold_keep_committed(fold, item->index);
}
