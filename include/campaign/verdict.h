/*
 * "May not": why an entry was not accepted, or what is wrong with a published ledger. One code for
 * each name in PROTOCOL.md §6 and §8; the same names are HTTP problem codes and findings of
 * `dauys verify`.
 */
#ifndef CAMPAIGN_VERDICT_H
#define CAMPAIGN_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* The table: enumerator, name. Order within §6 is that of the text. */
#define VERDICT_CODES(X)                                                                           \
    X(ACCEPTED, "accepted")                                                                        \
    /* §6, steps 1 to 8 */                                                                        \
    X(NOT_CANONICAL, "not_canonical")                                                              \
    X(VERSION_UNKNOWN, "version_unknown")                                                          \
    X(TYPE_UNKNOWN, "type_unknown")                                                                \
    X(FIELDS_WRONG, "fields_wrong")                                                                \
    X(GENESIS_PLACE, "genesis_place")                                                              \
    X(TIME_BACK, "time_back")                                                                      \
    X(OVERDUE, "overdue")                                                                          \
    X(SIGNERS_ORDER, "signers_order")                                                              \
    X(SIGNER_UNKNOWN, "signer_unknown")                                                            \
    X(SIGNER_REVOKED, "signer_revoked")                                                            \
    X(SIGNER_ROLE, "signer_role")                                                                  \
    X(SIGNERS_MISSING, "signers_missing")                                                          \
    X(SIGNATURE_WRONG, "signature_wrong")                                                          \
    X(SEEN_WRONG, "seen_wrong")                                                                    \
    X(REPEATED_BODY, "repeated_body")                                                              \
    /* §6, step 9 */                                                                              \
    X(CATEGORY_UNKNOWN, "category_unknown")                                                        \
    X(ORIGIN_WRONG, "origin_wrong")                                                                \
    X(FILE_MISSING, "file_missing")                                                                \
    X(RULES_INVALID, "rules_invalid")                                                              \
    X(KEY_MALFORMED, "key_malformed")                                                              \
    X(KEY_KNOWN, "key_known")                                                                      \
    X(DEMO_KEY, "demo_key")                                                                        \
    X(KEY_POP, "key_pop")                                                                          \
    X(KEY_ID, "key_id")                                                                            \
    X(KEY_LATE, "key_late")                                                                        \
    X(KEY_DUPLICATE, "key_duplicate")                                                              \
    X(KEY_UNKNOWN, "key_unknown")                                                                  \
    X(KEY_REVOKED, "key_revoked")                                                                  \
    X(PHASE_UNKNOWN, "phase_unknown")                                                              \
    X(PHASE_ORDER, "phase_order")                                                                  \
    X(PHASE_TIMES, "phase_times")                                                                  \
    X(EVALUATION_UNREADY, "evaluation_unready")                                                    \
    X(WINDOW_NOT_OPEN, "window_not_open")                                                          \
    X(WINDOW_CLOSED, "window_closed")                                                              \
    X(CAMPAIGN_PAUSED, "campaign_paused")                                                          \
    X(REGISTER_MALFORMED, "register_malformed")                                                    \
    X(REGISTER_COUNT, "register_count")                                                            \
    X(NGO_UNKNOWN, "ngo_unknown")                                                                  \
    X(NOMINATED_TWICE, "nominated_twice")                                                          \
    X(NOMINATION_UNKNOWN, "nomination_unknown")                                                    \
    X(NOMINATION_DECIDED, "nomination_decided")                                                    \
    X(AMENDED_BEFORE, "amended_before")                                                            \
    X(NOMINATION_NOT_REFUSED, "nomination_not_refused")                                            \
    X(MERGE_TARGET_WRONG, "merge_target_wrong")                                                    \
    X(COMMITMENT_UNKNOWN, "commitment_unknown")                                                    \
    X(ERASED_BEFORE, "erased_before")                                                              \
    X(PASS_KEY_WRONG, "pass_key_wrong")                                                            \
    X(ISSUED_TWICE, "issued_twice")                                                                \
    X(CT_LENGTH, "ct_length")                                                                      \
    X(REV_OUT_OF_RANGE, "rev_out_of_range")                                                        \
    X(PASS_FORGED, "pass_forged")                                                                  \
    X(PASS_VOID, "pass_void")                                                                      \
    X(PASSES_EXCEEDED, "passes_exceeded")                                                          \
    X(REV_STALE, "rev_stale")                                                                      \
    X(MARK_PLACE, "mark_place")                                                                    \
    X(BALLOT_UNKNOWN, "ballot_unknown")                                                            \
    X(UNSEAL_PLACE, "unseal_place")                                                                \
    X(SEAL_KEY_WRONG, "seal_key_wrong")                                                            \
    X(TALLY_PLACE, "tally_place")                                                                  \
    X(TALLY_WRONG, "tally_wrong")                                                                  \
    X(TALLY_RESULT, "tally_result")                                                                \
    /* §8: of the ledger as a whole */                                                            \
    X(CHECKPOINT_MALFORMED, "checkpoint_malformed")                                                \
    X(CHECKPOINT_ORIGIN, "checkpoint_origin")                                                      \
    X(CHECKPOINT_KEY, "checkpoint_key")                                                            \
    X(CHECKPOINT_SIGNATURE, "checkpoint_signature")                                                \
    X(BUNDLE_MISSING, "bundle_missing")                                                            \
    X(BUNDLE_MALFORMED, "bundle_malformed")                                                        \
    X(TILE_MISSING, "tile_missing")                                                                \
    X(TILE_WIDTH, "tile_width")                                                                    \
    X(TILE_MISMATCH, "tile_mismatch")                                                              \
    X(ROOT_MISMATCH, "root_mismatch")                                                              \
    X(BUNDLE_MISMATCH, "bundle_mismatch")                                                          \
    X(FILE_MISMATCH, "file_mismatch")                                                              \
    X(FILE_UNKNOWN, "file_unknown")

enum verdict_code {
#define VERDICT_ENUM(code, name) VERDICT_##code,
    VERDICT_CODES(VERDICT_ENUM)
#undef VERDICT_ENUM
        VERDICT_COUNT
};

/* First code of §8: those before it are the judge's. */
#define VERDICT_JUDGE_END VERDICT_CHECKPOINT_MALFORMED

struct verdict {
    enum verdict_code code; /* VERDICT_ACCEPTED = 0 */

    /* Where the entry stands that is in the way, when has_index: the pass's last ballot
     * (rev_stale), the first issue (issued_twice), nomination (nominated_twice), staff entry
     * (repeated_body). */
    bool has_index;
    uint64_t index;

    uint64_t rev; /* rev_stale: the pass's last rev */
};

/* "window_closed". Never NULL; code is below VERDICT_COUNT. */
const char *verdict_name(enum verdict_code code);

/* VERDICT_COUNT when there is no such name. */
enum verdict_code verdict_by_name(const char *name);

#endif
