#include "audit/rehearse_command.h"

#include <ftw.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "rehearse_inner.h"

#define REMOVE_DEPTH 16 /* folders open at once */

static const char usage[] =
    "Usage: dauys rehearse FILE.pb [options]\n"
    "       dauys rehearse --synthetic N --method M --projects P [options]\n"
    "\n"
    "Plays an election through a server of its own, over HTTP: every voter signs in with a code, "
    "gets\n"
    "a pass and casts; some send twice, some replace their ballot, some come with an old one. Then "
    "it\n"
    "closes, compares every count, checks receipts and verifies the ledger.\n"
    "  --synthetic N      N made-up voters; --method choose, approve, points, rank or score;\n"
    "                     --projects P up to 5000; --seed S\n"
    "  --connections C    voters at the same time (default 64)\n"
    "  --receipts R       receipts to check (default 50)\n"
    "  --keep DIR         leave the campaign in DIR (ledger in DIR/ledger, key in DIR/log.vkey,\n"
    "                     receipts in DIR/receipts)\n"
    "  --json FILE        the figures, with what each stage cost the server\n"
    "  --prepare DIR      only make the campaign, for a server of your own\n"
    "  --url URL --prepared DIR   play through that server, http://ADDRESS:PORT\n";

static enum err take_number(const char *text, uint64_t least, uint64_t most, uint64_t *out,
                            struct fault *fault)
{
    char *end = NULL;
    *out = strtoull(text, &end, 10);
    if (*text >= '0' && *text <= '9' && *end == '\0' && *out >= least && *out <= most)
        return OK;
    return fault_set(fault, ERR_INVALID, "%s is not a number from %llu to %llu", text,
                     (unsigned long long)least, (unsigned long long)most);
}

static enum err take_method(const char *text, enum ballot_method *method, struct fault *fault)
{
    for (int i = 0; i < BALLOT_METHOD_COUNT; i++) {
        *method = (enum ballot_method)i;
        if (strcmp(text, ballot_method_name(*method)) == 0)
            return OK;
    }
    return fault_set(fault, ERR_INVALID, "--method is choose, approve, points, rank or score");
}

static enum err take_option(int option, struct rehearse_options *options, struct fault *fault)
{
    uint64_t number = 0;
    enum err err = OK;
    switch (option) {
    case 'n':
        err = take_number(optarg, 1, ELECTION_VOTERS_MAX, &number, fault);
        options->synthetic = (size_t)number;
        return err;
    case 'm':
        return take_method(optarg, &options->method, fault);
    case 'p':
        err = take_number(optarg, 1, ELECTION_PROJECTS_MAX, &number, fault);
        options->projects = (size_t)number;
        return err;
    case 's':
        return take_number(optarg, 0, UINT64_MAX, &options->seed, fault);
    case 'c':
        err = take_number(optarg, 1, 4096, &number, fault);
        options->connections = (uint32_t)number;
        return err;
    case 'r':
        err = take_number(optarg, 1, 100000, &number, fault);
        options->receipts = (size_t)number;
        return err;
    case 'j':
        options->json = optarg;
        return OK;
    case 'k':
        options->keep = optarg;
        return OK;
    case 'P':
        options->prepare = optarg;
        return OK;
    case 'u':
        options->url = optarg;
        return OK;
    case 'd':
        options->prepared = optarg;
        return OK;
    default:
        return fault_set(fault, ERR_INVALID, "see `dauys rehearse --help`");
    }
}

static enum err parse_options(int argc, char **argv, struct rehearse_options *options,
                              struct fault *fault)
{
    static const struct option flags[] = {
        {"synthetic", required_argument, NULL, 'n'},   {"method", required_argument, NULL, 'm'},
        {"projects", required_argument, NULL, 'p'},    {"seed", required_argument, NULL, 's'},
        {"connections", required_argument, NULL, 'c'}, {"receipts", required_argument, NULL, 'r'},
        {"keep", required_argument, NULL, 'k'},        {"prepare", required_argument, NULL, 'P'},
        {"json", required_argument, NULL, 'j'},        {"url", required_argument, NULL, 'u'},
        {"prepared", required_argument, NULL, 'd'},    {NULL, 0, NULL, 0}};
    enum err err = OK;
    int option;
    while (err == OK && (option = getopt_long(argc, argv, "", flags, NULL)) != -1)
        err = take_option(option, options, fault);
    if (err != OK)
        return err;
    if (optind + 1 == argc)
        options->file = argv[optind];
    if ((options->file != NULL) == (options->synthetic > 0) || optind + 1 < argc)
        return fault_set(fault, ERR_INVALID, "name a file or --synthetic, one of them");
    if ((options->url != NULL) != (options->prepared != NULL))
        return fault_set(fault, ERR_INVALID, "--url and --prepared go together");
    return OK;
}

/* ---- playing -------------------------------------------------------------------------------- */

static enum err read_election(struct rehearsal *rehearsal, struct fault *fault)
{
    const struct rehearse_options *options = rehearsal->options;
    struct buf text;
    if (options->synthetic > 0) {
        rehearsal->election =
            election_make(options->method, options->synthetic, options->projects, options->seed);
        return OK;
    }
    buf_init(&text, ELECTION_FILE_MAX);
    enum err err = file_read(options->file, &text, fault);
    if (err == OK)
        err = election_parse(buf_slice(&text), &rehearsal->election, fault);
    buf_release(&text);
    return err;
}

/* A folder of its own: the one that stays, the prepared one, or one that goes afterwards. */
static enum err choose_folder(struct rehearsal *rehearsal, struct fault *fault)
{
    const struct rehearse_options *options = rehearsal->options;
    const char *folder = options->keep != NULL ? options->keep : options->prepare;
    if (options->prepared != NULL)
        folder = options->prepared;
    if (folder != NULL) {
        (void)snprintf(rehearsal->folder, sizeof rehearsal->folder, "%s", folder);
    } else {
        const char *temporary = getenv("TMPDIR");
        (void)snprintf(rehearsal->folder, sizeof rehearsal->folder, "%s/dauys-rehearse-XXXXXX",
                       temporary == NULL ? "/tmp" : temporary);
        /* Separated processes pass through it; secrets in it have modes of their own. */
        if (mkdtemp(rehearsal->folder) == NULL || chmod(rehearsal->folder, 0711) != 0)
            return fault_set(fault, ERR_INTERNAL, "%s: can't be made", rehearsal->folder);
    }
    (void)snprintf(rehearsal->id, sizeof rehearsal->id, "rehearsal");
    (void)snprintf(rehearsal->campaign, sizeof rehearsal->campaign, "%s/campaigns/%s",
                   rehearsal->folder, rehearsal->id);
    return OK;
}

/* Voter codes as `campaign create` was given them: line i + 1 is voter i. */
static enum err read_codes(struct rehearsal *rehearsal, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf text;
    size_t voters = rehearsal->election->voters_len, found = 0;
    buf_init(&text, 512U << 20);
    file_path(path, rehearsal->folder, "roll.csv");
    enum err err = file_read(path, &text, fault);
    const char *line = err == OK ? strchr(buf_text(&text), '\n') : NULL;
    while (line != NULL && found < voters) {
        const char *comma = strchr(line, ',');
        if (comma == NULL)
            break;
        (void)snprintf(rehearsal->players[found++].code, REHEARSE_CODE_LEN + 1, "%.*s",
                       REHEARSE_CODE_LEN, comma + 1);
        line = strchr(comma, '\n');
    }
    buf_release_secret(&text);
    if (err == OK && found != voters)
        err = fault_set(fault, ERR_INVALID, "%s has codes for %zu of %zu voters", path, found,
                        voters);
    return err;
}

static enum plan plan_of(size_t number)
{
    if (number % 20 == 3)
        return PLAN_RESEND;
    if (number % 20 == 7)
        return PLAN_REPLACE;
    return number % 50 == 11 ? PLAN_STALE : PLAN_PLAIN;
}

static enum err make_players(struct rehearsal *rehearsal, struct fault *fault)
{
    size_t voters = rehearsal->election->voters_len;
    rehearsal->players = xcalloc(voters, sizeof *rehearsal->players);
    for (size_t i = 0; i < voters; i++) {
        struct player *player = &rehearsal->players[i];
        player->rehearsal = rehearsal;
        player->number = i;
        player->plan = plan_of(i);
        random_bytes(player->recovery, sizeof player->recovery);
    }
    return read_codes(rehearsal, fault);
}

static enum err parse_url(struct rehearsal *rehearsal, struct fault *fault)
{
    char host[256];
    unsigned port = 0;
    if (sscanf(rehearsal->options->url, "http://%255[^:/]:%u", host, &port) != 2 || port > 65535)
        return fault_set(fault, ERR_INVALID, "--url wants http://ADDRESS:PORT");
    rehearsal->host = xstrdup(host);
    rehearsal->port = (uint16_t)port;
    return OK;
}

static enum err play(struct rehearsal *rehearsal, struct fault *fault)
{
    enum err err = rehearsal->options->url != NULL ? parse_url(rehearsal, fault)
                                                   : rehearse_start_server(rehearsal, fault);
    if (err == OK)
        err = make_players(rehearsal, fault);
    if (err == OK)
        err = rehearse_learn(rehearsal, fault);
    if (err == OK)
        err = rehearse_issue(rehearsal, fault);
    if (err == OK)
        err = rehearse_cast(rehearsal, fault);
    if (err == OK)
        err = rehearse_close(rehearsal, fault);
    if (err == OK)
        err = rehearse_compare(rehearsal, fault);
    if (err == OK)
        err = rehearse_receipts(rehearsal, fault);
    if (err == OK)
        err = rehearse_verify(rehearsal, fault);
    return err;
}

/* DIR/ledger and DIR/log.vkey, where --keep promises them. */
static void link_kept(const struct rehearsal *rehearsal)
{
    char path[FILE_PATH_CAP];
    file_path(path, rehearsal->folder, "ledger");
    if (symlink("campaigns/rehearsal/ledger", path) != 0)
        printf("the ledger is in %s/ledger\n", rehearsal->campaign);
    file_path(path, rehearsal->folder, "log.vkey");
    if (symlink("campaigns/rehearsal/log.vkey", path) != 0)
        printf("the key is %s/log.vkey\n", rehearsal->campaign);
}

static int remove_item(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

/* What is in a folder comes before it; links are not followed. */
static void remove_folder(const char *folder)
{
    if (nftw(folder, remove_item, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS) != 0)
        printf("%s could not be removed\n", folder);
}

static void note_client_time(struct rehearsal *rehearsal)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    rehearsal->client_cpu_s = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                              (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static int rehearse(struct rehearsal *rehearsal, struct fault *fault)
{
    const struct rehearse_options *options = rehearsal->options;
    enum err err = read_election(rehearsal, fault);
    if (err == OK)
        err = choose_folder(rehearsal, fault);
    if (err == OK && options->prepared == NULL)
        err = rehearse_prepare(rehearsal, fault);
    if (err == OK && options->prepare != NULL) {
        printf(
            "prepared %s; serve %s/campaigns, then: dauys rehearse … --url http://127.0.0.1:PORT "
            "--prepared %s\n",
            rehearsal->folder, rehearsal->folder, rehearsal->folder);
        return 0;
    }
    if (err == OK)
        err = play(rehearsal, fault);
    note_client_time(rehearsal);
    rehearse_stop_server(rehearsal);
    if (rehearsal->election != NULL)
        rehearse_report(rehearsal);
    if (err == OK && options->json != NULL)
        err = rehearse_json(rehearsal, options->json, fault);
    if (err != OK)
        fprintf(stderr, "dauys rehearse: %s (folder %s)\n", fault->text, rehearsal->folder);
    else if (options->keep != NULL)
        link_kept(rehearsal);
    else if (options->prepared == NULL && rehearse_good(rehearsal))
        remove_folder(rehearsal->folder);
    if (err == OK)
        return rehearse_good(rehearsal) ? 0 : 1;
    return rehearsal->wrong > 0 || err == ERR_CORRUPT ? 1 : 2;
}

static void release_players(struct rehearsal *rehearsal)
{
    for (size_t i = 0; rehearsal->players != NULL && i < rehearsal->election->voters_len; i++) {
        struct player *player = &rehearsal->players[i];
        free(player->token);
        free(player->pass);
        buf_release(&player->ballots[0]);
        buf_release(&player->ballots[1]);
    }
    free(rehearsal->players);
}

static void release(struct rehearsal *rehearsal)
{
    if (rehearsal->client != NULL)
        http_client_destroy(rehearsal->client);
    pool_destroy(rehearsal->pool);
    event_base_free(rehearsal->base);
    release_players(rehearsal);
    rsabssa_public_destroy(rehearsal->pass_key);
    free(rehearsal->rules.weights);
    free(rehearsal->nominees);
    free(rehearsal->sign_in.us);
    free(rehearsal->issue.us);
    free(rehearsal->cast.us);
    free(rehearsal->ik);
    free(rehearsal->origin);
    free(rehearsal->host);
    election_destroy(rehearsal->election);
}

int rehearse_command(int argc, char **argv)
{
    struct rehearse_options options = {
        .connections = 64, .method = BALLOT_APPROVE, .projects = 20, .seed = 1, .receipts = 50};
    struct rehearsal rehearsal = {.options = &options};
    struct fault fault = {{0}};
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (parse_options(argc, argv, &options, &fault) != OK) {
        fprintf(stderr, "dauys rehearse: %s\n", fault.text);
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    rehearsal.base = event_base_new();
    rehearsal.pool = pool_create(0);
    int code = rehearse(&rehearsal, &fault);
    release(&rehearsal);
    return code;
}
