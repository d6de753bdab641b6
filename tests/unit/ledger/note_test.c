#include "base/base64.h"
#include "fixture.h"
#include "ledger/checkpoint.h"
#include "ledger/note.h"

/* From the documentation of Go's golang.org/x/mod/sumdb/note: another implementation's note. */
#define GO_VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_TEXT                                                                                    \
    "If you think cryptography is the answer to your problem,\n"                                   \
    "then you don't know what your problem is.\n"
#define GO_NOTE                                                                                    \
    GO_TEXT "\n— PeterNeumann "                                                                  \
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry" \
            "yBwJnAM=\n"

static struct ed25519_secret secret, other_secret;
static struct note_key key, witness;

static int make_keys(void **state)
{
    (void)state;
    make_key(&secret, 1);
    make_key(&other_secret, 2);
    if (note_key_init(&key, NOTE_ED25519, ORIGIN, secret.public) != OK)
        return -1;
    return note_key_init(&witness, NOTE_COSIGNATURE, "w.example/w", other_secret.public) != OK;
}

static void test_note_of_another_implementation(void **state)
{
    struct note_key go;
    struct note note;
    char text[NOTE_VKEY_CAP];

    (void)state;
    assert_int_equal(note_key_parse(slice_str(GO_VKEY), &go, NULL), OK);
    assert_int_equal(note_parse(slice_str(GO_NOTE), &note, NULL), OK);
    assert_true(slice_is(note.text, GO_TEXT));
    assert_int_equal(note_verify(&note, &go, NULL), OK);
    assert_int_equal(note_verify(&note, &key, NULL), ERR_NOT_FOUND);
    note_key_format(&go, text);
    assert_string_equal(text, GO_VKEY);
}

static void test_vkeys_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "+",
        "name",
        "name+c74f20a3",
        "name+c74f20a3+",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann-c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumenn+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        GO_VKEY "\n",
        GO_VKEY "=",
    };
    struct note_key parsed;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (note_key_parse(slice_str(bad[i]), &parsed, NULL) != ERR_INVALID)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(note_key_init(&parsed, NOTE_ED25519, "", secret.public), ERR_INVALID);
    assert_int_equal(note_key_init(&parsed, NOTE_ED25519, "a+b", secret.public), ERR_INVALID);
}

static void test_sign_and_cosign(void **state)
{
    struct slice text = slice_str("one\ntwo\n");
    struct note note;
    struct buf buf;
    uint64_t time = 1;

    (void)state;
    buf_init(&buf, NOTE_LEN_MAX);
    buf_put_slice(&buf, text);
    buf_put_str(&buf, "\n");
    note_sign(&buf, text, &key, &secret);
    note_cosign(&buf, text, 1790000000, &witness, &other_secret);
    note_cosign(&buf, text, 1780000000, &witness, &other_secret);
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), OK);
    assert_int_equal(note.count, 3);
    assert_int_equal(note_verify(&note, &key, &time), OK);
    assert_int_equal(time, 0);
    assert_int_equal(note_verify(&note, &witness, &time), OK);
    assert_int_equal(time, 1790000000);
    buf_release(&buf);
}

/* A known key's line that fails voids the note, even beside a good one of the same key. */
static void test_bad_signature_voids(void **state)
{
    struct slice text = slice_str("one\n");
    struct note_key other;
    struct note note;
    struct buf buf;

    (void)state;
    buf_init(&buf, NOTE_LEN_MAX);
    buf_put_str(&buf, "one\n\n");
    note_sign(&buf, text, &key, &secret);
    note_sign(&buf, slice_str("another\n"), &key, &secret);
    note_cosign(&buf, slice_str("another\n"), 5, &witness, &other_secret);
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), OK);
    assert_int_equal(note_verify(&note, &key, NULL), ERR_DENIED);
    assert_int_equal(note_verify(&note, &witness, NULL), ERR_DENIED);
    /* Another key of the same name is unknown, and its lines are skipped. */
    assert_int_equal(note_key_init(&other, NOTE_ED25519, ORIGIN, other_secret.public), OK);
    assert_int_equal(note_verify(&note, &other, NULL), ERR_NOT_FOUND);
    /* The same without the bad lines. */
    note.count = 1;
    assert_int_equal(note_verify(&note, &key, NULL), OK);
    buf_release(&buf);
}

/* A cosignature must not pass for a signature of the other kind or with another length. */
static void test_kinds_do_not_mix(void **state)
{
    struct slice text = slice_str("one\n");
    struct note_key as_witness;
    struct note note;
    struct buf buf;

    (void)state;
    assert_int_equal(note_key_init(&as_witness, NOTE_COSIGNATURE, ORIGIN, secret.public), OK);
    assert_true(as_witness.id != key.id);
    as_witness.id = key.id;
    buf_init(&buf, NOTE_LEN_MAX);
    buf_put_str(&buf, "one\n\n");
    note_sign(&buf, text, &key, &secret);
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), OK);
    assert_int_equal(note_verify(&note, &as_witness, NULL), ERR_DENIED);
    buf_release(&buf);
}

static void test_notes_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "\n",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n— name AAAAAAA=",
        "text\n— name AAAAAAA=\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n—name AAAAAAA=\n",
        "text\n\n— name\n",
        "text\n\n— name \n",
        "text\n\n—  AAAAAAA=\n",
        "text\n\n— na+me AAAAAAA=\n",
        "text\n\n— name AAAAAA==\n",
        "text\n\n— name AAAAAAB=\n",
        "text\n\n— name AAAAAAA= \n",
        "text\n\n— name AAAAAAA=\r\n",
        "text\n\n— name AAAAAAA=\nmore\n",
        "te\x01xt\n\n— name AAAAAAA=\n",
        "te\rxt\n\n— name AAAAAAA=\n",
        "te\xffxt\n\n— name AAAAAAA=\n",
        "\n\n— name AAAAAAA=\n",
    };
    struct note note;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (note_parse(slice_str(bad[i]), &note, NULL) == OK)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(note_parse(slice_str("text\n\n— name AAAAAAA=\n"), &note, NULL), OK);
    /* The last empty line parts text and signatures. */
    assert_int_equal(note_parse(slice_str("a\n\nb\n\n— name AAAAAAA=\n"), &note, NULL), OK);
    assert_true(slice_is(note.text, "a\n\nb\n"));
}

static void test_note_limits(void **state)
{
    struct note note;
    struct buf buf;

    (void)state;
    buf_init(&buf, 2 * NOTE_LEN_MAX);
    buf_put_str(&buf, "text\n\n");
    for (int i = 0; i < NOTE_SIGS_MAX; i++)
        buf_put_str(&buf, "— name AAAAAAA=\n");
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), OK);
    buf_put_str(&buf, "— name AAAAAAA=\n");
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), ERR_LIMITED);
    while (buf.len <= NOTE_LEN_MAX)
        buf_put_str(&buf, "— name AAAAAAA=\n");
    assert_int_equal(note_parse(buf_slice(&buf), &note, NULL), ERR_LIMITED);
    buf_release(&buf);
}

#define ROOT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static void test_checkpoint_form(void **state)
{
    static const char *const bad[] = {
        "",
        "o\n1\n" ROOT,
        "o\n1\n",
        "o\n" ROOT "\n",
        "\n1\n" ROOT "\n",
        "o\n0\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n 1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n9007199254740993\n" ROOT "\n",
        "o\n99999999999999999999\n" ROOT "\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\n",
        "o\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "o\n1\n" ROOT "\nextension\n",
        "o\n1\n" ROOT "\n\n",
    };
    struct checkpoint checkpoint;
    struct buf buf;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (checkpoint_parse(slice_str(bad[i]), &checkpoint, NULL) == OK)
            fail_msg("accepted: %s", bad[i]);
    assert_int_equal(checkpoint_parse(slice_str("o\n17\n" ROOT "\n"), &checkpoint, NULL), OK);
    assert_int_equal(checkpoint.size, 17);
    assert_int_equal(checkpoint.root[31], 31);
    buf_init(&buf, 1000);
    checkpoint_format(&checkpoint, &buf);
    assert_string_equal(buf_text(&buf), "o\n17\n" ROOT "\n");
    buf_release(&buf);
}

static enum err open_signed(const char *text, const struct note_key *with)
{
    struct checkpoint checkpoint;
    struct buf buf;
    enum err err;

    buf_init(&buf, NOTE_LEN_MAX);
    buf_printf(&buf, "%s\n", text);
    note_sign(&buf, slice_str(text), &key, &secret);
    err = checkpoint_open(buf_slice(&buf), with, NULL, &checkpoint, NULL);
    buf_release(&buf);
    return err;
}

static void test_checkpoint_open(void **state)
{
    struct note_key other;

    (void)state;
    assert_int_equal(note_key_init(&other, NOTE_ED25519, ORIGIN, other_secret.public), OK);
    assert_int_equal(open_signed(ORIGIN "\n17\n" ROOT "\n", &key), OK);
    assert_int_equal(open_signed("prize.example/2027\n17\n" ROOT "\n", &key), ERR_DENIED);
    assert_int_equal(open_signed(ORIGIN "\n17\n" ROOT "\n", &other), ERR_DENIED);
    assert_int_equal(open_signed(ORIGIN "\n17\n", &key), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_note_of_another_implementation),
        cmocka_unit_test(test_vkeys_refused),
        cmocka_unit_test(test_sign_and_cosign),
        cmocka_unit_test(test_bad_signature_voids),
        cmocka_unit_test(test_kinds_do_not_mix),
        cmocka_unit_test(test_notes_refused),
        cmocka_unit_test(test_note_limits),
        cmocka_unit_test(test_checkpoint_form),
        cmocka_unit_test(test_checkpoint_open),
    };

    return cmocka_run_group_tests(tests, make_keys, NULL);
}
