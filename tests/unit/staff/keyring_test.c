/* Keys of every use: their one encoding, their ids, their proofs of possession, the ring. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypt/hash.h"
#include "crypt/key_file.h"
#include "staff/keyring.h"

#define ORIGIN "votes.example/keys"

struct sample {
    enum key_use use;
    uint8_t spki[KEY_SPKI_MAX];
    size_t spki_len;
    uint8_t pop[RSABSSA_LEN];
    size_t pop_len;
    const char *cat;
};

static void prove_text(const struct sample *sample, struct buf *text)
{
    buf_init(text, 4096);
    key_pop_text(text, ORIGIN, sample->use, slice_str(sample->cat),
                 slice_of(sample->spki, sample->spki_len));
}

static void make_ed25519(struct sample *sample, enum key_use use, uint8_t seed_byte)
{
    uint8_t seed[ED25519_SEED_LEN] = {seed_byte};
    struct ed25519_secret secret;
    struct buf text;
    ed25519_from_seed(&secret, seed);
    *sample = (struct sample){.use = use, .cat = "", .spki_len = ED25519_SPKI_LEN, .pop_len = 64};
    ed25519_spki(secret.public, sample->spki);
    prove_text(sample, &text);
    ed25519_sign(sample->pop, &secret, buf_slice(&text));
    buf_release(&text);
}

static void make_seal(struct sample *sample)
{
    struct hpke_secret *secret;
    uint8_t point[HPKE_PUBLIC_LEN];
    struct buf text;
    assert_int_equal(hpke_secret_generate(&secret), OK);
    hpke_secret_public(secret, point);
    *sample = (struct sample){
        .use = KEY_USE_SEAL, .cat = "", .spki_len = HPKE_SPKI_LEN, .pop_len = HPKE_POP_LEN};
    assert_int_equal(hpke_public_spki(point, sample->spki), OK);
    prove_text(sample, &text);
    assert_int_equal(hpke_secret_prove(secret, buf_slice(&text), sample->pop), OK);
    buf_release(&text);
    hpke_secret_destroy(secret);
}

static void make_pass(struct sample *sample)
{
    struct rsabssa_secret *secret;
    struct buf text, spki;
    assert_int_equal(rsabssa_secret_generate(&secret), OK);
    buf_init(&spki, KEY_SPKI_MAX);
    assert_int_equal(rsabssa_secret_spki(secret, &spki), OK);
    *sample = (struct sample){.use = KEY_USE_PASS, .cat = "health", .pop_len = RSABSSA_LEN};
    memcpy(sample->spki, spki.data, spki.len);
    sample->spki_len = spki.len;
    buf_release(&spki);
    prove_text(sample, &text);
    assert_int_equal(rsabssa_secret_prove(secret, buf_slice(&text), sample->pop), OK);
    buf_release(&text);
    rsabssa_secret_destroy(secret);
}

static struct slice spki_of(const struct sample *sample)
{
    return slice_of(sample->spki, sample->spki_len);
}

static void check_sample(struct sample *sample)
{
    struct key key;
    uint8_t hash[SHA256_LEN];
    assert_int_equal(key_parse(sample->use, spki_of(sample), &key), OK);
    sha256(hash, spki_of(sample));
    assert_memory_equal(key.id, hash, KEY_ID_LEN);
    struct slice cat = slice_str(sample->cat), pop = slice_of(sample->pop, sample->pop_len);
    assert_true(key_pop_check(&key, ORIGIN, cat, pop));
    assert_false(key_pop_check(&key, ORIGIN "x", cat, pop));
    assert_false(key_pop_check(&key, ORIGIN, slice_str("youth"), pop));
    assert_false(key_pop_check(&key, ORIGIN, cat, slice_of(pop.data, pop.len - 1)));
    assert_false(key_pop_check(&key, ORIGIN, cat, slice_of(pop.data, 0)));
    sample->pop[5] ^= 1;
    assert_false(key_pop_check(&key, ORIGIN, cat, pop));
    key_release(&key);

    /* No byte more, less or other in the frame; and not for another kind of use. */
    assert_int_equal(key_parse(sample->use, slice_of(sample->spki, sample->spki_len - 1), &key),
                     ERR_INVALID);
    assert_int_equal(key_parse(sample->use, slice_of(sample->spki, sample->spki_len + 1), &key),
                     ERR_INVALID);
    assert_int_equal(key_parse(sample->use, slice_of(sample->spki, 0), &key), ERR_INVALID);
    for (unsigned at = 0; at < 12; at++) {
        sample->spki[at] ^= 1;
        assert_int_equal(key_parse(sample->use, spki_of(sample), &key), ERR_INVALID);
        sample->spki[at] ^= 1;
    }
    for (unsigned use = 0; use < KEY_USE_COUNT; use++) {
        bool ed25519 = sample->use == KEY_USE_STAFF || sample->use == KEY_USE_REGISTRAR;
        bool same =
            use == sample->use || (ed25519 && (use == KEY_USE_STAFF || use == KEY_USE_REGISTRAR));
        if (!same)
            assert_int_equal(key_parse((enum key_use)use, spki_of(sample), &key), ERR_INVALID);
    }
}

static void keys_prove_themselves(void **state)
{
    struct sample sample;
    (void)state;
    make_ed25519(&sample, KEY_USE_STAFF, 1);
    check_sample(&sample);
    make_ed25519(&sample, KEY_USE_REGISTRAR, 2);
    check_sample(&sample);
    make_seal(&sample);
    check_sample(&sample);
    make_pass(&sample);
    check_sample(&sample);
}

static void the_text_is_the_protocols(void **state)
{
    static const char wanted[] = "votes.example/keys\nkey-pop/v1\npass\nhealth\nSPKI";
    struct buf text;
    (void)state;
    buf_init(&text, 200);
    key_pop_text(&text, ORIGIN, KEY_USE_PASS, slice_str("health"), slice_str("SPKI"));
    assert_string_equal(buf_text(&text), wanted);
    buf_release(&text);
}

static void the_ring_keeps_all(void **state)
{
    struct keyring *ring = keyring_create();
    struct sample sample, pass;
    struct key key;
    uint8_t first[KEY_ID_LEN];
    (void)state;
    assert_null(keyring_seal(ring));
    assert_null(keyring_pass(ring, 3));
    assert_null(keyring_pass(ring, 1000));
    for (uint8_t i = 1; i <= 40; i++) {
        uint64_t generation = keyring_generation(ring);
        make_ed25519(&sample, KEY_USE_STAFF, i);
        assert_int_equal(key_parse(KEY_USE_STAFF, spki_of(&sample), &key), OK);
        assert_null(keyring_find(ring, key.id));
        key.index = i;
        if (i == 1)
            memcpy(first, key.id, sizeof first);
        keyring_add(ring, &key);
        assert_int_equal(keyring_find(ring, key.id)->index, i);
        assert_true(keyring_generation(ring) > generation);
    }
    make_seal(&sample);
    assert_int_equal(key_parse(KEY_USE_SEAL, spki_of(&sample), &key), OK);
    keyring_add(ring, &key);
    make_pass(&pass);
    assert_int_equal(key_parse(KEY_USE_PASS, spki_of(&pass), &key), OK);
    key.cat = 3;
    keyring_add(ring, &key);
    assert_int_equal(keyring_len(ring), 42);
    assert_memory_equal(keyring_seal(ring)->spki, sample.spki, sample.spki_len);
    assert_non_null(keyring_pass(ring, 3)->rsa);
    assert_null(keyring_pass(ring, 2));
    assert_int_equal(keyring_at(ring, 41)->use, KEY_USE_PASS);

    uint64_t generation = keyring_generation(ring);
    assert_false(keyring_find(ring, first)->revoked);
    keyring_revoke(ring, first);
    assert_true(keyring_find(ring, first)->revoked);
    assert_true(keyring_generation(ring) > generation);
    keyring_destroy(ring);
    keyring_destroy(NULL);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KEY_USE_COUNT; i++)
        assert_int_equal(key_use_by_name(slice_str(key_use_name((enum key_use)i))), i);
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        assert_int_equal(role_by_name(slice_str(role_name((enum staff_role)i))), i);
    assert_int_equal(key_use_by_name(slice_str("witness")), KEY_USE_COUNT);
    assert_int_equal(role_by_name(slice_str("")), ROLE_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_prove_themselves),
        cmocka_unit_test(the_text_is_the_protocols),
        cmocka_unit_test(the_ring_keeps_all),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
