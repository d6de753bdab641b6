#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crockford.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/random.h"
#include "campaign/rules.h"
#include "rehearse_inner.h"

#define INPUT_MAX (512U << 20)
#define READY_S 120
#define STOP_S 15

extern char **environ;

/* ---- inputs of `campaign create` ------------------------------------------------------------ */

static json_t *in_three(const char *kk, const char *ru, const char *en)
{
    return json_pack("{s:s,s:s,s:s}", "kk", kk, "ru", ru, "en", en);
}

static json_t *ballot_json(const struct election *election)
{
    json_t *weights = json_array();
    switch (election->method) {
    case BALLOT_CHOOSE:
        json_decref(weights);
        return json_pack("{s:s}", "method", "choose");
    case BALLOT_APPROVE:
        json_decref(weights);
        return json_pack("{s:s,s:i}", "method", "approve", "at_most", (int)election->at_most);
    case BALLOT_POINTS:
        json_decref(weights);
        return json_pack("{s:s,s:I}", "method", "points", "sum", (json_int_t)election->sum);
    case BALLOT_RANK:
        /* PaBuLib: position i from 0 scores max_length − i. */
        for (uint32_t i = 0; i < election->at_most; i++)
            json_array_append_new(weights, json_integer((json_int_t)(election->at_most - i)));
        return json_pack("{s:s,s:i,s:o}", "method", "rank", "at_most", (int)election->at_most,
                         "weights", weights);
    default:
        json_decref(weights);
        return json_pack("{s:s,s:i,s:I,s:I,s:[{s:s,s:i,s:o}]}", "method", "score", "at_most",
                         (int)election->at_most, "least", (json_int_t)election->least, "most",
                         (json_int_t)election->most, "criteria", "id", "value", "weight", 1, "name",
                         in_three("Баға", "Оценка", "Value"));
    }
}

/* A rehearsal needs of the rules the counting only; the rest says as little as it may. */
static json_t *conduct_json(void)
{
    return json_pack(
        "{s:{s:s,s:s,s:s},s:[{s:s,s:o}],s:{s:[{s:s,s:s,s:b}],s:s,s:s},s:{s:[s],s:i,s:i,s:s,s:i},"
        "s:{s:[s,s],s:i,s:s,s:i},s:{s:i,s:b,s:i},s:{s:i,s:i,s:i},"
        "s:{s:i,s:s,s:s,s:s,s:b,s:s,s:s,s:s},s:{s:i,s:i},s:{s:i,s:i,s:i,s:s,s:s}}",
        "tallies", "public", "close", "council", "close", "staff", "close", "regions", "code",
        "KZ-71", "name", in_three("Астана", "Астана", "Astana"), "sign_in", "methods", "id", "code",
        "assurance", "high", "person_number", 1, "nominate", "low", "evaluate", "high",
        "nomination", "who", "citizen", "per_person", 1, "per_ngo", 1, "own", "allow", "cure_days",
        5, "eligibility", "statuses", "ACTIVE", "NO_BIN", "filed_year", 2025, "filed_by",
        "2026-03-31", "laureate_years", 0, "voters", "age", 18, "citizens_only", 0, "categories", 1,
        "shortlist", "top", 10, "least_voters", 0, "floor", 0, "council", "members", 3, "quorum",
        "2/3", "majority", "1/2", "base", "present", "casting_vote", 1, "vote", "open", "recused",
        "out", "departure", "with_reasons", "winners", "least", 0, "most", 1, "prize", "mci", 2000,
        "mci_tenge", 4325, "mci_year", 2026, "split", "equal", "remainder", "kept");
}

static json_t *rules_json(const struct rehearsal *rehearsal)
{
    const struct election *election = rehearsal->election;
    json_t *rules = conduct_json();
    json_object_update_new(
        rules,
        json_pack("{s:i,s:{s:s,s:o,s:o,s:b},s:[{s:s,s:s,s:s},{s:s,s:s,s:s}],"
                  "s:[{s:s,s:o,s:o,s:i,s:o}],s:i,s:s,s:[s,s]}",
                  "format", 1, "campaign", "id", rehearsal->id, "name",
                  in_three("Жаттығу дауысы", "Пробное голосование", "Rehearsal"), "about",
                  in_three("Бұрынғы дауыс қайталанады.", "Прежнее голосование повторяется.",
                           "An earlier election is played again."),
                  "demo", 1, "phases", "id", "nomination", "opens", "2026-01-01T00:00:00+05:00",
                  "closes", "2026-01-02T00:00:00+05:00", "id", "evaluation", "opens",
                  "2026-01-03T00:00:00+05:00", "closes", "2026-01-04T00:00:00+05:00", "categories",
                  "id", REHEARSE_CATEGORY, "name", in_three("Жобалар", "Проекты", "Projects"),
                  "about", in_three("Барлық жобалар.", "Все проекты.", "All projects."),
                  "least_turnout", 0, "ballot", ballot_json(election), "max_rev", 20, "open",
                  "close", "tie_breaks", "voters", "lot"));
    return rules;
}

/* A CSV field in quotes, without what may not stand in a register. */
static void put_quoted(struct buf *out, const char *text)
{
    buf_put_byte(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_put_byte(out, '"');
        if ((uint8_t)*text >= 0x20)
            buf_put_byte(out, (uint8_t)*text);
    }
    buf_put_byte(out, '"');
}

static void put_register(struct buf *out, const struct election *election)
{
    buf_put_str(out, "id,name_kk,name_ru,name_en,status,source_id\r\n");
    for (size_t i = 0; i < election->projects_len; i++) {
        buf_printf(out, "p%zu", i + 1);
        for (int lang = 0; lang < 3; lang++) {
            buf_put_byte(out, ',');
            put_quoted(out, election->projects[i].name);
        }
        buf_put_str(out, ",NO_BIN,");
        put_quoted(out, election->projects[i].id);
        buf_put_str(out, "\r\n");
    }
}

static void put_nominees(struct buf *out, const struct election *election)
{
    buf_put_str(out, "ngo,cat\r\n");
    for (size_t i = 0; i < election->projects_len; i++)
        buf_printf(out, "p%zu," REHEARSE_CATEGORY "\r\n", i + 1);
}

static void put_roll(struct buf *out, const struct election *election)
{
    buf_put_str(out, "voter,code\r\n");
    for (size_t i = 0; i < election->voters_len; i++) {
        uint8_t bytes[REHEARSE_CODE_LEN];
        random_bytes(bytes, sizeof bytes);
        buf_printf(out, "%zu,", i + 1);
        for (size_t c = 0; c < sizeof bytes; c++)
            buf_put_byte(out, (uint8_t)crockford_alphabet[bytes[c] % 32]);
        buf_put_str(out, "\r\n");
    }
}

static enum err write_input(const struct rehearsal *rehearsal, const char *name,
                            void (*put)(struct buf *out, const struct election *election),
                            struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf bytes;
    buf_init(&bytes, INPUT_MAX);
    put(&bytes, rehearsal->election);
    file_path(path, rehearsal->folder, "%s", name);
    enum err err = file_write(path, buf_slice(&bytes), 0600, FILE_NO_SYNC, fault);
    buf_release(&bytes);
    return err;
}

static enum err write_rules(const struct rehearsal *rehearsal, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    json_t *rules = rules_json(rehearsal);
    char *text = json_dumps(rules, JSON_INDENT(1));
    json_decref(rules);
    if (text == NULL)
        return fault_set(fault, ERR_INTERNAL, "the rules can't be written as JSON");
    file_path(path, rehearsal->folder, "rules.json");
    enum err err = file_write(path, slice_str(text), 0644, FILE_NO_SYNC, fault);
    free(text);
    return err;
}

enum err rehearse_prepare(struct rehearsal *rehearsal, struct fault *fault)
{
    char paths[4][FILE_PATH_CAP];
    static const char *const names[] = {"rules.json", "register.csv", "nominees.csv", "roll.csv"};
    for (size_t i = 0; i < 4; i++)
        file_path(paths[i], rehearsal->folder, "%s", names[i]);
    enum err err = file_make_folder(rehearsal->folder, 0755, fault);
    if (err == OK)
        err = write_rules(rehearsal, fault);
    if (err == OK)
        err = write_input(rehearsal, names[1], put_register, fault);
    if (err == OK)
        err = write_input(rehearsal, names[2], put_nominees, fault);
    if (err == OK)
        err = write_input(rehearsal, names[3], put_roll, fault);
    if (err != OK)
        return err;
    const char *const arguments[] = {
        "campaign",   "create", rehearsal->campaign, "--demo", "--rules", paths[0],
        "--register", paths[1], "--nominees",        paths[2], "--roll",  paths[3],
        NULL};
    char log[FILE_PATH_CAP];
    file_path(log, rehearsal->folder, "create.log");
    return rehearse_run(arguments, log, fault);
}

/* ---- programs ------------------------------------------------------------------------------- */

static enum err spawn(const char *const *arguments, const char *output, pid_t *pid,
                      struct fault *fault)
{
    char *argv[32] = {(char *)"dauys"};
    posix_spawn_file_actions_t actions;
    size_t count = 1;
    for (; arguments[count - 1] != NULL && count < 31; count++)
        argv[count] = (char *)arguments[count - 1];
    posix_spawn_file_actions_init(&actions);
    if (output != NULL) {
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0644);
        posix_spawn_file_actions_adddup2(&actions, 1, 2);
    }
    int error = posix_spawn(pid, "/proc/self/exe", &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return fault_set(fault, ERR_INTERNAL, "can't start dauys %s: %s", arguments[0],
                         strerror(error));
    return OK;
}

enum err rehearse_run(const char *const *arguments, const char *output, struct fault *fault)
{
    pid_t pid = 0;
    int status = 0;
    enum err err = spawn(arguments, output, &pid, fault);
    if (err != OK)
        return err;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return OK;
    return fault_set(fault, ERR_INTERNAL, "dauys %s %s ended with %d%s%s", arguments[0],
                     arguments[1], WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status),
                     output == NULL ? "" : "; see ", output == NULL ? "" : output);
}

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        address.sin_port = 0;
    if (fd >= 0)
        close(fd);
    return ntohs(address.sin_port);
}

static enum err write_config(struct rehearsal *rehearsal, struct fault *fault)
{
    char path[FILE_PATH_CAP], web[FILE_PATH_CAP];
    struct buf text;
    const char *web_folder = getenv("DAUYS_WEB");
    if (web_folder == NULL)
        file_shared(web, "web/dist");
    else
        (void)snprintf(web, sizeof web, "%s", web_folder);
    buf_init(&text, 16384);
    buf_printf(&text,
               "listen = 127.0.0.1:%u\nadmin =\ncampaigns = %s/campaigns\nrun = %s/run\nweb = %s\n"
               "[limits]\nlift = yes\nconnections = 4096\nconnections_per_address = 4096\n"
               "requests_per_connection = 1000000000\n",
               rehearsal->port, rehearsal->folder, rehearsal->folder, web);
    file_path(path, rehearsal->folder, "dauys.conf");
    enum err err = file_write(path, buf_slice(&text), 0644, FILE_NO_SYNC, fault);
    buf_release(&text);
    puts("limits above their defaults: rate limits lifted (loopback), 4,096 connections of one "
         "address, 1,000,000,000 requests of one connection");
    return err;
}

enum err rehearse_start_server(struct rehearsal *rehearsal, struct fault *fault)
{
    char config[FILE_PATH_CAP], log[FILE_PATH_CAP];
    rehearsal->port = free_port();
    rehearsal->host = xstrdup("127.0.0.1");
    enum err err = write_config(rehearsal, fault);
    file_path(config, rehearsal->folder, "dauys.conf");
    file_path(log, rehearsal->folder, "serve.log");
    const char *const arguments[] = {"serve", "--config", config, NULL};
    if (err == OK)
        err = spawn(arguments, log, &rehearsal->server, fault);
    return err;
}

void rehearse_stop_server(struct rehearsal *rehearsal)
{
    int64_t until_us = clock_steady_us() + STOP_S * 1000000LL;
    if (rehearsal->server == 0)
        return;
    (void)kill(rehearsal->server, SIGTERM);
    while (waitpid(rehearsal->server, NULL, WNOHANG) == 0) {
        if (clock_steady_us() > until_us)
            (void)kill(rehearsal->server, SIGKILL);
        usleep(20000);
    }
    rehearsal->server = 0;
}
