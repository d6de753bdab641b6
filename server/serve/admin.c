/*
 * /metrics: one scrape asks every process at once (registrar, ledgers, the other fronts) for its
 * figures, waits for all of them at most ASK_MS, and joins what came with this front's own and with
 * what the parent wrote into status.json. A process that did not answer is told by
 * dauys_process_up{process="…"} 0; the scrape itself always succeeds.
 */
#include "admin.h"

#include "base/file.h"
#include "base/mem.h"
#include "http/metrics.h"
#include "serve/figures.h"
#include "serve/message.h"

#define ASK_MS 1000 /* a scraper waits for ten seconds by default */
#define TEXT_MAX (4U << 20)
#define STATUS_MAX (1U << 20)

struct admin {
    struct front *front;
    struct http_server *server;
    struct ipc_client **fronts; /* the others; [number], NULL for this one */
};

/* A process that is asked. */
struct asked {
    struct scrape *scrape;
    char *name; /* owned */
    bool answered;
    struct buf text;
};

struct scrape {
    struct front *front;
    struct http_request *request;
    struct asked *asked;
    size_t len, waiting;
};

static void finish(struct scrape *scrape);

static void got_figures(void *context, enum err err, struct slice payload)
{
    struct asked *asked = context;
    struct scrape *scrape = asked->scrape;
    asked->answered = err == OK;
    if (err == OK)
        buf_put_slice(&asked->text, payload);
    if (--scrape->waiting == 0)
        finish(scrape);
}

static void ask(struct scrape *scrape, struct ipc_client *client, char *name)
{
    struct asked *asked = &scrape->asked[scrape->len++];
    *asked = (struct asked){.scrape = scrape, .name = name};
    buf_init(&asked->text, TEXT_MAX);
    if (ipc_client_send(client, MESSAGE_FIGURES, NULL, 0, ASK_MS, got_figures, asked) == OK)
        scrape->waiting++;
}

/* ---- what is known here --------------------------------------------------------------------- */

static void put_up(struct metrics *metrics, const char *name, bool up)
{
    char label[80];
    (void)snprintf(label, sizeof label, "process=\"%s\"", name);
    metric_set(
        metrics_gauge(metrics, "dauys_process_up", "1 when the process told its figures.", label),
        up);
}

/* The parent's view: a child's name is its own word for it, made by this program. */
static void put_children(struct metrics *metrics, const struct front *front)
{
    char path[FILE_PATH_CAP], label[80];
    struct buf bytes;
    struct fault fault;
    size_t i;
    json_t *child;
    buf_init(&bytes, STATUS_MAX);
    file_path(path, front->spec->run_folder, "status.json");
    json_t *status = file_read(path, &bytes, &fault) == OK
                         ? json_loadb((const char *)bytes.data, bytes.len, 0, NULL)
                         : NULL;
    json_array_foreach(json_object_get(status, "children"), i, child)
    {
        const char *name = json_string_value(json_object_get(child, "name"));
        const char *state = json_string_value(json_object_get(child, "state"));
        if (name == NULL || state == NULL)
            continue;
        (void)snprintf(label, sizeof label, "process=\"%s\"", name);
        metric_set(metrics_gauge(metrics, "dauys_process_ready",
                                 "1 when the parent knows the process as ready.", label),
                   strcmp(state, "ready") == 0);
        metric_set(metrics_gauge(metrics, "dauys_process_restarts",
                                 "How often the parent has started the process again.", label),
                   json_integer_value(json_object_get(child, "restarts")));
    }
    json_decref(status);
    buf_release(&bytes);
}

static void finish(struct scrape *scrape)
{
    struct front *front = scrape->front;
    struct metrics *known = metrics_create();
    struct slice *texts = xcalloc(scrape->len + 2, sizeof *texts);
    struct buf own, parent, whole;
    buf_init(&own, TEXT_MAX);
    buf_init(&parent, TEXT_MAX);
    buf_init(&whole, 4 * TEXT_MAX);
    put_up(known, front->spec->name, true);
    for (size_t i = 0; i < scrape->len; i++) {
        put_up(known, scrape->asked[i].name, scrape->asked[i].answered);
        texts[i + 2] = buf_slice(&scrape->asked[i].text);
    }
    put_children(known, front);
    metrics_put(known, "", &parent);
    figures_put(front->metrics, front->spec->name, &own);
    texts[0] = buf_slice(&parent);
    texts[1] = buf_slice(&own);
    metrics_join(texts, scrape->len + 2, &whole);
    if (buf_failed(&whole))
        http_reply_err(scrape->request, ERR_LIMITED);
    else
        http_reply(scrape->request, 200, METRICS_CONTENT_TYPE, buf_slice(&whole));
    for (size_t i = 0; i < scrape->len; i++) {
        buf_release(&scrape->asked[i].text);
        free(scrape->asked[i].name);
    }
    buf_release(&own);
    buf_release(&parent);
    buf_release(&whole);
    metrics_destroy(known);
    free(texts);
    free(scrape->asked);
    free(scrape);
}

static void get_metrics(struct http_request *request, void *context)
{
    struct admin *admin = context;
    struct front *front = admin->front;
    unsigned fronts = front->spec->fronts;
    struct scrape *scrape = xcalloc(1, sizeof *scrape);
    *scrape = (struct scrape){.front = front, .request = request};
    scrape->asked = xcalloc(fronts + 1 + front->campaigns_len, sizeof *scrape->asked);
    ask(scrape, front->registrar, xstrdup("registrar"));
    for (size_t i = 0; i < front->campaigns_len; i++)
        ask(scrape, front->campaigns[i].ledger, xasprintf("ledger-%s", front->campaigns[i].id));
    for (unsigned i = 0; i < fronts; i++)
        if (admin->fronts[i] != NULL)
            ask(scrape, admin->fronts[i], xasprintf("front-%u", i));
    if (scrape->waiting == 0)
        finish(scrape);
}

/* ---- life ----------------------------------------------------------------------------------- */

static const struct http_route routes[] = {{HTTP_GET, "/metrics", 0, get_metrics}};

static void reach_fronts(struct admin *admin)
{
    const struct child_spec *spec = admin->front->spec;
    admin->fronts = xcalloc(spec->fronts, sizeof *admin->fronts);
    for (unsigned i = 0; i < spec->fronts; i++) {
        if (i == spec->number)
            continue;
        char *path = xasprintf("%s/front-%u.sock", spec->run_folder, i);
        admin->fronts[i] =
            ipc_client_create(admin->front->base,
                              &(struct ipc_client_options){.path = path, .max_payload = TEXT_MAX});
        free(path);
    }
}

enum err admin_open(struct front *front, struct admin **out, struct fault *fault)
{
    struct http_server_config config;
    *out = NULL;
    if (front->spec->admin_fd < 0)
        return OK;
    struct admin *admin = xcalloc(1, sizeof *admin);
    admin->front = front;
    http_server_config_default(&config);
    config.hosts = (const char *const *)front->options->hosts.items;
    config.hosts_len = front->options->hosts.len;
    enum err err = http_server_create(front->base, &config, NULL, &admin->server, fault);
    if (err != OK) {
        free(admin);
        return err;
    }
    reach_fronts(admin);
    http_server_route(admin->server, routes, sizeof routes / sizeof *routes, admin);
    err = http_server_listen(admin->server, front->spec->admin_fd, fault);
    if (err != OK) {
        admin_close(admin);
        return err;
    }
    *out = admin;
    return OK;
}

void admin_close(struct admin *admin)
{
    if (admin == NULL)
        return;
    http_server_destroy(admin->server);
    for (unsigned i = 0; i < admin->front->spec->fronts; i++)
        ipc_client_destroy(admin->fronts[i]);
    free(admin->fronts);
    free(admin);
}
