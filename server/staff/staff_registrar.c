/* Who of the staff is signed in, what they may do, and the register of access. */
#include "staff/staff_registrar.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"

#define ACCESSES_AT_ONCE 200

/* ---- may they? ------------------------------------------------------------------------------ */

/* In a time that does not depend on where the two differ. */
static bool same_text(struct slice a, const char *b)
{
    uint8_t x[SHA256_LEN], y[SHA256_LEN];
    sha256(x, a);
    sha256(y, slice_str(b));
    return memcmp(x, y, sizeof x) == 0;
}

static enum err find_session(const struct registrar_ask *ask, bool *csrf,
                             struct account_session *session)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char text[2 * SHA256_LEN + 1];
    if (hex_decode_exact(registrar_text(ask->json, "session"), token, sizeof token) != OK)
        return ERR_DENIED;
    enum err err =
        account_session_use(ask->campaign->staff->accounts, token, clock_unix(), session);
    account_csrf(token, text);
    *csrf = same_text(registrar_text(ask->json, "csrf"), text);
    wipe(token, sizeof token);
    wipe(text, sizeof text);
    return err;
}

static enum may may_now(const struct registrar_ask *ask, unsigned role, enum act act)
{
    enum phase phase = MAY_BETWEEN;
    if (ask->standing != NULL)
        phase = may_phase(&ask->standing->phases);
    return may(role, act, phase);
}

bool staff_may(struct registrar_ask *ask, enum act act, struct slice about,
               struct account_session *session)
{
    bool csrf = false;
    *session = (struct account_session){0};
    enum err err = find_session(ask, &csrf, session);
    if (err != OK && err != ERR_DENIED) {
        registrar_fail(ask, err);
        return false;
    }
    enum may answer = may_now(ask, err == OK ? session->role : MAY_ANONYMOUS, act);
    const char *code = may_code(answer);
    if (err == OK && act_is_unsafe(act) && !csrf)
        code = "csrf";
    if (code != NULL) {
        registrar_refuse(ask, code, NULL);
        return false;
    }
    return !act_row(act)->noted || staff_note(ask, session, act_row(act)->name, about);
}

bool staff_may_citizen(struct registrar_ask *ask, enum act act, struct roll_voter *voter)
{
    if (!registrar_voter(ask, voter))
        return false;
    const char *code = may_code(may_now(ask, MAY_CITIZEN, act));
    if (code != NULL)
        registrar_refuse(ask, code, NULL);
    return code == NULL;
}

bool staff_note(struct registrar_ask *ask, const struct account_session *session, const char *what,
                struct slice about)
{
    enum err err = access_note(ask->campaign->staff->accesses, clock_unix(),
                               slice_str(session->person), what, about);
    if (err != OK)
        registrar_fail(ask, err);
    return err == OK;
}

bool staff_number(const struct registrar_ask *ask, const char *name, int64_t *number)
{
    const json_t *value = json_object_get(ask->json, name);
    struct slice text = registrar_text(ask->json, name);
    if (json_is_integer(value)) {
        *number = json_integer_value(value);
        return *number >= 0;
    }
    *number = 0;
    for (size_t i = 0; i < text.len && i < 16; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *number = *number * 10 + (text.data[i] - '0');
    }
    return text.len > 0 && text.len <= 15;
}

/* ---- sessions ------------------------------------------------------------------------------- */

static int64_t expires(const struct account_session *session)
{
    int64_t idle = session->used_unix + ACCOUNT_IDLE_S;
    int64_t absolute = session->began_unix + ACCOUNT_ABSOLUTE_S;
    return idle < absolute ? idle : absolute;
}

static void read_session(struct registrar_ask *ask)
{
    struct account_session session;
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char csrf[2 * SHA256_LEN + 1];
    if (!staff_may(ask, ACT_STAFF_SESSION, slice_of(NULL, 0), &session))
        return;
    INVARIANT(hex_decode_exact(registrar_text(ask->json, "session"), token, sizeof token) == OK);
    account_csrf(token, csrf);
    registrar_reply(ask, json_pack("{s:s,s:s,s:s,s:I}", "person", session.person, "role",
                                   role_name(session.role), "csrf", csrf, "expires",
                                   (json_int_t)expires(&session)));
}

static void end_session(struct registrar_ask *ask)
{
    struct account_session session;
    if (!staff_may(ask, ACT_STAFF_SIGN_OUT, slice_of(NULL, 0), &session))
        return;
    enum err err = account_session_end(ask->campaign->staff->accounts, slice_str(session.person),
                                       session.number);
    if (err == OK)
        registrar_reply(ask, json_object());
    else
        registrar_fail(ask, err);
}

struct listing {
    json_t *items;
    int64_t own;
};

static void put_session(void *context, const struct account_session *session)
{
    struct listing *listing = context;
    json_array_append_new(
        listing->items,
        json_pack("{s:I,s:s,s:s,s:I,s:I,s:b}", "number", (json_int_t)session->number, "person",
                  session->person, "role", role_name(session->role), "began",
                  (json_int_t)session->began_unix, "used", (json_int_t)session->used_unix, "own",
                  (int)(session->number == listing->own)));
}

/* Whose sessions this person sees and ends: administrators everybody's. */
static struct slice whose(const struct account_session *session)
{
    return slice_str(session->role == ROLE_ADMINISTRATOR ? "" : session->person);
}

static void list_sessions(struct registrar_ask *ask)
{
    struct account_session session;
    if (!staff_may(ask, ACT_STAFF_SESSIONS, slice_of(NULL, 0), &session))
        return;
    struct listing listing = {json_array(), session.number};
    enum err err = account_session_each(ask->campaign->staff->accounts, whose(&session),
                                        clock_unix(), put_session, &listing);
    if (err == OK)
        registrar_reply(ask, json_pack("{s:O,s:n}", "items", listing.items, "next"));
    else
        registrar_fail(ask, err);
    json_decref(listing.items);
}

static void end_listed(struct registrar_ask *ask)
{
    struct account_session session;
    int64_t number = 0;
    if (!staff_number(ask, "n", &number)) {
        registrar_refuse(ask, "not_found", NULL);
        return;
    }
    if (!staff_may(ask, ACT_STAFF_SESSION_END, registrar_text(ask->json, "n"), &session))
        return;
    enum err err = account_session_end(ask->campaign->staff->accounts, whose(&session), number);
    if (err == OK)
        registrar_reply(ask, json_object());
    else
        registrar_fail(ask, err);
}

/* ---- accesses ------------------------------------------------------------------------------- */

struct accesses {
    json_t *items;
    int64_t last;
};

static void put_access(void *context, const struct access *access)
{
    struct accesses *accesses = context;
    accesses->last = access->number;
    json_array_append_new(
        accesses->items, json_pack("{s:I,s:I,s:s%,s:s%,s:s%}", "number", (json_int_t)access->number,
                                   "at", (json_int_t)access->at_unix, "person", access->person.data,
                                   access->person.len, "what", access->what.data, access->what.len,
                                   "about", access->about.data, access->about.len));
}

static void list_accesses(struct registrar_ask *ask)
{
    struct account_session session;
    struct accesses accesses = {json_array(), 0};
    int64_t after = 0;
    if (json_object_get(ask->json, "after") != NULL && !staff_number(ask, "after", &after))
        registrar_refuse(ask, "malformed", NULL);
    else if (staff_may(ask, ACT_STAFF_ACCESSES, registrar_text(ask->json, "after"), &session)) {
        enum err err = access_each(ask->campaign->staff->accesses, after, ACCESSES_AT_ONCE,
                                   put_access, &accesses);
        char next[24];
        (void)snprintf(next, sizeof next, "%" PRId64, accesses.last);
        bool more = json_array_size(accesses.items) == ACCESSES_AT_ONCE;
        if (err == OK)
            registrar_reply(
                ask, json_pack("{s:O,s:s?}", "items", accesses.items, "next", more ? next : NULL));
        else
            registrar_fail(ask, err);
    }
    json_decref(accesses.items);
}

/* ---- the room ------------------------------------------------------------------------------- */

static enum err open_desk(struct registrar_campaign *campaign, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct staff_desk *desk = campaign->staff = xcalloc(1, sizeof *desk);
    file_path(path, campaign->folder, "registrar/private.db");
    enum err err = account_store_open(path, &desk->accounts, fault);
    if (err == OK)
        err = access_store_open(path, &desk->accesses, fault);
    return err == OK ? act_store_open(path, &desk->acts, fault) : err;
}

static void close_desk(struct registrar_campaign *campaign)
{
    struct staff_desk *desk = campaign->staff;
    if (desk == NULL)
        return;
    account_store_close(desk->accounts);
    access_store_close(desk->accesses);
    act_store_close(desk->acts);
    free(desk);
}

static const struct registrar_row rows[] = {
    {"staff.session", read_session, false},   {"staff.sign_out", end_session, false},
    {"staff.sessions", list_sessions, false}, {"staff.session_end", end_listed, false},
    {"staff.accesses", list_accesses, false},
};

const struct registrar_room staff_room = {
    .rows = rows, .rows_len = sizeof rows / sizeof *rows, .open = open_desk, .close = close_desk};
