/*
 * For tests/flow/browser_crypto.test.mjs: the voter's and the registrar's side of a pass. Makes a
 * pass key, prints its SPKI, then answers each line, all in hex but the origin and the category:
 *
 *     blind <code> <origin> <cat>               pk pre blinded inverse
 *     finish <code> <origin> <cat> <blind_sig>  tok, or "refused"
 *     sign <blinded>                            blind_sig, or "refused"
 *     verify <message> <tok>                    "good" or "refused"
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"
#include "voter/recovery.h"

enum { FIELD_CAP = 4096, WORDS_MAX = 5 };

struct tool {
    struct rsabssa_secret *secret;
    struct rsabssa_public *public;
};

static void print_hex(const void *bytes, size_t len, char after)
{
    char *text = xcalloc(1, 2 * len + 1);
    hex_encode(text, bytes, len);
    printf("%s%c", text, after);
    free(text);
}

static void print_or_refused(enum err err, const uint8_t bytes[static RSABSSA_LEN])
{
    if (err == OK)
        print_hex(bytes, RSABSSA_LEN, '\n');
    else
        puts("refused");
}

static bool voter(struct tool *tool, char **word, size_t count)
{
    uint8_t code[RECOVERY_LEN], blind_sig[RSABSSA_LEN];
    struct recovery_pass pass;
    if (count < 4 || hex_decode_exact(slice_str(word[1]), code, sizeof code) != OK ||
        recovery_blind(code, word[2], word[3], tool->public, &pass) != OK)
        return false;
    if (count == 5) {
        if (hex_decode_exact(slice_str(word[4]), blind_sig, sizeof blind_sig) != OK)
            return false;
        enum err err = recovery_finish(word[2], word[3], tool->public, blind_sig, &pass);
        print_or_refused(err, pass.tok);
        return true;
    }
    print_hex(pass.key.public, sizeof pass.key.public, ' ');
    print_hex(pass.pre, sizeof pass.pre, ' ');
    print_hex(pass.blinded, sizeof pass.blinded, ' ');
    print_hex(pass.inverse, sizeof pass.inverse, '\n');
    return true;
}

static bool sign(struct tool *tool, char **word, size_t count)
{
    uint8_t blinded[RSABSSA_LEN], out[RSABSSA_LEN] = {0};
    if (count != 2 || hex_decode_exact(slice_str(word[1]), blinded, sizeof blinded) != OK)
        return false;
    enum err err = rsabssa_blind_sign(tool->secret, blinded, out);
    print_or_refused(err, out);
    return true;
}

static bool verify(struct tool *tool, char **word, size_t count)
{
    uint8_t message[FIELD_CAP], tok[RSABSSA_LEN];
    size_t len = count == 3 ? strlen(word[1]) / 2 : FIELD_CAP + 1;
    if (len > FIELD_CAP || hex_decode_exact(slice_str(word[1]), message, len) != OK ||
        hex_decode_exact(slice_str(word[2]), tok, sizeof tok) != OK)
        return false;
    puts(rsabssa_verify(tool->public, slice_of(message, len), tok) ? "good" : "refused");
    return true;
}

/* False: the line is none of the four. */
static bool answer(struct tool *tool, char *line)
{
    char *word[WORDS_MAX], *next;
    size_t count = 0;
    while (count < WORDS_MAX && (next = strsep(&line, " \n")) != NULL && *next != '\0')
        word[count++] = next;
    if (count == 0)
        return false;
    if (strcmp(word[0], "sign") == 0)
        return sign(tool, word, count);
    if (strcmp(word[0], "verify") == 0)
        return verify(tool, word, count);
    return voter(tool, word, count);
}

int main(void)
{
    struct tool tool = {NULL, NULL};
    struct buf spki;
    char *line = NULL;
    size_t room = 0;
    int code = 0;
    buf_init(&spki, FIELD_CAP);
    if (rsabssa_secret_generate(&tool.secret) != OK ||
        rsabssa_secret_spki(tool.secret, &spki) != OK ||
        rsabssa_public_parse(buf_slice(&spki), &tool.public) != OK)
        return 2;
    print_hex(buf_slice(&spki).data, buf_slice(&spki).len, '\n');
    (void)fflush(stdout);
    while (code == 0 && getline(&line, &room, stdin) > 0) {
        code = answer(&tool, line) ? 0 : 2;
        (void)fflush(stdout);
    }
    free(line);
    buf_release(&spki);
    rsabssa_public_destroy(tool.public);
    rsabssa_secret_destroy(tool.secret);
    return code;
}
