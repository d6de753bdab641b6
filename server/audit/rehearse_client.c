#include <errno.h>
#include <sys/wait.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "ledger/entry.h"
#include "rehearse_inner.h"
#include "staff/keyring.h"

#define PATIENCE_S 120 /* a server that was killed comes back within it */
#define PAUSE_MS 100
#define ANSWER_MAX (64U << 20)
#define BUNDLE_MAX (TILE_WIDTH * (ENTRY_LEN_MAX + 2))

/* ---- one request, waited for ---------------------------------------------------------------- */

struct asked {
    struct rehearsal *rehearsal;
    enum err err;
    int status;
    struct buf *out;
};

static void got_answer(void *context, enum err err, const struct http_client_answer *answer)
{
    struct asked *asked = context;
    asked->err = err;
    if (err == OK) {
        asked->status = answer->status;
        buf_clear(asked->out);
        buf_put_slice(asked->out, answer->body);
    }
    event_base_loopbreak(asked->rehearsal->base);
}

static void pause_loop(struct rehearsal *rehearsal, unsigned ms)
{
    struct timeval delay = {0, (suseconds_t)ms * 1000};
    event_base_loopexit(rehearsal->base, &delay);
    event_base_loop(rehearsal->base, EVLOOP_NO_EXIT_ON_EMPTY);
}

/* The server ended by itself: there is nothing to wait for. */
static bool server_gone(struct rehearsal *rehearsal)
{
    if (rehearsal->server == 0 || waitpid(rehearsal->server, NULL, WNOHANG) == 0)
        return false;
    rehearsal->server = 0;
    return true;
}

enum err rehearse_ask(struct rehearsal *rehearsal, const struct http_client_request *request,
                      int *status, struct buf *out, struct fault *fault)
{
    int64_t until_us = clock_steady_us() + PATIENCE_S * 1000000LL;
    struct asked asked = {.rehearsal = rehearsal, .out = out};
    for (;;) {
        asked.err = ERR_UNAVAILABLE;
        asked.status = 0;
        if (http_client_send(rehearsal->client, request, got_answer, &asked) == OK)
            event_base_loop(rehearsal->base, EVLOOP_NO_EXIT_ON_EMPTY);
        if (asked.err == OK && asked.status != 503 && asked.status != 429) {
            *status = asked.status;
            return OK;
        }
        if (server_gone(rehearsal))
            return fault_set(fault, ERR_INTERNAL, "the server ended; see serve.log");
        if (clock_steady_us() > until_us)
            return fault_set(fault, ERR_UNAVAILABLE, "no answer to %s %s for %d s (%s, %d)",
                             request->method, request->target, PATIENCE_S, err_name(asked.err),
                             asked.status);
        pause_loop(rehearsal, PAUSE_MS);
    }
}

/* GET that must be 200. */
static enum err get(struct rehearsal *rehearsal, const char *target, struct buf *out,
                    struct fault *fault)
{
    int status = 0;
    struct http_client_request request = {.method = "GET", .target = target};
    enum err err = rehearse_ask(rehearsal, &request, &status, out, fault);
    if (err == OK && status != 200)
        err = fault_set(fault, status == 404 ? ERR_NOT_FOUND : ERR_INTERNAL, "GET %s: %d", target,
                        status);
    return err;
}

static enum err get_json(struct rehearsal *rehearsal, const char *target, json_t **json,
                         struct fault *fault)
{
    struct buf body;
    buf_init(&body, ANSWER_MAX);
    enum err err = get(rehearsal, target, &body, fault);
    if (err == OK) {
        *json = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
        if (*json == NULL)
            err = fault_set(fault, ERR_INTERNAL, "GET %s: not JSON", target);
    }
    buf_release(&body);
    return err;
}

/* ---- tiles ---------------------------------------------------------------------------------- */

static enum err read_tile(void *context, const struct tile *tile, struct buf *out,
                          struct fault *fault)
{
    struct rehearsal *rehearsal = context;
    char path[TILE_PATH_CAP];
    struct buf body;
    tile_path(path, tile);
    char *target = xasprintf("/%s/ledger/%s", rehearsal->id, path);
    buf_init(&body, BUNDLE_MAX);
    enum err err = get(rehearsal, target, &body, fault);
    if (err == OK)
        buf_put_slice(out, buf_slice(&body));
    buf_release(&body);
    free(target);
    return err;
}

struct tile_source rehearse_tiles(struct rehearsal *rehearsal)
{
    return (struct tile_source){rehearsal, read_tile};
}

/* ---- what the ledger says ------------------------------------------------------------------- */

static enum err read_vkey(struct rehearsal *rehearsal, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf text;
    buf_init(&text, 512);
    file_path(path, rehearsal->campaign, "log.vkey");
    enum err err = file_read(path, &text, fault);
    if (err == OK && text.len > 0)
        err = note_key_parse(slice_of(text.data, text.len - 1), &rehearsal->log, fault);
    if (err == OK)
        rehearsal->origin = xstrdup(rehearsal->log.name);
    buf_release(&text);
    return err;
}

/* The entry at index, proved to be in the tree of the checkpoint. */
static enum err read_proved(struct rehearsal *rehearsal, const struct checkpoint *checkpoint,
                            uint64_t index, struct buf *out, struct fault *fault)
{
    struct tile_source tiles = rehearse_tiles(rehearsal);
    struct tile tile = {TILE_ENTRIES, index / TILE_WIDTH, TILE_WIDTH};
    struct slice entries[TILE_WIDTH];
    struct proof proof;
    struct buf bundle;
    uint8_t leaf[TREE_HASH_LEN];
    if (checkpoint->size - tile.index * TILE_WIDTH < TILE_WIDTH)
        tile.width = (unsigned)(checkpoint->size - tile.index * TILE_WIDTH);
    buf_init(&bundle, BUNDLE_MAX);
    enum err err = read_tile(rehearsal, &tile, &bundle, fault);
    if (err == OK)
        err = bundle_cut(buf_slice(&bundle), tile.width, entries);
    if (err == OK)
        err = proof_inclusion(&tiles, checkpoint->size, index, &proof, fault);
    if (err == OK) {
        tree_leaf_hash(leaf, entries[index % TILE_WIDTH]);
        if (!proof_includes(&proof, checkpoint->size, index, leaf, checkpoint->root))
            err = fault_set(fault, ERR_CORRUPT, "entry %llu is not in the tree",
                            (unsigned long long)index);
    }
    if (err == OK)
        buf_put_slice(out, entries[index % TILE_WIDTH]);
    buf_release(&bundle);
    return err;
}

/* The key that the entry at the index of named brought, checked to be of this use. */
static enum err read_key(struct rehearsal *rehearsal, const struct checkpoint *checkpoint,
                         const json_t *named, enum key_use use, struct key *key,
                         struct fault *fault)
{
    uint64_t index = (uint64_t)json_integer_value(json_object_get(named, "index"));
    struct buf bytes;
    struct entry entry;
    struct slice what;
    uint8_t spki[KEY_SPKI_MAX];
    size_t len = 0;
    if (!json_is_integer(json_object_get(named, "index")) || index >= checkpoint->size)
        return fault_set(fault, ERR_NOT_FOUND, "the campaign has no %s key", key_use_name(use));
    buf_init(&bytes, ENTRY_LEN_MAX);
    enum err err = read_proved(rehearsal, checkpoint, index, &bytes, fault);
    if (err == OK)
        err = entry_parse(buf_slice(&bytes), &entry, fault);
    if (err == OK &&
        (entry_str(&entry, "use", 1, 16, &what) != OK || !slice_is(what, key_use_name(use)) ||
         entry_base64_upto(&entry, "key", 1, spki, sizeof spki, &len) != OK ||
         key_parse(use, slice_of(spki, len), key) != OK))
        err = fault_set(fault, ERR_INVALID, "entry %llu is no %s key", (unsigned long long)index,
                        key_use_name(use));
    buf_release(&bytes);
    return err;
}

static enum err take_keys(struct rehearsal *rehearsal, const json_t *campaign,
                          const json_t *category, struct fault *fault)
{
    struct checkpoint checkpoint;
    struct key pass = {0}, seal = {0};
    struct buf text;
    char target[128], ik[2 * KEY_ID_LEN + 1];
    buf_init(&text, 65536);
    (void)snprintf(target, sizeof target, "/%s/ledger/checkpoint", rehearsal->id);
    enum err err = get(rehearsal, target, &text, fault);
    if (err == OK)
        err = checkpoint_open(buf_slice(&text), &rehearsal->log, NULL, &checkpoint, fault);
    if (err == OK)
        err = read_key(rehearsal, &checkpoint, json_object_get(category, "pass_key"), KEY_USE_PASS,
                       &pass, fault);
    if (err == OK)
        err = read_key(rehearsal, &checkpoint, json_object_get(campaign, "seal_key"), KEY_USE_SEAL,
                       &seal, fault);
    if (err == OK) {
        hex_encode(ik, pass.id, sizeof pass.id);
        rehearsal->ik = xstrdup(ik);
        rehearsal->pass_key = pass.rsa; /* moved */
        pass.rsa = NULL;
        memcpy(rehearsal->seal_point, seal.point, sizeof rehearsal->seal_point);
    }
    key_release(&pass);
    key_release(&seal);
    buf_release(&text);
    return err;
}

/* Nominees by the projects' number, which their register id holds ("p17" is project 16). */
static enum err take_nominees(struct rehearsal *rehearsal, struct fault *fault)
{
    size_t projects = rehearsal->election->projects_len, found = 0;
    char after[32] = "0";
    enum err err = OK;
    rehearsal->nominees = xcalloc(projects, sizeof *rehearsal->nominees);
    while (err == OK && *after != '\0') {
        json_t *page = NULL, *nominee;
        size_t i;
        char *target =
            xasprintf("/api/v1/campaigns/%s/nominees?cat=" REHEARSE_CATEGORY "&limit=500&after=%s",
                      rehearsal->id, after);
        err = get_json(rehearsal, target, &page, fault);
        free(target);
        json_array_foreach(json_object_get(page, "items"), i, nominee)
        {
            const char *ngo = json_string_value(json_object_get(nominee, "ngo"));
            const char *id = json_string_value(json_object_get(nominee, "id"));
            size_t number = ngo == NULL ? 0 : strtoul(ngo + 1, NULL, 10);
            if (number < 1 || number > projects || id == NULL)
                continue;
            rehearsal->nominees[number - 1] = strtoull(id, NULL, 10);
            found++;
        }
        const char *next = json_string_value(json_object_get(page, "next"));
        (void)snprintf(after, sizeof after, "%s", next == NULL ? "" : next);
        json_decref(page);
    }
    if (err == OK && found != projects)
        err = fault_set(fault, ERR_INTERNAL, "%zu of %zu projects are nominees", found, projects);
    return err;
}

/* The paper of the one category, out of the election: the same that the rules say. */
static void make_paper(struct rehearsal *rehearsal)
{
    const struct election *election = rehearsal->election;
    struct ballot_rules *rules = &rehearsal->rules;
    static struct ballot_criterion value = {.id = "value", .weight = 1};
    rules->method = election->method;
    rules->at_most = election->method == BALLOT_CHOOSE ? 1 : election->at_most;
    rules->sum = election->sum;
    rules->least = election->least;
    rules->most = election->most;
    rules->criteria = &value;
    rules->criteria_len = election->method == BALLOT_SCORE ? 1 : 0;
    rules->weights = xcalloc(rules->at_most, sizeof *rules->weights);
    for (uint32_t i = 0; i < rules->at_most; i++)
        rules->weights[i] = rules->at_most - i;
    rehearsal->paper = (struct ballot_paper){rules, rehearsal->nominees, election->projects_len};
}

enum err rehearse_learn(struct rehearsal *rehearsal, struct fault *fault)
{
    json_t *campaign = NULL;
    char target[128];
    struct http_client_config config = {.host = rehearsal->host,
                                        .port = rehearsal->port,
                                        .connections = rehearsal->options->connections,
                                        .deadline_ms = 30000,
                                        .queue_max = 1U << 20,
                                        .body_max = ANSWER_MAX};
    enum err err = http_client_create(rehearsal->base, &config, &rehearsal->client, fault);
    if (err == OK)
        err = read_vkey(rehearsal, fault);
    (void)snprintf(target, sizeof target, "/api/v1/campaigns/%s", rehearsal->id);
    if (err == OK)
        err = get_json(rehearsal, target, &campaign, fault);
    if (err == OK)
        err = take_keys(rehearsal, campaign,
                        json_array_get(json_object_get(campaign, "categories"), 0), fault);
    if (err == OK)
        err = take_nominees(rehearsal, fault);
    json_decref(campaign);
    if (err == OK)
        make_paper(rehearsal);
    return err;
}
