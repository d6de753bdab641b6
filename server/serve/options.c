#include "serve/options.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>

#include "base/file.h"
#include "base/mem.h"

#define CAMPAIGN_ID_MAX 32
#define CAMPAIGNS_MAX 64 /* each is a process */

static const char *const levels[] = {"debug", "info", "warn", "error", NULL};

#define AT(member) offsetof(struct serve_options, member)
static const struct config_key keys[] = {
    {"", "listen", CONFIG_LIST, AT(listen), "127.0.0.1:8080", 0, 0, NULL,
     "addresses of the public listener"},
    {"", "admin", CONFIG_TEXT, AT(admin), "127.0.0.1:9080", 0, 0, NULL,
     "address of /metrics, of all processes; empty: none"},
    {"", "campaigns", CONFIG_TEXT, AT(campaigns), "campaigns", 0, 0, NULL,
     "folder with one folder a campaign"},
    {"", "run", CONFIG_TEXT, AT(run), "run", 0, 0, NULL,
     "folder for sockets, pid files and the private Redis"},
    {"", "web", CONFIG_TEXT, AT(web), "", 0, 0, NULL,
     "folder of the built pages; empty: those that came with the program"},
    {"", "calendar", CONFIG_TEXT, AT(calendar), "", 0, 0, NULL,
     "holidays and moved working days, unless a campaign's folder has a calendar.csv; empty: the "
     "program's"},
    {"", "service_worker", CONFIG_BOOL, AT(service_worker), "yes", 0, 0, NULL,
     "pages open without a network; no: phones drop what they keep, at their next visit"},
    {"", "redis", CONFIG_TEXT, AT(redis), "private", 0, 0, NULL,
     "private, unix:/path or host:port"},
    {"", "redis_password_file", CONFIG_TEXT, AT(redis_password_file), "", 0, 0, NULL,
     "password of an own Redis (mode 0600)"},
    {"", "fronts", CONFIG_U32, AT(fronts), "0", 0, 256, NULL, "front processes; 0: one a core"},
    {"", "hosts", CONFIG_LIST, AT(hosts), "localhost, 127.0.0.1", 0, 0, NULL,
     "names accepted as Host"},
    {"", "proxies", CONFIG_LIST, AT(proxies), "", 0, 0, NULL,
     "addresses or networks whose X-Forwarded-For counts"},
    {"", "proxy_protocol", CONFIG_BOOL, AT(proxy_protocol), "no", 0, 0, NULL,
     "connections from proxies begin with a PROXY header, version 1 or 2"},
    {"", "behind_proxy", CONFIG_BOOL, AT(behind_proxy), "no", 0, 0, NULL,
     "plain HTTP off loopback: a proxy in front speaks TLS"},
    {"", "tls_certificate", CONFIG_TEXT, AT(tls_certificate), "", 0, 0, NULL,
     "PEM chain; empty: plain HTTP"},
    {"", "tls_key", CONFIG_TEXT, AT(tls_key), "", 0, 0, NULL, "PEM key (mode 0600)"},
    {"", "commit_gap_ms", CONFIG_U32, AT(commit_gap_ms), "5", 0, 1000, NULL,
     "least time between two commits under load"},
    {"", "queue_entries", CONFIG_U32, AT(queue_entries), "8192", 16, 1000000, NULL,
     "entries that may wait for a commit; beyond: busy"},
    {"", "space_floor_mib", CONFIG_U32, AT(space_floor_mib), "64", 1, 1048576, NULL,
     "free space below which nothing new is taken"},
    {"limits", "lift", CONFIG_BOOL, AT(lift_limits), "no", 0, 0, NULL,
     "no limits by address; on a loopback listener only"},
    {"limits", "signins_per_minute", CONFIG_U32, AT(signins_per_minute), "30", 1, 1000000, NULL,
     "by address"},
    {"limits", "passes_per_minute", CONFIG_U32, AT(passes_per_minute), "60", 1, 1000000, NULL,
     "requests for passes, nominations, my page, the register's CSV: of each so many, by address"},
    {"limits", "ballots_per_minute", CONFIG_U32, AT(ballots_per_minute), "600", 1, 1000000, NULL,
     "by address"},
    {"limits", "connections", CONFIG_U32, AT(connections), "4096", 1, 1000000, NULL,
     "open connections of one front"},
    {"limits", "connections_per_address", CONFIG_U32, AT(connections_per_address), "64", 1, 1000000,
     NULL, "of one front; an IPv6 address counts by its /64"},
    {"limits", "requests_per_connection", CONFIG_U32, AT(requests_per_connection), "100", 1,
     1000000000, NULL, "then it is closed"},
    {"log", "level", CONFIG_TEXT, AT(log_level), "info", 0, 0, levels, "least level written"},
    {NULL, NULL, CONFIG_TEXT, 0, NULL, 0, 0, NULL, NULL},
};

static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]", 5) == 0 ||
           strncmp(address, "localhost:", 10) == 0;
}

static enum err check(const struct serve_options *options, struct fault *fault)
{
    bool tls = *options->tls_certificate != '\0';
    if (options->listen.len == 0)
        return fault_set(fault, ERR_INVALID, "listen: name at least one address");
    if (tls != (*options->tls_key != '\0'))
        return fault_set(fault, ERR_INVALID, "tls_certificate and tls_key go together");
    if (options->proxy_protocol && options->proxies.len == 0)
        return fault_set(fault, ERR_INVALID,
                         "proxy_protocol = yes: name in proxies who may send a PROXY header");
    for (size_t i = 0; i < options->listen.len; i++) {
        const char *address = options->listen.items[i];
        if (is_loopback(address))
            continue;
        if (!tls && !options->behind_proxy)
            return fault_set(fault, ERR_INVALID,
                             "listen = %s is open to others: set tls_certificate and tls_key, or "
                             "behind_proxy = yes",
                             address);
        if (options->lift_limits)
            return fault_set(fault, ERR_INVALID,
                             "limits are lifted on a loopback listener only, not on %s", address);
    }
    return OK;
}

static void find_shared(char **path, const char *name)
{
    char found[FILE_PATH_CAP];
    if (**path != '\0')
        return;
    file_shared(found, name);
    free(*path);
    *path = xstrdup(found);
}

enum err serve_options_read(const char *path, struct serve_options *options, struct fault *fault)
{
    enum err err = config_read(path, keys, options, fault);
    if (err != OK)
        return err;
    struct fault why;
    find_shared(&options->web, "web/dist");
    find_shared(&options->calendar, "data/calendar/kz.csv");
    err = check(options, &why);
    if (err == OK)
        return OK;
    serve_options_release(options);
    return fault_set(fault, err, "%s: %s", path == NULL ? "the default configuration" : path,
                     why.text);
}

void serve_options_release(struct serve_options *options)
{
    config_release(keys, options);
}

void serve_options_print(const struct serve_options *options, FILE *out)
{
    config_print(keys, options, out);
}

bool serve_campaign_id(const char *name)
{
    size_t len = strlen(name);
    if (len == 0 || len > CAMPAIGN_ID_MAX)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!(name[i] >= 'a' && name[i] <= 'z') && !(name[i] >= '0' && name[i] <= '9') &&
            name[i] != '-')
            return false;
    }
    return true;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int has_campaign_name(const struct dirent *item)
{
    return serve_campaign_id(item->d_name);
}

enum err serve_campaigns(void *context, struct parent_ledger **list, size_t *len,
                         struct fault *fault)
{
    const struct serve_options *options = context;
    struct dirent **found = NULL;
    int count = scandir(options->campaigns, &found, has_campaign_name, by_name);
    if (count < 0)
        return fault_set(fault, ERR_NOT_FOUND,
                         "%s: %s; make a campaign with `dauys campaign create`", options->campaigns,
                         strerror(errno));
    struct parent_ledger *ledgers = xcalloc((size_t)count + 1, sizeof *ledgers);
    size_t kept = 0;
    for (int i = 0; i < count; i++) {
        char rules[FILE_PATH_CAP];
        file_path(rules, options->campaigns, "%s/rules.json", found[i]->d_name);
        if (file_exists(rules) && kept < CAMPAIGNS_MAX) {
            ledgers[kept].campaign = xstrdup(found[i]->d_name);
            ledgers[kept].folder = xasprintf("%s/%s", options->campaigns, found[i]->d_name);
            kept++;
        }
        free(found[i]);
    }
    free(found);
    *list = ledgers;
    *len = kept;
    return OK;
}
