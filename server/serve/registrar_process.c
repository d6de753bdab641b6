#include "registrar_inner.h"

#include <event2/event.h>
#include <signal.h>

#include "base/mem.h"
#include "base/pool.h"
#include "serve/figures.h"
#include "serve/nominees.h"
#include "serve/options.h"

#define ASK_MAX (1024 * 1024) /* a nomination of 256 KiB, escaped */
#define OPEN_MAX 4096         /* asks under way; beyond: busy */
/* Answers that a front has not taken yet: a crowd of long ones at once must not cut it off. */
#define ANSWERS_MAX (64U << 20)

/* clang-format off */
static const struct registrar_room *const rooms[] = {
    &pass_room,
    &staff_room,
    &account_room,
    &act_room,
    &nomination_room,
    &me_room,
    &moderation_room,
    &key_room,
    &register_room,
    NULL,
};
/* clang-format on */

struct process {
    const struct child_spec *spec;
    struct registrar registrar;
    struct event *term;
    struct ipc_server *server;
};

static void got_request(void *context, struct ipc_request *ipc)
{
    struct process *process = context;
    struct slice ready = slice_str("{\"ready\":true,\"why\":\"\"}");
    switch (ipc_request_type(ipc)) {
    case MESSAGE_PING:
        ipc_request_answer(ipc, OK, &ready, 1);
        return;
    case MESSAGE_FIGURES:
        figures_answer(process->registrar.metrics, process->spec->name, ipc);
        return;
    case MESSAGE_ASK:
        registrar_got_ask(&process->registrar, rooms, ipc);
        return;
    default:
        ipc_request_answer(ipc, ERR_INVALID, NULL, 0);
    }
}

/* The fronts drain first, so nobody waits for an answer any more. */
static void on_term(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what;
    event_base_loopexit(((struct process *)context)->registrar.base, NULL);
}

/* ---- campaigns ------------------------------------------------------------------------------ */

static enum err open_rooms(struct registrar_campaign *campaign, struct fault *fault)
{
    enum err err = OK;
    for (size_t i = 0; rooms[i] != NULL && err == OK; i++) {
        if (rooms[i]->open != NULL)
            err = rooms[i]->open(campaign, fault);
    }
    return err;
}

static enum err open_campaign(struct process *process, const struct parent_ledger *found,
                              struct fault *fault)
{
    struct registrar *registrar = &process->registrar;
    struct registrar_campaign *campaign = &registrar->campaigns[registrar->campaigns_len++];
    char *socket = xasprintf("%s/ledger-%s.sock", process->spec->run_folder, found->campaign);
    *campaign = (struct registrar_campaign){
        .registrar = registrar,
        .id = xstrdup(found->campaign),
        .folder = xstrdup(found->folder),
        .ledger = ipc_client_create(registrar->base,
                                    &(struct ipc_client_options){.path = socket,
                                                                 .max_payload = NOMINEES_ANSWER_MAX,
                                                                 .max_waiting = OPEN_MAX})};
    free(socket);
    enum err err = registry_open(found->folder, &campaign->registry, fault);
    return err == OK ? open_rooms(campaign, fault) : err;
}

static enum err open_campaigns(struct process *process, struct fault *fault)
{
    struct parent_ledger *found = NULL;
    size_t len = 0;
    enum err err = serve_campaigns(process->spec->context, &found, &len, fault);
    process->registrar.campaigns = xcalloc(len + 1, sizeof *process->registrar.campaigns);
    for (size_t i = 0; i < len; i++) {
        if (err == OK)
            err = open_campaign(process, &found[i], fault);
        free(found[i].campaign);
        free(found[i].folder);
    }
    free(found);
    return err;
}

static void close_campaign(struct registrar_campaign *campaign)
{
    ipc_client_destroy(
        campaign->ledger); /* ends what waits for it, while its room is still there */
    for (size_t i = sizeof rooms / sizeof *rooms - 1; i-- > 0;) {
        if (rooms[i]->close != NULL)
            rooms[i]->close(campaign);
    }
    registry_close(campaign->registry);
    free((char *)(uintptr_t)campaign->id);
    free((char *)(uintptr_t)campaign->folder);
}

/* ---- life ----------------------------------------------------------------------------------- */

static void release(struct process *process)
{
    struct registrar *registrar = &process->registrar;
    registrar_stop_worker(registrar);
    for (size_t i = 0; i < registrar->campaigns_len; i++)
        close_campaign(&registrar->campaigns[i]);
    if (process->server != NULL)
        ipc_server_destroy(process->server);
    free(registrar->campaigns);
    metrics_destroy(registrar->metrics);
    pool_destroy(registrar->pool);
    event_free(process->term);
    event_base_free(registrar->base);
}

int registrar_main(const struct child_spec *spec)
{
    struct process process = {.spec = spec,
                              .registrar = {.options = spec->context,
                                            .base = event_base_new(),
                                            .pool = pool_create(0),
                                            .metrics = metrics_create()}};
    struct fault fault = {{0}};
    int code = 0;
    registrar_start_worker(&process.registrar);
    process.term = evsignal_new(process.registrar.base, SIGTERM, on_term, &process);
    evsignal_add(process.term, NULL);
    if (open_campaigns(&process, &fault) == OK) {
        process.server = ipc_server_create(
            process.registrar.base, &(struct ipc_server_options){.listen_fd = spec->listen_fds[0],
                                                                 .max_open = OPEN_MAX,
                                                                 .max_payload = ASK_MAX,
                                                                 .max_queued = ANSWERS_MAX,
                                                                 .on_request = got_request,
                                                                 .context = &process});
        child_ready(spec);
        event_base_dispatch(process.registrar.base);
    } else {
        child_fault(spec, &fault);
        code = CHILD_REFUSED;
    }
    release(&process);
    return code;
}
