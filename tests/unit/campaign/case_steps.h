/* Entries with one thing changed, for code_cases.h: what steps 1 to 8 of PROTOCOL.md §6 find. */
#ifndef TESTS_UNIT_CAMPAIGN_CASE_STEPS_H
#define TESTS_UNIT_CAMPAIGN_CASE_STEPS_H

#include "mini_campaign.h"

static struct mini mini;
static struct mini_pass spare; /* of youth, whose one issued pass has been used */

typedef void build_fn(struct mini *m, const struct fold *fold, struct fields *f);

#define BUILD(name) static void name(struct mini *m, const struct fold *fold, struct fields *f)
#define UNUSED (void)m, (void)fold
#define ADMINS &m->anna, &m->boris

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
    fields_moderate(f, 11, "decline", fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(merge_without_into)
{
    fields_moderate(f, 11, "merge", fold_size(fold));
    mini_sign(f, &m->mira);
}
BUILD(admit_with_into)
{
    fields_moderate(f, 11, "admit", fold_size(fold));
    fields_int(f, "into", 13);
    mini_sign(f, &m->mira);
}
BUILD(erase_basis)
{
    fields_erase(f, 12, "wish", fold_size(fold));
    mini_sign(f, &m->anna);
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

#endif
