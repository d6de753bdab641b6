#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/random.h"
#include "redis/address.h"
#include "server_inner.h"

static enum err own(const struct redis_server *server, const char *path, struct fault *fault)
{
    if (server->options.separate && lchown(path, server->options.uid, server->options.gid) != 0) {
        return fault_set(fault, ERR_INTERNAL, "%s: chown: %s", path, strerror(errno));
    }
    return OK;
}

static void put_path(struct buf *out, const char *name, const char *path)
{
    buf_printf(out, "%s \"%s\"\n", name, path);
}

static void put_configuration(const struct redis_server *server, struct buf *out)
{
    char path[FILE_PATH_CAP];
    buf_put_str(out, "# Written at every start by dauys: changes are lost.\n");
    put_path(out, "dir", server->folder);
    put_path(out, "unixsocket", server->socket);
    buf_printf(out, "unixsocketperm %s\n", server->options.separate ? "770" : "700");
    file_path(path, server->folder, "redis.pid");
    put_path(out, "pidfile", path);
    file_path(path, server->folder, "redis.log");
    put_path(out, "logfile", path);
    file_path(path, server->folder, "redis.acl");
    put_path(out, "aclfile", path);
    buf_put_str(out, "port 0\n"
                     "daemonize no\n"
                     "databases 1\n"
                     "save \"\"\n"
                     "appendonly yes\n"
                     "appendfsync everysec\n"
                     "aof-load-truncated yes\n"
                     "maxmemory-policy noeviction\n"
                     "busy-reply-threshold 2000\n"
                     "timeout 0\n"
                     "loglevel notice\n"
                     "crash-memcheck-enabled no\n");
}

/* A path goes into the configuration between quotes. */
static bool path_is_plain(const char *path)
{
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20) {
            return false;
        }
    }
    return path[0] == '/';
}

static enum err write_own(const struct redis_server *server, const char *name, struct buf *text,
                          struct fault *fault)
{
    char path[FILE_PATH_CAP];
    file_path(path, server->folder, "%s", name);
    enum err err = file_write(path, buf_slice(text), 0600, FILE_NO_SYNC, fault);
    buf_release_secret(text);
    return err == OK ? own(server, path, fault) : err;
}

/* For subcommands of whoever may read the folder: password and address of user audit. */
static enum err write_audit(const struct redis_server *server, struct fault *fault)
{
    struct buf text;
    buf_init(&text, 4096);
    buf_printf(&text, "%s\n%s\n", server->passwords[ACL_AUDIT], server->address);
    char path[FILE_PATH_CAP];
    file_path(path, server->folder, "audit.secret");
    enum err err = file_write(path, buf_slice(&text), 0600, FILE_NO_SYNC, fault);
    buf_release_secret(&text);
    return err;
}

enum err server_write_files(struct redis_server *server, struct fault *fault)
{
    struct buf text;
    buf_init(&text, 16384);
    put_configuration(server, &text);
    enum err err = write_own(server, "redis.conf", &text, fault);
    if (err != OK) {
        return err;
    }
    for (unsigned i = 0; i < ACL_USERS; i++) {
        uint8_t secret[(REDIS_PASSWORD_CAP - 1) / 2];
        random_bytes(secret, sizeof secret);
        hex_encode(server->passwords[i], secret, sizeof secret);
        wipe(secret, sizeof secret);
    }
    buf_init(&text, 16384);
    acl_put(&text, server->passwords);
    err = write_own(server, "redis.acl", &text, fault);
    return err == OK ? write_audit(server, fault) : err;
}

static enum err set_socket(struct redis_server *server, struct fault *fault)
{
    const char *given = server->options.socket;
    if (given == NULL) {
        file_path(server->socket, server->folder, "redis.sock");
    } else if (snprintf(server->socket, sizeof server->socket, "%s", given) >=
                   (int)sizeof server->socket ||
               !path_is_plain(given)) {
        return fault_set(fault, ERR_INVALID, "%s: not a usable path", given);
    }
    (void)snprintf(server->address, sizeof server->address, "unix:%s", server->socket);
    struct redis_address parsed;
    return redis_address_parse(server->address, &parsed, fault);
}

enum err server_take_folder(struct redis_server *server, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    enum err err = file_make_folder(server->options.folder, 0700, fault);
    if (err != OK) {
        return err;
    }
    char *whole = realpath(server->options.folder, NULL);
    size_t len = whole == NULL ? 0 : strlen(whole);
    if (len == 0 || len >= sizeof server->folder || !path_is_plain(whole)) {
        free(whole);
        return fault_set(fault, ERR_INVALID, "%s: not a usable folder", server->options.folder);
    }
    memcpy(server->folder, whole, len + 1);
    free(whole);
    if (chmod(server->folder, 0700) != 0) {
        return fault_set(fault, ERR_INTERNAL, "%s: chmod: %s", server->folder, strerror(errno));
    }
    err = own(server, server->folder, fault);
    if (err != OK) {
        return err;
    }
    file_path(path, server->folder, "lock");
    err = process_lock(path, &server->lock, fault);
    return err == OK ? set_socket(server, fault) : err;
}

enum err server_explain(const struct redis_server *server, const char *what, struct fault *fault)
{
    char path[FILE_PATH_CAP], tail[256] = "";
    file_path(path, server->folder, "redis.log");
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        off_t size = lseek(fd, 0, SEEK_END);
        off_t from = size > (off_t)sizeof tail ? size - (off_t)sizeof tail : 0;
        ssize_t len = pread(fd, tail, sizeof tail - 1, from);
        tail[len > 0 ? len : 0] = '\0';
        (void)close(fd);
    }
    size_t len = strlen(tail);
    while (len > 0 && tail[len - 1] == '\n') {
        tail[--len] = '\0';
    }
    const char *line = strrchr(tail, '\n');
    return fault_set(fault, ERR_UNAVAILABLE, "%s %s; last line of %s: %s", server->program, what,
                     path, line == NULL ? tail : line + 1);
}

enum err redis_server_audit(const char *folder, struct redis_audit *audit, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf text;
    buf_init(&text, sizeof audit->address + sizeof audit->password);
    file_path(path, folder, "audit.secret");
    enum err err = file_read_secret(path, &text, fault);
    const size_t password_len = REDIS_PASSWORD_CAP - 1;
    if (err == OK) {
        const char *whole = buf_text(&text);
        size_t len = text.len;
        if (len < password_len + 3 || whole[password_len] != '\n' || whole[len - 1] != '\n' ||
            len - password_len - 2 >= sizeof audit->address) {
            err = fault_set(fault, ERR_CORRUPT, "%s: not as it was written", path);
        } else {
            memset(audit, 0, sizeof *audit);
            memcpy(audit->password, whole, password_len);
            memcpy(audit->address, whole + password_len + 1, len - password_len - 2);
            audit->endpoint = (struct redis_endpoint){.address = audit->address,
                                                      .user = acl_name(ACL_AUDIT),
                                                      .password = audit->password};
        }
    }
    buf_release_secret(&text);
    return err;
}
