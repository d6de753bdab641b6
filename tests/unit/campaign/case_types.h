/* Entries with one thing changed, for code_cases.h: what step 9 of PROTOCOL.md §6 finds. */
#ifndef TESTS_UNIT_CAMPAIGN_CASE_TYPES_H
#define TESTS_UNIT_CAMPAIGN_CASE_TYPES_H

#include "case_steps.h"

BUILD(nominate_cat)
{
    UNUSED;
    fields_nominate(f, "sport", "101", 9);
    mini_sign(f, &m->registrar);
}
BUILD(key_cat)
{
    fields_pass_key(f, m->pass_secret[0], "sport", fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(ballot_before_all)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[0], 1, MINI_CHOOSE("11"));
}
BUILD(tally_cat)
{
    UNUSED;
    fields_begin(f, "tally");
    fields_str(f, "cat", "sport");
    fields_hex(f, "result", m->close_root, 32);
    for (unsigned i = 0; i < 6; i++)
        fields_int(
            f, (const char *[]){"cast", "issued", "spoiled", "superseded", "upto", "void"}[i], 0);
}

BUILD(genesis_origin)
{
    founders(m, fold, f);
    fields_str(f, "origin", "votes.example/other");
}
BUILD(genesis_file)
{
    founders(m, fold, f);
    fields_hex(f, "rules", m->close_root, 32);
}
BUILD(genesis_rules)
{
    founders(m, fold, f);
    fields_hex(f, "rules", m->files[1].hash, 32); /* the register */
}
BUILD(genesis_key)
{
    struct signer bad = m->mira;
    const struct signer *staff[] = {ADMINS, &bad};
    (void)fold;
    bad.spki[3] ^= 1;
    fields_genesis(m, f, staff, 3);
}
BUILD(genesis_key_twice)
{
    const struct signer *staff[] = {ADMINS, &m->anna};
    (void)fold;
    fields_genesis(m, f, staff, 3);
}
BUILD(genesis_demo)
{
    founders(m, fold, f);
    fields_int(f, "demo", 1);
}
BUILD(genesis_demo_name)
{
    struct signer demo = m->mira;
    const struct signer *staff[] = {ADMINS, &demo};
    (void)fold;
    demo.person = "demo-mira";
    fields_genesis(m, f, staff, 3);
}
BUILD(genesis_pop)
{
    struct signer other = m->mira;
    const struct signer *staff[] = {ADMINS, &other};
    (void)fold;
    other.secret = m->mark.secret; /* proves another key than the one it shows */
    fields_genesis(m, f, staff, 3);
}
BUILD(genesis_one_person)
{
    const struct signer *staff[] = {&m->anna, &m->anna_second, &m->mira};
    (void)fold;
    fields_genesis(m, f, staff, 3);
}

BUILD(key_malformed)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_base64(f, "key", m->stranger.spki, sizeof m->stranger.spki - 1);
    mini_sign(f, ADMINS);
}
BUILD(key_for_another_use)
{
    uint8_t pop[ED25519_SIG_LEN] = {0};
    fields_key(f, "seal", slice_of(m->stranger.spki, sizeof m->stranger.spki),
               slice_of(pop, sizeof pop), fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(key_empty)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_str(f, "key", "");
    mini_sign(f, ADMINS);
}
BUILD(key_other_id)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_hex(f, "id", m->boris.id, KEY_ID_LEN);
    mini_sign(f, ADMINS);
}
BUILD(key_again)
{
    fields_ed25519_key(f, &m->registrar, KEY_USE_REGISTRAR, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(key_of_other_use_again)
{
    fields_ed25519_key(f, &m->mira, KEY_USE_REGISTRAR, fold_size(fold));
    mini_sign(f, ADMINS);
}
static void fresh_seal_key(struct fields *f, uint64_t seen)
{
    struct hpke_secret *secret;
    assert_int_equal(hpke_secret_generate(&secret), OK);
    fields_seal_key(f, secret, seen);
    hpke_secret_destroy(secret);
}
BUILD(seal_key_again)
{
    fresh_seal_key(f, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(pass_key_again)
{
    fields_pass_key(f, m->pass_secret[1], "health", fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(staff_key_demo)
{
    struct signer demo = m->stranger;
    demo.person = "demo-sergey";
    fields_ed25519_key(f, &demo, KEY_USE_STAFF, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(key_pop_of_staff)
{
    struct fields staff = {.len = 0};
    uint8_t pop[ED25519_SIG_LEN];
    signer_pop(&m->stranger, KEY_USE_STAFF, pop);
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_base64(f, "pop", pop, sizeof pop);
    mini_sign(f, ADMINS);
    fields_clear(&staff);
}
BUILD(pass_key_pop_of_other_cat)
{
    fields_pass_key(f, m->pass_secret[0], "youth", fold_size(fold));
    fields_str(f, "cat", "health");
    mini_sign(f, ADMINS);
}
BUILD(key_pop_short)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_str(f, "pop", "");
    mini_sign(f, ADMINS);
}
BUILD(revoke_unknown)
{
    fields_revoke(f, m->stranger.id, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(revoke_twice)
{
    fields_revoke(f, m->anna_second.id, fold_size(fold));
    mini_sign(f, ADMINS);
}

BUILD(phase_not_in_rules)
{
    fields_schedule(f, "screening", 5, 6, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(phase_no_such)
{
    fields_schedule(f, "lunch", 5, 6, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(schedule_open_phase)
{
    fields_schedule(f, "nomination", 5, 6, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(schedule_backwards)
{
    fields_schedule(f, "nomination", 6, 6, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(open_before_others)
{
    fields_phase(f, "evaluation", "open", fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(own_open_early)
{
    UNUSED;
    fields_own_phase(f, "nomination", "open");
}
BUILD(own_close_early)
{
    UNUSED;
    fields_own_phase(f, "nomination", "close");
}
BUILD(extend_back)
{
    fields_phase(f, "nomination", "extend", fold_size(fold));
    fields_int(f, "closes", MINI_T0 + 1000);
    fields_str(f, "no", "1");
    mini_sign(f, ADMINS);
}
BUILD(extend_unscheduled)
{
    fields_phase(f, "council", "extend", fold_size(fold));
    fields_int(f, "closes", MINI_T0 + 1000);
    fields_str(f, "no", "1");
    mini_sign(f, ADMINS);
}
BUILD(resume_running)
{
    fields_phase(f, "nomination", "resume", fold_size(fold));
    mini_sign(f, ADMINS);
}

BUILD(register_good)
{
    fields_register(f, m->files[1].hash, 5, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(register_absent)
{
    fields_register(f, m->close_root, 5, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(register_not_csv)
{
    fields_register(f, m->files[0].hash, 5, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(register_miscounted)
{
    fields_register(f, m->files[1].hash, 6, fold_size(fold));
    mini_sign(f, &m->anna);
}

BUILD(nominate_good)
{
    UNUSED;
    fields_nominate(f, "health", "103", 9);
    mini_sign(f, &m->registrar);
}
BUILD(nominate_unknown_ngo)
{
    UNUSED;
    fields_nominate(f, "health", "106", 9);
    mini_sign(f, &m->registrar);
}
BUILD(nominate_twice)
{
    UNUSED;
    fields_nominate(f, "health", "101", 2);
    fields_opaque(f, "c", 77, 77);
    mini_sign(f, &m->registrar);
}
BUILD(moderate_good)
{
    fields_moderate(f, 11, "admit", fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(moderate_support)
{
    fields_moderate(f, 12, "admit", fold_size(fold));
    mini_sign(f, &m->mira);
}

BUILD(amend_good)
{
    UNUSED;
    fields_amend(f, 11, 200);
    mini_sign(f, &m->registrar);
}
BUILD(amend_same)
{
    UNUSED;
    fields_amend(f, 11, 1);
    mini_sign(f, &m->registrar);
}
BUILD(amend_support)
{
    UNUSED;
    fields_amend(f, 12, 200);
    mini_sign(f, &m->registrar);
}
BUILD(amend_by_staff)
{
    UNUSED;
    fields_amend(f, 11, 200);
    mini_sign(f, &m->anna);
}

BUILD(merge_good)
{
    fields_merge(f, 11, 13, fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(merge_itself)
{
    fields_merge(f, 11, 11, fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(merge_other_cat)
{
    fields_merge(f, 11, 14, fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(merge_into_support)
{
    fields_merge(f, 11, 12, fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(reopen_good)
{
    fields_moderate(f, 15, "reopen", fold_size(fold));
    mini_sign(f, &m->mira, &m->mark);
}
BUILD(reopen_by_one)
{
    fields_moderate(f, 15, "reopen", fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(reopen_withdrawn)
{
    fields_moderate(f, 16, "reopen", fold_size(fold));
    mini_sign(f, &m->mira, &m->mark);
}
BUILD(reopen_merged)
{
    fields_moderate(f, 17, "reopen", fold_size(fold));
    mini_sign(f, &m->mira, &m->mark);
}

BUILD(erase_good)
{
    fields_erase(f, 12, "consent", fold_size(fold)); /* a support */
    mini_sign(f, &m->anna);
}
BUILD(erase_decision)
{
    fields_erase(f, 18, "court", fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(erase_void)
{
    fields_erase(f, m->void_ballot + 3, "term", fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(erase_notice)
{
    fields_erase(f, 1, "mistake", fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(erase_twice)
{
    fields_erase(f, 13, "court", fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(erase_by_moderator)
{
    fields_erase(f, 12, "consent", fold_size(fold));
    mini_sign(f, &m->mira);
}

BUILD(issue_good)
{
    UNUSED;
    fields_issue(m, f, MINI_HEALTH, 50, 50);
    mini_sign(f, &m->registrar);
}
BUILD(issue_other_key)
{
    UNUSED;
    fields_issue(m, f, MINI_HEALTH, 50, 50);
    fields_hex(f, "ik", m->pass_id[1], KEY_ID_LEN);
    mini_sign(f, &m->registrar);
}
BUILD(issue_twice)
{
    UNUSED;
    fields_issue(m, f, MINI_HEALTH, 2, 51);
    mini_sign(f, &m->registrar);
}

BUILD(ballot_good)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[5], 1, MINI_CHOOSE("11"));
}
BUILD(ballot_other_key)
{
    ballot_good(m, fold, f);
    fields_hex(f, "ik", m->pass_id[1], KEY_ID_LEN);
    mini_sign_ballot(&m->passes[5], f);
}
BUILD(ballot_long)
{
    UNUSED;
    fields_ballot_len(m, f, &m->passes[5], 1, MINI_CHOOSE("11"), 65);
}
BUILD(ballot_short)
{
    UNUSED;
    fields_ballot_len(m, f, &m->passes[5], 1, MINI_CHOOSE("11"), 63);
}
BUILD(ballot_rev_zero)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[5], 0, MINI_CHOOSE("11"));
}
BUILD(ballot_rev_over)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[5], 4, MINI_CHOOSE("11"));
}
BUILD(ballot_forged)
{
    struct mini_pass forged = m->passes[5];
    (void)fold;
    forged.tok[255] ^= 1;
    fields_ballot(m, f, &forged, 1, MINI_CHOOSE("11"));
}
BUILD(ballot_other_pre)
{
    struct mini_pass forged = m->passes[5];
    (void)fold;
    forged.pre[0] ^= 1;
    fields_ballot(m, f, &forged, 1, MINI_CHOOSE("11"));
}
/* A good pass of health, shown with another person's ballot key. */
BUILD(ballot_other_pk)
{
    struct mini_pass stolen = m->passes[5];
    (void)fold;
    stolen.key = m->passes[0].key;
    fields_ballot(m, f, &stolen, 1, MINI_CHOOSE("11"));
}
/* A pass of youth used in health, under health's key. */
BUILD(ballot_other_cat)
{
    struct mini_pass moved = m->youth;
    (void)fold;
    moved.cat = MINI_HEALTH;
    fields_ballot(m, f, &moved, 1, MINI_CHOOSE("11"));
}
BUILD(ballot_set_aside)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[4], 2, MINI_CHOOSE("11"));
}
BUILD(ballot_exceeding)
{
    UNUSED;
    fields_ballot(m, f, &spare, 1, "{}");
}
BUILD(ballot_stale)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[2], 2, MINI_CHOOSE("11"));
}
BUILD(ballot_older)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[2], 1, MINI_CHOOSE("11"));
}
BUILD(mark_early)
{
    UNUSED;
    fields_begin(f, "mark");
    fields_int(f, "at", fold_last_mark_at(fold) + 3599);
}

BUILD(void_good)
{
    fields_void(f, m->first_ballot, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(void_of_notice)
{
    fields_void(f, 0, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(void_ahead)
{
    fields_void(f, 100000, fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(void_twice)
{
    fields_void(f, m->void_ballot, fold_size(fold));
    mini_sign(f, ADMINS);
}

BUILD(unseal_good)
{
    uint8_t scalar[HPKE_SECRET_LEN];
    (void)fold;
    hpke_secret_bytes(m->seal_secret, scalar);
    fields_begin(f, "unseal");
    fields_hex(f, "k", m->seal_id, KEY_ID_LEN);
    fields_base64(f, "sk", scalar, sizeof scalar);
}
BUILD(unseal_other_id)
{
    unseal_good(m, fold, f);
    fields_hex(f, "k", m->pass_id[0], KEY_ID_LEN);
}
BUILD(unseal_other_secret)
{
    uint8_t scalar[HPKE_SECRET_LEN] = {[31] = 1};
    unseal_good(m, fold, f);
    fields_base64(f, "sk", scalar, sizeof scalar);
}
BUILD(unseal_zero)
{
    uint8_t scalar[HPKE_SECRET_LEN] = {0};
    unseal_good(m, fold, f);
    fields_base64(f, "sk", scalar, sizeof scalar);
}

BUILD(tally_good)
{
    (void)fold;
    /* 5 of health: 5 passes, one superseded, one spoiled, one set aside. */
    fields_begin(f, "tally");
    fields_str(f, "cat", "health");
    fields_int(f, "issued", 6);
    fields_int(f, "cast", 6);
    fields_int(f, "superseded", 1);
    fields_int(f, "spoiled", 1);
    fields_int(f, "void", 1);
    fields_int(f, "upto", m->stage_len[MINI_CLOSED] - 1);
    fields_hex(f, "result", m->files[2].hash, SHA256_LEN);
}
static void tally_off(struct mini *m, const struct fold *fold, struct fields *f, const char *key,
                      uint64_t number)
{
    tally_good(m, fold, f);
    fields_int(f, key, number);
}
BUILD(tally_issued)
{
    tally_off(m, fold, f, "issued", 7);
}
BUILD(tally_cast)
{
    tally_off(m, fold, f, "cast", 7);
}
BUILD(tally_superseded)
{
    tally_off(m, fold, f, "superseded", 0);
}
BUILD(tally_spoiled)
{
    tally_off(m, fold, f, "spoiled", 0);
}
BUILD(tally_void)
{
    tally_off(m, fold, f, "void", 0);
}
BUILD(tally_upto)
{
    tally_off(m, fold, f, "upto", m->stage_len[MINI_CLOSED]);
}
BUILD(tally_result)
{
    tally_good(m, fold, f);
    fields_hex(f, "result", m->files[3].hash, SHA256_LEN); /* youth's */
}

#endif
