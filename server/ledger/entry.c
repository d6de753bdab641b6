#include "ledger/entry.h"

#include "base/base64.h"

static bool type_allowed(struct slice type)
{
    if (type.len < 1 || type.len > ENTRY_TYPE_MAX)
        return false;
    for (size_t i = 0; i < type.len; i++)
        if (type.data[i] < 'a' || type.data[i] > 'z')
            return false;
    return true;
}

static enum err parse_common(struct entry *entry, struct fault *fault)
{
    uint64_t version;

    if (entry_int(entry, "v", CANON_INT_MAX, &version) != OK || version != 1)
        return fault_set(fault, ERR_INVALID, "member v is not 1");
    if (entry_str(entry, "t", 1, ENTRY_TYPE_MAX, &entry->type) != OK || !type_allowed(entry->type))
        return fault_set(fault, ERR_INVALID, "member t is not a type");
    if (entry_member(entry, "at") == NULL)
        return OK;
    if (entry_int(entry, "at", CANON_INT_MAX, &entry->at) != OK)
        return fault_set(fault, ERR_INVALID, "member at is not an integer");
    entry->has_at = true;
    return OK;
}

enum err entry_parse(struct slice bytes, struct entry *entry, struct fault *fault)
{
    enum err err;

    entry->bytes = bytes;
    entry->type = slice_of(NULL, 0);
    entry->at = 0;
    entry->has_at = false;
    entry->doc = (struct canon_doc){.nodes = entry->nodes, .cap = ENTRY_NODES};
    err = canon_parse(bytes, ENTRY_LEN_MAX, ENTRY_DEPTH_MAX, &entry->doc, fault);
    if (err != OK) {
        entry->doc.len = 0;
        return err;
    }
    return parse_common(entry, fault);
}

bool entry_is(const struct entry *entry, const char *type)
{
    return slice_is(entry->type, type);
}

const struct canon_node *entry_member(const struct entry *entry, const char *key)
{
    return canon_member(&entry->doc, &entry->doc.nodes[0], key);
}

enum err node_str(const struct canon_node *node, size_t least, size_t most, struct slice *out)
{
    struct slice inner;

    if (node == NULL)
        return ERR_NOT_FOUND;
    if (node->kind != CANON_STRING)
        return ERR_INVALID;
    inner = canon_inner(node);
    if (inner.len < least || inner.len > most)
        return ERR_INVALID;
    if (inner.len > 0 && memchr(inner.data, '\\', inner.len) != NULL)
        return ERR_INVALID;
    *out = inner;
    return OK;
}

enum err node_int(const struct canon_node *node, uint64_t most, uint64_t *out)
{
    if (node == NULL)
        return ERR_NOT_FOUND;
    if (node->kind != CANON_INT || node->number > most)
        return ERR_INVALID;
    *out = node->number;
    return OK;
}

enum err node_base64(const struct canon_node *node, uint8_t *out, size_t out_len)
{
    struct slice text;
    enum err err = node_str(node, BASE64_LEN(out_len), BASE64_LEN(out_len), &text);

    return err != OK ? err : base64_decode_exact(text, out, out_len);
}

enum err node_hex(const struct canon_node *node, uint8_t *out, size_t out_len)
{
    struct slice text;
    enum err err = node_str(node, 2 * out_len, 2 * out_len, &text);

    return err != OK ? err : hex_decode_exact(text, out, out_len);
}

enum err entry_str(const struct entry *entry, const char *key, size_t least, size_t most,
                   struct slice *out)
{
    return node_str(entry_member(entry, key), least, most, out);
}

enum err entry_text(const struct entry *entry, const char *key, struct buf *out)
{
    const struct canon_node *node = entry_member(entry, key);

    if (node == NULL)
        return ERR_NOT_FOUND;
    if (node->kind != CANON_STRING)
        return ERR_INVALID;
    canon_text(node, out);
    return buf_failed(out) ? ERR_LIMITED : OK;
}

enum err entry_int(const struct entry *entry, const char *key, uint64_t most, uint64_t *out)
{
    return node_int(entry_member(entry, key), most, out);
}

enum err entry_base64(const struct entry *entry, const char *key, uint8_t *out, size_t out_len)
{
    return node_base64(entry_member(entry, key), out, out_len);
}

enum err entry_base64_upto(const struct entry *entry, const char *key, size_t least, uint8_t *out,
                           size_t out_cap, size_t *out_len)
{
    struct slice text;
    size_t len;
    enum err err = entry_str(entry, key, 0, BASE64_LEN(out_cap), &text);

    if (err != OK)
        return err;
    /* The shortest length that the text can stand for, so that out is not touched in vain. */
    if (text.len < BASE64_LEN(least))
        return ERR_INVALID;
    err = base64_decode(text, out, out_cap, &len);
    if (err != OK || len < least)
        return ERR_INVALID;
    *out_len = len;
    return OK;
}

enum err entry_hex(const struct entry *entry, const char *key, uint8_t *out, size_t out_len)
{
    return node_hex(entry_member(entry, key), out, out_len);
}

/* Where a top-level member begins: at the quote before its key. */
static const uint8_t *member_start(const struct canon_node *member)
{
    return member->key.data - 1;
}

void entry_insert_at(const struct entry *entry, uint64_t at, struct buf *out)
{
    const uint8_t *end = entry->bytes.data + entry->bytes.len;
    const struct canon_node *node = canon_first(&entry->doc, &entry->doc.nodes[0]);
    const struct slice key = slice_str("at");

    INVARIANT(!entry->has_at);
    while (node != NULL && slice_compare(node->key, key) < 0)
        node = canon_next(&entry->doc, node);
    /* `t` and `v` sort behind `at`, so there is always a member to stand before. */
    INVARIANT(node != NULL);
    buf_put(out, entry->bytes.data, (size_t)(member_start(node) - entry->bytes.data));
    buf_printf(out, "\"at\":%llu,", (unsigned long long)at);
    buf_put(out, member_start(node), (size_t)(end - member_start(node)));
}

static bool is_signed_member(struct slice key)
{
    return !slice_is(key, "at") && !slice_is(key, "sig") && !slice_is(key, "sigs");
}

void entry_signed_text(const struct entry *entry, const char *origin, struct buf *out)
{
    const struct canon_node *node = canon_first(&entry->doc, &entry->doc.nodes[0]);
    char comma = '{';

    buf_put_str(out, origin);
    buf_put_byte(out, '\n');
    buf_put_slice(out, entry->type);
    buf_put_str(out, "/v1\n");
    for (; node != NULL; node = canon_next(&entry->doc, node)) {
        if (!is_signed_member(node->key))
            continue;
        buf_put_byte(out, (uint8_t)comma);
        buf_put(out, member_start(node),
                (size_t)(node->raw.data + node->raw.len - member_start(node)));
        comma = ',';
    }
    buf_put_byte(out, '}');
}
