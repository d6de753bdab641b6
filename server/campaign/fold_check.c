/* The steps of PROTOCOL.md §6 that all types share; step 9 is in the other files fold_*.c. */
#include "fold_state.h"

#include "base/base64.h"
#include "base/mem.h"

#define SIGNERS_MAX 8

const struct fold_type fold_types[ENTRY_KIND_COUNT] = {
    [ENTRY_KIND_GENESIS] = {fold_genesis_check, fold_genesis_apply},
    [ENTRY_KIND_KEY] = {fold_key_check, fold_key_apply},
    [ENTRY_KIND_REVOKE] = {fold_revoke_check, fold_revoke_apply},
    [ENTRY_KIND_PHASE] = {fold_phase_check, fold_phase_apply},
    [ENTRY_KIND_REGISTER] = {fold_register_check, fold_register_apply},
    [ENTRY_KIND_NOMINATE] = {fold_nominate_check, fold_nominate_apply},
    [ENTRY_KIND_AMEND] = {fold_amend_check, fold_amend_apply},
    [ENTRY_KIND_MODERATE] = {fold_moderate_check, fold_moderate_apply},
    [ENTRY_KIND_ISSUE] = {fold_issue_check, fold_issue_apply},
    [ENTRY_KIND_BALLOT] = {fold_ballot_check, fold_ballot_apply},
    [ENTRY_KIND_MARK] = {fold_mark_check, fold_mark_apply},
    [ENTRY_KIND_VOID] = {fold_void_check, fold_void_apply},
    [ENTRY_KIND_UNSEAL] = {fold_unseal_check, fold_unseal_apply},
    [ENTRY_KIND_TALLY] = {fold_tally_check, fold_tally_apply},
    [ENTRY_KIND_ERASE] = {fold_erase_check, fold_erase_apply},
    [ENTRY_KIND_NOTICE] = {NULL, NULL}, /* asks and does nothing more */
};

/* Members of an entry of good form. That they read well is part of the form. */
static void held(enum err err)
{
    INVARIANT(err == OK);
}

uint64_t item_int(const struct item *item, const char *key)
{
    uint64_t number;
    held(entry_int(item->entry, key, CANON_INT_MAX, &number));
    return number;
}

struct slice item_str(const struct item *item, const char *key)
{
    struct slice text;
    held(entry_str(item->entry, key, 0, ENTRY_LEN_MAX, &text));
    return text;
}

void item_hash(const struct item *item, const char *key, uint8_t out[static 32])
{
    held(entry_base64(item->entry, key, out, 32));
}

void item_hex(const struct item *item, const char *key, uint8_t out[static 32])
{
    held(entry_hex(item->entry, key, out, 32));
}

void item_id(const struct item *item, const char *key, uint8_t out[static KEY_ID_LEN])
{
    held(entry_hex(item->entry, key, out, KEY_ID_LEN));
}

enum verdict_code item_of_entry(const struct entry *entry, struct item *item)
{
    *item = (struct item){.entry = entry, .kind = entry_kind_by_name(entry->type)};
    if (item->kind == ENTRY_KIND_COUNT)
        return VERDICT_TYPE_UNKNOWN;
    item->form = entry_form_of(entry, item->kind);
    return item->form ? VERDICT_ACCEPTED : VERDICT_FIELDS_WRONG;
}

enum verdict_code fold_form(struct slice bytes, struct entry *entry)
{
    struct item item;
    uint64_t version;
    if (entry_parse(bytes, entry, NULL) != OK) {
        if (entry->doc.len == 0)
            return VERDICT_NOT_CANONICAL;
        if (entry_int(entry, "v", CANON_INT_MAX, &version) != OK || version != 1)
            return VERDICT_VERSION_UNKNOWN;
        /* Then it is `t` or `at`; the type comes first. */
        if (entry_kind_by_name(entry->type) == ENTRY_KIND_COUNT)
            return VERDICT_TYPE_UNKNOWN;
        return VERDICT_FIELDS_WRONG;
    }
    enum verdict_code code = item_of_entry(entry, &item);
    if (code == VERDICT_ACCEPTED && !entry_types_check_form(entry, item.form, 0))
        code = VERDICT_FIELDS_WRONG;
    return code;
}

bool fold_is_own(const struct entry *entry)
{
    struct item item;
    return item_of_entry(entry, &item) == VERDICT_ACCEPTED && item.kind != ENTRY_KIND_BALLOT &&
           item.form->signers.use == ENTRY_UNSIGNED_USE;
}

void item_body(const struct fold *fold, const struct item *item, uint8_t hash[static SHA256_LEN])
{
    struct buf text;
    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(item->entry, fold->origin, &text);
    INVARIANT(!buf_failed(&text));
    sha256(hash, buf_slice(&text));
    buf_release(&text);
}

const struct body *fold_body_find(const struct fold *fold, const uint8_t hash[static SHA256_LEN])
{
    uint64_t tag = table_hash(&fold->by_body, hash, SHA256_LEN);
    uint32_t number, step = 0;
    while (table_next(&fold->by_body, tag, &step, &number))
        if (memcmp(fold->bodies[number].hash, hash, SHA256_LEN) == 0)
            return &fold->bodies[number];
    return NULL;
}

/* Step 6. */
static enum verdict_code check_time(const struct fold *fold, const struct item *item)
{
    struct phase_step due;
    if (!item->entry->has_at)
        return VERDICT_ACCEPTED;
    if (item->entry->at < fold->at)
        return VERDICT_TIME_BACK;
    if (!fold_phase_due(fold, item->entry->at, &due))
        return VERDICT_ACCEPTED;
    if (item->kind == ENTRY_KIND_PHASE) {
        struct phase_step step = fold_phase_step(item);
        if (step.own && step.phase == due.phase && step.act == due.act)
            return VERDICT_ACCEPTED;
    }
    return VERDICT_OVERDUE;
}

struct signers {
    uint8_t ids[SIGNERS_MAX][KEY_ID_LEN];
    const struct key *keys[SIGNERS_MAX];
    unsigned len;
};

static enum verdict_code read_signers(const struct item *item, struct signers *signers)
{
    const struct canon_doc *doc = &item->entry->doc;
    const struct canon_node *sig = canon_first(doc, entry_member(item->entry, "sigs"));
    signers->len = 0;
    for (; sig; sig = canon_next(doc, sig), signers->len++)
        held(node_hex(canon_member(doc, sig, "k"), signers->ids[signers->len], KEY_ID_LEN));
    for (unsigned i = 1; i < signers->len; i++)
        if (memcmp(signers->ids[i - 1], signers->ids[i], KEY_ID_LEN) >= 0)
            return VERDICT_SIGNERS_ORDER;
    return VERDICT_ACCEPTED;
}

static enum verdict_code find_signers(const struct fold *fold, const struct entry_signers *wanted,
                                      struct signers *signers)
{
    for (unsigned i = 0; i < signers->len; i++) {
        const struct key *key = keyring_find(fold->keyring, signers->ids[i]);
        if (!key || key->use != wanted->use)
            return VERDICT_SIGNER_UNKNOWN;
        if (key->revoked)
            return VERDICT_SIGNER_REVOKED;
        if (key->use == KEY_USE_STAFF && !(wanted->roles & ROLE_BIT(key->role)))
            return VERDICT_SIGNER_ROLE;
        signers->keys[i] = key;
    }
    return VERDICT_ACCEPTED;
}

/* Keys of one person are one signer. Registrar keys have no person: each is one. */
static unsigned count_persons(const struct signers *signers)
{
    unsigned persons = 0;
    for (unsigned i = 0; i < signers->len; i++) {
        unsigned j = 0;
        while (j < i && (signers->keys[i]->use != KEY_USE_STAFF ||
                         strcmp(signers->keys[i]->person, signers->keys[j]->person) != 0))
            j++;
        persons += j == i;
    }
    return persons;
}

/* Step 7. */
enum verdict_code item_check_signers(const struct fold *fold, const struct item *item)
{
    const struct entry_signers *wanted = &item->form->signers;
    struct signers signers;
    if (wanted->use == ENTRY_UNSIGNED_USE)
        return VERDICT_ACCEPTED;
    enum verdict_code code = read_signers(item, &signers);
    if (code == VERDICT_ACCEPTED)
        code = find_signers(fold, wanted, &signers);
    if (code != VERDICT_ACCEPTED)
        return code;
    if (count_persons(&signers) < wanted->persons)
        return VERDICT_SIGNERS_MISSING;
    for (unsigned i = 0; i < signers.len; i++)
        if (!(item->state & PROOF_SIGS(i)))
            return VERDICT_SIGNATURE_WRONG;
    return VERDICT_ACCEPTED;
}

/* Step 8. */
static enum verdict_code check_seen(const struct fold *fold, const struct item *item,
                                    struct verdict *verdict)
{
    uint8_t hash[SHA256_LEN];
    if (item->form->signers.use != KEY_USE_STAFF)
        return VERDICT_ACCEPTED;
    if (item_int(item, "seen") > item->index)
        return VERDICT_SEEN_WRONG;
    item_body(fold, item, hash);
    const struct body *body = fold_body_find(fold, hash);
    if (!body)
        return VERDICT_ACCEPTED;
    verdict->has_index = true;
    verdict->index = body->index;
    return VERDICT_REPEATED_BODY;
}

/* `cat`, wherever it stands, and then what the type asks. */
static enum verdict_code check_type(struct fold *fold, struct item *item, struct verdict *verdict)
{
    struct slice cat;
    if (entry_str(item->entry, "cat", 1, ENTRY_LEN_MAX, &cat) == OK &&
        !fold_category_find(fold, cat, &item->cat))
        return VERDICT_CATEGORY_UNKNOWN;
    if (!fold_types[item->kind].check)
        return VERDICT_ACCEPTED;
    return fold_types[item->kind].check(fold, item, verdict);
}

/* Steps 3 to 9 of an entry that is canonical and of version 1. */
static enum verdict_code judge(struct fold *fold, const struct entry *entry,
                               const struct fold_proof *proof, uint64_t index,
                               struct verdict *verdict)
{
    struct item item;
    enum verdict_code code = item_of_entry(entry, &item);
    if (code != VERDICT_ACCEPTED)
        return code;
    item.index = index;
    item.state = fold_proof_settle(fold, entry, proof);
    if (!(item.state & PROOF_FORM) || (item.kind != ENTRY_KIND_BALLOT && !entry->has_at))
        return VERDICT_FIELDS_WRONG;
    if ((item.kind == ENTRY_KIND_GENESIS) != (index == 0))
        return VERDICT_GENESIS_PLACE;
    code = check_time(fold, &item);
    if (code == VERDICT_ACCEPTED)
        code = item_check_signers(fold, &item);
    if (code == VERDICT_ACCEPTED)
        code = check_seen(fold, &item, verdict);
    if (code == VERDICT_ACCEPTED)
        code = check_type(fold, &item, verdict);
    return code;
}

void fold_check(struct fold *fold, const struct entry *entry, const struct fold_proof *proof,
                uint64_t index, struct verdict *verdict)
{
    *verdict = (struct verdict){0};
    verdict->code = judge(fold, entry, proof, index, verdict);
}

static void keep_body(struct fold *fold, const struct item *item)
{
    GROW(fold->bodies, fold->bodies_len, fold->bodies_room);
    struct body *body = &fold->bodies[fold->bodies_len];
    item_body(fold, item, body->hash);
    body->index = item->index;
    table_add(&fold->by_body, table_hash(&fold->by_body, body->hash, SHA256_LEN),
              (uint32_t)fold->bodies_len++);
}

void fold_apply(struct fold *fold, const struct entry *entry, uint64_t index,
                const uint8_t leaf[static SHA256_LEN])
{
    struct item item;
    struct slice cat;
    if (fold_fault(fold))
        return;
    bool known = item_of_entry(entry, &item) == VERDICT_ACCEPTED;
    item.index = index;
    if (known && entry_str(entry, "cat", 1, ENTRY_LEN_MAX, &cat) == OK)
        known = fold_category_find(fold, cat, &item.cat);
    if (!known) {
        (void)fault_set(&fold->fault, ERR_CORRUPT, "entry %llu is none that could be accepted",
                        (unsigned long long)index);
        return;
    }
    if (item.form->signers.use == KEY_USE_STAFF)
        keep_body(fold, &item);
    if (fold_types[item.kind].apply)
        fold_types[item.kind].apply(fold, &item, leaf);
    if (entry->has_at)
        fold->at = entry->at;
    fold->size = index + 1;
}
