/*
 * For tests/flow/hpke.test.mjs. `hpke <secret in hex>` prints the point, then answers each line
 * "open enc info aad ct" with the plaintext or "refused", and each "seal point info aad pt" with
 * "enc ct". All in hex, "-" for no bytes.
 */
#include "crypt/hpke.h"
#include "base/base64.h"
#include "base/mem.h"

enum { FIELD_CAP = 8192 };

struct field {
    uint8_t bytes[FIELD_CAP];
    size_t len;
};

static struct slice field_slice(const struct field *field)
{
    return slice_of(field->bytes, field->len);
}

/* The next word of *line; false when there is none or it is no hex. */
static bool next_field(char **line, struct field *field)
{
    char *word = strsep(line, " \n");
    size_t len = word ? strlen(word) : 0;

    if (!word || len / 2 > FIELD_CAP)
        return false;
    field->len = strcmp(word, "-") == 0 ? 0 : len / 2;
    return field->len == 0 || hex_decode_exact(slice_of(word, len), field->bytes, len / 2) == OK;
}

static void print_hex(const uint8_t *bytes, size_t len, char after)
{
    char *text = xcalloc(1, 2 * len + 2);

    hex_encode(text, bytes, len);
    printf("%s%c", len > 0 ? text : "-", after);
    free(text);
}

/* False: the line is not one of the two. */
static bool answer(const struct hpke_secret *secret, char *line)
{
    static struct field point, info, aad, text;
    uint8_t out[FIELD_CAP + HPKE_TAG_LEN], enc[HPKE_PUBLIC_LEN];
    const char *verb = strsep(&line, " ");

    if (!line || !next_field(&line, &point) || !next_field(&line, &info) ||
        !next_field(&line, &aad) || !next_field(&line, &text) || point.len != HPKE_PUBLIC_LEN)
        return false;
    if (strcmp(verb, "open") == 0) {
        if (hpke_open(secret, point.bytes, field_slice(&info), field_slice(&aad),
                      field_slice(&text), out) == OK)
            print_hex(out, text.len - HPKE_TAG_LEN, '\n');
        else
            puts("refused");
        return true;
    }
    if (hpke_seal(point.bytes, field_slice(&info), field_slice(&aad), field_slice(&text), enc,
                  out) != OK) {
        puts("refused");
        return true;
    }
    print_hex(enc, sizeof enc, ' ');
    print_hex(out, text.len + HPKE_TAG_LEN, '\n');
    return true;
}

int main(int argc, char **argv)
{
    uint8_t scalar[HPKE_SECRET_LEN], point[HPKE_PUBLIC_LEN];
    struct hpke_secret *secret = NULL;
    char *line = NULL;
    size_t room = 0;
    int code = 0;

    if (argc != 2 || hex_decode_exact(slice_str(argv[1]), scalar, sizeof scalar) != OK ||
        hpke_secret_from_bytes(scalar, &secret) != OK)
        return 2;
    hpke_secret_public(secret, point);
    print_hex(point, sizeof point, '\n');
    while (code == 0 && getline(&line, &room, stdin) > 0)
        code = answer(secret, line) ? 0 : 2;
    free(line);
    hpke_secret_destroy(secret);
    return code;
}
