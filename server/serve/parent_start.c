#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/process.h"
#include "campaign/own.h"
#include "parent_inner.h"

#define EARLIER_GRACE_MS 10000 /* as long as a drain may take */
#define FRONTS_MAX 64
#define CAMPAIGN_LEN_MAX 40

void parent_find_users(struct parent *parent)
{
    parent->separated = users_find(&parent->users);
    if (!parent->separated) {
        log_warn("processes_unseparated", LOG_S("remedy", "start as root with " USERS_NAMES));
    }
}

static bool is_earlier_child(void *name, pid_t pid)
{
    return process_is_named(pid, name);
}

/* Children end by themselves when their parent does; this waits for those that still drain. */
static enum err end_earlier(const struct parent *parent, struct fault *fault)
{
    char own_name[32] = "", path[FILE_PATH_CAP];
    struct buf text;
    buf_init(&text, sizeof own_name - 1);
    enum err err = file_read("/proc/self/comm", &text, fault);
    if (err == OK) {
        (void)snprintf(own_name, sizeof own_name, "%s", buf_text(&text));
        own_name[strcspn(own_name, "\n")] = '\0';
    }
    buf_release(&text);
    DIR *folder = err == OK ? opendir(parent->run) : NULL;
    for (struct dirent *entry; folder != NULL && err == OK && (entry = readdir(folder)) != NULL;) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".pid") == 0 &&
            strcmp(entry->d_name, "parent.pid") != 0) {
            file_path(path, parent->run, "%s", entry->d_name);
            err = process_end_earlier(path, EARLIER_GRACE_MS, is_earlier_child, own_name, fault);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return err;
}

enum err parent_take_run_folder(struct parent *parent, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    mode_t mode = parent->separated ? 0750 : 0700;
    enum err err = file_make_folder(parent->options->run_folder, mode, fault);
    if (err != OK) {
        return err;
    }
    char *whole = realpath(parent->options->run_folder, NULL);
    bool fits = whole != NULL && strlen(whole) < sizeof parent->run;
    (void)snprintf(parent->run, sizeof parent->run, "%s", fits ? whole : "");
    free(whole);
    if (!fits || chmod(parent->run, mode) != 0 ||
        (parent->separated && chown(parent->run, 0, parent->users.shared_gid) != 0)) {
        return fault_set(fault, ERR_INTERNAL, "%s: %s", parent->options->run_folder,
                         strerror(errno));
    }
    file_path(path, parent->run, "parent.lock");
    err = process_lock(path, &parent->lock, fault);
    if (err == OK) {
        file_path(path, parent->run, "status.json");
        (void)unlink(path); /* of a parent that was killed */
        err = end_earlier(parent, fault);
    }
    file_path(path, parent->run, "parent.pid");
    return err == OK ? process_write_pid(path, getpid(), fault) : err;
}

/* When separated, Redis runs as the ledgers' user, with its socket where the others can reach it.
 */
enum err parent_start_redis(struct parent *parent, struct fault *fault)
{
    char folder[FILE_PATH_CAP], path[FILE_PATH_CAP];
    const struct user *user = &parent->users.of[USER_LEDGER];
    if (parent->options->redis_folder == NULL) {
        return OK;
    }
    struct redis_server_options options = {.folder = parent->options->redis_folder};
    if (parent->separated) {
        file_path(folder, parent->run, "redis-socket"); /* its own folder is for nobody else */
        file_path(path, folder, "redis.sock");
        enum err err = file_make_folder(folder, 0750, fault);
        if (err != OK) {
            return err;
        }
        if (chown(folder, user->uid, parent->users.shared_gid) != 0 || chmod(folder, 0750) != 0) {
            return fault_set(fault, ERR_INTERNAL, "%s: %s", folder, strerror(errno));
        }
        options.socket = path;
        options.separate = true;
        options.uid = user->uid;
        options.gid = parent->users.shared_gid; /* its socket is for the group */
        options.socket_gid = parent->users.shared_gid;
    }
    return redis_server_start(&options, &parent->redis, fault);
}

/* ---- ledgers ---- */

static bool campaign_is_plain(const char *campaign)
{
    size_t len = strlen(campaign);
    return len >= 1 && len <= CAMPAIGN_LEN_MAX &&
           strspn(campaign, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static struct child *find_ledger(const struct parent *parent, const char *campaign)
{
    for (size_t i = 0; i < parent->len; i++) {
        struct child *child = parent->children[i];
        if (child->campaign != NULL && strcmp(child->campaign, campaign) == 0) {
            return child;
        }
    }
    return NULL;
}

static enum err add_ledger(struct parent *parent, const struct parent_ledger *ledger,
                           struct fault *fault)
{
    char name[CAMPAIGN_LEN_MAX + 16];
    if (!campaign_is_plain(ledger->campaign)) {
        return fault_set(fault, ERR_INVALID,
                         "%s: a campaign is named with a-z, 0-9 and -, at most "
                         "%d of them",
                         ledger->folder, CAMPAIGN_LEN_MAX);
    }
    if (find_ledger(parent, ledger->campaign) != NULL) {
        return OK;
    }
    if (parent->separated) {
        enum err err = campaign_owned(ledger->folder, &parent->users, fault);
        if (err != OK) {
            return err;
        }
    }
    if (parent->len >= CHILDREN_MAX) {
        return fault_set(fault, ERR_LIMITED, "more than %d processes", CHILDREN_MAX);
    }
    (void)snprintf(name, sizeof name, "ledger-%s", ledger->campaign);
    struct child *child = child_add(parent, CHILD_LEDGER, name);
    child->campaign = xstrdup(ledger->campaign);
    child->folder = xstrdup(ledger->folder);
    child->spec.campaign = child->campaign;
    child->spec.campaign_folder = child->folder;
    return child_listen(parent, child, fault);
}

enum err parent_add_ledgers(struct parent *parent, struct fault *fault)
{
    struct parent_ledger *list = NULL;
    size_t len = 0;
    enum err err = parent->options->find_ledgers(parent->options->context, &list, &len, fault);
    for (size_t i = 0; i < len; i++) {
        if (err == OK) {
            err = add_ledger(parent, &list[i], fault);
        }
        free(list[i].campaign);
        free(list[i].folder);
    }
    free(list);
    return err;
}

enum err parent_add_children(struct parent *parent, struct fault *fault)
{
    unsigned fronts = parent->options->fronts;
    if (fronts < 1 || fronts > FRONTS_MAX) {
        return fault_set(fault, ERR_INVALID, "fronts: 1 to %d", FRONTS_MAX);
    }
    for (unsigned i = 0; i < fronts; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "front-%u", i);
        child_add(parent, CHILD_FRONT, name)->spec.number = i;
    }
    enum err err = listen_public(parent, fault);
    for (unsigned i = 0; i < fronts && err == OK; i++) {
        err = child_listen(parent, parent->children[i], fault);
    }
    if (err == OK) {
        err = child_listen(parent, child_add(parent, CHILD_REGISTRAR, "registrar"), fault);
    }
    return err == OK ? parent_add_ledgers(parent, fault) : err;
}
