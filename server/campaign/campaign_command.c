#include "campaign/campaign_command.h"

#include <getopt.h>
#include <jansson.h>
#include <pwd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "campaign/create.h"
#include "campaign/demo.h"
#include "campaign/own.h"
#include "campaign/rules.h"
#include "campaign/show.h"
#include "crypt/key_file.h"
#include "http/fmt.h"
#include "register/register.h"
#include "voter/roll.h"

#define DONE 0
#define WRONG 1
#define COULD_NOT 2

#define NOMINEES_CSV_MAX (16U << 20)
#define REGISTER_CSV_MAX (64U << 20)

static const char usage[] =
    "Usage: dauys campaign check RULES.json [--json] [--lang kk|ru|en]\n"
    "       dauys campaign create FOLDER [options]\n"
    "       dauys campaign sign --key FILE --origin ORIGIN [ENTRY.json]\n"
    "       dauys campaign key FILE\n"
    "       dauys campaign own FOLDER\n"
    "       dauys campaign show FOLDER\n"
    "\n"
    "check   prints every error of a rules file with its place, or the rules as citizens read "
    "them.\n"
    "create  makes the folder of a campaign: keys, and a ledger with genesis, keys and schedule.\n"
    "          --rules FILE          the rules (with --demo: data/demo/rules.json, dated anew)\n"
    "          --host NAME           first half of the origin (default localhost)\n"
    "          --register FILE.csv   the NGOs: columns id, bin, name_kk, name_ru, name_en, region, "
    "…\n"
    "          --nominees FILE.csv   nominees chosen before: columns ngo, cat\n"
    "          --roll FILE.csv       voter codes: columns voter, code\n"
    "          --administrator NAME=KEYFILE   two or more, present with their keys\n"
    "          --moderator NAME=KEYFILE\n"
    "          --demo                invented staff, and 300 NGOs, 60 nominees, 3 voter codes "
    "where no\n"
    "                                file is given; the campaign says everywhere that it is a "
    "demo\n"
    "          --phase PHASE         with --demo: what is open now: nomination (nobody nominated "
    "yet),\n"
    "                                screening (12 nominees undecided) or evaluation (default)\n"
    "          --days N              with --demo: how long that phase stays open (default 14)\n"
    "          --as-dated            with --demo: keep the dates of the rules\n"
    "sign    adds a signature to a staff entry and prints it; reads standard input without a "
    "file.\n"
    "key     makes a staff key file.\n"
    "own     as root: gives the folder to the users of the processes; after a restore, or when the "
    "users\n"
    "        came after the campaign. `create` does it by itself.\n"
    "show    prints phases, categories and counts out of a campaign's ledger.\n";

static int fail(const struct fault *fault, int code)
{
    fprintf(stderr, "dauys campaign: %s\n", fault->text);
    return code;
}

static int misused(void)
{
    fputs(usage, stderr);
    return COULD_NOT;
}

/* Reads a file, or standard input for NULL or "-". */
static enum err read_input(const char *path, struct buf *out, struct fault *fault)
{
    uint8_t chunk[4096];
    ssize_t len = 0;
    if (path != NULL && strcmp(path, "-") != 0)
        return file_read(path, out, fault);
    while ((len = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
        buf_put(out, chunk, (size_t)len);
    if (len < 0)
        return fault_set(fault, ERR_INTERNAL, "standard input can't be read");
    return buf_failed(out) ? fault_set(fault, ERR_LIMITED, "standard input is too long") : OK;
}

/* ---- check ---------------------------------------------------------------------------------- */

static void print_problems(const struct rules_problems *problems, const char *path, bool json)
{
    json_t *list = json_array();
    for (size_t i = 0; i < problems->len; i++) {
        const struct rules_problem *problem = &problems->list[i];
        if (json)
            json_array_append_new(list,
                                  json_pack("{s:s,s:s,s:s}", "kind", rules_kind_name(problem->kind),
                                            "path", problem->path, "text", problem->text));
        else
            printf("%s: %s: %s\n", path, *problem->path ? problem->path : "/", problem->text);
    }
    if (json) {
        json_dumpf(list, stdout, JSON_INDENT(1));
        puts("");
    } else if (problems->more) {
        printf("%s: and more\n", path);
    }
    json_decref(list);
}

static void put_instant(struct buf *out, enum rules_lang lang, int64_t unix_seconds)
{
    static const enum lang languages[] = {LANG_KK, LANG_RU, LANG_EN};
    fmt_datetime(out, languages[lang], unix_seconds);
}

static void put_number(struct buf *out, enum rules_lang lang, int64_t number)
{
    static const enum lang languages[] = {LANG_KK, LANG_RU, LANG_EN};
    fmt_number(out, languages[lang], number);
}

/* In one language, or for -1 in all three. */
static void describe(const struct rules *rules, int only)
{
    static const struct rules_format format = {put_instant, put_number};
    struct buf text;
    buf_init(&text, 1U << 20);
    for (int lang = 0; lang < RULES_LANGS; lang++) {
        if (only < 0 || only == lang)
            rules_describe(rules, (enum rules_lang)lang, &format, &text);
    }
    fwrite(text.data, 1, text.len, stdout);
    buf_release(&text);
}

static int check(int argc, char **argv)
{
    static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                            {"lang", required_argument, NULL, 'l'},
                                            {NULL, 0, NULL, 0}};
    bool json = false;
    int lang = -1, option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'j')
            json = true;
        for (int i = 0; option == 'l' && i < RULES_LANGS; i++) {
            if (strcmp(optarg, rules_lang_name((enum rules_lang)i)) == 0)
                lang = i;
        }
        if (option == '?')
            return misused();
    }
    if (optind + 1 != argc)
        return misused();
    struct buf text;
    struct fault fault;
    struct rules *rules = NULL;
    struct rules_problems problems = {0};
    buf_init(&text, RULES_FILE_MAX);
    enum err err = read_input(argv[optind], &text, &fault);
    if (err != OK) {
        buf_release(&text);
        return fail(&fault, COULD_NOT);
    }
    err = rules_parse(buf_slice(&text), &rules, &problems);
    if (err != OK || json)
        print_problems(&problems, argv[optind], json);
    else
        describe(rules, lang);
    rules_problems_release(&problems);
    rules_destroy(rules);
    buf_release(&text);
    return err == OK ? DONE : WRONG;
}

/* ---- create --------------------------------------------------------------------------------- */

struct inputs {
    const char *rules_path, *register_path, *nominees_path, *roll_path;
    struct buf rules, ngos, nominees, roll;
    struct create_staff staff[CREATE_STAFF_MAX];
    struct create_options options;
    unsigned days;
    enum phase phase; /* that a demo shows */
    bool as_dated, made_codes;
};

static enum err add_staff(struct inputs *inputs, const char *role, const char *text,
                          struct fault *fault)
{
    const char *equals = strchr(text, '=');
    size_t len = equals == NULL ? 0 : (size_t)(equals - text);
    struct create_staff *staff = &inputs->staff[inputs->options.staff_len];
    if (len == 0 || len >= sizeof staff->person)
        return fault_set(fault, ERR_INVALID, "--%s wants NAME=KEYFILE", role);
    if (inputs->options.staff_len == CREATE_STAFF_MAX)
        return fault_set(fault, ERR_LIMITED, "at most %d members of staff", CREATE_STAFF_MAX);
    (void)snprintf(staff->person, sizeof staff->person, "%.*s", (int)len, text);
    for (size_t i = 0; i < inputs->options.staff_len; i++) {
        if (strcmp(inputs->staff[i].person, staff->person) == 0)
            return fault_set(fault, ERR_INVALID,
                             "--%s: %s was named before; each key is another person's", role,
                             staff->person);
    }
    staff->role = role;
    enum err err = key_file_read_ed25519(equals + 1, &staff->key, fault);
    if (err == OK)
        inputs->options.staff_len++;
    return err;
}

/* The demo's rules get today's schedule and the folder's name. */
static enum err date_rules(struct inputs *inputs, struct fault *fault)
{
    struct rules *rules = NULL;
    struct rules_phase phases[PHASE_COUNT];
    struct buf dated;
    const char *id = strrchr(inputs->options.folder, '/');
    if (rules_parse(buf_slice(&inputs->rules), &rules, NULL) != OK)
        return fault_set(fault, ERR_INVALID, "%s: run `dauys campaign check` on it",
                         inputs->rules_path);
    if (rules_phase(rules, inputs->phase) == NULL) {
        rules_destroy(rules);
        return fault_set(fault, ERR_INVALID, "the rules have no phase %s",
                         phase_name(inputs->phase));
    }
    size_t len = demo_schedule(rules, clock_unix(), inputs->phase, inputs->days, phases);
    buf_init(&dated, RULES_FILE_MAX);
    enum err err =
        rules_with_schedule(buf_slice(&inputs->rules), id == NULL ? inputs->options.folder : id + 1,
                            phases, len, &dated, fault);
    rules_destroy(rules);
    buf_release(&inputs->rules);
    inputs->rules = dated;
    return err;
}

/* What a demo was not given is invented. */
static enum err invent(struct inputs *inputs, struct fault *fault)
{
    struct rules *rules = NULL;
    if (rules_parse(buf_slice(&inputs->rules), &rules, NULL) != OK)
        return fault_set(fault, ERR_INVALID, "the rules are wrong: run `dauys campaign check`");
    if (inputs->register_path == NULL) {
        demo_register(rules, DEMO_NGOS, &inputs->ngos);
        if (inputs->nominees_path == NULL && inputs->phase != PHASE_NOMINATION)
            demo_nominees(rules, DEMO_NGOS, DEMO_NOMINEES, &inputs->nominees);
        if (inputs->nominees_path == NULL && inputs->phase == PHASE_SCREENING)
            inputs->options.undecided = DEMO_UNDECIDED;
    }
    if (inputs->roll_path == NULL) {
        demo_roll(DEMO_CODES, &inputs->roll);
        inputs->made_codes = true;
    }
    rules_destroy(rules);
    return OK;
}

static enum err read_inputs(struct inputs *inputs, struct fault *fault)
{
    char demo_rules[FILE_PATH_CAP];
    file_shared(demo_rules, "data/demo/rules.json");
    if (inputs->rules_path == NULL && inputs->options.demo)
        inputs->rules_path = demo_rules;
    if (inputs->rules_path == NULL)
        return fault_set(fault, ERR_INVALID, "--rules is missing");
    enum err err = file_read(inputs->rules_path, &inputs->rules, fault);
    if (err == OK && inputs->register_path != NULL)
        err = file_read(inputs->register_path, &inputs->ngos, fault);
    if (err == OK && inputs->nominees_path != NULL)
        err = file_read(inputs->nominees_path, &inputs->nominees, fault);
    if (err == OK && inputs->roll_path != NULL)
        err = file_read(inputs->roll_path, &inputs->roll, fault);
    if (err == OK && inputs->options.demo && !inputs->as_dated)
        err = date_rules(inputs, fault);
    if (err == OK && inputs->options.demo)
        err = invent(inputs, fault);
    return err;
}

static enum err take_option(struct inputs *inputs, int option, struct fault *fault)
{
    switch (option) {
    case 'r':
        inputs->rules_path = optarg;
        return OK;
    case 'h':
        inputs->options.host = optarg;
        return OK;
    case 'g':
        inputs->register_path = optarg;
        return OK;
    case 'n':
        inputs->nominees_path = optarg;
        return OK;
    case 'c':
        inputs->roll_path = optarg;
        return OK;
    case 'a':
        return add_staff(inputs, "administrator", optarg, fault);
    case 'm':
        return add_staff(inputs, "moderator", optarg, fault);
    case 'd':
        inputs->options.demo = true;
        return OK;
    case 'k':
        inputs->as_dated = true;
        return OK;
    case 'p':
        inputs->phase = phase_by_name(slice_str(optarg));
        if (inputs->phase <= PHASE_EVALUATION)
            return OK;
        return fault_set(fault, ERR_INVALID, "--phase wants nomination, screening or evaluation");
    case 't':
        inputs->days = (unsigned)strtoul(optarg, NULL, 10);
        if (inputs->days >= 1 && inputs->days <= 365)
            return OK;
        return fault_set(fault, ERR_INVALID, "--days wants 1 to 365");
    default:
        return fault_set(fault, ERR_INVALID, "see `dauys campaign --help`");
    }
}

static enum err parse_create(int argc, char **argv, struct inputs *inputs, struct fault *fault)
{
    static const struct option options[] = {{"rules", required_argument, NULL, 'r'},
                                            {"host", required_argument, NULL, 'h'},
                                            {"register", required_argument, NULL, 'g'},
                                            {"nominees", required_argument, NULL, 'n'},
                                            {"roll", required_argument, NULL, 'c'},
                                            {"administrator", required_argument, NULL, 'a'},
                                            {"moderator", required_argument, NULL, 'm'},
                                            {"demo", no_argument, NULL, 'd'},
                                            {"as-dated", no_argument, NULL, 'k'},
                                            {"phase", required_argument, NULL, 'p'},
                                            {"days", required_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    enum err err = OK;
    int option;
    while (err == OK && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        err = take_option(inputs, option, fault);
    if (err == OK && optind + 1 != argc)
        err = fault_set(fault, ERR_INVALID, "name one folder; see `dauys campaign --help`");
    if (err == OK)
        inputs->options.folder = argv[optind];
    return err;
}

/* The codes of a demo's voters, for whoever tries it. */
static enum err leave_codes(const struct inputs *inputs, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    if (!inputs->made_codes)
        return OK;
    file_path(path, inputs->options.folder, "demo-codes.csv");
    printf("voter codes (also in %s):\n%.*s", path, SLICE_PRINT(buf_slice(&inputs->roll)));
    return file_write(path, buf_slice(&inputs->roll), 0600, FILE_NO_SYNC, fault);
}

/* The processes' users get what is theirs; who can't give it is told what is left to do. */
static enum err give(const char *folder, struct fault *fault)
{
    struct users users;
    if (users_find(&users))
        return campaign_own(folder, &users, fault);
    if (geteuid() == 0)
        fprintf(stderr,
                "%s belongs to root: for separate processes make " USERS_NAMES
                ", then run: dauys campaign own %s\n",
                folder, folder);
    else if (getpwnam("dauys-ledger") != NULL)
        fprintf(stderr, "%s belongs to you: run as root: dauys campaign own %s\n", folder, folder);
    return OK;
}

static int create(int argc, char **argv)
{
    struct inputs inputs = {
        .options = {.host = "localhost"}, .days = 14, .phase = PHASE_EVALUATION};
    struct fault fault = {{0}};
    buf_init(&inputs.rules, RULES_FILE_MAX);
    buf_init(&inputs.ngos, REGISTER_CSV_MAX);
    buf_init(&inputs.nominees, NOMINEES_CSV_MAX);
    buf_init(&inputs.roll, ROLL_CSV_MAX);
    enum err err = parse_create(argc, argv, &inputs, &fault);
    if (err == OK)
        err = read_inputs(&inputs, &fault);
    inputs.options.rules = buf_slice(&inputs.rules);
    inputs.options.ngos = buf_slice(&inputs.ngos);
    inputs.options.nominees = buf_slice(&inputs.nominees);
    inputs.options.roll = buf_slice(&inputs.roll);
    inputs.options.staff = inputs.staff;
    bool there = file_exists(inputs.options.folder == NULL ? "" : inputs.options.folder);
    if (err == OK)
        err = campaign_create(&inputs.options, &fault);
    if (err == OK) {
        printf("made %s%s\n", inputs.options.folder,
               inputs.options.demo ? " (a demo: everybody in it is invented)" : "");
        err = leave_codes(&inputs, &fault);
    }
    if (err == OK)
        err = give(inputs.options.folder, &fault);
    buf_release(&inputs.rules);
    buf_release(&inputs.ngos);
    buf_release(&inputs.nominees);
    buf_release_secret(&inputs.roll);
    wipe(inputs.staff, sizeof inputs.staff);
    if (err == OK)
        return DONE;
    if (!there && inputs.options.folder != NULL && file_exists(inputs.options.folder))
        fprintf(stderr, "dauys campaign: %s is half made: remove it before you try again\n",
                inputs.options.folder);
    return fail(&fault, err == ERR_INVALID || err == ERR_CONFLICT ? WRONG : COULD_NOT);
}

/* ---- sign, key, show ------------------------------------------------------------------------ */

static int sign(int argc, char **argv)
{
    static const struct option options[] = {{"key", required_argument, NULL, 'k'},
                                            {"origin", required_argument, NULL, 'o'},
                                            {NULL, 0, NULL, 0}};
    const char *key_path = NULL, *origin = NULL;
    struct ed25519_secret key;
    struct buf text, signed_entry;
    struct fault fault;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'k')
            key_path = optarg;
        if (option == 'o')
            origin = optarg;
    }
    if (key_path == NULL || origin == NULL || optind + 1 < argc)
        return misused();
    buf_init(&text, 64 * 1024);
    buf_init(&signed_entry, 64 * 1024);
    enum err err = key_file_read_ed25519(key_path, &key, &fault);
    if (err == OK)
        err = read_input(optind < argc ? argv[optind] : NULL, &text, &fault);
    if (err == OK)
        err = campaign_sign(buf_slice(&text), origin, &key, &signed_entry, &fault);
    if (err == OK)
        printf("%s\n", buf_text(&signed_entry));
    wipe(&key, sizeof key);
    buf_release(&text);
    buf_release(&signed_entry);
    return err == OK ? DONE : fail(&fault, err == ERR_INVALID ? WRONG : COULD_NOT);
}

static int make_key(int argc, char **argv)
{
    struct ed25519_secret key;
    struct fault fault;
    uint8_t seed[ED25519_SEED_LEN];
    if (argc != 2)
        return misused();
    random_bytes(seed, sizeof seed);
    ed25519_from_seed(&key, seed);
    enum err err = key_file_write_ed25519(argv[1], &key, &fault);
    wipe(seed, sizeof seed);
    wipe(&key, sizeof key);
    return err == OK ? DONE : fail(&fault, COULD_NOT);
}

static int own(int argc, char **argv)
{
    struct users users;
    struct fault fault;
    if (argc != 2)
        return misused();
    enum err err = users_find(&users)
                       ? campaign_own(argv[1], &users, &fault)
                       : fault_set(&fault, ERR_DENIED, "wants root, and " USERS_NAMES);
    return err == OK ? DONE : fail(&fault, err == ERR_NOT_FOUND ? WRONG : COULD_NOT);
}

static int show(int argc, char **argv)
{
    struct fault fault;
    if (argc != 2)
        return misused();
    enum err err = campaign_show(argv[1], stdout, &fault);
    return err == OK ? DONE : fail(&fault, COULD_NOT);
}

int campaign_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } commands[] = {{"check", check},  {"create", create}, {"sign", sign},
                    {"key", make_key}, {"own", own},       {"show", show}};
    if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return DONE;
    }
    for (size_t i = 0; argc >= 2 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    }
    return misused();
}
