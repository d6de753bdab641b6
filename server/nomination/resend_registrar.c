/*
 * Entries without an answer. A crash, or a ledger that was away, leaves a row without an index: its
 * entry is submitted again from time to time, and the ledger answers with the place it has or gets.
 */
#include "nomination/nomination_registrar.h"

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#define RESEND_S 5        /* between two looks */
#define RESEND_AFTER_S 30 /* longer than the ledger takes to answer */

struct again {
    struct registrar_campaign *campaign;
    int64_t number;
    bool amendment;
};

static void got_again(void *context, enum err err, const struct submit_answer *answer)
{
    struct again *again = context;
    struct nomination_store *store = again->campaign->nominations->store;
    if (err == OK) {
        bool refused = answer->verdict == SUBMIT_REFUSED;
        int64_t index = refused ? -1 : (int64_t)answer->index;
        if (again->amendment)
            err = nomination_store_amended(store, again->number, index);
        else if (refused)
            err = nomination_store_drop(store, again->number);
        else
            err = nomination_store_logged(store, again->number, index);
    }
    if (err != OK)
        log_warn("nomination_resend", LOG_S("err", err_name(err)));
    free(again);
}

static void submit_again(struct registrar_campaign *campaign, int64_t number, bool amendment,
                         const struct buf *entry)
{
    struct again *again = xcalloc(1, sizeof *again);
    *again = (struct again){campaign, number, amendment};
    if (registrar_submit(campaign, buf_slice(entry), got_again, again) != OK)
        free(again);
}

/* Somebody may be waiting for the answer. What was asked before this process began has nobody. */
static bool is_under_way(const struct registrar_campaign *campaign,
                         const struct nomination_row *row)
{
    return row->at_unix > campaign->nominations->opened_unix &&
           row->at_unix > clock_unix() - RESEND_AFTER_S;
}

static void resend_row(void *context, const struct nomination_row *row)
{
    struct registrar_campaign *campaign = context;
    struct roll_voter voter;
    struct buf entry;
    if (is_under_way(campaign, row) ||
        roll_voter_at(registry_roll(campaign->registry), row->person, &voter) != OK)
        return;
    buf_init(&entry, ENTRY_LEN_MAX);
    registry_nominate(campaign->registry, slice_str(row->cat), slice_str(row->ngo),
                      slice_of(voter.person, voter.person_len), row->c, &entry);
    submit_again(campaign, row->number, false, &entry);
    buf_release(&entry);
    wipe(&voter, sizeof voter);
}

static void resend_amendment(void *context, const struct nomination_row *row)
{
    struct registrar_campaign *campaign = context;
    struct buf entry;
    if (is_under_way(campaign, row))
        return;
    buf_init(&entry, ENTRY_LEN_MAX);
    registry_amend(campaign->registry, (uint64_t)row->index, row->c, &entry);
    submit_again(campaign, row->number, true, &entry);
    buf_release(&entry);
}

static void resend(evutil_socket_t fd, short what, void *context)
{
    struct registrar_campaign *campaign = context;
    struct nomination_store *store = campaign->nominations->store;
    (void)fd, (void)what;
    enum err err = nomination_store_each(store, -1, true, resend_row, campaign);
    if (err == OK)
        err = nomination_store_amendments(store, resend_amendment, campaign);
    if (err != OK)
        log_warn("nomination_resend", LOG_S("err", err_name(err)));
}

struct event *nomination_resend_start(struct registrar_campaign *campaign)
{
    struct timeval each = {RESEND_S, 0};
    struct event *event = event_new(campaign->registrar->base, -1, EV_PERSIST, resend, campaign);
    event_add(event, &each);
    return event;
}
