/*
 * Signing in, and making accounts.
 *
 * A password's way: start_trial → hash_tried, beside the loop → got_trial (who knows it takes one
 * of the person's tries) → what the ask is about. Somebody unknown or locked goes the whole way
 * too, with a salt of nobody, so that neither answer nor time tells which persons there are.
 *
 * Who does not know the password takes no try: names of staff stand in the ledger, and a stranger
 * with one request in three minutes could keep everybody out. He learns nothing by guessing: a
 * right password without the code is refused in the same words. What he may guess is bounded by his
 * address (staff_http.c) and by the one thread that hashes.
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "staff/staff_registrar.h"

struct trial {
    struct registrar_job job; /* first */
    struct registrar_ask *ask;
    struct slice person, password; /* the ask's */
    bool known;                    /* there is an account, not locked */
    uint8_t salt[PASSWORD_SALT_LEN], hash[PASSWORD_HASH_LEN];
    void (*fits)(struct registrar_ask *ask, const struct account *account);
};

/* A password to be kept. */
struct setting {
    struct registrar_job job; /* first */
    struct registrar_ask *ask;
    struct slice password; /* the ask's */
    struct account_setting setting;
    void (*made)(struct registrar_ask *ask, const struct account_setting *setting);
};

static void hash_tried(struct registrar_job *job);
static void got_trial(struct registrar_job *job);
static void hash_setting(struct registrar_job *job);
static void got_setting(struct registrar_job *job);

static struct account_store *accounts_of(const struct registrar_ask *ask)
{
    return ask->campaign->staff->accounts;
}

/* A password is in memory no longer than it must be. */
static void forget(struct slice secret)
{
    if (secret.len > 0)
        wipe((void *)(uintptr_t)secret.data, secret.len);
}

/* Of somebody who is not signed in: person is an account's, or empty. */
static bool note(struct registrar_ask *ask, const char *what, struct slice person)
{
    enum err err =
        access_note(ask->campaign->staff->accesses, clock_unix(), person, what, slice_of(NULL, 0));
    if (err != OK)
        registrar_fail(ask, err);
    return err == OK;
}

/* ---- trying a password ---------------------------------------------------------------------- */

/* *known: there is an account, not locked; its salt is in salt. */
static enum err find_salt(struct registrar_ask *ask, struct slice person, bool *known,
                          uint8_t salt[static PASSWORD_SALT_LEN])
{
    struct account account;
    enum err err = account_find(accounts_of(ask), person, &account);
    *known = err == OK && !account.locked;
    if (*known)
        memcpy(salt, account.salt, PASSWORD_SALT_LEN);
    wipe(&account, sizeof account);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* ERR_DENIED: none is left. */
static enum err take_try(struct registrar_ask *ask, const struct account *account)
{
    int64_t due_unix = account->due_unix;
    if (!account_try(&due_unix, clock_unix()))
        return ERR_DENIED;
    return account_keep_due(accounts_of(ask), slice_str(account->person), due_unix);
}

static void start_trial(struct registrar_ask *ask, struct slice person,
                        void (*fits)(struct registrar_ask *ask, const struct account *account))
{
    struct trial *trial = xcalloc(1, sizeof *trial);
    *trial = (struct trial){.job = {.work = hash_tried, .done = got_trial},
                            .ask = ask,
                            .person = person,
                            .password = registrar_text(ask->json, "password"),
                            .fits = fits};
    enum err err = find_salt(ask, person, &trial->known, trial->salt);
    if (err == OK)
        err = registrar_work(ask->campaign->registrar, &trial->job);
    if (err == OK)
        return;
    free(trial);
    registrar_fail(ask, err);
}

static void hash_tried(struct registrar_job *job)
{
    struct trial *trial = (struct trial *)job;
    password_hash(trial->hash, trial->password, trial->salt);
}

static void refuse_trial(struct registrar_ask *ask, struct slice person, bool known)
{
    if (note(ask, "staff.sign_in_refused", known ? person : slice_of(NULL, 0)))
        registrar_refuse(ask, "sign_in_refused", NULL);
}

/* The account is read again: it may have changed while the hash was made. */
static void got_trial(struct registrar_job *job)
{
    struct trial *trial = (struct trial *)job;
    struct registrar_ask *ask = trial->ask;
    struct account account = {.locked = true};
    enum err err = account_find(accounts_of(ask), trial->person, &account);
    bool known = err == OK;
    bool fits = known && job->worked && trial->known && !account.locked &&
                password_equal(account.salt, trial->salt, PASSWORD_SALT_LEN) &&
                password_equal(account.hash, trial->hash, PASSWORD_HASH_LEN);
    forget(trial->password);
    if (fits)
        err = take_try(ask, &account);
    if (!job->worked)
        registrar_fail(ask, ERR_UNAVAILABLE);
    else if (err != OK && err != ERR_NOT_FOUND && err != ERR_DENIED)
        registrar_fail(ask, err);
    else if (fits && err == OK)
        trial->fits(ask, &account);
    else
        refuse_trial(ask, trial->person, known);
    wipe(&account, sizeof account);
    wipe(trial, sizeof *trial);
    free(trial);
}

/* Takes the step of the ask's code. False: the ask has been answered. */
static bool take_code(struct registrar_ask *ask, const struct account *account)
{
    uint64_t step = 0;
    enum err err = ERR_DENIED;
    if (totp_check(account->secret, registrar_text(ask->json, "totp"), clock_unix(), account->step,
                   &step))
        err = account_take_step(accounts_of(ask), slice_str(account->person), step);
    if (err == ERR_DENIED)
        refuse_trial(ask, slice_str(account->person), true);
    else if (err != OK)
        registrar_fail(ask, err);
    return err == OK;
}

/* ---- signing in ----------------------------------------------------------------------------- */

/* A session that the browser came with ends: its id is not carried over. */
static void end_old_session(const struct registrar_ask *ask)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    struct account_session old;
    if (hex_decode_exact(registrar_text(ask->json, "session"), token, sizeof token) == OK &&
        account_session_use(accounts_of(ask), token, clock_unix(), &old) == OK)
        (void)!account_session_end(accounts_of(ask), slice_str(old.person), old.number);
}

static void signed_in(struct registrar_ask *ask, const struct account *account)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char text[2 * ACCOUNT_TOKEN_LEN + 1], csrf[2 * SHA256_LEN + 1];
    int64_t now_unix = clock_unix();
    struct slice person = slice_str(account->person);
    if (!take_code(ask, account) || !note(ask, act_row(ACT_STAFF_SIGN_IN)->name, person))
        return;
    end_old_session(ask);
    enum err err = account_session_begin(accounts_of(ask), person, now_unix, token);
    if (err != OK) {
        registrar_fail(ask, err);
        return;
    }
    json_int_t expires = now_unix + ACCOUNT_IDLE_S;
    hex_encode(text, token, sizeof token);
    account_csrf(token, csrf);
    registrar_reply(ask,
                    json_pack("{s:s,s:s,s:s,s:s,s:I}", "token", text, "person", account->person,
                              "role", role_name(account->role), "csrf", csrf, "expires", expires));
    wipe(token, sizeof token);
    wipe(text, sizeof text);
}

static void sign_in(struct registrar_ask *ask)
{
    start_trial(ask, registrar_text(ask->json, "person"), signed_in);
}

/* ---- keeping a password --------------------------------------------------------------------- */

static void start_setting(struct registrar_ask *ask, struct slice password, uint64_t step,
                          void (*made)(struct registrar_ask *ask,
                                       const struct account_setting *setting))
{
    struct setting *setting = xcalloc(1, sizeof *setting);
    *setting = (struct setting){.job = {.work = hash_setting, .done = got_setting},
                                .ask = ask,
                                .password = password,
                                .setting = {.step = step},
                                .made = made};
    random_bytes(setting->setting.salt, PASSWORD_SALT_LEN);
    enum err err = registrar_work(ask->campaign->registrar, &setting->job);
    if (err == OK)
        return;
    free(setting);
    registrar_fail(ask, err);
}

static void hash_setting(struct registrar_job *job)
{
    struct setting *setting = (struct setting *)job;
    password_hash(setting->setting.hash, setting->password, setting->setting.salt);
}

static void got_setting(struct registrar_job *job)
{
    struct setting *setting = (struct setting *)job;
    forget(setting->password);
    if (job->worked)
        setting->made(setting->ask, &setting->setting);
    else
        registrar_fail(setting->ask, ERR_UNAVAILABLE);
    wipe(setting, sizeof *setting);
    free(setting);
}

/* False: the password may not be had, and the ask has been answered. */
static bool may_have(struct registrar_ask *ask, struct slice password, struct slice person)
{
    const char *problem = account_password_problem(password, person, slice_str(ask->campaign->id));
    if (problem != NULL)
        registrar_refuse(ask, problem, NULL);
    return problem == NULL;
}

/* ---- invitations ---------------------------------------------------------------------------- */

static void reply_token(struct registrar_ask *ask, const char *person, enum staff_role role,
                        int64_t ends_unix, const uint8_t token[static ACCOUNT_TOKEN_LEN])
{
    char text[2 * ACCOUNT_TOKEN_LEN + 1];
    hex_encode(text, token, ACCOUNT_TOKEN_LEN);
    registrar_reply(ask, json_pack("{s:s,s:s,s:s,s:I}", "token", text, "person", person, "role",
                                   role_name(role), "expires", (json_int_t)ends_unix));
    wipe(text, sizeof text);
}

static void invite(struct registrar_ask *ask)
{
    struct account_session session;
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char person[ACCOUNT_PERSON_MAX + 1];
    struct slice named = registrar_text(ask->json, "person");
    enum staff_role role = role_by_name(registrar_text(ask->json, "role"));
    bool good = account_person_allowed(named) && role != ROLE_COUNT;
    if (!staff_may(ask, ACT_STAFF_INVITE, good ? named : slice_of(NULL, 0), &session))
        return;
    if (!good) {
        registrar_refuse(ask, "malformed", NULL);
        return;
    }
    (void)snprintf(person, sizeof person, "%.*s", SLICE_PRINT(named));
    int64_t ends_unix = clock_unix() + ACCOUNT_INVITED_S;
    enum err err = account_invite(accounts_of(ask), person, role, ends_unix, token);
    if (err == OK)
        reply_token(ask, person, role, ends_unix, token);
    else
        registrar_fail(ask, err);
    wipe(token, sizeof token);
}

/* The invitation whose token the ask has. False: it has been answered. */
static bool invited(struct registrar_ask *ask, struct account_invitation *invitation)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    enum err err = ERR_DENIED;
    if (hex_decode_exact(registrar_text(ask->json, "token"), token, sizeof token) == OK)
        err = account_invited(accounts_of(ask), token, clock_unix(), invitation);
    wipe(token, sizeof token);
    if (err == ERR_DENIED)
        registrar_refuse(ask, "invitation_over", NULL);
    else if (err != OK)
        registrar_fail(ask, err);
    return err == OK;
}

/* Adds what an authenticator app needs. */
static void put_enrolment(const struct registrar_ask *ask, json_t *json, const char *person,
                          const uint8_t secret[static TOTP_SECRET_LEN])
{
    char text[TOTP_SECRET_TEXT_LEN + 1];
    struct buf uri;
    totp_secret_text(secret, text);
    buf_init(&uri, 512);
    totp_uri(&uri, ask->campaign->id, person, text);
    json_object_set_new(json, "totp_secret", json_string(text));
    json_object_set_new(json, "totp_uri", json_string(buf_text(&uri)));
    buf_release_secret(&uri);
    wipe(text, sizeof text);
}

static void accept(struct registrar_ask *ask)
{
    struct account_invitation invitation;
    if (invited(ask, &invitation) &&
        note(ask, act_row(ACT_STAFF_ACCEPT)->name, slice_str(invitation.person))) {
        json_t *json =
            json_pack("{s:s,s:s,s:I}", "person", invitation.person, "role",
                      role_name(invitation.role), "expires", (json_int_t)invitation.ends_unix);
        put_enrolment(ask, json, invitation.person, invitation.secret);
        registrar_reply(ask, json);
    }
    wipe(&invitation, sizeof invitation);
}

static void set_up(struct registrar_ask *ask, const struct account_setting *setting)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char codes[ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1];
    struct account_invitation invitation;
    if (!invited(ask, &invitation))
        return;
    INVARIANT(hex_decode_exact(registrar_text(ask->json, "token"), token, sizeof token) == OK);
    if (!note(ask, act_row(ACT_STAFF_CONFIRM)->name, slice_str(invitation.person)))
        return;
    enum err err = account_accept(accounts_of(ask), token, clock_unix(), setting, codes);
    if (err == OK) {
        json_t *list = json_array();
        for (size_t i = 0; i < ACCOUNT_RECOVERY_CODES; i++)
            json_array_append_new(list, json_string(codes[i]));
        registrar_reply(ask, json_pack("{s:s,s:o}", "person", invitation.person, "recovery", list));
    } else if (err == ERR_DENIED) {
        registrar_refuse(ask, "invitation_over", NULL); /* used while the password was hashed */
    } else {
        registrar_fail(ask, err);
    }
    wipe(codes, sizeof codes);
    wipe(&invitation, sizeof invitation);
}

static void confirm(struct registrar_ask *ask)
{
    struct account_invitation invitation;
    struct slice password = registrar_text(ask->json, "password");
    uint64_t step = 0;
    if (!invited(ask, &invitation) || !may_have(ask, password, slice_str(invitation.person)))
        return;
    if (totp_check(invitation.secret, registrar_text(ask->json, "totp"), clock_unix(), 0, &step))
        start_setting(ask, password, step, set_up);
    else
        registrar_refuse(ask, "totp_wrong", NULL);
    wipe(&invitation, sizeof invitation);
}

/* ---- recovery: password and a code give a new second factor --------------------------------- */

static void recovering(struct registrar_ask *ask, const struct account *account)
{
    uint8_t hash[SHA256_LEN], token[ACCOUNT_TOKEN_LEN];
    struct account_invitation invitation;
    struct slice person = slice_str(account->person);
    int64_t ends_unix = clock_unix() + ACCOUNT_RECOVERING_S;
    enum err err = account_recovery_hash(registrar_text(ask->json, "recovery"), hash);
    err = err == OK ? account_take_recovery(accounts_of(ask), person, hash) : ERR_DENIED;
    if (err == ERR_DENIED) {
        refuse_trial(ask, person, true);
        return;
    }
    if (err == OK)
        err = account_invite(accounts_of(ask), account->person, account->role, ends_unix, token);
    if (err == OK)
        err = account_invited(accounts_of(ask), token, clock_unix(), &invitation);
    if (err != OK) {
        registrar_fail(ask, err);
        return;
    }
    if (note(ask, act_row(ACT_STAFF_RECOVER)->name, person)) {
        char text[2 * ACCOUNT_TOKEN_LEN + 1];
        hex_encode(text, token, sizeof token);
        json_t *json =
            json_pack("{s:s,s:s,s:s,s:I}", "token", text, "person", account->person, "role",
                      role_name(account->role), "expires", (json_int_t)ends_unix);
        put_enrolment(ask, json, account->person, invitation.secret);
        registrar_reply(ask, json);
        wipe(text, sizeof text);
    }
    wipe(token, sizeof token);
    wipe(&invitation, sizeof invitation);
}

static void recover(struct registrar_ask *ask)
{
    start_trial(ask, registrar_text(ask->json, "person"), recovering);
}

/* ---- another password ----------------------------------------------------------------------- */

static void changed(struct registrar_ask *ask, const struct account_setting *setting)
{
    struct account_session session;
    if (!staff_may(ask, ACT_STAFF_PASSWORD, slice_of(NULL, 0), &session))
        return;
    struct slice person = slice_str(session.person);
    enum err err = account_set_password(accounts_of(ask), person, setting);
    if (err == OK)
        err = account_session_end_others(accounts_of(ask), person, session.number);
    if (err == OK)
        registrar_reply(ask, json_object());
    else
        registrar_fail(ask, err);
}

static void proved(struct registrar_ask *ask, const struct account *account)
{
    if (take_code(ask, account))
        start_setting(ask, registrar_text(ask->json, "new_password"), 0, changed);
}

/* Who is signed in proves it again: a browser left open is not enough. The note is made when it is
 * done. The new password is looked at first, so that the answer to a bad one does not tell whether
 * the old one was right. */
static void change_password(struct registrar_ask *ask)
{
    struct account_session session;
    if (!staff_may(ask, ACT_STAFF_PASSWORD, slice_str("asked"), &session) ||
        !may_have(ask, registrar_text(ask->json, "new_password"), slice_str(session.person)))
        return;
    json_object_set_new((json_t *)(uintptr_t)ask->json, "person", json_string(session.person));
    start_trial(ask, registrar_text(ask->json, "person"), proved);
}

static const struct registrar_row rows[] = {
    {"staff.sign_in", sign_in, false}, {"staff.invite", invite, false},
    {"staff.accept", accept, false},   {"staff.confirm", confirm, false},
    {"staff.recover", recover, false}, {"staff.password", change_password, false},
};

const struct registrar_room account_room = {.rows = rows, .rows_len = sizeof rows / sizeof *rows};
