/* Entries out of hostile bytes: what is parsed can be stamped, and its signed text is canonical. */
#include "ledger/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct entry entry, again;

/* The part of the signed text behind its two lines must itself be an entry, without the members
 * that are not signed. */
static void check_signed_text(struct slice bytes)
{
    const char *const left_out[] = {"at", "sig", "sigs"};
    struct buf text;
    struct slice body;
    size_t head = strlen("origin\n/v1\n") + entry.type.len;

    buf_init(&text, ENTRY_SIGNED_MAX);
    entry_signed_text(&entry, "origin", &text);
    INVARIANT(!buf_failed(&text) && text.len > head);
    body = slice_of(text.data + head, text.len - head);
    INVARIANT(entry_parse(body, &again, NULL) == OK);
    for (size_t i = 0; i < 3; i++)
        INVARIANT(entry_member(&again, left_out[i]) == NULL);
    INVARIANT(body.len <= bytes.len);
    buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct slice bytes = slice_of(data, size);
    struct buf stamped;
    struct fault fault;
    enum err err;

    if (entry_parse(bytes, &entry, &fault) != OK)
        return 0;
    check_signed_text(bytes);
    if (entry.has_at)
        return 0;
    buf_init(&stamped, ENTRY_LEN_MAX + 32);
    entry_insert_at(&entry, 1800000000, &stamped);
    INVARIANT(!buf_failed(&stamped));
    err = entry_parse(buf_slice(&stamped), &again, NULL);
    /* Only a size can stand in the way. */
    INVARIANT(err == ERR_LIMITED || (err == OK && again.at == 1800000000));
    buf_release(&stamped);
    return 0;
}
