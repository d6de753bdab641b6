#include "staff/totp.h"

#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 1 /* steps on each side: a phone's clock and slow fingers */

/* Initialised once; liboath counts. */
static void library(void)
{
    INVARIANT(oath_init() == OATH_OK);
}

static bool is_code(struct slice code, char text[static TOTP_CODE_LEN + 1])
{
    if (code.len != TOTP_CODE_LEN)
        return false;
    for (size_t i = 0; i < code.len; i++) {
        if (code.data[i] < '0' || code.data[i] > '9')
            return false;
        text[i] = (char)code.data[i];
    }
    text[TOTP_CODE_LEN] = '\0';
    return true;
}

bool totp_check(const uint8_t secret[static TOTP_SECRET_LEN], struct slice code, int64_t now_unix,
                uint64_t last, uint64_t *step)
{
    char text[TOTP_CODE_LEN + 1];
    uint64_t counter = 0;
    int position = 0;
    if (!is_code(code, text))
        return false;
    library();
    int found =
        oath_totp_validate4((const char *)secret, TOTP_SECRET_LEN, (time_t)now_unix, TOTP_STEP_S,
                            OATH_TOTP_DEFAULT_START_TIME, WINDOW, &position, &counter, 0, text);
    if (found < 0 || counter <= last)
        return false;
    *step = counter;
    return true;
}

void totp_code(const uint8_t secret[static TOTP_SECRET_LEN], int64_t now_unix,
               char code[static TOTP_CODE_LEN + 1])
{
    library();
    INVARIANT(oath_totp_generate((const char *)secret, TOTP_SECRET_LEN, (time_t)now_unix,
                                 TOTP_STEP_S, OATH_TOTP_DEFAULT_START_TIME, TOTP_CODE_LEN,
                                 code) == OATH_OK);
}

void totp_secret_text(const uint8_t secret[static TOTP_SECRET_LEN],
                      char text[static TOTP_SECRET_TEXT_LEN + 1])
{
    char *made = NULL;
    size_t len = 0;
    library();
    INVARIANT(oath_base32_encode((const char *)secret, TOTP_SECRET_LEN, &made, &len) == OATH_OK &&
              len == TOTP_SECRET_TEXT_LEN);
    memcpy(text, made, len);
    text[len] = '\0';
    free(made);
}

enum err totp_secret_parse(struct slice text, uint8_t secret[static TOTP_SECRET_LEN])
{
    char *made = NULL;
    size_t len = 0;
    library();
    if (text.len > 4 * TOTP_SECRET_TEXT_LEN ||
        oath_base32_decode((const char *)text.data, text.len, &made, &len) != OATH_OK)
        return ERR_INVALID;
    if (len == TOTP_SECRET_LEN)
        memcpy(secret, made, len);
    free(made);
    return len == TOTP_SECRET_LEN ? OK : ERR_INVALID;
}

void totp_uri(struct buf *out, const char *campaign, const char *person, const char *secret_text)
{
    buf_printf(out, "otpauth://totp/Dauys:%s%%20%s?secret=%s&issuer=Dauys", campaign, person,
               secret_text);
}
