#include "campaign/own.h"

#include <errno.h>
#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const struct {
    const char *name;
    enum user_kind user;
} parts[] = {{"ledger", USER_LEDGER},      {"state", USER_LEDGER},
             {"keys/ledger", USER_LEDGER}, {"registrar", USER_REGISTRAR},
             {"register", USER_REGISTRAR}, {"keys/registrar", USER_REGISTRAR}};

#define PARTS (sizeof parts / sizeof *parts)

/*
 * The owner of a part may be at work there, honest or not: what has gone since is no fault, and
 * fts enters folders so that none can be exchanged for a link. A second name of a file elsewhere is
 * not given away.
 */
static enum err own_item(const FTSENT *item, const struct user *user, struct fault *fault)
{
    const struct stat *about = item->fts_statp;
    switch (item->fts_info) {
    case FTS_DP:
    case FTS_SL:
    case FTS_SLNONE:
        return OK;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return item->fts_errno == ENOENT ? OK
                                         : fault_set(fault, ERR_INTERNAL, "%s: %s", item->fts_path,
                                                     strerror(item->fts_errno));
    default:
        break;
    }
    bool linked = item->fts_info != FTS_D && about->st_nlink > 1;
    if (linked || (about->st_uid == user->uid && about->st_gid == user->gid))
        return OK;
    if (lchown(item->fts_accpath, user->uid, user->gid) != 0 && errno != ENOENT)
        return fault_set(fault, ERR_INTERNAL, "%s: chown: %s", item->fts_path, strerror(errno));
    return OK;
}

static enum err own_part(char *path, const struct user *user, struct fault *fault)
{
    char *roots[] = {path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL, NULL);
    if (tree == NULL)
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(errno));
    enum err err = OK;
    for (FTSENT *item; err == OK && (item = fts_read(tree)) != NULL;)
        err = own_item(item, user, fault);
    (void)fts_close(tree); /* comes back to the working folder */
    return err;
}

enum err campaign_own(const char *folder, const struct users *users, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    file_path(path, folder, "rules.json");
    if (!file_exists(path))
        return fault_set(fault, ERR_NOT_FOUND, "%s: there is no campaign here", folder);
    file_path(path, folder, "register");
    enum err err = file_make_folder(path, 0755, fault);
    for (size_t i = 0; i < PARTS && err == OK; i++) {
        file_path(path, folder, "%s", parts[i].name);
        err = own_part(path, &users->of[parts[i].user], fault);
    }
    return err;
}

enum err campaign_own_made(const char *folder, struct fault *fault)
{
    struct users users;
    return users_find(&users) ? campaign_own(folder, &users, fault) : OK;
}

enum err campaign_owned(const char *folder, const struct users *users, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct stat about;
    for (size_t i = 0; i < PARTS; i++) {
        const struct user *user = &users->of[parts[i].user];
        file_path(path, folder, "%s", parts[i].name);
        /* One that is missing is said by the process that needs it. */
        if (stat(path, &about) == 0 && about.st_uid != user->uid)
            return fault_set(fault, ERR_DENIED,
                             "%s belongs to user %u, not to %s: run: dauys campaign own %s", path,
                             about.st_uid, user->name, folder);
    }
    return OK;
}
