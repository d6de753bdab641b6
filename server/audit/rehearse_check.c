#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "campaign/create.h"
#include "crypt/key_file.h"
#include "rehearse_inner.h"

#define TALLY_S 600 /* opening a million ballots takes less */
#define SHOWN 20    /* differences printed */

static const char media_type[] = "application/json";

/* ---- closing -------------------------------------------------------------------------------- */

/* The `close` of evaluation, signed by the two administrators of the demo. */
static enum err sign_close(const struct rehearsal *rehearsal, uint64_t seen, struct buf *out,
                           struct fault *fault)
{
    static const char *const files[] = {"staff/demo-1.pem", "staff/demo-2.pem"};
    struct buf entry;
    enum err err = OK;
    buf_init(&entry, 16384);
    buf_printf(&entry,
               "{\"act\":\"close\",\"phase\":\"evaluation\",\"seen\":%llu,\"t\":\"phase\",\"v\":1,"
               "\"why\":\"the rehearsal is over\"}",
               (unsigned long long)seen);
    for (size_t i = 0; i < 2 && err == OK; i++) {
        char path[FILE_PATH_CAP];
        struct ed25519_secret key;
        file_path(path, rehearsal->campaign, "%s", files[i]);
        err = key_file_read_ed25519(path, &key, fault);
        buf_clear(out);
        if (err == OK)
            err = campaign_sign(buf_slice(&entry), rehearsal->origin, &key, out, fault);
        wipe(&key, sizeof key);
        buf_clear(&entry);
        buf_put_slice(&entry, buf_slice(out));
    }
    buf_release(&entry);
    return err;
}

static enum err get_json(struct rehearsal *rehearsal, const char *path, int *status, json_t **json,
                         struct fault *fault)
{
    struct buf body;
    char *target = xasprintf("/api/v1/campaigns/%s%s", rehearsal->id, path);
    struct http_client_request request = {.method = "GET", .target = target};
    buf_init(&body, 64U << 20);
    enum err err = rehearse_ask(rehearsal, &request, status, &body, fault);
    if (err == OK)
        *json = json_loadb((const char *)body.data, body.len, 0, NULL);
    buf_release(&body);
    free(target);
    return err;
}

static enum err post_close(struct rehearsal *rehearsal, struct fault *fault)
{
    struct buf entry, answer;
    json_t *campaign = NULL;
    int status = 0;
    buf_init(&entry, 16384);
    buf_init(&answer, 65536);
    enum err err = get_json(rehearsal, "", &status, &campaign, fault);
    uint64_t seen =
        (uint64_t)json_integer_value(json_object_get(json_object_get(campaign, "ledger"), "size"));
    if (err == OK)
        err = sign_close(rehearsal, seen, &entry, fault);
    char *target = xasprintf("/api/v1/campaigns/%s/entries", rehearsal->id);
    struct http_client_request request = {
        .method = "POST", .target = target, .content_type = media_type, .body = buf_slice(&entry)};
    if (err == OK)
        err = rehearse_ask(rehearsal, &request, &status, &answer, fault);
    if (err == OK && status != 201 && status != 200)
        err = fault_set(fault, ERR_DENIED, "closing was answered with %d: %.200s", status,
                        buf_text(&answer));
    free(target);
    json_decref(campaign);
    buf_release(&entry);
    buf_release(&answer);
    return err;
}

/* Waits until the tallies are final. */
static enum err wait_tally(struct rehearsal *rehearsal, struct fault *fault)
{
    int64_t until_us = clock_steady_us() + TALLY_S * 1000000LL;
    struct timeval pause = {0, 100000};
    for (;;) {
        int status = 0;
        json_t *json = NULL;
        enum err err = get_json(rehearsal, "/tallies", &status, &json, fault);
        bool final = status == 200 && json_is_true(json_object_get(json, "final"));
        json_decref(json);
        if (err != OK || final)
            return err;
        if (clock_steady_us() > until_us)
            return fault_set(fault, ERR_UNAVAILABLE, "no tallies after %d s", TALLY_S);
        event_base_loopexit(rehearsal->base, &pause);
        event_base_loop(rehearsal->base, EVLOOP_NO_EXIT_ON_EMPTY);
    }
}

enum err rehearse_close(struct rehearsal *rehearsal, struct fault *fault)
{
    enum err err = post_close(rehearsal, fault);
    return err == OK ? wait_tally(rehearsal, fault) : err;
}

/* ---- comparing ------------------------------------------------------------------------------ */

static void differs(const struct rehearsal *rehearsal, size_t project, const char *what,
                    int64_t official, const char *counted)
{
    if (rehearsal->counts + rehearsal->scores - rehearsal->counts_exact - rehearsal->scores_exact <=
        SHOWN)
        printf("project %s: %s is %lld, counted %s\n", rehearsal->election->projects[project].id,
               what, (long long)official, counted);
}

static size_t project_of(const struct rehearsal *rehearsal, const char *nominee)
{
    uint64_t id = nominee == NULL ? 0 : strtoull(nominee, NULL, 10);
    size_t project = 0;
    while (project < rehearsal->election->projects_len && rehearsal->nominees[project] != id)
        project++;
    return project;
}

static void compare_row(struct rehearsal *rehearsal, const json_t *row)
{
    size_t number = project_of(rehearsal, json_string_value(json_object_get(row, "nominee")));
    const char *score = json_string_value(json_object_get(row, "score"));
    int64_t voters = json_integer_value(json_object_get(row, "voters"));
    char text[32];
    if (number == rehearsal->election->projects_len)
        return;
    const struct election_project *project = &rehearsal->election->projects[number];
    (void)snprintf(text, sizeof text, "%lld", (long long)voters);
    if (project->has_votes) {
        rehearsal->counts++;
        if (project->votes == voters)
            rehearsal->counts_exact++;
        else
            differs(rehearsal, number, "votes", project->votes, text);
    }
    if (project->has_score) {
        (void)snprintf(text, sizeof text, "%lld", (long long)project->score);
        rehearsal->scores++;
        if (score != NULL && strcmp(score, text) == 0)
            rehearsal->scores_exact++;
        else
            differs(rehearsal, number, "score", project->score, score == NULL ? "nothing" : score);
    }
}

enum err rehearse_compare(struct rehearsal *rehearsal, struct fault *fault)
{
    json_t *json = NULL, *row;
    size_t i, rows = 0;
    int status = 0;
    enum err err = get_json(rehearsal, "/tallies/" REHEARSE_CATEGORY, &status, &json, fault);
    json_t *ranking = json_object_get(json_object_get(json, "tally"), "ranking");
    json_array_foreach(ranking, i, row)
    {
        compare_row(rehearsal, row);
        rows++;
    }
    json_decref(json);
    if (err == OK && rows != rehearsal->election->projects_len)
        err = fault_set(fault, ERR_INTERNAL, "the tally has %zu of %zu projects", rows,
                        rehearsal->election->projects_len);
    return err;
}

/* ---- receipts ------------------------------------------------------------------------------- */

/* Makes the receipt of one ballot from fetched tiles, writes it and checks what was written. */
static enum err one_receipt(struct rehearsal *rehearsal, const struct player *player,
                            struct slice note, const struct checkpoint *checkpoint,
                            struct fault *fault)
{
    struct tile_source tiles = rehearse_tiles(rehearsal);
    struct proof proof;
    struct buf text;
    char path[FILE_PATH_CAP];
    struct receipt *receipt = xcalloc(1, sizeof *receipt);
    buf_init(&text, RECEIPT_LEN_MAX);
    enum err err = proof_inclusion(&tiles, checkpoint->size, player->index, &proof, fault);
    if (err == OK) {
        receipt_put(&text, buf_slice(&player->ballots[0]), player->index, &proof, note);
        file_path(path, rehearsal->folder, "receipts/%zu.tlog-proof", player->number + 1);
        err = file_write(path, buf_slice(&text), 0644, FILE_NO_SYNC, fault);
    }
    if (err == OK)
        err = receipt_parse(buf_slice(&text), receipt, fault);
    if (err == OK)
        err = receipt_check(receipt, &rehearsal->log, NULL, fault);
    buf_release(&text);
    free(receipt);
    return err;
}

enum err rehearse_receipts(struct rehearsal *rehearsal, struct fault *fault)
{
    size_t voters = rehearsal->election->voters_len;
    size_t stride = voters / rehearsal->options->receipts + 1;
    struct checkpoint checkpoint;
    struct buf note;
    int status = 0;
    char *target = xasprintf("/%s/ledger/checkpoint", rehearsal->id);
    struct http_client_request request = {.method = "GET", .target = target};
    buf_init(&note, 65536);
    enum err err = rehearse_ask(rehearsal, &request, &status, &note, fault);
    if (err == OK)
        err = checkpoint_open(buf_slice(&note), &rehearsal->log, NULL, &checkpoint, fault);
    for (size_t i = 0; i < voters && err == OK; i += stride) {
        const struct player *player = &rehearsal->players[i];
        /* A replaced ballot's bytes are in ballots[1], which is gone: the next voter will do. */
        if (player->ballots[0].len == 0 || player->plan == PLAN_REPLACE)
            continue;
        rehearsal->receipts++;
        err = one_receipt(rehearsal, player, buf_slice(&note), &checkpoint, fault);
        rehearsal->receipts_good += err == OK ? 1 : 0;
    }
    buf_release(&note);
    free(target);
    return err;
}

/* ---- verifying ------------------------------------------------------------------------------ */

enum err rehearse_verify(struct rehearsal *rehearsal, struct fault *fault)
{
    char ledger[FILE_PATH_CAP], log[FILE_PATH_CAP];
    file_path(ledger, rehearsal->campaign, "ledger");
    file_path(log, rehearsal->folder, "verify.log");
    const char *const arguments[] = {"verify", ledger, NULL};
    enum err err = rehearse_run(arguments, log, fault);
    rehearsal->verified = err == OK;
    return err;
}
