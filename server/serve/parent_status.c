#include "base/canon.h"
#include "base/log.h"
#include "parent_inner.h"

#define STATUS_MAX (1U << 20)

static const char *life_name(enum life life)
{
    switch (life) {
    case LIFE_STARTING:
        return "starting";
    case LIFE_READY:
        return "ready";
    case LIFE_WAITING:
        return "waiting";
    case LIFE_REFUSED:
        return "refused";
    case LIFE_FINISHED:
        return "finished";
    }
    return "";
}

static void put_row(struct buf *out, const char *name, pid_t pid, unsigned restarts,
                    const char *life, const char *fault)
{
    buf_put_str(out, "{\"fault\":");
    canon_put_string(out, slice_str(fault));
    buf_put_str(out, ",\"name\":");
    canon_put_string(out, slice_str(name));
    buf_printf(out, ",\"pid\":%ld,\"restarts\":%u,\"state\":\"%s\"}", (long)pid, restarts, life);
}

static void put_list(struct buf *out, const struct parent *parent)
{
    buf_put_str(out, "],\"listen\":[");
    for (size_t i = 0; i < parent->options->listen_len; i++) {
        buf_put_str(out, i == 0 ? "" : ",");
        canon_put_string(out, slice_str(parent->listen[i]));
    }
    buf_put_str(out, "],\"admin\":");
    canon_put_string(out, slice_str(parent->admin));
    buf_printf(out, ",\"unseparated\":%s}\n", parent->separated ? "false" : "true");
}

void status_write(const struct parent *parent)
{
    struct buf text;
    struct fault fault;
    char path[FILE_PATH_CAP];
    buf_init(&text, STATUS_MAX);
    buf_put_str(&text, "{\"children\":[");
    for (size_t i = 0; i < parent->len; i++) {
        const struct child *child = parent->children[i];
        put_row(&text, child->name, child->pid, child->restarts, life_name(child->state),
                child->fault);
        buf_put_str(&text, i + 1 < parent->len || parent->redis != NULL ? "," : "");
    }
    if (parent->redis != NULL) {
        pid_t pid = redis_server_pid(parent->redis);
        put_row(&text, "redis", pid, redis_server_restarts(parent->redis),
                life_name(pid != 0 ? LIFE_READY : LIFE_WAITING), "");
    }
    put_list(&text, parent);
    file_path(path, parent->run, "status.json");
    if (file_write(path, buf_slice(&text), 0644, FILE_NO_SYNC, &fault) != OK) {
        log_error("status_write", LOG_S("why", fault.text));
    }
    buf_release(&text);
}
