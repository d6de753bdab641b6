#include "ledger/checkpoint.h"

#include "base/base64.h"
#include "text.h"

enum err checkpoint_parse(struct slice text, struct checkpoint *checkpoint, struct fault *fault)
{
    struct slice rest = text, origin, size, root;

    if (!text_cut_line(&rest, &origin) || !text_cut_line(&rest, &size) ||
        !text_cut_line(&rest, &root) || rest.len != 0)
        return fault_set(fault, ERR_INVALID, "checkpoint text is not three lines");
    if (origin.len < 1 || origin.len >= NOTE_NAME_CAP)
        return fault_set(fault, ERR_INVALID, "checkpoint with an empty or too long origin");
    if (!text_is_number(size, TREE_SIZE_MAX, &checkpoint->size) || checkpoint->size == 0)
        return fault_set(fault, ERR_INVALID, "checkpoint with a malformed size");
    if (base64_decode_exact(root, checkpoint->root, TREE_HASH_LEN) != OK)
        return fault_set(fault, ERR_INVALID, "checkpoint with a malformed root");
    memset(checkpoint->origin, 0, sizeof checkpoint->origin);
    memcpy(checkpoint->origin, origin.data, origin.len);
    return OK;
}

void checkpoint_format(const struct checkpoint *checkpoint, struct buf *out)
{
    buf_printf(out, "%s\n%llu\n", checkpoint->origin, (unsigned long long)checkpoint->size);
    buf_put_base64(out, checkpoint->root, TREE_HASH_LEN);
    buf_put_byte(out, '\n');
}

enum err checkpoint_open(struct slice bytes, const struct note_key *log, struct note *note,
                         struct checkpoint *checkpoint, struct fault *fault)
{
    struct note own;
    enum err err;

    if (note == NULL)
        note = &own;
    err = note_parse(bytes, note, fault);
    if (err == OK)
        err = checkpoint_parse(note->text, checkpoint, fault);
    if (err != OK)
        return err;
    if (strcmp(checkpoint->origin, log->name) != 0)
        return fault_set(fault, ERR_DENIED, "checkpoint of another origin than %s", log->name);
    err = note_verify(note, log, NULL);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, ERR_DENIED, "checkpoint not signed by %s+%08x", log->name,
                         (unsigned)log->id);
    if (err != OK)
        return fault_set(fault, ERR_DENIED, "checkpoint with a wrong signature of %s+%08x",
                         log->name, (unsigned)log->id);
    return OK;
}
