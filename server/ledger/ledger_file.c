/* Files that entries name by their SHA-256: the last part of ledger/ledger.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "crypt/hash.h"
#include "disk.h"
#include "ledger_state.h"

#define NAME_CAP (sizeof LEDGER_PUBLIC "/files/" + 2 * SHA256_LEN)

static void file_name(char out[static NAME_CAP], const uint8_t hash[static SHA256_LEN])
{
    char hex[2 * SHA256_LEN + 1];

    hex_encode(hex, hash, SHA256_LEN);
    snprintf(out, NAME_CAP, LEDGER_PUBLIC "/files/%s", hex);
}

enum err ledger_file_put(const char *campaign, struct slice bytes, uint8_t hash[static SHA256_LEN],
                         struct fault *fault)
{
    char name[NAME_CAP], temp[64];
    struct buf stored;
    enum err err;
    int at;

    if (bytes.len > LEDGER_FILE_MAX)
        return fault_set(fault, ERR_LIMITED, "a file of %zu bytes is too long for a ledger",
                         bytes.len);
    sha256(hash, bytes);
    buf_init(&stored, LEDGER_FILE_MAX);
    err = ledger_file_get(campaign, hash, &stored, fault);
    buf_release(&stored);
    if (err == OK)
        return OK;
    /* A damaged one is replaced by what its name asks for. */
    if (err != ERR_NOT_FOUND && err != ERR_CORRUPT && err != ERR_LIMITED)
        return err;
    err = file_make_folder(campaign, 0755, fault);
    if (err == OK)
        err = disk_open(AT_FDCWD, campaign, O_RDONLY | O_DIRECTORY, 0, &at, fault);
    if (err != OK)
        return err;
    file_name(name, hash);
    /* Not only the ledger's process puts files: no two may share a temporary one. */
    snprintf(temp, sizeof temp, LEDGER_STATE "/put.%ld", (long)getpid());
    if (mkdirat(at, LEDGER_STATE, 0700) != 0 && errno != EEXIST)
        err = fault_set(fault, ERR_INTERNAL, "can't make %s/" LEDGER_STATE ": %s", campaign,
                        strerror(errno));
    if (err == OK)
        err = disk_put(at, temp, name, bytes, DISK_NOW, fault);
    close(at);
    return err;
}

enum err ledger_file_get(const char *campaign, const uint8_t hash[static SHA256_LEN],
                         struct buf *out, struct fault *fault)
{
    char name[NAME_CAP], path[FILE_PATH_CAP];
    uint8_t found[SHA256_LEN];
    size_t from = out->len;
    enum err err;

    file_name(name, hash);
    file_path(path, campaign, "%s", name);
    err = file_read(path, out, fault);
    if (err != OK)
        return err;
    sha256(found, slice_of(out->data + from, out->len - from));
    if (memcmp(found, hash, SHA256_LEN) != 0)
        return fault_set(fault, ERR_CORRUPT, "%s has other content than its name says", path);
    return OK;
}
