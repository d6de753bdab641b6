/* Makes the index of a register that the ledger names: the one process that may write beside the
 * campaign's ledger. Fronts ask for it when they do not find it. */
#include "base/base64.h"
#include "base/file.h"
#include "base/log.h"
#include "ledger/ledger.h"
#include "register/register_store.h"
#include "serve/registrar.h"

static enum err build(const char *folder, const char *hash_text, const uint8_t *hash,
                      struct fault *fault)
{
    char path[FILE_PATH_CAP], shelf[FILE_PATH_CAP];
    struct buf csv;
    struct ngo_register *ngos = NULL;
    register_store_path(path, folder, hash_text);
    file_path(shelf, folder, "register");
    buf_init(&csv, REGISTER_BYTES_MAX);
    enum err err = file_make_folder(shelf, 0755, fault);
    if (err == OK)
        err = ledger_file_get(folder, hash, &csv, fault);
    if (err == OK)
        err = register_parse(buf_slice(&csv), &ngos, fault);
    if (err == OK)
        err = register_store_build(path, ngos, NULL, NULL, fault);
    register_destroy(ngos);
    buf_release(&csv);
    return err;
}

/* Every front asks for each request that misses it: only the first of them makes work. */
static bool is_there(const struct registrar_campaign *campaign, const char *hash_text)
{
    char path[FILE_PATH_CAP];
    struct register_store *store = NULL;
    struct fault fault;
    register_store_path(path, campaign->folder, hash_text);
    bool there = register_store_open(path, &store, &fault) == OK;
    register_store_close(store);
    return there;
}

static void build_index(struct registrar_ask *ask)
{
    struct slice text = registrar_text(ask->json, "hash");
    uint8_t hash[SHA256_LEN];
    char hex[REGISTER_HASH_CAP];
    struct fault fault = {{0}};
    if (hex_decode_exact(text, hash, sizeof hash) != OK) {
        registrar_fail(ask, ERR_INVALID);
        return;
    }
    hex_encode(hex, hash, sizeof hash);
    if (is_there(ask->campaign, hex)) {
        registrar_reply(ask, json_object());
        return;
    }
    enum err err = build(ask->campaign->folder, hex, hash, &fault);
    if (err != OK) {
        log_error("register_not_built", LOG_S("campaign", ask->campaign->id),
                  LOG_S("why", fault.text));
        registrar_fail(ask, err);
        return;
    }
    log_info("register_built", LOG_S("campaign", ask->campaign->id), LOG_S("hash", hex));
    registrar_reply(ask, json_object());
}

static const struct registrar_row rows[] = {{"register.build", build_index, false}};

const struct registrar_room register_room = {.rows = rows, .rows_len = sizeof rows / sizeof *rows};
