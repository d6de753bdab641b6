#include "base/crockford.h"

const char crockford_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 0 for a character to skip, −1 for one that can't be there. */
static int normal(uint8_t c)
{
    if (c == ' ' || c == '-')
        return 0;
    if (c >= 'a' && c <= 'z')
        c = (uint8_t)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    return c != '\0' && strchr(crockford_alphabet, c) != NULL ? c : -1;
}

enum err crockford_read(struct slice typed, size_t cap, uint8_t *out, size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < typed.len; i++) {
        int c = normal(typed.data[i]);
        if (c < 0 || (c > 0 && *len == cap))
            return ERR_INVALID;
        if (c > 0)
            out[(*len)++] = (uint8_t)c;
    }
    return OK;
}
