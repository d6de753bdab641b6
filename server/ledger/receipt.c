/* The receipt half of ledger/proof.h. */
#include "base/base64.h"
#include "ledger/proof.h"
#include "text.h"

#define HEAD "c2sp.org/tlog-proof@v1\n"

void receipt_put(struct buf *out, struct slice entry, uint64_t index, const struct proof *proof,
                 struct slice signed_checkpoint)
{
    buf_put_str(out, HEAD "extra ");
    buf_put_base64(out, entry.data, entry.len);
    buf_printf(out, "\nindex %llu\n", (unsigned long long)index);
    proof_put(out, proof);
    buf_put_byte(out, '\n');
    buf_put_slice(out, signed_checkpoint);
}

/* The lines up to the empty one. */
static enum err parse_hashes(struct slice *rest, struct proof *proof)
{
    struct slice line;

    proof->len = 0;
    while (text_cut_line(rest, &line)) {
        if (line.len == 0)
            return OK;
        if (proof->len == PROOF_HASHES_MAX)
            return ERR_LIMITED;
        if (base64_decode_exact(line, proof->hashes[proof->len++], TREE_HASH_LEN) != OK)
            return ERR_INVALID;
    }
    return ERR_INVALID;
}

enum err receipt_parse(struct slice bytes, struct receipt *receipt, struct fault *fault)
{
    struct slice rest = bytes, line;
    enum err err;

    if (bytes.len > RECEIPT_LEN_MAX)
        return fault_set(fault, ERR_LIMITED, "receipt longer than %d bytes", RECEIPT_LEN_MAX);
    if (!text_cut_prefix(&rest, HEAD))
        return fault_set(fault, ERR_INVALID, "not a receipt: first line is another");
    if (!text_cut_prefix(&rest, "extra ") || !text_cut_line(&rest, &line) ||
        base64_decode(line, receipt->entry, sizeof receipt->entry, &receipt->entry_len) != OK ||
        receipt->entry_len == 0)
        return fault_set(fault, ERR_INVALID, "receipt without a readable entry");
    if (!text_cut_prefix(&rest, "index ") || !text_cut_line(&rest, &line) ||
        !text_is_number(line, TREE_SIZE_MAX - 1, &receipt->index))
        return fault_set(fault, ERR_INVALID, "receipt without a readable index");
    err = parse_hashes(&rest, &receipt->proof);
    if (err != OK)
        return fault_set(fault, err, "receipt with a malformed proof");
    receipt->signed_checkpoint = rest;
    return OK;
}

enum err receipt_check(const struct receipt *receipt, const struct note_key *log,
                       struct checkpoint *checkpoint, struct fault *fault)
{
    struct checkpoint read;
    uint8_t leaf[TREE_HASH_LEN];
    enum err err = checkpoint_open(receipt->signed_checkpoint, log, NULL, &read, fault);

    if (err != OK)
        return err;
    tree_leaf_hash(leaf, slice_of(receipt->entry, receipt->entry_len));
    if (!proof_includes(&receipt->proof, read.size, receipt->index, leaf, read.root))
        return fault_set(fault, ERR_INVALID, "the proof does not lead to the checkpoint's root");
    if (checkpoint != NULL)
        *checkpoint = read;
    return OK;
}
