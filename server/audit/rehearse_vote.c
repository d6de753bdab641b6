/*
 * The two stages of a rehearsal: everybody gets a pass, everybody casts. A voter's requests go one
 * after another; as many voters as there are connections are under way at once. What is busy, away
 * or unanswered is sent again with the same bytes, and nothing else is ever done about it.
 */
#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "rehearse_inner.h"

#define AGAIN_FIRST_MS 50U
#define AGAIN_MOST_MS 1000
#define TRIES_MAX 600 /* some minutes: a killed server is back long before */
#define ANSWER_SHOWN 200

struct stage {
    struct rehearsal *rehearsal;
    void (*step)(struct player *player); /* sends the player's next request, or ends it */
    size_t next, active, done;
    size_t most; /* under way at once */
    struct progress progress;
};

/* One stage runs at a time. */
static struct stage stage;

/* ---- stages --------------------------------------------------------------------------------- */

static void fill(void)
{
    struct rehearsal *rehearsal = stage.rehearsal;
    while (stage.active < stage.most && stage.next < rehearsal->election->voters_len) {
        struct player *player = &rehearsal->players[stage.next++];
        player->step = player->tries = 0;
        stage.active++;
        stage.step(player);
    }
}

static void player_end(struct player *player)
{
    stage.active--;
    stage.done++;
    progress_set(&stage.progress, stage.done);
    if (stage.done == player->rehearsal->election->voters_len)
        event_base_loopbreak(player->rehearsal->base);
}

static void refill(evutil_socket_t fd, short what, void *context)
{
    (void)fd, (void)what, (void)context;
    fill();
}

static double run_stage(struct rehearsal *rehearsal, const char *title,
                        void (*step)(struct player *player))
{
    struct timeval turn = {0, 500};
    int64_t began_us = clock_steady_us();
    stage = (struct stage){.rehearsal = rehearsal, .step = step};
    stage.most = rehearsal->options->connections;
    progress_begin(&stage.progress, stderr, title, rehearsal->election->voters_len);
    /* New voters begin from the loop, not from within another's callback. */
    struct event *refills = event_new(rehearsal->base, -1, EV_PERSIST, refill, NULL);
    event_add(refills, &turn);
    fill();
    while (stage.done < rehearsal->election->voters_len)
        event_base_loop(rehearsal->base, EVLOOP_NO_EXIT_ON_EMPTY);
    event_free(refills);
    progress_end(&stage.progress);
    return (double)(clock_steady_us() - began_us) / 1e6;
}

/* The next request of the player; its time begins now. */
static void advance(struct player *player)
{
    player->step++;
    player->tries = 0;
    stage.step(player);
}

/* ---- repeating ------------------------------------------------------------------------------ */

static void on_again(evutil_socket_t fd, short what, void *context)
{
    struct player *player = context;
    (void)fd, (void)what;
    event_free(player->again);
    player->again = NULL;
    stage.step(player);
}

static void wrong(struct player *player, const char *what, int status, struct slice body)
{
    struct rehearsal *rehearsal = player->rehearsal;
    if (rehearsal->wrong++ < 10)
        printf("voter %zu: %s answered with %d: %.*s\n", player->number + 1, what, status,
               (int)(body.len < ANSWER_SHOWN ? body.len : ANSWER_SHOWN), (const char *)body.data);
    player_end(player);
}

static void again(struct player *player, const char *code)
{
    unsigned ms = AGAIN_FIRST_MS << (player->tries < 5 ? player->tries : 5);
    struct timeval delay = {0, 0};
    refusal_note(player->rehearsal, code);
    player->rehearsal->repeats++;
    if (++player->tries > TRIES_MAX) {
        wrong(player, "after many tries it", 0, slice_str(code));
        return;
    }
    ms = ms > AGAIN_MOST_MS ? AGAIN_MOST_MS : ms;
    delay.tv_sec = ms / 1000;
    delay.tv_usec = (suseconds_t)(ms % 1000) * 1000;
    player->again = evtimer_new(player->rehearsal->base, on_again, player);
    event_add(player->again, &delay);
}

/* True when the request is to be sent again, which is then arranged. */
static bool to_repeat(struct player *player, enum err err, const struct http_client_answer *answer)
{
    if (err != OK)
        again(player, err_name(err));
    else if (answer->status == 503)
        again(player, "busy");
    else if (answer->status == 429)
        again(player, "rate_limited");
    else
        return false;
    return true;
}

static void send_request(struct player *player, const struct http_client_request *request,
                         void (*done)(void *context, enum err err,
                                      const struct http_client_answer *answer))
{
    if (player->tries == 0)
        player->began_us = clock_steady_us();
    if (http_client_send(player->rehearsal->client, request, done, player) != OK)
        again(player, "unavailable");
}

static json_t *body_json(const struct http_client_answer *answer)
{
    return json_loadb((const char *)answer->body.data, answer->body.len, JSON_REJECT_DUPLICATES,
                      NULL);
}

/* ---- issuing: sign in, then ask for the pass --------------------------------------------------
 */

static void got_session(void *context, enum err err, const struct http_client_answer *answer)
{
    struct player *player = context;
    if (to_repeat(player, err, answer))
        return;
    json_t *json = body_json(answer);
    const char *token = json_string_value(json_object_get(json, "token"));
    if (answer->status != 201 || token == NULL) {
        wrong(player, "sign-in", answer->status, answer->body);
    } else {
        free(player->token);
        player->token = xstrdup(token);
        latency_note(&player->rehearsal->sign_in, clock_steady_us() - player->began_us);
        advance(player);
    }
    json_decref(json);
}

static void send_session(struct player *player)
{
    struct rehearsal *rehearsal = player->rehearsal;
    char target[128], body[64];
    (void)snprintf(target, sizeof target, "/api/v1/campaigns/%s/session", rehearsal->id);
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\"}", player->code);
    send_request(player,
                 &(struct http_client_request){.method = "POST",
                                               .target = target,
                                               .content_type = "application/json",
                                               .body = slice_str(body)},
                 got_session);
}

static void got_pass(void *context, enum err err, const struct http_client_answer *answer)
{
    struct player *player = context;
    if (to_repeat(player, err, answer))
        return;
    json_t *json = body_json(answer);
    json_t *item = json_array_get(json_object_get(json, "items"), 0);
    const char *text = json_string_value(json_object_get(item, "blind_sig"));
    /* The blind signature waits where the pass will stand; it is unblinded after the stage. */
    if (answer->status != 200 || text == NULL ||
        base64_decode_exact(slice_str(text), player->pass->tok, RSABSSA_LEN) != OK) {
        wrong(player, "asking for the pass", answer->status, answer->body);
    } else {
        latency_note(&player->rehearsal->issue, clock_steady_us() - player->began_us);
        player_end(player);
    }
    json_decref(json);
}

static void send_pass(struct player *player)
{
    struct rehearsal *rehearsal = player->rehearsal;
    char target[128], headers[128], body[512], blinded[BASE64_LEN(RSABSSA_LEN) + 1];
    base64_encode(blinded, player->pass->blinded, RSABSSA_LEN);
    (void)snprintf(target, sizeof target, "/api/v1/campaigns/%s/passes", rehearsal->id);
    (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", player->token);
    (void)snprintf(body, sizeof body,
                   "{\"passes\":[{\"blinded\":\"%s\",\"cat\":\"" REHEARSE_CATEGORY "\"}]}",
                   blinded);
    send_request(player,
                 &(struct http_client_request){.method = "POST",
                                               .target = target,
                                               .content_type = "application/json",
                                               .headers = headers,
                                               .body = slice_str(body)},
                 got_pass);
}

static void issue_step(struct player *player)
{
    if (player->step == 0)
        send_session(player);
    else
        send_pass(player);
}

static void blind_one(void *context, size_t number)
{
    struct rehearsal *rehearsal = context;
    struct player *player = &rehearsal->players[number];
    player->pass = xcalloc(1, sizeof *player->pass);
    INVARIANT(recovery_blind(player->recovery, rehearsal->origin, REHEARSE_CATEGORY,
                             rehearsal->pass_key, player->pass) == OK);
}

enum err rehearse_issue(struct rehearsal *rehearsal, struct fault *fault)
{
    pool_run(rehearsal->pool, rehearsal->election->voters_len, blind_one, rehearsal);
    rehearse_cost(rehearsal, &rehearsal->before);
    rehearsal->issue_s = run_stage(rehearsal, "passes", issue_step);
    rehearse_cost(rehearsal, &rehearsal->issued);
    if (rehearsal->wrong > 0)
        return fault_set(fault, ERR_INTERNAL, "%llu voters have no pass",
                         (unsigned long long)rehearsal->wrong);
    return OK;
}

/* ---- making ballots ------------------------------------------------------------------------- */

/* The voter's true choice, or another one that a later rev replaces. */
static enum err fill_in(const struct rehearsal *rehearsal, const struct election_voter *voter,
                        bool other, struct choice *choice)
{
    const struct election *election = rehearsal->election;
    choice_clear(choice);
    for (size_t i = 0; i < voter->len; i++) {
        const struct election_mark *mark = &election->marks[voter->first + i];
        uint32_t project = mark->project;
        uint64_t value = election->method == BALLOT_RANK ? i + 1 : mark->value;
        if (other && election->method == BALLOT_CHOOSE)
            project = (project + 1) % (uint32_t)election->projects_len;
        if (other && i > 0)
            break; /* only the first mark */
        if (!choice_mark(choice, project, 0, value))
            return ERR_INVALID;
    }
    return OK;
}

static enum err make_ballot(const struct rehearsal *rehearsal, struct player *player, bool other,
                            uint64_t rev, struct choice *choice, struct buf *out)
{
    const struct election_voter *voter = &rehearsal->election->voters[player->number];
    struct buf plaintext;
    buf_init(&plaintext, 8192);
    enum err err = fill_in(rehearsal, voter, other, choice);
    if (err == OK)
        err = method_write(&rehearsal->paper, choice, &plaintext);
    buf_init(out, 16384);
    if (err == OK)
        err = recovery_ballot(player->pass, rehearsal->origin, REHEARSE_CATEGORY, rehearsal->ik,
                              rev, rehearsal->seal_point, buf_slice(&plaintext), out);
    buf_release(&plaintext);
    return err;
}

/* Which ballots a plan sends: [0] then [1]. */
static void prepare_one(void *context, size_t number)
{
    struct rehearsal *rehearsal = context;
    struct player *player = &rehearsal->players[number];
    uint8_t blind_sig[RSABSSA_LEN];
    struct choice *choice = choice_create(&rehearsal->paper);
    memcpy(blind_sig, player->pass->tok, sizeof blind_sig);
    enum err err = recovery_finish(rehearsal->origin, REHEARSE_CATEGORY, rehearsal->pass_key,
                                   blind_sig, player->pass);
    bool replace = player->plan == PLAN_REPLACE;
    if (err == OK && rehearsal->election->voters[number].len > 0)
        err = make_ballot(rehearsal, player, replace, 1, choice, &player->ballots[0]);
    if (err == OK && rehearsal->election->voters[number].len > 0 && player->plan >= PLAN_REPLACE)
        err = make_ballot(rehearsal, player, false, replace ? 2 : 1, choice, &player->ballots[1]);
    if (err != OK)
        buf_clear(&player->ballots[0]);
    choice_destroy(choice);
    wipe(player->pass, sizeof *player->pass);
    free(player->pass);
    player->pass = NULL;
}

/* ---- casting -------------------------------------------------------------------------------- */

static void got_cast(void *context, enum err err, const struct http_client_answer *answer)
{
    struct player *player = context;
    struct rehearsal *rehearsal = player->rehearsal;
    bool last = player->step == 1;
    if (to_repeat(player, err, answer))
        return;
    json_t *json = body_json(answer);
    uint64_t index = (uint64_t)json_integer_value(json_object_get(json, "index"));
    const char *code = json_string_value(json_object_get(json, "code"));
    bool taken = answer->status == 201 || answer->status == 200;
    bool good = taken;
    if (last && player->plan == PLAN_RESEND)
        good = answer->status == 200 && index == player->index;
    if (last && player->plan == PLAN_STALE)
        good = answer->status == 409 && code != NULL && strcmp(code, "rev_stale") == 0 &&
               index == player->index;
    if (!good) {
        wrong(player, "casting", answer->status, answer->body);
    } else {
        if (code != NULL)
            refusal_note(rehearsal, code);
        if (taken)
            player->index = index;
        latency_note(&rehearsal->cast, clock_steady_us() - player->began_us);
        advance(player);
    }
    json_decref(json);
}

static void send_ballot(struct player *player, const struct buf *ballot)
{
    char target[128];
    (void)snprintf(target, sizeof target, "/api/v1/campaigns/%s/ballots", player->rehearsal->id);
    send_request(player,
                 &(struct http_client_request){.method = "POST",
                                               .target = target,
                                               .content_type = "application/json",
                                               .body = buf_slice(ballot)},
                 got_cast);
}

static void cast_step(struct player *player)
{
    struct rehearsal *rehearsal = player->rehearsal;
    bool blank = rehearsal->election->voters[player->number].len == 0;
    if (!blank && player->ballots[0].len == 0) {
        wrong(player, "making the ballot", 0, slice_str("its choice is not valid by the rules"));
    } else if (player->step == 0 && !blank) {
        rehearsal->sent += player->tries == 0 ? 1 : 0;
        send_ballot(player, &player->ballots[0]);
    } else if (player->step == 1 && player->plan == PLAN_RESEND) {
        rehearsal->resent += player->tries == 0 ? 1 : 0;
        send_ballot(player, &player->ballots[0]);
    } else if (player->step == 1 && player->plan != PLAN_PLAIN) {
        if (player->tries == 0 && player->plan == PLAN_REPLACE)
            rehearsal->replaced++;
        if (player->tries == 0 && player->plan == PLAN_STALE)
            rehearsal->stale++;
        send_ballot(player, &player->ballots[1]);
    } else {
        player_end(player);
    }
}

enum err rehearse_cast(struct rehearsal *rehearsal, struct fault *fault)
{
    pool_run(rehearsal->pool, rehearsal->election->voters_len, prepare_one, rehearsal);
    rehearse_cost(rehearsal, &rehearsal->prepared);
    rehearsal->cast_s = run_stage(rehearsal, "ballots", cast_step);
    rehearse_cost(rehearsal, &rehearsal->cast_cost);
    for (size_t i = 0; i < rehearsal->election->voters_len; i++) {
        buf_release(&rehearsal->players[i].ballots[1]);
        free(rehearsal->players[i].token);
        rehearsal->players[i].token = NULL;
    }
    if (rehearsal->wrong > 0)
        return fault_set(fault, ERR_INTERNAL, "%llu ballots were not answered as they should be",
                         (unsigned long long)rehearsal->wrong);
    return OK;
}
