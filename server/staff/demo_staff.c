#include "staff/demo_staff.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "staff/account_store.h"

#define PEOPLE_MAX 16

struct making {
    char password[ACCOUNT_RECOVERY_TEXT_LEN + 1];
    struct account_setting setting;
};

static void hash(void *context, size_t index)
{
    struct making *making = (struct making *)context + index;
    password_hash(making->setting.hash, slice_str(making->password), making->setting.salt);
}

static enum err make_one(struct account_store *store, const struct demo_staff *staff,
                         const struct making *making, struct buf *csv)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char codes[ACCOUNT_RECOVERY_CODES][ACCOUNT_RECOVERY_TEXT_LEN + 1];
    char secret[TOTP_SECRET_TEXT_LEN + 1];
    struct account_invitation invitation;
    int64_t now_unix = clock_unix();
    enum err err = account_invite(store, staff->person, staff->role, now_unix + 60, token);
    if (err == OK)
        err = account_invited(store, token, now_unix, &invitation);
    if (err == OK)
        err = account_accept(store, token, now_unix, &making->setting, codes);
    if (err != OK)
        return err;
    totp_secret_text(invitation.secret, secret);
    buf_printf(csv, "%s,%s,%s,%s\r\n", staff->person, role_name(staff->role), making->password,
               secret);
    wipe(codes, sizeof codes);
    wipe(&invitation, sizeof invitation);
    return OK;
}

enum err demo_staff_make(const char *path, const struct demo_staff *people, size_t len,
                         struct pool *pool, struct buf *csv, struct fault *fault)
{
    struct account_store *store = NULL;
    struct making makings[PEOPLE_MAX];
    INVARIANT(len <= PEOPLE_MAX);
    enum err err = account_store_open(path, &store, fault);
    if (err != OK)
        return err;
    for (size_t i = 0; i < len; i++) {
        makings[i] = (struct making){.setting = {.step = 0}};
        account_recovery_make(makings[i].password);
        random_bytes(makings[i].setting.salt, PASSWORD_SALT_LEN);
    }
    pool_run(pool, len, hash, makings);
    buf_put_str(csv, "person,role,password,totp_secret\r\n");
    for (size_t i = 0; i < len && err == OK; i++)
        err = make_one(store, &people[i], &makings[i], csv);
    wipe(makings, sizeof makings);
    account_store_close(store);
    return err == OK ? OK : fault_set(fault, err, "%s: can't make an account", path);
}
