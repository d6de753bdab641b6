#include "serve/serve_command.h"

#include <getopt.h>

#include "command_inner.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "redis/server.h"
#include "redis/state.h"
#include "serve/front.h"
#include "serve/ledger_process.h"
#include "serve/options.h"
#include "serve/parent.h"
#include "serve/registrar.h"

#include <unistd.h>

static const char usage[] =
    "Usage: dauys serve [--config FILE] [--check-config | --print-config]\n"
    "\n"
    "Runs the server: a parent, the fronts, the registrar, a ledger for each campaign, and a "
    "private\n"
    "redis-server. SIGTERM drains and ends it, SIGHUP reads TLS files and campaigns anew.\n"
    "  --config FILE    the configuration (default dauys.conf when it is there,\n"
    "                   else, when installed, /etc/dauys/dauys.conf)\n"
    "  --check-config   says whether the configuration is right, and ends\n"
    "  --print-config   prints every key with its value and meaning, and ends\n";

static const char digest_usage[] =
    "Usage: dauys state-digest [--config FILE] [--keys] CAMPAIGN\n"
    "\n"
    "Prints a hash over everything that Redis holds of the campaign.\n"
    "  --keys   and the hash of every key before it\n";

static int child_main(const struct child_spec *spec)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    const struct serve_options *options = spec->context;
    enum log_level least = LOG_LEVEL_INFO;
    for (int level = 0; level <= LOG_LEVEL_ERROR; level++) {
        if (strcmp(options->log_level, levels[level]) == 0)
            least = (enum log_level)level;
    }
    log_open(spec->name, least);
    switch (spec->kind) {
    case CHILD_FRONT:
        return front_main(spec);
    case CHILD_REGISTRAR:
        return registrar_main(spec);
    case CHILD_LEDGER:
        return ledger_process_main(spec);
    }
    return 2;
}

static unsigned fronts_of(const struct serve_options *options)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (options->fronts > 0)
        return options->fronts;
    return cores < 1 ? 1 : (unsigned)cores;
}

static enum err read_password(const struct serve_options *options, struct buf *password,
                              struct fault *fault)
{
    if (*options->redis_password_file == '\0')
        return OK;
    enum err err = file_read_secret(options->redis_password_file, password, fault);
    while (err == OK && password->len > 0 && password->data[password->len - 1] == '\n')
        password->len--;
    return err;
}

static enum err run(const struct serve_options *options, struct fault *fault)
{
    struct buf password;
    bool private_redis = strcmp(options->redis, "private") == 0;
    char *redis_folder = xasprintf("%s/redis", options->run);
    buf_init(&password, 512);
    enum err err = read_password(options, &password, fault);
    struct parent_options parent = {.run_folder = options->run,
                                    .listen = (const char *const *)options->listen.items,
                                    .listen_len = options->listen.len,
                                    .admin = *options->admin == '\0' ? NULL : options->admin,
                                    .fronts = fronts_of(options),
                                    .redis_folder = private_redis ? redis_folder : NULL,
                                    .find_ledgers = serve_campaigns,
                                    .child_main = child_main,
                                    .context = (void *)options};
    if (!private_redis) {
        parent.redis.address = options->redis;
        parent.redis.password = password.len > 0 ? buf_text(&password) : NULL;
    }
    if (err == OK)
        err = parent_run(&parent, fault);
    buf_release_secret(&password);
    free(redis_folder);
    return err;
}

const char *serve_default_config(void)
{
    static const char installed[] = "/etc/dauys/dauys.conf";
    char shared[FILE_PATH_CAP];
    if (file_exists("dauys.conf"))
        return "dauys.conf";
    /* A program in its source tree has nothing to do with an installed server. */
    file_shared(shared, "");
    return shared[0] == '/' && file_exists(installed) ? installed : NULL;
}

int serve_command(int argc, char **argv)
{
    static const struct option flags[] = {{"config", required_argument, NULL, 'c'},
                                          {"check-config", no_argument, NULL, 'k'},
                                          {"print-config", no_argument, NULL, 'p'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct serve_options options;
    struct fault fault = {{0}};
    const char *path = serve_default_config();
    int what = 0, flag;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (flag == 'c')
            path = optarg;
        else
            what = flag;
    }
    if (what == 'h' || what == '?' || optind < argc) {
        fputs(usage, what == 'h' ? stdout : stderr);
        return what == 'h' ? 0 : 2;
    }
    enum err err = serve_options_read(path, &options, &fault);
    if (err != OK) {
        fprintf(stderr, "dauys serve: %s\n", fault.text);
        return 1;
    }
    if (what == 'p')
        serve_options_print(&options, stdout);
    else if (what == 'k')
        printf("%s is right\n", path == NULL ? "the default configuration" : path);
    else
        err = run(&options, &fault);
    serve_options_release(&options);
    if (err != OK)
        fprintf(stderr, "dauys serve: %s\n", fault.text);
    return err == OK ? 0 : 2;
}

static void print_key(void *context, struct slice key, const uint8_t leaf[static SHA256_LEN])
{
    char text[2 * SHA256_LEN + 1];
    (void)context;
    hex_encode(text, leaf, SHA256_LEN);
    printf("%s %.*s\n", text, SLICE_PRINT(key));
}

enum err serve_find_redis(const struct serve_options *options, struct redis_audit *audit,
                          struct buf *password, struct fault *fault)
{
    if (strcmp(options->redis, "private") == 0) {
        char *folder = xasprintf("%s/redis", options->run);
        enum err err = redis_server_audit(folder, audit, fault);
        free(folder);
        return err;
    }
    enum err err = read_password(options, password, fault);
    audit->endpoint = (struct redis_endpoint){
        .address = options->redis, .password = password->len > 0 ? buf_text(password) : NULL};
    return err;
}

static enum err digest(const struct serve_options *options, const char *campaign, bool keys,
                       struct fault *fault)
{
    struct redis_audit audit = {0};
    struct redis_state state;
    struct buf password;
    char text[2 * SHA256_LEN + 1];
    buf_init(&password, 512);
    enum err err = serve_find_redis(options, &audit, &password, fault);
    struct redis_state_options what = {
        .endpoint = audit.endpoint, .campaign = campaign, .on_key = keys ? print_key : NULL};
    if (err == OK)
        err = redis_state_read(&what, &state, fault);
    if (err == OK) {
        hex_encode(text, state.digest, sizeof state.digest);
        printf("%s size %llu keys %llu items %llu\n", text, (unsigned long long)state.size,
               (unsigned long long)state.keys, (unsigned long long)state.items);
    }
    buf_release_secret(&password);
    return err;
}

int state_digest_command(int argc, char **argv)
{
    static const struct option flags[] = {{"config", required_argument, NULL, 'c'},
                                          {"keys", no_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct serve_options options;
    struct fault fault = {{0}};
    const char *path = serve_default_config();
    bool keys = false;
    int flag;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (flag == 'c')
            path = optarg;
        else if (flag == 'k')
            keys = true;
        else {
            fputs(digest_usage, flag == 'h' ? stdout : stderr);
            return flag == 'h' ? 0 : 2;
        }
    }
    if (optind + 1 != argc) {
        fputs(digest_usage, stderr);
        return 2;
    }
    enum err err = serve_options_read(path, &options, &fault);
    if (err == OK) {
        err = digest(&options, argv[optind], keys, &fault);
        serve_options_release(&options);
    }
    if (err != OK)
        fprintf(stderr, "dauys state-digest: %s\n", fault.text);
    return err == OK ? 0 : 2;
}
