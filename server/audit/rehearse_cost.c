/* What a stage costs the server: processor time and memory of its processes, by the kernel's
 * accounts. */
#include <dirent.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "rehearse_inner.h"

static const struct {
    const char *prefix; /* of the pid file, in the run folder */
    enum rehearse_process process;
} processes[] = {{"front-", PROCESS_FRONT},
                 {"registrar", PROCESS_REGISTRAR},
                 {"ledger-", PROCESS_LEDGER},
                 {"redis/redis", PROCESS_REDIS}};

static bool read_text(const char *path, char *out, size_t cap)
{
    struct buf text;
    struct fault fault;
    buf_init(&text, cap - 1);
    bool good = file_read(path, &text, &fault) == OK;
    if (good)
        (void)snprintf(out, cap, "%s", buf_text(&text));
    buf_release(&text);
    return good;
}

/* Adds one process: fields 14 and 15 of /proc/<pid>/stat are its ticks, 24 its resident pages. The
 * name in field 2 ends with the last bracket. */
static void add_process(struct rehearse_cost *cost, enum rehearse_process process, long pid)
{
    char path[64], text[2048];
    unsigned long user = 0, system = 0;
    long pages = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    if (!read_text(path, text, sizeof text))
        return;
    const char *rest = strrchr(text, ')');
    if (rest == NULL || sscanf(rest + 2,
                               "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d "
                               "%*d %*d %*d %*u %*u %ld",
                               &user, &system, &pages) != 3)
        return;
    cost->cpu_s[process] += (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
    cost->resident[process] += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void add_pid_file(struct rehearse_cost *cost, enum rehearse_process process,
                         const char *path)
{
    char text[32];
    if (read_text(path, text, sizeof text))
        add_process(cost, process, strtol(text, NULL, 10));
}

static void add_matching(struct rehearse_cost *cost, enum rehearse_process process, const char *run,
                         const char *prefix)
{
    struct dirent *item;
    DIR *folder = opendir(run);
    while (folder != NULL && (item = readdir(folder)) != NULL) {
        size_t len = strlen(item->d_name);
        char path[FILE_PATH_CAP];
        if (strncmp(item->d_name, prefix, strlen(prefix)) != 0 || len < 4 ||
            strcmp(item->d_name + len - 4, ".pid") != 0)
            continue;
        file_path(path, run, "%s", item->d_name);
        add_pid_file(cost, process, path);
    }
    if (folder != NULL)
        closedir(folder);
}

void rehearse_cost(const struct rehearsal *rehearsal, struct rehearse_cost *cost)
{
    char run[FILE_PATH_CAP], path[FILE_PATH_CAP];
    *cost = (struct rehearse_cost){0};
    file_path(run, rehearsal->folder, "run");
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        if (processes[i].process != PROCESS_REDIS) {
            add_matching(cost, processes[i].process, run, processes[i].prefix);
            continue;
        }
        file_path(path, run, "%s.pid", processes[i].prefix);
        add_pid_file(cost, PROCESS_REDIS, path);
    }
}
