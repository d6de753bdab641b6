#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "parent_inner.h"

#define HOST_CAP 48 /* the longest numeric IPv6 address with a zone */

static enum err resolve(const char *address, struct addrinfo **out, struct fault *fault)
{
    char host[HOST_CAP];
    const char *colon = strrchr(address, ':');
    const char *from = address;
    size_t len = colon == NULL ? 0 : (size_t)(colon - address);
    if (len >= 2 && from[0] == '[' && from[len - 1] == ']') {
        from++;
        len -= 2;
    }
    if (len == 0 || len >= sizeof host) {
        return fault_set(fault, ERR_INVALID, "listen %s: not host:port", address);
    }
    memcpy(host, from, len);
    host[len] = '\0';
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
    int status = getaddrinfo(host, colon + 1, &hints, out);
    if (status != 0) {
        return fault_set(fault, ERR_INVALID, "listen %s: %s", address, gai_strerror(status));
    }
    return OK;
}

static int bind_tcp(const struct addrinfo *info, bool shared)
{
    const int on = 1;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (info->ai_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    if (shared) {
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    }
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, SOMAXCONN) != 0) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void name_socket(int fd, char out[static ADDRESS_CAP])
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    char host[HOST_CAP] = "", port[8] = "";
    if (getsockname(fd, (struct sockaddr *)&address, &len) == 0) {
        (void)getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    }
    (void)snprintf(out, ADDRESS_CAP, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
                   port);
}

enum err listen_tcp(const char *address, bool shared, int *fd,
                    char true_address[static ADDRESS_CAP], struct fault *fault)
{
    struct addrinfo *info = NULL;
    enum err err = resolve(address, &info, fault);
    if (err != OK) {
        return err;
    }
    *fd = bind_tcp(info, shared);
    if (*fd < 0) {
        err = fault_set(fault, errno == EADDRINUSE ? ERR_CONFLICT : ERR_INTERNAL, "listen %s: %s",
                        address, strerror(errno));
    } else {
        name_socket(*fd, true_address);
    }
    freeaddrinfo(info);
    return err;
}

enum err listen_unix(const struct parent *parent, const char *path, int *fd, struct fault *fault)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len >= sizeof address.sun_path) {
        return fault_set(fault, ERR_INVALID, "%s: longer than a socket's path may be (%zu)", path,
                         sizeof address.sun_path - 1);
    }
    memcpy(address.sun_path, path, len + 1);
    (void)unlink(path);
    int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* The folder keeps strangers out; the mode keeps out those of its group that have no business.
     */
    bool done = made >= 0 && bind(made, (struct sockaddr *)&address, sizeof address) == 0 &&
                (!parent->separated || chown(path, 0, parent->users.shared_gid) == 0) &&
                chmod(path, parent->separated ? 0660 : 0600) == 0 && listen(made, SOMAXCONN) == 0;
    if (!done) {
        int why = errno;
        if (made >= 0) {
            (void)close(made);
        }
        return fault_set(fault, ERR_INTERNAL, "%s: %s", path, strerror(why));
    }
    *fd = made;
    return OK;
}

/* One socket for each front on one address. SO_REUSEPORT would share the port with another server
 * of the same user too, so the first bind is without it, to be refused then. */
static enum err listen_fronts(struct parent *parent, size_t which, struct fault *fault)
{
    char *address = parent->listen[which];
    int probe;
    enum err err = listen_tcp(parent->options->listen[which], false, &probe, address, fault);
    if (err != OK) {
        return err;
    }
    (void)close(probe);
    for (unsigned i = 0; i < parent->options->fronts; i++) {
        struct child_spec *spec = &parent->children[i]->spec;
        char same[ADDRESS_CAP];
        err = listen_tcp(address, true, &spec->listen_fds[spec->listen_len], same, fault);
        if (err != OK) {
            return err;
        }
        spec->listen_len++;
    }
    return OK;
}

enum err listen_public(struct parent *parent, struct fault *fault)
{
    const struct parent_options *options = parent->options;
    if (options->listen_len < 1 || options->listen_len > CHILD_LISTEN_MAX) {
        return fault_set(fault, ERR_INVALID, "listen: 1 to %d addresses", CHILD_LISTEN_MAX);
    }
    for (size_t i = 0; i < options->listen_len; i++) {
        enum err err = listen_fronts(parent, i, fault);
        if (err != OK) {
            return err;
        }
    }
    if (options->admin == NULL) {
        return OK;
    }
    return listen_tcp(options->admin, false, &parent->children[0]->spec.admin_fd, parent->admin,
                      fault);
}
