/* Acts of staff: read, signed, put together again; and their store, over a true SQLite file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "crypt/key_file.h"
#include "staff/act_store.h"

#define ORIGIN "localhost/test"
#define NOW 1800000000

struct rig {
    struct keyring *staff;
    struct ed25519_secret admin, spare, moderator;
    struct act_place place;
    char folder[64], path[128];
    struct act_store *store;
};

static void add_key(struct rig *rig, struct ed25519_secret *secret, uint8_t seed,
                    const char *person, enum staff_role role)
{
    uint8_t bytes[ED25519_SEED_LEN], spki[ED25519_SPKI_LEN];
    struct key key;
    memset(bytes, seed, sizeof bytes);
    ed25519_from_seed(secret, bytes);
    ed25519_spki(secret->public, spki);
    assert_int_equal(key_parse(KEY_USE_STAFF, slice_of(spki, sizeof spki), &key), OK);
    key.role = role;
    (void)snprintf(key.person, sizeof key.person, "%s", person);
    keyring_add(rig->staff, &key);
}

static int setup(void **state)
{
    struct rig *rig = xcalloc(1, sizeof *rig);
    struct fault fault;
    rig->staff = keyring_create();
    add_key(rig, &rig->admin, 1, "a-1", ROLE_ADMINISTRATOR);
    add_key(rig, &rig->spare, 2, "a-1", ROLE_ADMINISTRATOR);
    add_key(rig, &rig->moderator, 3, "m-1", ROLE_MODERATOR);
    rig->place = (struct act_place){ORIGIN, rig->staff, 100};
    (void)snprintf(rig->folder, sizeof rig->folder, "/tmp/dauys-acts-XXXXXX");
    assert_non_null(mkdtemp(rig->folder));
    (void)snprintf(rig->path, sizeof rig->path, "%s/private.db", rig->folder);
    assert_int_equal(act_store_open(rig->path, &rig->store, &fault), OK);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;
    char command[128];
    act_store_close(rig->store);
    keyring_destroy(rig->staff);
    (void)snprintf(command, sizeof command, "rm -r '%s'", rig->folder);
    int code = system(command);
    free(rig);
    return code;
}

static struct act_signature sign(const char *body, const struct ed25519_secret *secret)
{
    struct act_signature signature = {.k = ""};
    struct entry entry;
    struct buf text;
    uint8_t spki[ED25519_SPKI_LEN], id[KEY_ID_LEN], sig[ED25519_SIG_LEN];
    assert_int_equal(entry_parse(slice_str(body), &entry, NULL), OK);
    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(&entry, ORIGIN, &text);
    ed25519_sign(sig, secret, buf_slice(&text));
    buf_release(&text);
    ed25519_spki(secret->public, spki);
    key_id(id, slice_of(spki, sizeof spki));
    hex_encode(signature.k, id, sizeof id);
    base64_encode(signature.s, sig, sizeof sig);
    return signature;
}

#define EXTEND                                                                                     \
    "{\"act\":\"extend\",\"closes\":1900000000,\"no\":\"1\",\"phase\":\"evaluation\",\"seen\":"    \
    "100,"                                                                                         \
    "\"t\":\"phase\",\"v\":1,\"why\":\"x\"}"
#define NOTICE "{\"seen\":1,\"t\":\"notice\",\"text\":\"x\",\"v\":1}"

/* The body with the signature of one; NULL for VERDICT "". */
static const char *read_signed(struct rig *rig, const char *body,
                               const struct ed25519_secret *secret, struct signed_act *act)
{
    struct act_signature signature = sign(body, secret);
    struct buf whole;
    buf_init(&whole, 2 * ENTRY_LEN_MAX);
    signed_act_compose(slice_str(body), &signature, 1, &whole);
    const char *code = signed_act_read(buf_slice(&whole), &rig->place, act);
    buf_release(&whole);
    return code;
}

static const char *code_of(struct rig *rig, const char *body, const struct ed25519_secret *secret)
{
    struct signed_act act;
    const char *code = read_signed(rig, body, secret, &act);
    signed_act_release(&act);
    return code == NULL ? "" : code;
}

static void an_act_is_taken_apart(void **state)
{
    struct signed_act act;
    assert_null(read_signed(*state, EXTEND, &((struct rig *)*state)->admin, &act));
    assert_int_equal(act.act, ACT_ENTRY_PHASE);
    assert_int_equal(act.needs, 2);
    assert_false(act.commits);
    assert_int_equal(act.sigs_len, 1);
    assert_string_equal(act.sigs[0].person, "a-1");
    assert_true(slice_is(buf_slice(&act.body), EXTEND));
    signed_act_release(&act);
}

static void what_is_wrong_has_its_code(void **state)
{
    struct rig *rig = *state;
    struct ed25519_secret stranger;
    uint8_t seed[ED25519_SEED_LEN] = {9}, id[KEY_ID_LEN];
    struct signed_act act;
    ed25519_from_seed(&stranger, seed);
    assert_string_equal(code_of(rig, NOTICE, &rig->admin), "");
    assert_string_equal(code_of(rig, NOTICE, &stranger), "signer_unknown");
    assert_string_equal(code_of(rig, NOTICE, &rig->moderator), "signer_role");
    assert_string_equal(
        code_of(rig, "{\"seen\":101,\"t\":\"notice\",\"text\":\"x\",\"v\":1}", &rig->admin),
        "seen_wrong");
    assert_string_equal(code_of(rig, "{\"t\":\"notice\",\"text\":\"x\",\"v\":1}", &rig->admin),
                        "fields_wrong");
    assert_string_equal(code_of(rig, "{\"seen\":1,\"t\":\"nothing\",\"v\":1}", &rig->admin),
                        "type_unknown");
    assert_string_equal(
        code_of(rig, "{\"at\":5,\"seen\":1,\"t\":\"notice\",\"text\":\"x\",\"v\":1}", &rig->admin),
        "fields_wrong");
    assert_string_equal(signed_act_read(slice_str(NOTICE), &rig->place, &act), "fields_wrong");
    signed_act_release(&act);
    assert_string_equal(signed_act_read(slice_str("[]"), &rig->place, &act), "not_canonical");
    signed_act_release(&act);
    struct act_signature own = sign(NOTICE, &rig->admin);
    assert_int_equal(hex_decode_exact(slice_str(own.k), id, sizeof id), OK);
    keyring_revoke(rig->staff, id);
    assert_string_equal(code_of(rig, NOTICE, &rig->admin), "signer_revoked");
}

static void a_signature_is_on_these_bytes(void **state)
{
    struct rig *rig = *state;
    struct signed_act act;
    struct act_signature signature = sign(NOTICE, &rig->admin);
    struct buf whole;
    buf_init(&whole, 2 * ENTRY_LEN_MAX);
    signed_act_compose(slice_str("{\"seen\":1,\"t\":\"notice\",\"text\":\"y\",\"v\":1}"),
                       &signature, 1, &whole);
    assert_string_equal(signed_act_read(buf_slice(&whole), &rig->place, &act), "signature_wrong");
    signed_act_release(&act);
    buf_release(&whole);
}

/* With every signature it still is an entry, or it is refused at once. */
static void there_is_room_for_all_signatures(void **state)
{
    struct rig *rig = *state;
    struct act_signature sigs[SIGNED_ACT_SIGS];
    struct signed_act act;
    struct buf body, whole;
    static const char format[] = "{\"id\":\"0000000000000000\",\"key\":\"%.*s\",\"person\":\"x\","
                                 "\"pop\":\"AAAA\",\"role\":\"chair\",\"seen\":1,\"t\":\"key\","
                                 "\"use\":\"staff\",\"v\":1}";
    static char key[ENTRY_LEN_MAX];
    memset(key, 'A', sizeof key);
    int fits = (SIGNED_ACT_BODY_MAX - (int)sizeof format + 5) / 4 * 4;
    buf_init(&body, 2 * ENTRY_LEN_MAX);
    buf_printf(&body, format, fits, key);
    assert_null(read_signed(rig, buf_text(&body), &rig->admin, &act));
    for (size_t i = 0; i < SIGNED_ACT_SIGS; i++)
        sigs[i] = act.sigs[0];
    buf_init(&whole, 2 * ENTRY_LEN_MAX);
    signed_act_compose(buf_slice(&act.body), sigs, SIGNED_ACT_SIGS, &whole);
    assert_in_range(whole.len, ENTRY_LEN_MAX - 100, ENTRY_LEN_MAX);
    signed_act_release(&act);
    buf_release(&whole);
    buf_clear(&body);
    buf_printf(&body, format, fits + 4, key);
    assert_string_equal(code_of(rig, buf_text(&body), &rig->admin), "too_large");
    buf_release(&body);
}

static void two_keys_of_one_person_are_one(void **state)
{
    struct rig *rig = *state;
    struct act_signature sigs[3] = {sign(EXTEND, &rig->admin), sign(EXTEND, &rig->spare),
                                    sign(EXTEND, &rig->moderator)};
    (void)snprintf(sigs[0].person, sizeof sigs[0].person, "a-1");
    (void)snprintf(sigs[1].person, sizeof sigs[1].person, "a-1");
    (void)snprintf(sigs[2].person, sizeof sigs[2].person, "m-1");
    assert_int_equal(signed_act_persons(sigs, 2), 1);
    assert_int_equal(signed_act_persons(sigs, 3), 2);
    assert_int_equal(signed_act_persons(sigs, 0), 0);
}

static void signatures_stand_in_order_of_keys(void **state)
{
    struct rig *rig = *state;
    struct act_signature sigs[2] = {sign(EXTEND, &rig->admin), sign(EXTEND, &rig->spare)};
    struct act_signature turned[2] = {sigs[1], sigs[0]};
    struct entry entry;
    struct buf a, b;
    buf_init(&a, 2 * ENTRY_LEN_MAX);
    buf_init(&b, 2 * ENTRY_LEN_MAX);
    signed_act_compose(slice_str(EXTEND), sigs, 2, &a);
    signed_act_compose(slice_str(EXTEND), turned, 2, &b);
    assert_true(slice_equal(buf_slice(&a), buf_slice(&b)));
    assert_int_equal(entry_parse(buf_slice(&a), &entry, NULL), OK);
    struct signed_act act;
    assert_true(signed_act_reread(slice_str(EXTEND), sigs, 2, &act));
    assert_int_equal(act.needs, 2);
    signed_act_release(&act);
    assert_false(signed_act_reread(slice_str("{}"), sigs, 2, &act));
    signed_act_release(&act);
    buf_release(&a);
    buf_release(&b);
}

static void a_commitment_is_to_its_payload(void **state)
{
    struct signed_act act = {.commits = true};
    uint8_t salt[SIGNED_ACT_SALT_LEN] = {7};
    struct slice payload = slice_str("{\"code\":\"x\"}"), all = slice_of(salt, sizeof salt);
    struct slice none = slice_of(NULL, 0);
    (void)state;
    hmac_sha256(act.c, all, payload);
    assert_true(signed_act_commits(&act, payload, all));
    assert_false(signed_act_commits(&act, slice_str("{\"code\":\"y\"}"), all));
    assert_false(signed_act_commits(&act, payload, slice_of(salt, 31)));
    assert_false(signed_act_commits(&act, none, none));
    act.commits = false;
    assert_true(signed_act_commits(&act, none, none));
    assert_false(signed_act_commits(&act, payload, all));
}

/* ---- store ---------------------------------------------------------------------------------- */

static int64_t put(struct rig *rig, const char *body, const struct ed25519_secret *secret,
                   const char *by, int64_t now)
{
    struct signed_act act;
    int64_t number = 0;
    assert_null(read_signed(rig, body, secret, &act));
    assert_int_equal(act_put(rig->store, &act, slice_str("payload"), slice_of(NULL, 0),
                             slice_str(by), now, &number),
                     OK);
    signed_act_release(&act);
    return number;
}

static enum act_state state_of(struct rig *rig, int64_t number, int64_t now, size_t *sigs)
{
    struct stored_act act;
    assert_int_equal(act_get(rig->store, number, now, &act), OK);
    enum act_state state = act.state;
    *sigs = act.sigs_len;
    assert_true(slice_is(act.payload, "payload") && act.salt.len == 0);
    stored_act_release(&act);
    return state;
}

static void the_same_body_is_the_same_act(void **state)
{
    struct rig *rig = *state;
    size_t sigs = 0;
    int64_t number = put(rig, EXTEND, &rig->admin, "a-1", NOW);
    assert_int_equal(put(rig, EXTEND, &rig->admin, "a-1", NOW), number);
    assert_int_equal(state_of(rig, number, NOW, &sigs), ACT_WAITING);
    assert_int_equal(sigs, 1);
    assert_int_equal(put(rig, EXTEND, &rig->spare, "a-1", NOW), number);
    assert_int_equal(state_of(rig, number, NOW, &sigs), ACT_WAITING);
    assert_int_equal(sigs, 2);
    struct act_signature again = sign(EXTEND, &rig->spare);
    assert_int_equal(act_add_signature(rig->store, number, &again), ERR_CONFLICT);
    assert_int_not_equal(put(rig, NOTICE, &rig->admin, "a-1", NOW), number);
}

static void what_was_sent_keeps_the_signatures_of_its_entry(void **state)
{
    static const enum act_state states[] = {ACT_SENT, ACT_LOGGED};
    struct rig *rig = *state;
    size_t sigs = 0;
    int64_t number = put(rig, EXTEND, &rig->admin, "a-1", NOW);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(act_set_state(rig->store, number, states[i], 7, ""), OK);
        assert_int_equal(put(rig, EXTEND, &rig->spare, "a-1", NOW), number);
        assert_int_equal(state_of(rig, number, NOW, &sigs), states[i]);
        assert_int_equal(sigs, 1);
    }
}

static void an_act_that_ended_begins_anew(void **state)
{
    struct rig *rig = *state;
    size_t sigs = 0;
    int64_t number = put(rig, EXTEND, &rig->admin, "a-1", NOW);
    assert_int_equal(act_set_state(rig->store, number, ACT_REFUSED, 0, "phase_times"), OK);
    assert_int_equal(put(rig, EXTEND, &rig->spare, "a-1", NOW), number);
    assert_int_equal(state_of(rig, number, NOW, &sigs), ACT_WAITING);
    assert_int_equal(sigs, 1);
    /* By its age it is over; a logged one never is. */
    assert_int_equal(state_of(rig, number, NOW + ACT_WAITS_S, &sigs), ACT_OUTDATED);
    assert_int_equal(put(rig, EXTEND, &rig->admin, "a-1", NOW + ACT_WAITS_S), number);
    assert_int_equal(state_of(rig, number, NOW + ACT_WAITS_S, &sigs), ACT_WAITING);
    assert_int_equal(act_set_state(rig->store, number, ACT_LOGGED, 77, ""), OK);
    assert_int_equal(put(rig, EXTEND, &rig->admin, "a-1", NOW), number);
    assert_int_equal(state_of(rig, number, NOW + 2 * ACT_WAITS_S, &sigs), ACT_LOGGED);
}

static void what_was_sent_is_found_and_what_waits_listed_first(void **state)
{
    struct rig *rig = *state;
    int64_t numbers[4], sent = 0;
    size_t len = 0;
    int64_t first = put(rig, EXTEND, &rig->admin, "a-1", NOW);
    int64_t second = put(rig, NOTICE, &rig->admin, "a-1", NOW);
    assert_int_equal(act_next_sent(rig->store, 0, &sent), ERR_NOT_FOUND);
    assert_int_equal(act_set_state(rig->store, first, ACT_SENT, 0, ""), OK);
    assert_int_equal(act_next_sent(rig->store, 0, &sent), OK);
    assert_int_equal(sent, first);
    assert_int_equal(act_next_sent(rig->store, first, &sent), ERR_NOT_FOUND);
    assert_int_equal(act_set_state(rig->store, second, ACT_LOGGED, 5, ""), OK);
    assert_int_equal(act_numbers(rig->store, numbers, 4, &len), OK);
    assert_int_equal(len, 2);
    assert_int_equal(numbers[0], first);
    assert_int_equal(act_numbers(rig->store, numbers, 1, &len), OK);
    assert_int_equal(len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_act_is_taken_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_has_its_code, setup, teardown),
        cmocka_unit_test_setup_teardown(a_signature_is_on_these_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(there_is_room_for_all_signatures, setup, teardown),
        cmocka_unit_test_setup_teardown(two_keys_of_one_person_are_one, setup, teardown),
        cmocka_unit_test_setup_teardown(signatures_stand_in_order_of_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(a_commitment_is_to_its_payload, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_body_is_the_same_act, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_sent_keeps_the_signatures_of_its_entry, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_act_that_ended_begins_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_sent_is_found_and_what_waits_listed_first, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
