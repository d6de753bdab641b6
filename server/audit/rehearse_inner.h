/* A rehearsal, shared by the files of audit/rehearse. */
#ifndef AUDIT_REHEARSE_INNER_H
#define AUDIT_REHEARSE_INNER_H

#include <event2/event.h>
#include <jansson.h>
#include <sys/types.h>

#include "audit/election.h"
#include "ballot/method.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "http/client.h"
#include "ledger/note.h"
#include "ledger/proof.h"
#include "voter/recovery.h"

#define REHEARSE_CATEGORY "all"
#define REHEARSE_CODE_LEN 13  /* 65 bits of Crockford base32 */
#define REHEARSE_CODES_MAX 24 /* different refusals that are told apart */

struct rehearse_options {
    const char *file; /* a PaBuLib file, or NULL: */
    size_t synthetic; /* so many voters … */
    enum ballot_method method;
    size_t projects;
    uint64_t seed;
    uint32_t connections;
    const char *json;     /* file for the figures, or NULL */
    const char *keep;     /* folder that stays */
    const char *prepare;  /* only prepare, in this folder */
    const char *url;      /* a server that runs the prepared campaign in: */
    const char *prepared; /* this folder */
    size_t receipts;      /* how many are checked */
};

enum rehearse_process {
    PROCESS_FRONT,
    PROCESS_REGISTRAR,
    PROCESS_LEDGER,
    PROCESS_REDIS,
    PROCESS_KINDS
};

/* Of all processes of a kind together. */
struct rehearse_cost {
    double cpu_s[PROCESS_KINDS];
    uint64_t resident[PROCESS_KINDS]; /* bytes */
};

/* What a voter does beyond voting once. */
enum plan { PLAN_PLAIN, PLAN_RESEND, PLAN_REPLACE, PLAN_STALE };

struct rehearsal;

struct player {
    struct rehearsal *rehearsal;
    size_t number;
    enum plan plan;
    char code[REHEARSE_CODE_LEN + 1]; /* the voter code */
    uint8_t recovery[RECOVERY_LEN];
    struct recovery_pass *pass; /* from blinding until the ballots are made */
    char *token;
    struct buf ballots[2]; /* in the order in which they are sent */
    unsigned step;         /* requests of this stage that are done */
    unsigned tries;        /* of the request in hand */
    int64_t began_us;      /* of the request in hand, first try */
    uint64_t index;        /* of the last ballot that was acknowledged */
    struct event *again;   /* to repeat, NULL when not waiting */
};

/* Times of one kind of request, from the first try to the answer. */
struct latencies {
    uint32_t *us;
    size_t len, room;
};

struct refusal {
    char code[48];
    uint64_t count;
};

struct rehearsal {
    const struct rehearse_options *options;
    struct election *election;
    char folder[1024]; /* of this rehearsal: campaigns/<id>, dauys.conf, run */
    char id[33];       /* of the campaign */
    char campaign[1100];
    char *host;
    uint16_t port;
    pid_t server;

    struct event_base *base;
    struct http_client *client;
    struct pool *pool;
    struct player *players;

    /* The campaign as its ledger has it. */
    char *origin;
    struct note_key log;
    char *ik;
    struct rsabssa_public *pass_key;
    uint8_t seal_point[HPKE_PUBLIC_LEN];
    uint64_t *nominees; /* id of each project */
    struct ballot_rules rules;
    struct ballot_paper paper; /* nominees in rising order of id: the order of projects */

    /* What happened. */
    struct latencies sign_in, issue, cast;
    double issue_s, cast_s, client_cpu_s;
    struct rehearse_cost before, issued, prepared, cast_cost; /* at the ends of the stages */
    struct refusal refusals[REHEARSE_CODES_MAX];
    size_t refusals_len;
    uint64_t repeats, wrong; /* requests sent again; answers that should not be */
    uint64_t sent, resent, replaced, stale;
    size_t counts, counts_exact, scores, scores_exact, receipts, receipts_good;
    bool verified;
};

/* ---- rehearse_prepare.c --------------------------------------------------------------------- */

/* Writes rules, register, nominees and roll, and has `dauys campaign create` make the campaign. */
enum err rehearse_prepare(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* Starts `dauys serve` on it and waits until it is ready; ends it. */
enum err rehearse_start_server(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;
void rehearse_stop_server(struct rehearsal *rehearsal);

/* ---- rehearse_client.c ---------------------------------------------------------------------- */

/* One request, waited for; repeated while the server is busy or away. body is appended to out. */
enum err rehearse_ask(struct rehearsal *rehearsal, const struct http_client_request *request,
                      int *status, struct buf *out, struct fault *fault) MUST_CHECK;

/* Tiles over HTTP. */
struct tile_source rehearse_tiles(struct rehearsal *rehearsal);

/* Reads the campaign and its keys out of the ledger, under the pinned log key. */
enum err rehearse_learn(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* ---- rehearse_vote.c ------------------------------------------------------------------------ */

/* Every voter signs in and gets a pass; every voter casts. */
enum err rehearse_issue(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;
enum err rehearse_cast(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* ---- rehearse_check.c ----------------------------------------------------------------------- */

/* Closes evaluation with two signers, waits for the tallies. */
enum err rehearse_close(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* Compares every project's votes and score; prints differences. */
enum err rehearse_compare(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* Fetches tiles for a sample of ballots, makes and checks receipts, leaves them in receipts/. */
enum err rehearse_receipts(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* Runs `dauys verify` on the ledger. */
enum err rehearse_verify(struct rehearsal *rehearsal, struct fault *fault) MUST_CHECK;

/* ---- rehearse_cost.c ------------------------------------------------------------------------ */

/* What the server's processes have used so far. Zero for a server that is not ours to look at. */
void rehearse_cost(const struct rehearsal *rehearsal, struct rehearse_cost *cost);

/* ---- rehearse_report.c ---------------------------------------------------------------------- */

void latency_note(struct latencies *latencies, int64_t us);
void refusal_note(struct rehearsal *rehearsal, const char *code);
void rehearse_report(const struct rehearsal *rehearsal);

/* The same as JSON in a file, with what each stage cost the server. */
enum err rehearse_json(const struct rehearsal *rehearsal, const char *path,
                       struct fault *fault) MUST_CHECK;

/* True when nothing differs and nothing was wrong. */
bool rehearse_good(const struct rehearsal *rehearsal);

/* Runs `dauys` itself with these arguments and waits. ERR_INTERNAL: it did not exit with 0. output:
 * a file for what it prints, or NULL. */
enum err rehearse_run(const char *const *arguments, const char *output,
                      struct fault *fault) MUST_CHECK;

#endif
