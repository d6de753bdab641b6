/*
 * Bad weather for a whole server, by LD_PRELOAD: reads and writes of files and sockets come short,
 * or are interrupted before anything happened, as a kernel is allowed to do. (It never does that to
 * pipes with room and to eventfds.) Every process has its own sequence of bad luck; SEED makes
 * another one.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static __thread uint64_t state;

static unsigned luck(unsigned sides)
{
    if (state == 0) {
        const char *seed = getenv("SEED");
        state =
            (uint64_t)getpid() * 2654435761U + (seed == NULL ? 1 : strtoull(seed, NULL, 10)) + 1;
    }
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % sides;
}

/* How many bytes are let through; 0: interrupted. */
static size_t some(int fd, size_t len)
{
    struct stat stat;
    unsigned roll = luck(4);
    if (len < 2 || roll == 0 || fstat(fd, &stat) != 0 ||
        !(S_ISREG(stat.st_mode) || S_ISSOCK(stat.st_mode)))
        return len;
    return roll == 1 ? 0 : 1 + luck((unsigned)(len > 65536 ? 65536 : len));
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WEATHER(name, type, ...)                                                                   \
    ssize_t name type                                                                              \
    {                                                                                              \
        size_t part = some(fd, len);                                                               \
        if (part == 0 && len != 0) {                                                               \
            errno = EINTR;                                                                         \
            return -1;                                                                             \
        }                                                                                          \
        return NEXT(name)(__VA_ARGS__);                                                            \
    }

WEATHER(pwrite, (int fd, const void *data, size_t len, off_t at), fd, data, part, at)
WEATHER(pwrite64, (int fd, const void *data, size_t len, off64_t at), fd, data, part, at)
WEATHER(pread, (int fd, void *data, size_t len, off_t at), fd, data, part, at)
WEATHER(pread64, (int fd, void *data, size_t len, off64_t at), fd, data, part, at)
WEATHER(write, (int fd, const void *data, size_t len), fd, data, part)
WEATHER(read, (int fd, void *data, size_t len), fd, data, part)
