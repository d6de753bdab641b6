#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "crypt/key_file.h"

static char folder[] = "/tmp/dauys-keys-XXXXXX";
static struct fault fault;

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    char command[128];

    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static const char *at(const char *name)
{
    static char paths[4][FILE_PATH_CAP];
    static unsigned next;
    char *path = paths[next++ % 4];

    file_path(path, folder, "%s", name);
    return path;
}

static void put(const char *name, const char *text)
{
    assert_int_equal(file_write(at(name), slice_str(text), 0600, FILE_NO_SYNC, NULL), OK);
}

static void assert_private_pem(const char *name)
{
    struct stat about;
    struct buf text;

    buf_init(&text, 10000);
    assert_int_equal(stat(at(name), &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(file_read(at(name), &text, NULL), OK);
    assert_int_equal(strncmp(buf_text(&text), "-----BEGIN PRIVATE KEY-----\n", 28), 0);
    buf_release_secret(&text);
}

static void ed25519(void **state)
{
    (void)state;
    struct ed25519_secret secret, back;
    uint8_t seed[ED25519_SEED_LEN] = {1, 2, 3};

    ed25519_from_seed(&secret, seed);
    assert_int_equal(key_file_write_ed25519(at("log.pem"), &secret, &fault), OK);
    assert_private_pem("log.pem");
    assert_int_equal(key_file_read_ed25519(at("log.pem"), &back, &fault), OK);
    assert_memory_equal(&back, &secret, sizeof secret);
    assert_int_equal(key_file_write_ed25519(at("log.pem"), &secret, &fault), ERR_CONFLICT);
}

static void rsabssa(void **state)
{
    (void)state;
    struct rsabssa_secret *secret = NULL, *back = NULL;
    struct buf before, after;

    buf_init(&before, 4000);
    buf_init(&after, 4000);
    assert_int_equal(rsabssa_secret_generate(&secret), OK);
    assert_int_equal(key_file_write_rsabssa(at("pass.pem"), secret, &fault), OK);
    assert_private_pem("pass.pem");
    assert_int_equal(key_file_read_rsabssa(at("pass.pem"), &back, &fault), OK);
    assert_int_equal(rsabssa_secret_pem(secret, &before), OK);
    assert_int_equal(rsabssa_secret_pem(back, &after), OK);
    assert_true(slice_equal(buf_slice(&before), buf_slice(&after)));
    assert_int_equal(key_file_write_rsabssa(at("pass.pem"), secret, &fault), ERR_CONFLICT);
    buf_release_secret(&before);
    buf_release_secret(&after);
    rsabssa_secret_destroy(secret);
    rsabssa_secret_destroy(back);
}

static void hpke(void **state)
{
    (void)state;
    struct hpke_secret *secret = NULL, *back = NULL;
    uint8_t scalar[HPKE_SECRET_LEN] = {0}, again[HPKE_SECRET_LEN], points[2][HPKE_PUBLIC_LEN];

    scalar[HPKE_SECRET_LEN - 1] = 9; /* leading zeros must survive */
    assert_int_equal(hpke_secret_from_bytes(scalar, &secret), OK);
    assert_int_equal(key_file_write_hpke(at("seal.pem"), secret, &fault), OK);
    assert_private_pem("seal.pem");
    assert_int_equal(key_file_read_hpke(at("seal.pem"), &back, &fault), OK);
    hpke_secret_bytes(back, again);
    assert_memory_equal(again, scalar, sizeof scalar);
    hpke_secret_public(secret, points[0]);
    hpke_secret_public(back, points[1]);
    assert_memory_equal(points[0], points[1], sizeof points[0]);
    assert_int_equal(key_file_write_hpke(at("seal.pem"), secret, &fault), ERR_CONFLICT);
    hpke_secret_destroy(secret);
    hpke_secret_destroy(back);
}

static void hmac(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "\n",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
        " AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
    };
    uint8_t key[32], back[32];

    for (uint8_t i = 0; i < sizeof key; i++)
        key[i] = i;
    assert_int_equal(key_file_write_hmac(at("pseudonym.key"), key, &fault), OK);
    assert_int_equal(key_file_read_hmac(at("pseudonym.key"), back, &fault), OK);
    assert_memory_equal(back, key, sizeof key);
    assert_int_equal(key_file_write_hmac(at("pseudonym.key"), key, &fault), ERR_CONFLICT);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put("bad.key", bad[i]);
        assert_int_equal(key_file_read_hmac(at("bad.key"), back, &fault), ERR_INVALID);
        assert_null(strstr(fault.text, "AAEC")); /* a fault never shows the key */
    }
}

static void refuses_open_files(void **state)
{
    (void)state;
    static const char *const names[] = {"log.pem", "pass.pem", "seal.pem", "pseudonym.key"};
    struct ed25519_secret ed;
    struct rsabssa_secret *rsa = NULL;
    struct hpke_secret *seal = NULL;
    uint8_t key[32];

    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chmod(at(names[i]), 0640), 0);
    assert_int_equal(key_file_read_ed25519(at("log.pem"), &ed, &fault), ERR_DENIED);
    assert_non_null(strstr(fault.text, "chmod 600"));
    assert_int_equal(key_file_read_rsabssa(at("pass.pem"), &rsa, &fault), ERR_DENIED);
    assert_int_equal(key_file_read_hpke(at("seal.pem"), &seal, &fault), ERR_DENIED);
    assert_int_equal(key_file_read_hmac(at("pseudonym.key"), key, &fault), ERR_DENIED);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(chmod(at(names[i]), 0600), 0);
}

static void refuses_other_keys(void **state)
{
    (void)state;
    struct ed25519_secret ed;
    struct rsabssa_secret *rsa = NULL;
    struct hpke_secret *seal = NULL;

    assert_int_equal(key_file_read_ed25519(at("seal.pem"), &ed, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "not Ed25519"));
    assert_int_equal(key_file_read_hpke(at("log.pem"), &seal, &fault), ERR_INVALID);
    assert_int_equal(key_file_read_hpke(at("pass.pem"), &seal, &fault), ERR_INVALID);
    assert_int_equal(key_file_read_rsabssa(at("seal.pem"), &rsa, &fault), ERR_INVALID);
    assert_int_equal(key_file_read_ed25519(at("none.pem"), &ed, &fault), ERR_NOT_FOUND);
    assert_null(rsa);
    assert_null(seal);
    /* X25519, whose key is 32 bytes too. */
    put("x25519.pem", "-----BEGIN PRIVATE KEY-----\n"
                      "MC4CAQAwBQYDK2VuBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
                      "-----END PRIVATE KEY-----\n");
    assert_int_equal(key_file_read_ed25519(at("x25519.pem"), &ed, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "not Ed25519"));
}

/* PEM that OpenSSL's reader would take, or nearly. */
static void refuses_other_forms(void **state)
{
    (void)state;
    struct ed25519_secret ed;
    struct hpke_secret *seal = NULL;
    struct buf text, changed;

    buf_init(&text, 10000);
    buf_init(&changed, 20000);
    assert_int_equal(file_read(at("log.pem"), &text, NULL), OK);
    for (size_t i = 0; i < 5; i++) {
        const char *good = buf_text(&text);

        buf_clear(&changed);
        if (i == 1)
            buf_put_str(&changed, "a remark before it\n");
        buf_put_str(&changed, good);
        if (i == 2)
            buf_put_str(&changed, good); /* two keys */
        if (i == 3)
            buf_put_str(&changed, "x");
        if (i == 4)
            changed.data[changed.len / 2] = '!';
        put("changed.pem", buf_text(&changed));
        assert_int_equal(key_file_read_ed25519(at("changed.pem"), &ed, &fault),
                         i == 0 ? OK : ERR_INVALID);
    }
    /* The curve's older form, made by openssl(1) with `-traditional`, and an encrypted key. */
    put("sec1.pem", "-----BEGIN EC PRIVATE KEY-----\n"
                    "MHcCAQEEIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABoAoGCCqGSM49\n"
                    "AwEHoUQDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/\n"
                    "m47n60p8D54WK84zV2sxXs7Ltkx+CZyRDQ==\n"
                    "-----END EC PRIVATE KEY-----\n");
    assert_int_equal(key_file_read_hpke(at("sec1.pem"), &seal, &fault), ERR_INVALID);
    put("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
                      "-----END ENCRYPTED PRIVATE KEY-----\n");
    assert_int_equal(key_file_read_hpke(at("locked.pem"), &seal, &fault), ERR_INVALID);
    assert_non_null(strstr(fault.text, "PKCS#8"));
    buf_release_secret(&text);
    buf_release_secret(&changed);
}

static void spki(void **state)
{
    (void)state;
    uint8_t public[ED25519_PUBLIC_LEN], back[ED25519_PUBLIC_LEN], der[ED25519_SPKI_LEN + 1] = {0};

    memset(public, 0x42, sizeof public);
    ed25519_spki(public, der);
    assert_memory_equal(der, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00\x42", 13);
    assert_int_equal(ed25519_from_spki(slice_of(der, ED25519_SPKI_LEN), back), OK);
    assert_memory_equal(back, public, sizeof public);
    assert_int_equal(ed25519_from_spki(slice_of(der, ED25519_SPKI_LEN - 1), back), ERR_INVALID);
    assert_int_equal(ed25519_from_spki(slice_of(der, ED25519_SPKI_LEN + 1), back), ERR_INVALID);
    for (size_t i = 0; i < 12; i++) {
        der[i] ^= 1;
        assert_int_equal(ed25519_from_spki(slice_of(der, ED25519_SPKI_LEN), back), ERR_INVALID);
        der[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519),
        cmocka_unit_test(rsabssa),
        cmocka_unit_test(hpke),
        cmocka_unit_test(hmac),
        cmocka_unit_test(refuses_open_files),
        cmocka_unit_test(refuses_other_keys),
        cmocka_unit_test(refuses_other_forms),
        cmocka_unit_test(spki),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
