#include "staff/account.h"

#include <utf8proc.h>

#include "base/base64.h"
#include "base/canon.h"
#include "base/crockford.h"
#include "base/mem.h"
#include "base/random.h"

#define DIFFERENT_LEAST 4
#define NAME_LEAST 3 /* shorter names stand in every text */
#define CODE_LEN 16
#define CODE_GROUP 4

bool account_person_allowed(struct slice person)
{
    for (size_t i = 0; i < person.len; i++) {
        uint8_t c = person.data[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '.' || c == '_' || c == '-';
        if (!good)
            return false;
    }
    return person.len >= 1 && person.len <= ACCOUNT_PERSON_MAX;
}

/* ---- passwords ------------------------------------------------------------------------------ */

struct letters {
    int32_t at[ACCOUNT_PASSWORD_MOST];
    size_t len;
};

/* Small letters of text. False: it has more than fit. */
static bool read_letters(struct slice text, struct letters *letters)
{
    letters->len = 0;
    for (size_t i = 0; i < text.len;) {
        utf8proc_int32_t letter;
        utf8proc_ssize_t used =
            utf8proc_iterate(text.data + i, (utf8proc_ssize_t)(text.len - i), &letter);
        if (used <= 0 || letters->len == ACCOUNT_PASSWORD_MOST)
            return false;
        letters->at[letters->len++] = utf8proc_tolower(letter);
        i += (size_t)used;
    }
    return true;
}

/* Takes every occurrence of the name out. */
static void cut_name(struct letters *letters, struct slice text)
{
    struct letters name;
    if (!read_letters(text, &name) || name.len < NAME_LEAST)
        return;
    for (size_t i = 0; i + name.len <= letters->len;) {
        if (memcmp(letters->at + i, name.at, name.len * sizeof *name.at) != 0) {
            i++;
            continue;
        }
        letters->len -= name.len;
        memmove(letters->at + i, letters->at + i + name.len,
                (letters->len - i) * sizeof *letters->at);
    }
}

static size_t different(const struct letters *letters)
{
    size_t count = 0;
    for (size_t i = 0; i < letters->len; i++) {
        size_t before = 0;
        while (letters->at[before] != letters->at[i])
            before++;
        count += before == i ? 1 : 0;
    }
    return count;
}

const char *account_password_problem(struct slice password, struct slice person,
                                     struct slice campaign)
{
    struct letters letters;
    const char *problem = NULL;
    if (!canon_text_allowed(password) || !read_letters(password, &letters) ||
        letters.len < ACCOUNT_PASSWORD_LEAST)
        return "password_short";
    cut_name(&letters, person);
    cut_name(&letters, campaign);
    cut_name(&letters, slice_str("dauys"));
    if (letters.len < ACCOUNT_PASSWORD_LEAST || different(&letters) < DIFFERENT_LEAST)
        problem = "password_guessable";
    wipe(&letters, sizeof letters);
    return problem;
}

/* ---- tries and sessions --------------------------------------------------------------------- */

bool account_try(int64_t *due_unix, int64_t now_unix)
{
    int64_t due = *due_unix > now_unix ? *due_unix : now_unix;
    if (due + ACCOUNT_TRY_S - now_unix > (int64_t)ACCOUNT_TRIES * ACCOUNT_TRY_S)
        return false;
    *due_unix = due + ACCOUNT_TRY_S;
    return true;
}

bool account_session_lives(int64_t began_unix, int64_t used_unix, int64_t now_unix)
{
    return now_unix < used_unix + ACCOUNT_IDLE_S && now_unix < began_unix + ACCOUNT_ABSOLUTE_S;
}

void account_csrf(const uint8_t token[static ACCOUNT_TOKEN_LEN],
                  char text[static 2 * SHA256_LEN + 1])
{
    uint8_t csrf[SHA256_LEN];
    hmac_sha256(csrf, slice_of(token, ACCOUNT_TOKEN_LEN), slice_str("dauys staff csrf"));
    hex_encode(text, csrf, sizeof csrf);
}

/* ---- recovery codes ------------------------------------------------------------------------- */

void account_recovery_make(char text[static ACCOUNT_RECOVERY_TEXT_LEN + 1])
{
    uint8_t bytes[CODE_LEN];
    char *out = text;
    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < CODE_LEN; i++) {
        if (i > 0 && i % CODE_GROUP == 0)
            *out++ = '-';
        *out++ = crockford_alphabet[bytes[i] % 32];
    }
    *out = '\0';
    wipe(bytes, sizeof bytes);
}

enum err account_recovery_hash(struct slice text, uint8_t hash[static SHA256_LEN])
{
    uint8_t code[CODE_LEN];
    size_t len;
    if (crockford_read(text, sizeof code, code, &len) != OK || len < CODE_LEN)
        return ERR_INVALID;
    sha256(hash, slice_of(code, sizeof code));
    wipe(code, sizeof code);
    return OK;
}
