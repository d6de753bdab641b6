#include "audit/verify_command.h"

#include <getopt.h>
#include <string.h>

#include "audit/source.h"
#include "audit/verify.h"
#include "base/base64.h"
#include "base/canon.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/progress.h"
#include "ledger/proof.h"

#define GOOD 0
#define FOUND 1
#define COULD_NOT 2

#define RECEIPTS_MAX 10000
#define THREADS_MAX 256

static const char usage[] =
    "Usage: dauys verify [--vkey VKEY|FILE] [--json] [--threads N] DIR|URL\n"
    "       dauys verify --receipt FILE [--receipt FILE ...] [--vkey VKEY|FILE] [--json] "
    "[DIR|URL]\n"
    "\n"
    "Checks every line of a published ledger, opens the ballots once their seal is open, and "
    "counts\n"
    "them again. DIR is a ledger folder (it has checkpoint, tile/ and files/), URL its address.\n"
    "\n"
    "  --vkey VKEY|FILE  the log's verifier key, or a file with it (default: DIR/../log.vkey)\n"
    "  --receipt FILE    check this receipt (.tlog-proof) instead: that its entry is in the tree\n"
    "                    that the log signed and, with DIR or URL, that the ledger there still "
    "holds\n"
    "                    that tree and shows that entry\n"
    "  --json            one JSON object\n"
    "  --threads N       as many threads (default: one for each core)\n"
    "\n"
    "Exit codes: 0 good, 1 something is wrong, 2 could not check.\n";

struct call {
    const char *vkey, *where;
    const char **receipts;
    size_t receipts_len, receipts_room;
    bool json;
    unsigned threads;
};

static int could_not(const struct fault *fault)
{
    fprintf(stderr, "dauys verify: %s\n", fault->text);
    return COULD_NOT;
}

/* ---- the key -------------------------------------------------------------------------------- */

static enum err read_key_file(const char *path, struct note_key *key, struct fault *fault)
{
    struct buf bytes;
    buf_init(&bytes, NOTE_VKEY_CAP);
    enum err err = file_read(path, &bytes, fault);
    struct slice text = buf_slice(&bytes);
    while (text.len > 0 && strchr(" \t\r\n", text.data[text.len - 1]))
        text.len--;
    if (err == OK)
        err = note_key_parse(text, key, fault);
    buf_release(&bytes);
    return err;
}

static enum err find_key(const struct call *call, struct note_key *key, struct fault *fault)
{
    char path[FILE_PATH_CAP];
    enum err err;
    if (call->vkey && !file_exists(call->vkey)) {
        err = note_key_parse(slice_str(call->vkey), key, fault);
    } else if (call->vkey) {
        err = read_key_file(call->vkey, key, fault);
    } else if (!call->where || strstr(call->where, "://")) {
        err = fault_set(fault, ERR_INVALID,
                        "which key has the log? Give --vkey: it has to come from elsewhere than "
                        "the ledger");
    } else if (strlen(call->where) > sizeof path - 32) {
        err = fault_set(fault, ERR_INVALID, "this folder's path is too long");
    } else {
        file_path(path, call->where, "../log.vkey");
        err = read_key_file(path, key, fault);
    }
    if (err == OK && key->kind != NOTE_ED25519)
        err = fault_set(fault, ERR_INVALID, "this is a witness's key, not that of a log");
    return err;
}

/* ---- the whole ledger ----------------------------------------------------------------------- */

struct bar {
    struct progress progress;
    const char *title; /* of the bar that is shown, or NULL */
};

static void show(void *context, const char *title, uint64_t done, uint64_t total)
{
    struct bar *bar = context;
    if (!bar->title || strcmp(bar->title, title) != 0) {
        if (bar->title)
            progress_end(&bar->progress);
        progress_begin(&bar->progress, stderr, title, total);
        bar->title = title;
    }
    progress_set(&bar->progress, done);
}

static int check_ledger(const struct call *call, struct source *source, const struct note_key *key)
{
    struct bar bar = {.title = NULL};
    struct verify_options options = {.threads = call->threads, .progress = {&bar, show}};
    struct verify_report report;
    struct fault fault = {{0}};
    enum err err = verify_run(source, key, &options, &report, &fault);
    if (bar.title)
        progress_end(&bar.progress);
    int code = report.findings_len > 0 ? FOUND : GOOD;
    if (err != OK)
        code = could_not(&fault);
    else if (call->json)
        verify_print_json(&report, stdout);
    else
        verify_print(&report, progress_colours(stdout), stdout);
    verify_release(&report);
    return code;
}

/* ---- receipts ------------------------------------------------------------------------------- */

static void print_receipt(const char *path, const struct verify_receipt *receipt)
{
    if (!receipt->good)
        printf("%s: wrong: %s\n", path, receipt->why);
    else if (receipt->current > 0)
        printf("%s: good: entry %llu of the tree of %llu, and of the %llu entries there are now\n",
               path, (unsigned long long)receipt->index, (unsigned long long)receipt->size,
               (unsigned long long)receipt->current);
    else
        printf("%s: good: entry %llu of the tree of %llu\n", path,
               (unsigned long long)receipt->index, (unsigned long long)receipt->size);
}

/* A file's name may be any bytes. */
static void put_text(struct buf *out, const char *text)
{
    if (canon_text_allowed(slice_str(text)))
        canon_put_string(out, slice_str(text));
    else
        buf_put_str(out, "\"\"");
}

static void print_receipt_json(const char *path, const struct verify_receipt *receipt, bool first)
{
    struct buf text;
    buf_init(&text, FILE_PATH_CAP * 8);
    buf_printf(&text, "%s{\"file\":", first ? "" : ",");
    put_text(&text, path);
    buf_printf(&text, ",\"good\":%s", receipt->good ? "true" : "false");
    if (receipt->good) {
        buf_printf(&text, ",\"index\":%llu,\"size\":%llu", (unsigned long long)receipt->index,
                   (unsigned long long)receipt->size);
    } else {
        buf_put_str(&text, ",\"why\":");
        put_text(&text, receipt->why);
    }
    printf("%s}", buf_text(&text));
    buf_release(&text);
}

static enum err check_receipt(const char *path, struct source *source, const struct note_key *key,
                              struct verify_receipt *receipt, struct fault *fault)
{
    struct buf bytes;
    buf_init(&bytes, RECEIPT_LEN_MAX);
    enum err err = file_read(path, &bytes, fault);
    *receipt = (struct verify_receipt){0};
    if (err == OK)
        err = verify_receipt(buf_slice(&bytes), key, source, receipt, fault);
    else if (err == ERR_LIMITED)
        err = fault_set(fault, ERR_INVALID, "%s: too large for a receipt", path);
    buf_release(&bytes);
    return err;
}

/* All are looked at, also after one that is wrong. */
static int check_receipts(const struct call *call, struct source *source,
                          const struct note_key *key)
{
    int code = GOOD;
    if (call->json)
        fputs("{\"receipts\":[", stdout);
    for (size_t i = 0; i < call->receipts_len && code != COULD_NOT; i++) {
        struct verify_receipt receipt;
        struct fault fault = {{0}};
        if (check_receipt(call->receipts[i], source, key, &receipt, &fault) != OK) {
            code = could_not(&fault);
            break;
        }
        if (!receipt.good)
            code = FOUND;
        if (call->json)
            print_receipt_json(call->receipts[i], &receipt, i == 0);
        else
            print_receipt(call->receipts[i], &receipt);
    }
    if (call->json)
        fputs("]}\n", stdout);
    return code;
}

/* ---- the call ------------------------------------------------------------------------------- */

static bool read_number(const char *text, unsigned most, unsigned *out)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || number < 1 || number > most)
        return false;
    *out = (unsigned)number;
    return true;
}

/* The exit code, or −1 to go on. */
static int read_call(int argc, char **argv, struct call *call)
{
    static const struct option options[] = {
        {"vkey", required_argument, NULL, 'v'},    {"json", no_argument, NULL, 'j'},
        {"receipt", required_argument, NULL, 'r'}, {"threads", required_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int option;
    bool good = true;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h')
            return fputs(usage, stdout) < 0 ? COULD_NOT : GOOD;
        if (option == 'v') {
            call->vkey = optarg;
        } else if (option == 'j') {
            call->json = true;
        } else if (option == 'r' && call->receipts_len < RECEIPTS_MAX) {
            GROW(call->receipts, call->receipts_len, call->receipts_room);
            call->receipts[call->receipts_len++] = optarg;
        } else if (option != 't' || !read_number(optarg, THREADS_MAX, &call->threads)) {
            good = false;
        }
    }
    if (optind < argc)
        call->where = argv[optind++];
    if (!good || optind < argc || (!call->where && call->receipts_len == 0)) {
        fputs(usage, stderr);
        return COULD_NOT;
    }
    return -1;
}

static int run(const struct call *call)
{
    struct note_key key;
    struct source *source = NULL;
    struct fault fault = {{0}};
    enum err err = find_key(call, &key, &fault);
    if (err == OK && call->where)
        err = source_open(call->where, &source, &fault);
    if (err != OK)
        return could_not(&fault);
    int code = call->receipts_len > 0 ? check_receipts(call, source, &key)
                                      : check_ledger(call, source, &key);
    source_close(source);
    /* A full disk behind the pipe must not look like a good ledger. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fault_set(&fault, ERR_INTERNAL, "can't write the report");
        code = could_not(&fault);
    }
    return code;
}

int verify_command(int argc, char **argv)
{
    struct call call = {0};
    int code = read_call(argc, argv, &call);
    if (code < 0)
        code = run(&call);
    free(call.receipts);
    return code;
}
