/*
 * `dauys check-redis`: what Redis publishes is read whole, then the ledger's folder is folded up to
 * the very entry at which Redis stands, and every key and item compared with what that fold gives
 * (I3). The server may run meanwhile. Names of keys are printed, never what they hold (I6).
 */
#include <getopt.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "campaign/show.h"
#include "command_inner.h"
#include "ledger/proof.h"
#include "publish_rebuild.h"
#include "redis/state.h"
#include "serve/serve_command.h"

#define SAID_MAX (1U << 20)
#define TRIES 5 /* a ledger that goes on between two looks at Redis */

static const char usage[] =
    "Usage: dauys check-redis [--config FILE] CAMPAIGN\n"
    "\n"
    "Compares every key that Redis holds of the campaign with what its ledger gives, and prints\n"
    "those that differ. Exit status: 0 all the same, 1 differences, 2 it could not be compared.\n";

struct check {
    const struct serve_options *options;
    const char *campaign;
    char folder[FILE_PATH_CAP];
    struct redis_audit audit;
    uint64_t differences;
    struct redis_state state;
    struct buf said; /* a line a difference, printed when the comparison held */
    bool live;
};

static void note_difference(void *context, struct slice key, const char *what)
{
    struct check *check = context;
    /* Our own keys are plain; a foreign one may hold anything. */
    for (size_t i = 0; i < key.len; i++)
        buf_put_byte(&check->said, key.data[i] > 32 && key.data[i] < 127 ? key.data[i] : '?');
    buf_printf(&check->said, "  %s\n", what);
}

/* Tallies while ballots come in are what only the ledger process, with its seal key, can know. */
static void skip_live(const struct published_facts *facts, struct redis_expected *expected)
{
    for (unsigned cat = 0; cat < facts->strict->categories_len; cat++) {
        char *suffix = xasprintf("tally:%s", facts->strict->categories[cat].id);
        if (!fold_category(facts->options->fold, cat)->has_tally) {
            redis_expected_skip(expected, suffix);
            redis_expected_skip(expected, "results");
        }
        free(suffix);
    }
}

static enum err check_root(struct check *check, struct fault *fault)
{
    char path[FILE_PATH_CAP], text[2 * TREE_HASH_LEN + 1];
    uint8_t root[TREE_HASH_LEN];
    file_path(path, check->folder, "ledger");
    struct tile_source tiles = tile_folder(path);
    enum err err = proof_root(&tiles, check->state.size, root, fault);
    if (err != OK)
        return err;
    hex_encode(text, root, sizeof root);
    if (strcmp(text, check->state.root) != 0) {
        buf_printf(&check->said, "{c:%s}:applied  another root\n", check->campaign);
        check->differences++;
    }
    return OK;
}

/* fold is that of the entries at which Redis stood. ERR_CONFLICT: it has gone on since. */
static enum err compare_at(struct check *check, struct fold *fold, struct fault *fault)
{
    struct publisher_options options = {
        .campaign = check->campaign, .folder = check->folder, .fold = fold};
    struct redis_state_options what = {.endpoint = check->audit.endpoint,
                                       .campaign = check->campaign};
    struct redis_expected *expected = redis_expected_create(check->campaign);
    struct published_facts *facts = NULL;
    uint64_t size = check->state.size;
    enum err err = published_facts_read(&options, &facts, fault);
    if (err == OK) {
        published_gather(facts, expected);
        check->live = facts->strict->open == RULES_OPEN_LIVE;
        if (check->live)
            skip_live(facts, expected);
        buf_clear(&check->said);
        err = redis_expected_compare(expected, &what, &check->state, &check->differences,
                                     note_difference, check, fault);
    }
    if (err == OK && check->state.size != size)
        err = fault_set(fault, ERR_CONFLICT, "Redis went on from %llu to %llu entries",
                        (unsigned long long)size, (unsigned long long)check->state.size);
    published_facts_destroy(facts);
    redis_expected_destroy(expected);
    return err;
}

static enum err compare_once(struct check *check, struct fault *fault)
{
    struct redis_state_options what = {.endpoint = check->audit.endpoint,
                                       .campaign = check->campaign};
    struct fold *fold = NULL;
    uint64_t size = 0;
    enum err err = redis_state_read(&what, &check->state, fault);
    if (err == OK)
        err = campaign_fold(check->folder, check->state.size, &fold, &size, fault);
    if (err != OK)
        return err;
    if (check->state.size == 0) {
        buf_printf(&check->said, "{c:%s}:applied  missing\n", check->campaign);
        check->differences = 1;
    } else if (size < check->state.size) {
        buf_printf(
            &check->said,
            "{c:%s}:applied  Redis stands at %llu entries, the ledger at %llu: Redis, or this "
            "folder, is of another time\n",
            check->campaign, (unsigned long long)check->state.size, (unsigned long long)size);
        check->differences = 1;
    } else {
        err = compare_at(check, fold, fault);
        if (err == OK)
            err = check_root(check, fault);
    }
    fold_destroy(fold);
    return err;
}

static void print_end(struct check *check)
{
    fputs(buf_text(&check->said), stdout);
    printf("%llu keys of %s at %llu entries: %llu differ\n", (unsigned long long)check->state.keys,
           check->campaign, (unsigned long long)check->state.size,
           (unsigned long long)check->differences);
    if (check->live)
        printf("tallies that are not final were not compared: open is live\n");
    if (check->differences == 0)
        return;
    if (strcmp(check->options->redis, "private") == 0)
        printf("remedy: rm -r %s/redis/appendonlydir && kill -9 $(cat %s/redis/redis.pid)\n"
               "The server starts Redis again, and the ledger process writes all of it anew.\n",
               check->options->run, check->options->run);
    else
        printf("remedy: delete the keys {c:%s}* and restart the server: the ledger process writes "
               "all of them anew.\n",
               check->campaign);
}

static enum err run(struct check *check, struct fault *fault)
{
    struct buf password;
    buf_init(&password, 512);
    buf_init(&check->said, SAID_MAX);
    file_path(check->folder, check->options->campaigns, "%s", check->campaign);
    enum err err = serve_campaign_id(check->campaign) && file_exists(check->folder)
                       ? OK
                       : fault_set(fault, ERR_NOT_FOUND, "%s: no campaign of that name is there",
                                   check->folder);
    if (err == OK)
        err = serve_find_redis(check->options, &check->audit, &password, fault);
    if (err == OK) {
        for (unsigned tries = 0; tries < TRIES; tries++) {
            err = compare_once(check, fault);
            if (err != ERR_CONFLICT)
                break;
        }
    }
    if (err == OK)
        print_end(check);
    buf_release_secret(&password);
    buf_release(&check->said);
    return err;
}

int check_redis_command(int argc, char **argv)
{
    static const struct option flags[] = {{"config", required_argument, NULL, 'c'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct serve_options options;
    struct fault fault = {{0}};
    struct check check = {.options = &options};
    const char *path = serve_default_config();
    int flag;
    while ((flag = getopt_long(argc, argv, "", flags, NULL)) != -1) {
        if (flag != 'c') {
            fputs(usage, flag == 'h' ? stdout : stderr);
            return flag == 'h' ? 0 : 2;
        }
        path = optarg;
    }
    if (optind + 1 != argc) {
        fputs(usage, stderr);
        return 2;
    }
    check.campaign = argv[optind];
    enum err err = serve_options_read(path, &options, &fault);
    if (err == OK) {
        err = run(&check, &fault);
        serve_options_release(&options);
    }
    if (err != OK)
        fprintf(stderr, "dauys check-redis: %s\n", fault.text);
    return err != OK ? 2 : check.differences > 0;
}
