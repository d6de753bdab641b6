/*
 * `dauys register import`: reads, compares with what the ledger names now, and, once confirmed,
 * puts the file into the ledger's files, makes its index and submits the entry. Every step is whole
 * or not at all and may be repeated, so a run that was stopped anywhere is simply run again.
 */
#include "register/register_command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "campaign/create.h"
#include "campaign/own.h"
#include "campaign/show.h"
#include "crypt/key_file.h"
#include "http/fetch.h"
#include "ledger/ledger.h"
#include "register/import.h"
#include "register/register_store.h"

#define DONE 0
#define WRONG 1
#define COULD_NOT 2

#define SHOWN_MAX 20 /* rejections and changes on the screen; all of them are in a file */
#define REPORT_MAX (256U << 20)
#define ANSWER_MAX 65536

static const char usage[] =
    "Usage: dauys register import FILE.csv --campaign FOLDER [options]\n"
    "\n"
    "Imports the NGO Database into a campaign. Lines that break a rule are left out and listed in\n"
    "FILE.csv.rejected.csv (line, column, reason); what would change in the campaign's register "
    "is\n"
    "counted, listed in FILE.csv.changes.csv, and done only with --confirm. Stopped anywhere, run "
    "it\n"
    "again.\n"
    "  --confirm      change the register\n"
    "  --key FILE     an administrator's key: sign the ledger's entry\n"
    "  --url URL      with --key: submit it to this server, http(s)://HOST[:PORT]; otherwise the\n"
    "                 entry is printed, for `dauys campaign sign` and POST …/entries\n"
    "\n"
    "The file is CSV in UTF-8 with a header line. Columns, in any order: id, bin, name_kk, "
    "name_ru,\n"
    "name_en, region, status, filed_year, filed, kind, former_names, former_region, directions,\n"
    "laureate, source_id. Lists have | between their items.\n";

struct run {
    const char *file, *campaign, *key_path, *url;
    bool confirmed;

    struct rules *rules;
    struct fold *fold; /* the campaign as its ledger has it */
    struct import_result result;
    struct ngo_register *ngos;
    uint8_t hash[SHA256_LEN];
    char hex[REGISTER_HASH_CAP];
    struct import_difference difference;
};

/* ---- reading -------------------------------------------------------------------------------- */

static enum err read_rules(struct run *run, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    struct buf bytes;
    buf_init(&bytes, RULES_FILE_MAX);
    file_path(path, run->campaign, "rules.json");
    enum err err = file_read(path, &bytes, fault);
    if (err == OK && rules_parse(buf_slice(&bytes), &run->rules, NULL) != OK)
        err = fault_set(fault, ERR_INVALID, "%s: run `dauys campaign check` on it", path);
    buf_release(&bytes);
    return err;
}

static void show_progress(void *context, size_t done)
{
    progress_set(context, done);
}

static enum err read_file(struct run *run, struct fault *fault)
{
    struct buf bytes;
    struct progress progress;
    buf_init(&bytes, REGISTER_BYTES_MAX);
    enum err err = file_read(run->file, &bytes, fault);
    if (err == OK) {
        progress_begin(&progress, stderr, "reading", bytes.len);
        err = register_import(buf_slice(&bytes), run->rules, show_progress, &progress, &run->result,
                              fault);
        progress_end(&progress);
    }
    buf_release(&bytes);
    if (err == OK)
        err = register_parse(buf_slice(&run->result.csv), &run->ngos, fault);
    if (err == OK) {
        sha256(run->hash, buf_slice(&run->result.csv));
        hex_encode(run->hex, run->hash, sizeof run->hash);
    }
    return err;
}

/* ---- reporting ------------------------------------------------------------------------------ */

/* Beside the imported file; one of an earlier run goes when there is nothing to report. */
static enum err leave_list(const struct run *run, const char *name, struct buf *list, bool any,
                           struct fault *fault)
{
    char *path = xasprintf("%s.%s.csv", run->file, name);
    enum err err = OK;
    if (any && buf_failed(list))
        err = fault_set(fault, ERR_LIMITED, "%s would be too long", path);
    else if (any)
        err = file_write(path, buf_slice(list), 0644, FILE_NO_SYNC, fault);
    else if (unlink(path) != 0 && errno != ENOENT)
        err = fault_set(fault, ERR_INTERNAL, "%s can't be deleted", path);
    if (any && err == OK)
        printf("  all of them in %s\n", path);
    free(path);
    return err;
}

static enum err report_rejections(const struct run *run, struct fault *fault)
{
    const struct import_result *result = &run->result;
    struct buf list;
    buf_init(&list, REPORT_MAX);
    buf_put_str(&list, "line,column,reason\r\n");
    printf("%zu NGOs read, %zu lines left out\n", result->rows, result->rejections_len);
    if (*result->unknown != '\0')
        printf("  columns not read: %s\n", result->unknown);
    for (size_t i = 0; i < result->rejections_len; i++) {
        const struct import_rejection *one = &result->rejections[i];
        buf_printf(&list, "%zu,%s,\"%s\"\r\n", one->line, one->column, one->reason);
        if (i < SHOWN_MAX)
            printf("  line %zu, %s: %s\n", one->line, *one->column ? one->column : "whole",
                   one->reason);
    }
    enum err err = leave_list(run, "rejected", &list, result->rejections_len > 0, fault);
    buf_release(&list);
    return err;
}

static size_t changes(const struct import_difference *difference)
{
    return difference->added + difference->removed + difference->changed;
}

static enum err report_changes(struct run *run, struct fault *fault)
{
    struct buf list;
    buf_init(&list, REPORT_MAX);
    import_compare(fold_register(run->fold), run->ngos, &run->difference, &list);
    printf("%zu added, %zu removed, %zu changed\n", run->difference.added, run->difference.removed,
           run->difference.changed);
    for (int column = 0; column < REGISTER_COLUMNS; column++) {
        if (run->difference.fields[column] > 0)
            printf("  %s: %zu\n", register_column_name((enum register_column)column),
                   run->difference.fields[column]);
    }
    enum err err = leave_list(run, "changes", &list, changes(&run->difference) > 0, fault);
    buf_release(&list);
    return err;
}

/* ---- doing ---------------------------------------------------------------------------------- */

/* The file and its index. The ledger takes the entry only when the file is there. */
static enum err place_file(const struct run *run, struct fault *fault)
{
    char folder[FILE_PATH_CAP], path[FILE_PATH_CAP];
    uint8_t hash[SHA256_LEN];
    struct progress progress;
    file_path(folder, run->campaign, "register");
    register_store_path(path, run->campaign, run->hex);
    enum err err = ledger_file_put(run->campaign, buf_slice(&run->result.csv), hash, fault);
    if (err == OK)
        err = file_make_folder(folder, 0755, fault);
    if (err == OK && !file_exists(path)) {
        progress_begin(&progress, stderr, "index", run->result.rows);
        err = register_store_build(path, run->ngos, show_progress, &progress, fault);
        progress_end(&progress);
    }
    /* Run by root beside the server: its processes go on with these files. */
    return err == OK ? campaign_own_made(run->campaign, fault) : err;
}

static void put_entry(const struct run *run, struct buf *out)
{
    buf_printf(out, "{\"n\":%zu,\"seen\":%llu,\"set\":\"%s\",\"t\":\"register\",\"v\":1}",
               run->result.rows, (unsigned long long)fold_size(run->fold), run->hex);
}

static enum err sign_entry(const struct run *run, struct buf *out, struct fault *fault)
{
    struct ed25519_secret key;
    struct buf entry;
    buf_init(&entry, ANSWER_MAX);
    put_entry(run, &entry);
    enum err err = OK;
    if (run->key_path == NULL) {
        buf_put_slice(out, buf_slice(&entry));
    } else {
        err = key_file_read_ed25519(run->key_path, &key, fault);
        if (err == OK)
            err = campaign_sign(buf_slice(&entry), fold_origin(run->fold), &key, out, fault);
        wipe(&key, sizeof key);
    }
    buf_release(&entry);
    return err;
}

/* ERR_DENIED: the server refused it. */
static enum err submit(const struct run *run, struct buf *entry, struct fault *fault)
{
    struct buf answer;
    int status = 0;
    const char *id = strrchr(fold_origin(run->fold), '/');
    size_t len = strlen(run->url);
    char *url = xasprintf("%.*s/api/v1/campaigns/%s/entries",
                          (int)(len > 0 && run->url[len - 1] == '/' ? len - 1 : len), run->url,
                          id == NULL ? "" : id + 1);
    buf_init(&answer, ANSWER_MAX);
    enum err err =
        http_fetch_post(url, "application/json", buf_slice(entry), &status, &answer, fault);
    if (err == OK && status != 200 && status != 201)
        err =
            fault_set(fault, ERR_DENIED, "%s answered %d: %.200s", url, status, buf_text(&answer));
    if (err == OK)
        printf("in the ledger: %s\n", buf_text(&answer));
    buf_release(&answer);
    free(url);
    return err;
}

static enum err finish(const struct run *run, struct fault *fault)
{
    struct buf entry;
    buf_init(&entry, ANSWER_MAX);
    enum err err = place_file(run, fault);
    if (err == OK)
        printf("file %s\n", run->hex);
    if (err == OK)
        err = sign_entry(run, &entry, fault);
    if (err == OK && run->key_path != NULL && run->url != NULL)
        err = submit(run, &entry, fault);
    else if (err == OK)
        printf("%s the entry of the ledger:\n%s\n",
               run->key_path == NULL ? "sign and submit" : "submit", buf_text(&entry));
    buf_release(&entry);
    return err;
}

/* *code is meant when the result is OK. */
static enum err import(struct run *run, int *code, struct fault *fault)
{
    enum err err = read_rules(run, fault);
    if (err == OK)
        err = campaign_replay(run->campaign, &run->fold, fault);
    if (err == OK)
        err = read_file(run, fault);
    if (err == OK)
        err = report_rejections(run, fault);
    if (err == OK)
        err = report_changes(run, fault);
    if (err != OK)
        return err;
    const uint8_t *current = fold_register_hash(run->fold);
    *code = DONE;
    if (current != NULL && memcmp(current, run->hash, sizeof run->hash) == 0) {
        puts("this is the campaign's register already");
        return place_file(run, fault);
    }
    if (current != NULL && !run->confirmed) {
        puts("nothing was changed; --confirm does it");
        *code = WRONG;
        return OK;
    }
    return finish(run, fault);
}

/* ---- the command ---------------------------------------------------------------------------- */

static bool parse(int argc, char **argv, struct run *run)
{
    static const struct option options[] = {{"campaign", required_argument, NULL, 'c'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"url", required_argument, NULL, 'u'},
                                            {"confirm", no_argument, NULL, 'y'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'c')
            run->campaign = optarg;
        else if (option == 'k')
            run->key_path = optarg;
        else if (option == 'u')
            run->url = optarg;
        else if (option == 'y')
            run->confirmed = true;
        else
            return false;
    }
    run->file = optind + 1 == argc ? argv[optind] : NULL;
    return run->file != NULL && run->campaign != NULL;
}

static int run_import(int argc, char **argv)
{
    struct run run = {.confirmed = false};
    struct fault fault = {{0}};
    int code = COULD_NOT;
    if (!parse(argc, argv, &run)) {
        fputs(usage, stderr);
        return COULD_NOT;
    }
    enum err err = import(&run, &code, &fault);
    if (err != OK) {
        fprintf(stderr, "dauys register: %s\n", fault.text);
        code = err == ERR_INVALID || err == ERR_DENIED ? WRONG : COULD_NOT;
    }
    register_destroy(run.ngos);
    import_result_release(&run.result);
    fold_destroy(run.fold);
    rules_destroy(run.rules);
    return code;
}

int register_command(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return DONE;
    }
    if (argc >= 2 && strcmp(argv[1], "import") == 0)
        return run_import(argc - 1, argv + 1);
    fputs(usage, stderr);
    return COULD_NOT;
}
