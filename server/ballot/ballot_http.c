/*
 * Casting: POST …/ballots, and POST …/entries for what staff have signed. The body is the entry,
 * byte for byte; it goes to the ledger as it came. No session, no cookie: nothing here knows a
 * person. So it takes no `moderate`: what keeps a moderator with a conflict of interest from
 * deciding, and what shows the nominator the reason, is at the staff's door (staff/acts) only.
 */
#include "campaign/verdict.h"
#include "ledger/entry.h"
#include "serve/front.h"
#include "serve/message.h"

/* The head start over the 201 of a new entry: the same bytes again are no new entry. */
static int status_of(const struct submit_answer *answer)
{
    return answer->verdict == SUBMIT_ACCEPTED ? 201 : 200;
}

static void reply_refused(struct http_request *request, const struct submit_answer *answer)
{
    json_t *extra = NULL;
    if (answer->code >= VERDICT_COUNT) {
        http_reply_err(request, ERR_INTERNAL);
        return;
    }
    if (answer->code == VERDICT_REV_STALE)
        extra = json_pack("{s:I,s:I}", "index", (json_int_t)answer->index, "rev",
                          (json_int_t)answer->rev);
    http_reply_problem(request, verdict_name((enum verdict_code)answer->code), extra);
}

static void got_verdict(void *context, enum err err, struct slice payload)
{
    struct http_request *request = context;
    struct submit_answer answer;
    if (err == OK)
        err = submit_answer_parse(payload, &answer);
    if (err != OK) {
        http_reply_err(request, err);
        return;
    }
    if (answer.verdict == SUBMIT_REFUSED) {
        reply_refused(request, &answer);
        return;
    }
    http_reply_json(request, status_of(&answer),
                    json_pack("{s:I,s:I,s:s%}", "index", (json_int_t)answer.index, "size",
                              (json_int_t)answer.size, "checkpoint", answer.checkpoint.data,
                              answer.checkpoint.len));
}

static void submit(struct front *front, struct http_request *request)
{
    struct front_campaign *campaign = front_campaign(front, http_request_param(request, "id"));
    struct slice body = http_request_body(request);
    enum err err = ipc_client_send(campaign->ledger, MESSAGE_SUBMIT, &body, 1, LEDGER_TIMEOUT_MS,
                                   got_verdict, request);
    if (err != OK)
        http_reply_err(request, err);
}

/* Parses the body as an entry; answers and returns false when it is none. */
static bool is_entry(struct http_request *request, bool ballot)
{
    struct entry entry;
    struct fault fault = {{0}};
    struct slice type;
    if (!http_request_header(request, "Content-Type", &type) ||
        !slice_is(type, "application/json")) {
        http_reply_problem(request, "media_type", NULL);
        return false;
    }
    if (entry_parse(http_request_body(request), &entry, &fault) != OK) {
        http_reply_problem(request, "not_canonical", json_pack("{s:s}", "reason", fault.text));
        return false;
    }
    if (entry_is(&entry, "ballot") != ballot || entry_is(&entry, "moderate")) {
        http_reply_problem(request, "type_unknown", NULL);
        return false;
    }
    return true;
}

static void cast_ballot(struct http_request *request, void *context)
{
    struct front *front = context;
    if (front_request_campaign(front, request) == NULL || !is_entry(request, true))
        return;
    front_limit(front, request, "ballot", front->options->ballots_per_minute, submit);
}

static void submit_entry(struct http_request *request, void *context)
{
    struct front *front = context;
    if (front_request_campaign(front, request) == NULL || !is_entry(request, false))
        return;
    front_limit(front, request, "entry", front->options->passes_per_minute, submit);
}

const struct http_route ballot_routes[] = {
    {HTTP_POST, "/api/v1/campaigns/{id}/ballots", ENTRY_LEN_MAX, cast_ballot},
    {HTTP_POST, "/api/v1/campaigns/{id}/entries", ENTRY_LEN_MAX, submit_entry},
};
const size_t ballot_routes_len = sizeof ballot_routes / sizeof *ballot_routes;
