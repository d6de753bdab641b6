#include "staff/staff_command.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "staff/access_store.h"
#include "staff/account_store.h"

#define DONE 0
#define WRONG 1
#define COULD_NOT 2

static const char usage[] =
    "Usage: dauys staff invite CAMPAIGN_FOLDER --person NAME --role ROLE\n"
    "       dauys staff list CAMPAIGN_FOLDER\n"
    "       dauys staff lock|unlock CAMPAIGN_FOLDER --person NAME\n"
    "       dauys staff totp --secret SECRET\n"
    "\n"
    "Also while the server runs.\n"
    "\n"
    "invite  prints a link, good once and for 72 hours, with which that person makes an account\n"
    "        or sets it up anew. NAME is opaque, [A-Za-z0-9._-], as in staff keys. ROLE:\n"
    "        administrator, moderator, operator, council, chair, secretary, auditor.\n"
    "list    prints every account: person, role, active or locked.\n"
    "lock    ends a person's sessions and lets nobody in; unlock takes it back.\n"
    "totp    prints the code of this moment, for demos.\n";

struct desk {
    const char *folder, *person;
    enum staff_role role; /* ROLE_COUNT: none was named */
    const char *secret;
    struct account_store *accounts;
    struct access_store *accesses;
};

static enum err open_desk(struct desk *desk, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    file_path(path, desk->folder, "registrar/private.db");
    if (access(path, F_OK) != 0)
        return fault_set(fault, ERR_NOT_FOUND, "%s: there is no campaign here", desk->folder);
    enum err err = account_store_open(path, &desk->accounts, fault);
    return err == OK ? access_store_open(path, &desk->accesses, fault) : err;
}

/* What is done here stands in the register of access too, by nobody known. */
static enum err note(struct desk *desk, const char *what)
{
    return access_note(desk->accesses, clock_unix(), slice_of(NULL, 0), what,
                       slice_str(desk->person));
}

/* The folder's last part. */
static const char *campaign_of(const char *folder)
{
    const char *slash = strrchr(folder, '/');
    return slash == NULL ? folder : slash + 1;
}

static enum err invite(struct desk *desk, struct fault *fault)
{
    uint8_t token[ACCOUNT_TOKEN_LEN];
    char text[2 * ACCOUNT_TOKEN_LEN + 1];
    if (desk->person == NULL || desk->role == ROLE_COUNT)
        return fault_set(fault, ERR_INVALID, "name --person and --role");
    enum err err = note(desk, "command.invite");
    if (err == OK)
        err = account_invite(desk->accounts, desk->person, desk->role,
                             clock_unix() + ACCOUNT_INVITED_S, token);
    if (err != OK)
        return fault_set(fault, err, "the database is busy");
    hex_encode(text, token, sizeof token);
    printf("/kk/%s/staff/accept#%s\n", campaign_of(desk->folder), text);
    wipe(token, sizeof token);
    wipe(text, sizeof text);
    return OK;
}

static void print_account(void *context, const struct account *account)
{
    (void)context;
    printf("%s %s %s\n", account->person, role_name(account->role),
           account->locked ? "locked" : "active");
}

static enum err list(struct desk *desk, struct fault *fault)
{
    enum err err = account_each(desk->accounts, print_account, NULL);
    return err == OK ? OK : fault_set(fault, err, "the accounts can't be read");
}

static enum err set_lock(struct desk *desk, bool locked, struct fault *fault)
{
    if (desk->person == NULL)
        return fault_set(fault, ERR_INVALID, "name --person");
    enum err err = note(desk, locked ? "command.lock" : "command.unlock");
    if (err == OK)
        err = account_lock(desk->accounts, slice_str(desk->person), locked);
    return err == OK ? OK : fault_set(fault, err, "%s: there is no such account", desk->person);
}

static enum err lock(struct desk *desk, struct fault *fault)
{
    return set_lock(desk, true, fault);
}

static enum err unlock(struct desk *desk, struct fault *fault)
{
    return set_lock(desk, false, fault);
}

static enum err print_totp(const struct desk *desk, struct fault *fault)
{
    uint8_t secret[TOTP_SECRET_LEN];
    char code[TOTP_CODE_LEN + 1];
    if (desk->secret == NULL || totp_secret_parse(slice_str(desk->secret), secret) != OK)
        return fault_set(fault, ERR_INVALID, "--secret wants 32 characters of base32");
    totp_code(secret, clock_unix(), code);
    printf("%s\n", code);
    return OK;
}

static enum err parse(int argc, char **argv, struct desk *desk, struct fault *fault)
{
    static const struct option options[] = {{"person", required_argument, NULL, 'p'},
                                            {"role", required_argument, NULL, 'r'},
                                            {"secret", required_argument, NULL, 's'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'p')
            desk->person = optarg;
        else if (option == 'r')
            desk->role = role_by_name(slice_str(optarg));
        else if (option == 's')
            desk->secret = optarg;
        else
            return fault_set(fault, ERR_INVALID, "see `dauys staff --help`");
        if (option == 'r' && desk->role == ROLE_COUNT)
            return fault_set(fault, ERR_INVALID, "%s: no such role", optarg);
        if (option == 'p' && !account_person_allowed(slice_str(optarg)))
            return fault_set(fault, ERR_INVALID, "--person wants 1 to 64 of A-Z a-z 0-9 . _ -");
    }
    desk->folder = optind < argc ? argv[optind] : NULL;
    return OK;
}

static const struct {
    const char *name;
    enum err (*run)(struct desk *desk, struct fault *fault);
} commands[] = {{"invite", invite}, {"list", list}, {"lock", lock}, {"unlock", unlock}};

static enum err run(int argc, char **argv, struct fault *fault)
{
    struct desk desk = {.role = ROLE_COUNT};
    size_t which = 0, count = sizeof commands / sizeof *commands;
    enum err err = parse(argc - 1, argv + 1, &desk, fault);
    if (err != OK)
        return err;
    if (strcmp(argv[1], "totp") == 0)
        return print_totp(&desk, fault);
    while (which < count && strcmp(argv[1], commands[which].name) != 0)
        which++;
    if (which == count || desk.folder == NULL)
        return fault_set(fault, ERR_INVALID, "see `dauys staff --help`");
    char *end = (char *)(uintptr_t)desk.folder + strlen(desk.folder);
    while (end > desk.folder + 1 && end[-1] == '/')
        *--end = '\0';
    err = open_desk(&desk, fault);
    if (err == OK)
        err = commands[which].run(&desk, fault);
    account_store_close(desk.accounts);
    access_store_close(desk.accesses);
    return err;
}

int staff_command(int argc, char **argv)
{
    struct fault fault = {{0}};
    if (argc < 2) {
        fputs(usage, stderr);
        return COULD_NOT;
    }
    if (strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return DONE;
    }
    enum err err = run(argc, argv, &fault);
    if (err == OK)
        return DONE;
    fprintf(stderr, "dauys staff: %s\n", fault.text);
    return err == ERR_INVALID || err == ERR_NOT_FOUND ? WRONG : COULD_NOT;
}
