#include "base/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value of a digit plus one, 0 for what is none: the rest of the table needs no writing down. */
#define DIGITS_AZ(c, v)                                                                            \
    [(c) + 0] = (v) + 1, [(c) + 1] = (v) + 2, [(c) + 2] = (v) + 3, [(c) + 3] = (v) + 4,            \
           [(c) + 4] = (v) + 5, [(c) + 5] = (v) + 6, [(c) + 6] = (v) + 7, [(c) + 7] = (v) + 8,     \
           [(c) + 8] = (v) + 9, [(c) + 9] = (v) + 10
static const uint8_t value_plus_one[256] =
    {
        DIGITS_AZ('A', 0),  DIGITS_AZ('K', 10), [(int)'U'] = 21, ['V'] = 22,
        ['W'] = 23,         ['X'] = 24,         ['Y'] = 25,      ['Z'] = 26,
        DIGITS_AZ('a', 26), DIGITS_AZ('k', 36), ['u'] = 47,      ['v'] = 48,
        ['w'] = 49,         ['x'] = 50,         ['y'] = 51,      ['z'] = 52,
        DIGITS_AZ('0', 52), ['+'] = 63,         ['/'] = 64,
};

void base64_encode(char *out, const void *data, size_t len)
{
    const uint8_t *in = data;

    for (; len >= 3; in += 3, len -= 3) {
        *out++ = alphabet[in[0] >> 2];
        *out++ = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
        *out++ = alphabet[(in[1] & 15) << 2 | in[2] >> 6];
        *out++ = alphabet[in[2] & 63];
    }
    if (len > 0) {
        uint8_t second = len == 2 ? in[1] : 0;

        *out++ = alphabet[in[0] >> 2];
        *out++ = alphabet[(in[0] & 3) << 4 | second >> 4];
        *out++ = len == 2 ? alphabet[(second & 15) << 2] : '=';
        *out++ = '=';
    }
    *out = '\0';
}

/* Four digits to 24 bits; false when one of them is no digit. */
static bool decode_four(const uint8_t in[static 4], uint32_t *bits)
{
    uint8_t a = value_plus_one[in[0]], b = value_plus_one[in[1]], c = value_plus_one[in[2]],
            d = value_plus_one[in[3]];

    *bits = (uint32_t)(a - 1) << 18 | (uint32_t)(b - 1) << 12 | (uint32_t)(c - 1) << 6 |
            (uint32_t)(d - 1);
    return a && b && c && d;
}

enum err base64_decode(struct slice text, uint8_t *out, size_t out_cap, size_t *out_len)
{
    size_t pad = 0, len;
    uint32_t bits;

    if (text.len % 4 != 0)
        return ERR_INVALID;
    if (text.len > 0 && text.data[text.len - 1] == '=')
        pad = text.data[text.len - 2] == '=' ? 2 : 1;
    len = text.len / 4 * 3 - pad;
    if (len > out_cap)
        return ERR_INVALID;
    for (size_t i = 0, o = 0; o < len; i += 4, o += 3) {
        uint8_t four[4];

        memcpy(four, text.data + i, 4);
        for (size_t p = 0; o + 3 > len && p < pad; p++)
            four[3 - p] = 'A';
        if (!decode_four(four, &bits))
            return ERR_INVALID;
        if (len - o < 3 && (bits & (0xffffffU >> (8 * (len - o)))) != 0)
            return ERR_INVALID; /* pad bits: a second spelling of the same bytes */
        for (size_t j = 0; j < 3 && o + j < len; j++)
            out[o + j] = (uint8_t)(bits >> (16 - 8 * j));
    }
    *out_len = len;
    return OK;
}

enum err base64_decode_exact(struct slice text, uint8_t *out, size_t out_len)
{
    size_t len = 0;

    if (text.len != BASE64_LEN(out_len) || base64_decode(text, out, out_len, &len) != OK)
        return ERR_INVALID;
    return len == out_len ? OK : ERR_INVALID;
}

void hex_encode(char *out, const void *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = data;

    for (size_t i = 0; i < len; i++) {
        *out++ = digits[in[i] >> 4];
        *out++ = digits[in[i] & 15];
    }
    *out = '\0';
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

enum err hex_decode_exact(struct slice text, uint8_t *out, size_t out_len)
{
    if (text.len / 2 != out_len || text.len % 2 != 0)
        return ERR_INVALID;
    for (size_t i = 0; i < out_len; i++) {
        int high = hex_value(text.data[2 * i]), low = hex_value(text.data[2 * i + 1]);

        if (high < 0 || low < 0)
            return ERR_INVALID;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return OK;
}
