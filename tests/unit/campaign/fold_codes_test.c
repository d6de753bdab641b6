/*
 * For every code of PROTOCOL.md §6 at least one entry that gives exactly this code, each made from
 * a good entry by one change, at a stage of the good campaign.
 */
#include "mini_campaign.h"

static struct mini mini;
static struct mini_pass spare; /* of youth, whose one issued pass has been used */

typedef void build_fn(struct mini *m, const struct fold *fold, struct fields *f);

#define BUILD(name) static void name(struct mini *m, const struct fold *fold, struct fields *f)
#define UNUSED (void)m, (void)fold
#define ADMINS &m->anna, &m->boris

/* ---- steps 1 to 8 ---- */

BUILD(good_notice)
{
    fields_notice(f, "water was cut off", fold_size(fold));
    mini_sign(f, &m->anna);
}

BUILD(v_two)
{
    good_notice(m, fold, f);
    fields_int(f, "v", 2);
}
BUILD(v_missing)
{
    good_notice(m, fold, f);
    fields_drop(f, "v");
}
BUILD(v_text)
{
    good_notice(m, fold, f);
    fields_str(f, "v", "1");
}
BUILD(t_other)
{
    good_notice(m, fold, f);
    fields_str(f, "t", "rumour");
}
BUILD(t_missing)
{
    good_notice(m, fold, f);
    fields_drop(f, "t");
}
BUILD(t_number)
{
    good_notice(m, fold, f);
    fields_int(f, "t", 7);
}
BUILD(t_other_and_at_text)
{
    t_other(m, fold, f);
    fields_str(f, "at", "now");
}
BUILD(at_text)
{
    good_notice(m, fold, f);
    fields_str(f, "at", "now");
}
BUILD(field_more)
{
    good_notice(m, fold, f);
    fields_int(f, "extra", 1);
}
BUILD(field_less)
{
    good_notice(m, fold, f);
    fields_drop(f, "text");
}
BUILD(text_empty)
{
    fields_notice(f, "", fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(text_long)
{
    char text[2002];
    memset(text, 'a', sizeof text);
    text[2001] = '\0';
    fields_notice(f, text, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(text_longest)
{
    char text[2002];
    memset(text, 'a', sizeof text);
    memcpy(text, "\\\"", 2); /* two bytes for one */
    text[2001] = '\0';
    fields_notice(f, text, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(sigs_empty)
{
    good_notice(m, fold, f);
    fields_raw(f, "sigs", xstrdup("[]"));
}
BUILD(sigs_missing)
{
    good_notice(m, fold, f);
    fields_drop(f, "sigs");
}
BUILD(mark_signed)
{
    fields_begin(f, "mark");
    UNUSED;
    mini_sign(f, &m->anna);
}
BUILD(phase_unsigned_with_why)
{
    UNUSED;
    fields_phase(f, "nomination", "open", 1);
}
BUILD(phase_unsigned_pause)
{
    UNUSED;
    fields_own_phase(f, "nomination", "pause");
}
BUILD(phase_act_unknown)
{
    fields_phase(f, "nomination", "halt", fold_size(fold));
    mini_sign(f, ADMINS);
}
BUILD(extend_without_no)
{
    fields_phase(f, "nomination", "extend", fold_size(fold));
    fields_int(f, "closes", MINI_T0 + 9000);
    mini_sign(f, ADMINS);
}
BUILD(key_use_unknown)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_REGISTRAR, fold_size(fold));
    fields_str(f, "use", "witness");
    mini_sign(f, ADMINS);
}
BUILD(key_role_unknown)
{
    fields_ed25519_key(f, &m->stranger, KEY_USE_STAFF, fold_size(fold));
    fields_str(f, "role", "king");
    mini_sign(f, ADMINS);
}
BUILD(key_cat_with_seal)
{
    fields_seal_key(f, m->seal_secret, fold_size(fold));
    fields_str(f, "cat", "health");
    mini_sign(f, ADMINS);
}
BUILD(ballot_with_at)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[5], 1, MINI_CHOOSE("11"));
    fields_int(f, "at", fold_at(fold));
}
BUILD(moderate_unknown)
{
    fields_moderate(f, 11, "merge", fold_size(fold));
    mini_sign(f, &m->mira);
}

BUILD(founders)
{
    const struct signer *staff[] = {ADMINS, &m->mira};
    (void)fold;
    fields_genesis(m, f, staff, 3);
}
BUILD(own_mark)
{
    UNUSED;
    fields_begin(f, "mark");
}
BUILD(notice_before)
{
    good_notice(m, fold, f);
    fields_int(f, "at", fold_at(fold) - 1);
}
BUILD(notice_when_due)
{
    good_notice(m, fold, f);
    fields_int(f, "at", MINI_T0 + 100);
}
BUILD(other_phase_when_due)
{
    UNUSED;
    fields_own_phase(f, "evaluation", "open");
    fields_int(f, "at", MINI_T0 + 100);
}
BUILD(signed_open_when_due)
{
    fields_phase(f, "nomination", "open", fold_size(fold));
    fields_int(f, "at", MINI_T0 + 100);
    mini_sign(f, ADMINS);
}
BUILD(notice_when_close_due)
{
    good_notice(m, fold, f);
    fields_int(f, "at", MINI_T0 + 1000);
}

/* The array of signatures, its two halves exchanged. */
BUILD(sigs_swapped)
{
    fields_revoke(f, m->olga.id, fold_size(fold));
    mini_sign(f, ADMINS);
    unsigned i = 0;
    while (strcmp(f->items[i].key, "sigs") != 0)
        i++;
    char *raw = f->items[i].raw, *middle = strstr(raw, "},{");
    size_t first = (size_t)(middle - raw); /* the opening bracket, one object less its brace */
    fields_raw(
        f, "sigs",
        xasprintf("[%.*s,%.*s}]", (int)(strlen(middle) - 3), middle + 2, (int)first - 1, raw + 1));
}
BUILD(sigs_twice)
{
    fields_revoke(f, m->olga.id, fold_size(fold));
    mini_sign(f, &m->anna, &m->anna);
}
BUILD(by_stranger)
{
    fields_notice(f, "x", fold_size(fold));
    mini_sign(f, &m->stranger);
}
BUILD(staff_by_registrar)
{
    fields_notice(f, "x", fold_size(fold));
    mini_sign(f, &m->registrar);
}
BUILD(nominate_by_staff)
{
    UNUSED;
    fields_nominate(f, "health", "103", 1);
    mini_sign(f, &m->anna);
}
BUILD(by_revoked)
{
    fields_notice(f, "x", fold_size(fold));
    mini_sign(f, &m->anna_second);
}
BUILD(register_by_moderator)
{
    fields_register(f, m->files[1].hash, 5, fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(moderate_by_auditor)
{
    fields_moderate(f, 11, "admit", fold_size(fold));
    mini_sign(f, &m->olga);
}
BUILD(revoke_by_one)
{
    fields_revoke(f, m->olga.id, fold_size(fold));
    mini_sign(f, &m->anna);
}
BUILD(revoke_by_one_person)
{
    fields_revoke(f, m->olga.id, fold_size(fold));
    mini_sign(f, &m->anna, &m->anna_second);
}
BUILD(refuse_by_one)
{
    fields_moderate(f, 11, "refuse", fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(notice_changed)
{
    good_notice(m, fold, f);
    fields_str(f, "text", "water is back");
}
BUILD(revoke_second_sig_wrong)
{
    struct fields other = {.len = 0};
    struct signer forger;
    /* Boris signs another text; Anna's signature stays good. */
    fields_revoke(f, m->olga.id, fold_size(fold));
    signer_make(&forger, 9, "boris", "administrator");
    memcpy(forger.id, m->boris.id, KEY_ID_LEN);
    mini_sign(f, &m->anna, &forger);
    fields_clear(&other);
}
BUILD(ballot_changed)
{
    UNUSED;
    fields_ballot(m, f, &m->passes[5], 1, MINI_CHOOSE("11"));
    fields_int(f, "rev", 2);
}
BUILD(seen_ahead)
{
    fields_notice(f, "x", fold_size(fold) + 1);
    mini_sign(f, &m->anna);
}
BUILD(revoke_again_same_text)
{
    /* As mini_evaluation() logged it, one second later. */
    fields_begin(f, "notice");
    UNUSED;
    fields_str(f, "text", "an \\\"escape\\\"");
    fields_int(f, "seen", m->stage_len[MINI_VOIDED] + 2);
    fields_int(f, "at", fold_at(fold) + 1);
    mini_sign(f, &m->boris);
}

/* ---- step 9 ---- */

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

/* ---- the table ---- */

struct test_case {
    const char *name;
    enum verdict_code code;
    enum mini_stage stage;
    build_fn *build;
};

#define CASE(code, stage, build)                                                                   \
    {                                                                                              \
#build " at " #stage, VERDICT_##code, MINI_##stage, build                                  \
    }

static const struct test_case cases[] = {
    CASE(ACCEPTED, KEYED, good_notice),
    CASE(ACCEPTED, KEYED, text_longest),
    CASE(VERSION_UNKNOWN, KEYED, v_two),
    CASE(VERSION_UNKNOWN, KEYED, v_missing),
    CASE(VERSION_UNKNOWN, KEYED, v_text),
    CASE(TYPE_UNKNOWN, KEYED, t_other),
    CASE(TYPE_UNKNOWN, KEYED, t_missing),
    CASE(TYPE_UNKNOWN, KEYED, t_number),
    CASE(TYPE_UNKNOWN, KEYED, t_other_and_at_text),
    CASE(FIELDS_WRONG, KEYED, at_text),
    CASE(FIELDS_WRONG, KEYED, field_more),
    CASE(FIELDS_WRONG, KEYED, field_less),
    CASE(FIELDS_WRONG, KEYED, text_empty),
    CASE(FIELDS_WRONG, KEYED, text_long),
    CASE(FIELDS_WRONG, KEYED, sigs_empty),
    CASE(FIELDS_WRONG, KEYED, sigs_missing),
    CASE(FIELDS_WRONG, KEYED, mark_signed),
    CASE(FIELDS_WRONG, SCHEDULED, phase_unsigned_with_why),
    CASE(FIELDS_WRONG, NOMINATING, phase_unsigned_pause),
    CASE(FIELDS_WRONG, NOMINATING, phase_act_unknown),
    CASE(FIELDS_WRONG, NOMINATING, extend_without_no),
    CASE(FIELDS_WRONG, KEYED, key_use_unknown),
    CASE(FIELDS_WRONG, KEYED, key_role_unknown),
    CASE(FIELDS_WRONG, REGISTRAR, key_cat_with_seal),
    CASE(FIELDS_WRONG, CAST, ballot_with_at),
    CASE(FIELDS_WRONG, NOMINATED, moderate_unknown),
    CASE(ACCEPTED, EMPTY, founders),
    CASE(GENESIS_PLACE, EMPTY, own_mark),
    CASE(GENESIS_PLACE, EMPTY, ballot_before_all),
    CASE(GENESIS_PLACE, BEGUN, founders),
    CASE(TIME_BACK, KEYED, notice_before),
    CASE(OVERDUE, SCHEDULED, notice_when_due),
    CASE(OVERDUE, SCHEDULED, other_phase_when_due),
    CASE(OVERDUE, SCHEDULED, signed_open_when_due),
    CASE(OVERDUE, NOMINATING, notice_when_close_due),
    CASE(SIGNERS_ORDER, KEYED, sigs_swapped),
    CASE(SIGNERS_ORDER, KEYED, sigs_twice),
    CASE(SIGNER_UNKNOWN, KEYED, by_stranger),
    CASE(SIGNER_UNKNOWN, KEYED, staff_by_registrar),
    CASE(SIGNER_UNKNOWN, NOMINATING, nominate_by_staff),
    CASE(ACCEPTED, VOIDED, by_revoked), /* not yet */
    CASE(SIGNER_REVOKED, CLOSED, by_revoked),
    CASE(SIGNER_ROLE, KEYED, register_by_moderator),
    CASE(SIGNER_ROLE, NOMINATED, moderate_by_auditor),
    CASE(SIGNERS_MISSING, KEYED, revoke_by_one),
    CASE(SIGNERS_MISSING, KEYED, revoke_by_one_person),
    CASE(SIGNERS_MISSING, NOMINATED, refuse_by_one),
    CASE(SIGNATURE_WRONG, KEYED, notice_changed),
    CASE(SIGNATURE_WRONG, KEYED, revoke_second_sig_wrong),
    CASE(SIGNATURE_WRONG, CAST, ballot_changed),
    CASE(SEEN_WRONG, KEYED, seen_ahead),
    CASE(REPEATED_BODY, CLOSED, revoke_again_same_text),
    CASE(CATEGORY_UNKNOWN, NOMINATING, nominate_cat),
    CASE(CATEGORY_UNKNOWN, REGISTRAR, key_cat),
    CASE(CATEGORY_UNKNOWN, KEYED, tally_cat),
    CASE(ORIGIN_WRONG, EMPTY, genesis_origin),
    CASE(FILE_MISSING, EMPTY, genesis_file),
    CASE(RULES_INVALID, EMPTY, genesis_rules),
    CASE(KEY_MALFORMED, EMPTY, genesis_key),
    CASE(KEY_KNOWN, EMPTY, genesis_key_twice),
    CASE(DEMO_KEY, EMPTY, genesis_demo),
    CASE(DEMO_KEY, EMPTY, genesis_demo_name),
    CASE(KEY_POP, EMPTY, genesis_pop),
    CASE(SIGNERS_MISSING, EMPTY, genesis_one_person),
    CASE(KEY_MALFORMED, KEYED, key_malformed),
    CASE(KEY_MALFORMED, BEGUN, key_for_another_use),
    CASE(KEY_MALFORMED, KEYED, key_empty),
    CASE(KEY_ID, KEYED, key_other_id),
    CASE(KEY_KNOWN, KEYED, key_again),
    CASE(KEY_KNOWN, KEYED, key_of_other_use_again),
    CASE(KEY_LATE, EVALUATING, seal_key_again),
    CASE(KEY_LATE, CLOSED, seal_key_again),
    CASE(KEY_DUPLICATE, KEYED, seal_key_again),
    CASE(ACCEPTED, REGISTRAR, seal_key_again),
    CASE(KEY_KNOWN, KEYED, pass_key_again),
    CASE(ACCEPTED, REGISTRAR, pass_key_again),
    CASE(DEMO_KEY, KEYED, staff_key_demo),
    CASE(KEY_POP, KEYED, key_pop_of_staff),
    CASE(KEY_POP, REGISTRAR, pass_key_pop_of_other_cat),
    CASE(KEY_POP, KEYED, key_pop_short),
    CASE(KEY_UNKNOWN, KEYED, revoke_unknown),
    CASE(KEY_REVOKED, CLOSED, revoke_twice),
    CASE(PHASE_UNKNOWN, KEYED, phase_not_in_rules),
    CASE(PHASE_UNKNOWN, KEYED, phase_no_such),
    CASE(PHASE_ORDER, NOMINATING, schedule_open_phase),
    CASE(ACCEPTED, SCHEDULED, schedule_open_phase),
    CASE(PHASE_TIMES, KEYED, schedule_backwards),
    CASE(PHASE_ORDER, SCHEDULED, open_before_others),
    CASE(PHASE_ORDER, KEYED, own_open_early),
    CASE(PHASE_TIMES, SCHEDULED, own_open_early),
    CASE(PHASE_TIMES, NOMINATING, own_close_early),
    CASE(PHASE_ORDER, SCHEDULED, own_close_early),
    CASE(PHASE_TIMES, NOMINATING, extend_back),
    CASE(PHASE_ORDER, NOMINATING, extend_unscheduled),
    CASE(PHASE_ORDER, NOMINATING, resume_running),
    CASE(ACCEPTED, PAUSED, resume_running),
    CASE(ACCEPTED, BETWEEN, open_before_others), /* by two administrators: as early as they wish */
    CASE(ACCEPTED, NOMINATING, register_good),
    CASE(WINDOW_CLOSED, EVALUATING, register_good),
    CASE(FILE_MISSING, KEYED, register_absent),
    CASE(REGISTER_MALFORMED, KEYED, register_not_csv),
    CASE(REGISTER_COUNT, KEYED, register_miscounted),
    CASE(WINDOW_NOT_OPEN, SCHEDULED, nominate_good),
    CASE(WINDOW_CLOSED, BETWEEN, nominate_good),
    CASE(CAMPAIGN_PAUSED, PAUSED, nominate_good),
    CASE(ACCEPTED, NOMINATING, nominate_good),
    CASE(NGO_UNKNOWN, NOMINATING, nominate_unknown_ngo),
    CASE(NOMINATED_TWICE, NOMINATED, nominate_twice),
    CASE(ACCEPTED, NOMINATED, moderate_good),
    CASE(WINDOW_CLOSED, EVALUATING, moderate_good),
    CASE(NOMINATION_UNKNOWN, NOMINATED, moderate_support),
    CASE(NOMINATION_DECIDED, DECIDED, moderate_good),
    CASE(ACCEPTED, KEYED, issue_good),
    CASE(ACCEPTED, HELD, issue_good),
    CASE(WINDOW_CLOSED, CLOSED, issue_good),
    CASE(PASS_KEY_WRONG, KEYED, issue_other_key),
    CASE(PASS_KEY_WRONG, REGISTRAR, issue_good),
    CASE(ISSUED_TWICE, ISSUED, issue_twice),
    CASE(WINDOW_NOT_OPEN, ISSUED, ballot_good),
    CASE(WINDOW_CLOSED, CLOSED, ballot_good),
    CASE(CAMPAIGN_PAUSED, HELD, ballot_good),
    CASE(ACCEPTED, EVALUATING, ballot_good),
    CASE(ACCEPTED, CAST, ballot_good),
    CASE(PASS_KEY_WRONG, CAST, ballot_other_key),
    CASE(CT_LENGTH, CAST, ballot_long),
    CASE(CT_LENGTH, CAST, ballot_short),
    CASE(REV_OUT_OF_RANGE, CAST, ballot_rev_zero),
    CASE(REV_OUT_OF_RANGE, CAST, ballot_rev_over),
    CASE(PASS_FORGED, CAST, ballot_forged),
    CASE(PASS_FORGED, CAST, ballot_other_pre),
    CASE(PASS_FORGED, CAST, ballot_other_pk),
    CASE(PASS_FORGED, CAST, ballot_other_cat),
    CASE(ACCEPTED, CAST, ballot_set_aside), /* a second one: not yet set aside */
    CASE(PASS_VOID, VOIDED, ballot_set_aside),
    CASE(PASSES_EXCEEDED, CAST, ballot_exceeding),
    CASE(REV_STALE, CAST, ballot_stale),
    CASE(REV_STALE, CAST, ballot_older),
    CASE(MARK_PLACE, EVALUATING, mark_early),
    CASE(MARK_PLACE, VOIDED, mark_early),
    CASE(MARK_PLACE, BETWEEN, own_mark),
    CASE(MARK_PLACE, CLOSED, own_mark),
    CASE(ACCEPTED, CAST, void_good),
    CASE(ACCEPTED, CLOSED, void_good),
    CASE(WINDOW_CLOSED, UNSEALED, void_good),
    CASE(BALLOT_UNKNOWN, CAST, void_of_notice),
    CASE(BALLOT_UNKNOWN, CAST, void_ahead),
    CASE(PASS_VOID, VOIDED, void_twice),
    CASE(ACCEPTED, CLOSED, unseal_good),
    CASE(UNSEAL_PLACE, VOIDED, unseal_good),
    CASE(UNSEAL_PLACE, UNSEALED, unseal_good),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_other_id),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_other_secret),
    CASE(SEAL_KEY_WRONG, CLOSED, unseal_zero),
    CASE(ACCEPTED, UNSEALED, tally_good),
    CASE(TALLY_PLACE, CLOSED, tally_good),
    CASE(TALLY_PLACE, TALLIED, tally_good),
    CASE(TALLY_WRONG, UNSEALED, tally_issued),
    CASE(TALLY_WRONG, UNSEALED, tally_cast),
    CASE(TALLY_WRONG, UNSEALED, tally_superseded),
    CASE(TALLY_WRONG, UNSEALED, tally_spoiled),
    CASE(TALLY_WRONG, UNSEALED, tally_void),
    CASE(TALLY_WRONG, UNSEALED, tally_upto),
    CASE(TALLY_RESULT, UNSEALED, tally_result),
};
#define CASES (sizeof cases / sizeof *cases)

/* Codes that the table cannot have: from the special tests below. */
static const enum verdict_code elsewhere[] = {VERDICT_NOT_CANONICAL, VERDICT_EVALUATION_UNREADY};

static struct verdict judge_fields(struct fold *fold, struct fields *f)
{
    struct buf bytes;
    bool timed = true;
    for (unsigned i = 0; i < f->len; i++)
        if (strcmp(f->items[i].key, "at") == 0 ||
            (strcmp(f->items[i].key, "t") == 0 && strcmp(f->items[i].raw, "\"ballot\"") == 0))
            timed = false;
    if (timed)
        fields_int(f, "at", fold_size(fold) ? fold_at(fold) : MINI_T0);
    buf_init(&bytes, 16384);
    fields_write(f, false, &bytes);
    struct verdict verdict = mini_judge(fold, buf_slice(&bytes));
    buf_release(&bytes);
    fields_clear(f);
    return verdict;
}

static void every_case_gives_its_code(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct fold *fold = mini_at(&mini, cases[i].stage);
        struct fields f = {.len = 0};
        if (cases[i].stage == MINI_UNSEALED)
            mini_count(&mini, fold);
        cases[i].build(&mini, fold, &f);
        struct verdict verdict = judge_fields(fold, &f);
        if (verdict.code != cases[i].code) {
            print_error("%s: %s, not %s\n", cases[i].name, verdict_name(verdict.code),
                        verdict_name(cases[i].code));
            wrong++;
        }
        fold_destroy(fold);
    }
    assert_int_equal(wrong, 0);
}

static void every_code_has_a_case(void **state)
{
    bool seen[VERDICT_COUNT] = {false};
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        seen[cases[i].code] = true;
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        seen[elsewhere[i]] = true;
    for (unsigned code = 0; code < VERDICT_JUDGE_END; code++)
        if (!seen[code])
            fail_msg("no case for %s", verdict_name((enum verdict_code)code));
}

static void not_canonical(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "{}",
        "{\"v\":1,\"t\":\"mark\"}",
        "{\"at\":1,\"t\":\"mark\",\"v\":1} ",
        "{\"at\":1,\"t\":\"mark\",\"v\":1.0}",
        "{\"a\":[[[[]]]],\"v\":1}",
        "{\"at\":01,\"t\":\"mark\",\"v\":1}",
        "{\"at\":9007199254740992,\"t\":\"mark\",\"v\":1}",
    };
    struct entry entry;
    char many[2 * 255 + 64] = "{\"a\":[1";
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        enum verdict_code wanted =
            strcmp(texts[i], "{}") == 0 ? VERDICT_VERSION_UNKNOWN : VERDICT_NOT_CANONICAL;
        if (fold_form(slice_str(texts[i]), &entry) != wanted)
            fail_msg("%s", texts[i]);
    }
    /* The object, the array, v and 253 numbers are 256 values; one more is too many. */
    size_t len = strlen(many);
    for (unsigned i = 1; i < 253; i++, len += 2)
        memcpy(many + len, ",1", 3);
    memcpy(many + len, "],\"v\":2}", 9);
    assert_int_equal(fold_form(slice_str(many), &entry), VERDICT_VERSION_UNKNOWN);
    memcpy(many + len, ",1],\"v\":2}", 11);
    assert_int_equal(fold_form(slice_str(many), &entry), VERDICT_NOT_CANONICAL);
}

/* Evaluation is not due and may not be opened while something is missing for it. */
static void evaluation_waits_until_ready(void **state)
{
    struct fields f = {.len = 0};
    struct buf due;
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_NOMINATED);
    fields_phase(&f, "nomination", "close", 1);
    fields_int(&f, "at", fold_at(fold));
    mini_sign(&f, &mini.anna, &mini.boris);
    struct buf bytes;
    struct entry entry;
    uint8_t leaf[SHA256_LEN] = {0};
    buf_init(&bytes, 8192);
    fields_write(&f, false, &bytes);
    assert_int_equal(entry_parse(buf_slice(&bytes), &entry, NULL), OK);
    fold_apply(fold, &entry, fold_size(fold), leaf);
    fields_clear(&f);
    buf_release(&bytes);

    assert_false(fold_evaluation_ready(fold));
    fields_phase(&f, "evaluation", "open", 1);
    mini_sign(&f, &mini.anna, &mini.boris);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_EVALUATION_UNREADY);
    fields_own_phase(&f, "evaluation", "open");
    fields_int(&f, "at", MINI_T0 + 5000);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_EVALUATION_UNREADY);
    buf_init(&due, 1024);
    assert_int_equal(fold_due(fold, MINI_T0 + 5000, &due), ERR_NOT_FOUND);
    buf_release(&due);
    good_notice(&mini, fold, &f); /* and nothing is overdue */
    fields_int(&f, "at", MINI_T0 + 5000);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_ACCEPTED);
    fold_destroy(fold);
}

/* The pass of every ballot key of small order or not canonical is good, its signature never. */
static void small_order_keys_sign_nothing(void **state)
{
    static const uint8_t points[][32] = {
        {[0] = 1}, /* the identity */
        {0},       /* order 4 */
        {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
         0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, /* order 2 */
    };
    struct fold *fold = mini_at(&mini, MINI_CAST);
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct mini_pass pass;
        struct fields f = {.len = 0};
        uint8_t sig[ED25519_SIG_LEN] = {0};
        mini_pass_of(&mini, MINI_HEALTH, points[i], &pass);
        fields_ballot(&mini, &f, &pass, 1, MINI_CHOOSE("11"));
        /* R = A, S = 0: for a small-order A the cofactored equation holds for many messages. */
        memcpy(sig, points[i], 32);
        fields_base64(&f, "sig", sig, sizeof sig);
        assert_int_equal(judge_fields(fold, &f).code, VERDICT_SIGNATURE_WRONG);
    }
    fold_destroy(fold);
}

/* What an entry in the way is. */
static void verdicts_name_what_is_in_the_way(void **state)
{
    struct fields f = {.len = 0};
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_CAST);
    ballot_stale(&mini, fold, &f);
    struct verdict verdict = judge_fields(fold, &f);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, mini.first_ballot + 4);
    assert_int_equal(verdict.rev, 2);
    issue_twice(&mini, fold, &f);
    verdict = judge_fields(fold, &f);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, mini.stage_len[MINI_BETWEEN] + 2);
    fold_destroy(fold);

    fold = mini_at(&mini, MINI_NOMINATED);
    nominate_twice(&mini, fold, &f);
    verdict = judge_fields(fold, &f);
    assert_int_equal(verdict.code, VERDICT_NOMINATED_TWICE);
    assert_true(verdict.has_index);
    assert_int_equal(verdict.index, 12);
    fold_destroy(fold);
}

static void revoked_pass_key_closes_its_category(void **state)
{
    struct fields f = {.len = 0};
    struct buf bytes;
    struct entry entry;
    uint8_t leaf[SHA256_LEN] = {0};
    (void)state;
    struct fold *fold = mini_at(&mini, MINI_CAST);
    fields_revoke(&f, mini.pass_id[MINI_HEALTH], 1);
    fields_int(&f, "at", fold_at(fold));
    mini_sign(&f, &mini.anna, &mini.boris);
    buf_init(&bytes, 8192);
    fields_write(&f, false, &bytes);
    fields_clear(&f);
    assert_int_equal(mini_judge(fold, buf_slice(&bytes)).code, VERDICT_ACCEPTED);
    assert_int_equal(entry_parse(buf_slice(&bytes), &entry, NULL), OK);
    fold_apply(fold, &entry, fold_size(fold), leaf);
    buf_release(&bytes);
    ballot_good(&mini, fold, &f);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_KEY_REVOKED);
    issue_good(&mini, fold, &f);
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_KEY_REVOKED);
    fields_ballot(&mini, &f, &mini.youth, 3, "{}"); /* the other category goes on */
    assert_int_equal(judge_fields(fold, &f).code, VERDICT_ACCEPTED);
    fold_destroy(fold);
}

/* A genesis that was not accepted leaves nothing: no keys, no categories, no phases. */
static void nothing_is_known_without_genesis(void **state)
{
    struct fields f = {.len = 0};
    struct entry entry;
    struct fold_proof proof;
    struct verdict verdict;
    struct buf bytes;
    struct fold *fold = mini_fold(&mini);
    static const struct {
        build_fn *build;
        enum verdict_code code;
    } rows[] = {
        {good_notice, VERDICT_SIGNER_UNKNOWN},   {founders, VERDICT_GENESIS_PLACE},
        {ballot_good, VERDICT_CATEGORY_UNKNOWN}, {own_mark, VERDICT_MARK_PLACE},
        {own_open_early, VERDICT_PHASE_UNKNOWN}, {tally_good, VERDICT_CATEGORY_UNKNOWN},
        {unseal_good, VERDICT_UNSEAL_PLACE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        rows[i].build(&mini, fold, &f);
        if (rows[i].build != ballot_good)
            fields_int(&f, "at", MINI_T0);
        buf_init(&bytes, 16384);
        fields_write(&f, false, &bytes);
        fields_clear(&f);
        assert_int_equal(fold_form(buf_slice(&bytes), &entry), VERDICT_ACCEPTED);
        fold_prove(fold, &entry, &proof);
        fold_check(fold, &entry, &proof, 1, &verdict);
        assert_int_equal(verdict.code, rows[i].code);
        buf_release(&bytes);
    }
    fold_destroy(fold);
}

static int play(void **state)
{
    (void)state;
    mini_play(&mini);
    mini_pass(&mini, MINI_YOUTH, &spare);
    return 0;
}

static int end(void **state)
{
    (void)state;
    mini_release(&mini);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_gives_its_code),
        cmocka_unit_test(every_code_has_a_case),
        cmocka_unit_test(not_canonical),
        cmocka_unit_test(evaluation_waits_until_ready),
        cmocka_unit_test(small_order_keys_sign_nothing),
        cmocka_unit_test(verdicts_name_what_is_in_the_way),
        cmocka_unit_test(revoked_pass_key_closes_its_category),
        cmocka_unit_test(nothing_is_known_without_genesis),
    };
    return cmocka_run_group_tests(tests, play, end);
}
