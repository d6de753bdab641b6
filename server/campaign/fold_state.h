/*
 * The inside of struct fold, for the files fold*.c: the state by what it is about, and the item, an
 * entry on its way through the steps of PROTOCOL.md §6.
 */
#ifndef CAMPAIGN_FOLD_STATE_H
#define CAMPAIGN_FOLD_STATE_H

#include "base/table.h"
#include "campaign/entry_types.h"
#include "campaign/fold.h"
#include "voter/issue.h"

/* An entry with a c: its payload stands elsewhere and may be erased. */
struct committed {
    uint64_t index;
    bool erased;
};

/* A signed text of staff that was accepted (step 8). */
struct body {
    uint8_t hash[SHA256_LEN];
    uint64_t index;
};

struct category {
    struct fold_category shown;
    struct ballot_paper paper;
    uint64_t *nominees; /* ids of the admitted ones, ascending; paper points here */
    size_t nominees_room;
    struct buf tally_file;
};

/* A file that was read and parsed when an entry was checked, so that taking it does not read it
 * again. One of the two pointers is set. */
struct loaded {
    uint8_t hash[SHA256_LEN];
    struct rules *rules;
    struct ngo_register *ngo_register;
};

struct fold {
    char *origin;
    struct fold_files files;
    struct fault fault; /* empty: none */
    struct loaded loaded;

    /* Of all entries. */
    uint64_t size;
    uint64_t at;
    struct body *bodies;
    size_t bodies_len, bodies_room;
    struct table by_body;

    /* Of genesis. */
    bool begun;
    bool demo;
    struct rules *rules;
    struct category *categories; /* as many as the rules have */

    struct keyring *keyring;
    struct phases phases;
    struct fold_phase_words words[PHASE_COUNT];
    struct ngo_register *ngo_register;
    uint8_t register_hash[SHA256_LEN]; /* of its file */
    struct nomination_set *nominations;
    struct issue_set *issues;
    struct ballot_set *ballots;
    struct committed *committed; /* ascending by index */
    size_t committed_len, committed_room;

    uint64_t mark_at; /* of the last mark, or of evaluation's opening */
    uint64_t marks;
    bool unsealed;
    uint64_t unseal;

    /* Given by the ledger process or the auditor. */
    const struct hpke_secret *secret; /* borrowed */
    bool has_root;
    uint8_t root[SHA256_LEN];
};

/* Bits of fold_proof.state. */
#define PROOF_MADE (1ULL << 0)
#define PROOF_FORM (1ULL << 1)    /* step 4 holds */
#define PROOF_MISSING (1ULL << 2) /* a key was not in the keyring: another state may say more */
#define PROOF_TOK (1ULL << 3)
#define PROOF_SIG (1ULL << 4)
#define PROOF_POP (1ULL << 5)
#define PROOF_SECRET (1ULL << 6)            /* sk of an unseal is the seal key's */
#define PROOF_SIGS(i) (1ULL << (8 + (i)))   /* i below 8 */
#define PROOF_STAFF(i) (1ULL << (16 + (i))) /* i below 16: pop of a staff object of genesis */

/* An entry of good form. */
struct item {
    const struct entry *entry;
    enum entry_kind kind;
    const struct entry_form *form;
    uint64_t index;
    uint64_t state; /* PROOF_… */
    unsigned cat;   /* of a type with `cat`, once looked up */
};

/* Members of an entry whose form was checked: these cannot fail. */
uint64_t item_int(const struct item *item, const char *key);
struct slice item_str(const struct item *item, const char *key);
void item_hash(const struct item *item, const char *key, uint8_t out[static 32]); /* base64 */
void item_hex(const struct item *item, const char *key, uint8_t out[static 32]);
void item_id(const struct item *item, const char *key, uint8_t out[static KEY_ID_LEN]);

/* fold_types.c: step 9 and the effect, by type. check may load a file. */
struct fold_type {
    enum verdict_code (*check)(struct fold *fold, struct item *item, struct verdict *verdict);
    void (*apply)(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
};
extern const struct fold_type fold_types[ENTRY_KIND_COUNT];

enum verdict_code fold_genesis_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_genesis_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_key_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_key_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_revoke_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_revoke_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_phase_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_phase_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_register_check(struct fold *fold, struct item *item,
                                      struct verdict *verdict);
void fold_register_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_nominate_check(struct fold *fold, struct item *item,
                                      struct verdict *verdict);
void fold_nominate_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_amend_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_amend_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_moderate_check(struct fold *fold, struct item *item,
                                      struct verdict *verdict);
void fold_moderate_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_issue_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_issue_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_ballot_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_ballot_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_mark_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_mark_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_void_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_void_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_unseal_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_unseal_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_tally_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_tally_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);
enum verdict_code fold_erase_check(struct fold *fold, struct item *item, struct verdict *verdict);
void fold_erase_apply(struct fold *fold, const struct item *item, const uint8_t leaf[static 32]);

/* fold_phase.c */
bool fold_phase_due(const struct fold *fold, uint64_t at, struct phase_step *step);
struct phase_step fold_phase_step(const struct item *item);
/* Evaluation was opened, maybe closed again. */
bool fold_evaluation_begun(const struct fold *fold);

/* fold_file.c */
/* Reads a file. False: absent. out is initialised, and the caller's to release. */
bool fold_file_read(const struct fold *fold, const uint8_t hash[static SHA256_LEN],
                    struct buf *out);
enum verdict_code fold_load_rules(struct fold *fold, const uint8_t hash[static SHA256_LEN]);
enum verdict_code fold_load_register(struct fold *fold, const uint8_t hash[static SHA256_LEN]);

/* fold_check.c */
/* Kind and form of a parsed entry; FIELDS_WRONG, TYPE_UNKNOWN or ACCEPTED. */
enum verdict_code item_of_entry(const struct entry *entry, struct item *item);
/* SHA-256 of the signed text. */
void item_body(const struct fold *fold, const struct item *item, uint8_t hash[static SHA256_LEN]);
const struct body *fold_body_find(const struct fold *fold, const uint8_t hash[static SHA256_LEN]);
/* Step 7, by what was proved. */
enum verdict_code item_check_signers(const struct fold *fold, const struct item *item);

/* fold_prove.c: the bits of a proof that holds in this state; it is made again where it must be. */
uint64_t fold_proof_settle(const struct fold *fold, const struct entry *entry,
                           const struct fold_proof *proof);

/* fold_erase.c: an entry with a c was taken. */
void fold_keep_committed(struct fold *fold, uint64_t index);

/* fold_nominate.c: the same (p, cat, ngo) stands at *index. */
bool fold_nominate_repeats(const struct fold *fold, const struct item *item, uint64_t *index);
/* The same: the text that this `amend` brings stands for its nominee, since *index. */
bool fold_amend_repeats(const struct fold *fold, const struct item *item, uint64_t *index);

#endif
