/* The query of a target: application/x-www-form-urlencoded, read strictly. */
#include <utf8proc.h>

#include "base/canon.h"
#include "base/mem.h"
#include "inner.h"

#define NAME_MAX_LEN 64

static int hex_digit(uint8_t digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return (digit | 0x20) - 'a' + 10;
}

/* The gate has checked that every escape is whole. */
static size_t decode(struct slice text, uint8_t *out)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];

        if (byte == '%' && text.len - i > 2) {
            byte = (uint8_t)(hex_digit(text.data[i + 1]) * 16 + hex_digit(text.data[i + 2]));
            i += 2;
        } else if (byte == '+') {
            byte = ' ';
        }
        out[len++] = byte;
    }
    return len;
}

static bool name_allowed(struct slice name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    if (name.len == 0 || name.len > NAME_MAX_LEN)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (memchr(allowed, name.data[i], sizeof allowed - 1) == NULL)
            return false;
    return true;
}

/* Appends the decoded value. Text in another normal form (pasted on some systems) is brought to
 * NFC; what then still has control or bidi characters is refused. */
static enum err take_value(struct buf *out, struct slice text, struct slice *value)
{
    uint8_t raw[QUERY_VALUE_MAX];
    utf8proc_uint8_t *composed = NULL;
    struct slice decoded;
    size_t at = out->len;

    if (text.len > 3 * sizeof raw)
        return ERR_INVALID;
    if (text.len > sizeof raw) {
        size_t escapes = 0;

        for (size_t i = 0; i < text.len; i++)
            escapes += text.data[i] == '%';
        if (text.len - 2 * escapes > sizeof raw)
            return ERR_INVALID;
    }
    decoded = slice_of(raw, decode(text, raw));
    if (decoded.len > 0 && !canon_text_allowed(decoded)) {
        utf8proc_ssize_t len = utf8proc_map(raw, (utf8proc_ssize_t)decoded.len, &composed,
                                            UTF8PROC_STABLE | UTF8PROC_COMPOSE);

        if (len > 0 && len <= QUERY_VALUE_MAX)
            decoded = slice_of(composed, (size_t)len);
        if (len < 0 || len > QUERY_VALUE_MAX || !canon_text_allowed(decoded)) {
            free(composed);
            return ERR_INVALID;
        }
    }
    buf_put_slice(out, decoded);
    free(composed);
    *value = slice_of(out->data + at, out->len - at);
    return OK;
}

static enum err take_param(struct query *query, struct slice item)
{
    const uint8_t *equals = memchr(item.data, '=', item.len);
    struct query_param *param = &query->params[query->len];
    struct slice value = slice_of(NULL, 0);

    if (query->len == QUERY_MAX)
        return ERR_INVALID;
    param->name = item;
    if (equals != NULL) {
        param->name.len = (size_t)(equals - item.data);
        value = slice_of(equals + 1, item.len - param->name.len - 1);
    }
    if (!name_allowed(param->name))
        return ERR_INVALID;
    for (size_t i = 0; i < query->len; i++)
        if (slice_equal(query->params[i].name, param->name))
            return ERR_INVALID;
    query->len++;
    return take_value(&query->text, value, &param->value);
}

enum err query_parse(struct slice text, struct query **out)
{
    struct query *query = xcalloc(1, sizeof *query);

    /* Reserved at once, so that slices into it stay where they are. */
    buf_init(&query->text, QUERY_MAX * QUERY_VALUE_MAX);
    INVARIANT(buf_extend(&query->text, QUERY_MAX * QUERY_VALUE_MAX) != NULL);
    buf_clear(&query->text);
    while (text.len > 0) {
        const uint8_t *end = memchr(text.data, '&', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        size_t taken = end ? len + 1 : len;

        if (len > 0 && take_param(query, slice_of(text.data, len)) != OK) {
            query_destroy(query);
            return ERR_INVALID;
        }
        text = slice_of(text.data + taken, text.len - taken);
    }
    *out = query;
    return OK;
}

void query_destroy(struct query *query)
{
    if (query == NULL)
        return;
    buf_release(&query->text);
    free(query);
}
