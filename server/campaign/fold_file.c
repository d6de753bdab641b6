/* Files that entries name: read and parsed once, when the entry is checked, and kept until it is
 * taken. At a rebuild nothing is checked, so taking reads them. */
#include "fold_state.h"

bool fold_file_read(const struct fold *fold, const uint8_t hash[static SHA256_LEN], struct buf *out)
{
    buf_init(out, FOLD_FILE_MAX);
    return fold->files.get(fold->files.context, hash, out, NULL) == OK && !buf_failed(out);
}

static void forget(struct fold *fold)
{
    rules_destroy(fold->loaded.rules);
    register_destroy(fold->loaded.ngo_register);
    fold->loaded = (struct loaded){0};
}

static bool is_loaded(const struct fold *fold, const void *what, const uint8_t *hash)
{
    return what && memcmp(fold->loaded.hash, hash, SHA256_LEN) == 0;
}

enum verdict_code fold_load_rules(struct fold *fold, const uint8_t hash[static SHA256_LEN])
{
    if (is_loaded(fold, fold->loaded.rules, hash))
        return VERDICT_ACCEPTED;
    forget(fold);
    struct buf file;
    enum verdict_code code = VERDICT_FILE_MISSING;
    if (fold_file_read(fold, hash, &file)) {
        enum err err = rules_parse_counting(buf_slice(&file), &fold->loaded.rules, NULL);
        code = err == OK ? VERDICT_ACCEPTED : VERDICT_RULES_INVALID;
        memcpy(fold->loaded.hash, hash, SHA256_LEN);
    }
    buf_release(&file);
    return code;
}

enum verdict_code fold_load_register(struct fold *fold, const uint8_t hash[static SHA256_LEN])
{
    if (is_loaded(fold, fold->loaded.ngo_register, hash))
        return VERDICT_ACCEPTED;
    forget(fold);
    struct buf file;
    enum verdict_code code = VERDICT_FILE_MISSING;
    if (fold_file_read(fold, hash, &file)) {
        enum err err = register_parse(buf_slice(&file), &fold->loaded.ngo_register, NULL);
        code = err == OK ? VERDICT_ACCEPTED : VERDICT_REGISTER_MALFORMED;
        memcpy(fold->loaded.hash, hash, SHA256_LEN);
    }
    buf_release(&file);
    return code;
}
