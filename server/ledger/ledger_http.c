/*
 * The ledger's files as they lie in the campaign's folder: checkpoint, tiles, bundles, files. A
 * path is taken apart and written anew before any file is opened, so that no name from outside
 * reaches the file system.
 */
#include "base/base64.h"
#include "base/file.h"
#include "base/mem.h"
#include "ledger/tile.h"
#include "serve/front.h"

#define FILE_MAX (64U << 20) /* the largest file an entry may name */

#define CACHE_CHECKPOINT "public, max-age=2"
#define CACHE_FOREVER "public, max-age=31536000, immutable"

struct served {
    const char *type;
    const char *cache;
    char etag[2 * SHA256_LEN + 3];
    char path[FILE_PATH_CAP]; /* below the ledger folder */
};

static bool is_file_name(struct slice name, struct served *served)
{
    static const char folder[] = "files/";
    size_t skip = sizeof folder - 1;
    uint8_t hash[SHA256_LEN];
    if (name.len != skip + 2 * SHA256_LEN || memcmp(name.data, folder, skip) != 0)
        return false;
    struct slice hex = slice_of(name.data + skip, 2 * SHA256_LEN);
    if (hex_decode_exact(hex, hash, sizeof hash) != OK)
        return false;
    (void)snprintf(served->etag, sizeof served->etag, "\"%.*s\"", SLICE_PRINT(hex));
    return true;
}

/* Fills in what the rest of a path names; false when it can't be a file of a ledger. */
static bool find(struct slice name, struct served *served)
{
    struct tile tile;
    *served = (struct served){.type = "application/octet-stream", .cache = CACHE_FOREVER};
    if (slice_is(name, "checkpoint")) {
        served->type = "text/plain; charset=utf-8";
        served->cache = CACHE_CHECKPOINT;
    } else if (!is_file_name(name, served) && tile_path_parse(name, &tile) != OK) {
        return false;
    }
    (void)snprintf(served->path, sizeof served->path, "%.*s", SLICE_PRINT(name));
    return name.len < sizeof served->path;
}

static void release_bytes(void *bytes)
{
    free(bytes);
}

static void serve_file(struct http_request *request, void *context)
{
    struct front *front = context;
    struct front_campaign *campaign =
        front_campaign(front, http_request_param(request, "campaign"));
    struct served served;
    if (campaign == NULL || !find(http_request_param(request, "path"), &served)) {
        http_reply_problem(request, "not_found", NULL);
        return;
    }
    char path[FILE_PATH_CAP];
    struct buf bytes;
    struct fault fault;
    file_path(path, campaign->folder, "ledger/%s", served.path);
    buf_init(&bytes, FILE_MAX);
    enum err err = file_read(path, &bytes, &fault);
    http_reply_header(request, "Access-Control-Allow-Origin", "*");
    if (err != OK) {
        buf_release(&bytes);
        http_reply_err(request, err);
        return;
    }
    size_t len = 0;
    uint8_t *data = buf_take(&bytes, &len);
    http_reply_answer(request, &(struct http_answer){.status = 200,
                                                     .content_type = served.type,
                                                     .body = slice_of(data, len),
                                                     .etag = *served.etag ? served.etag : NULL,
                                                     .cache_control = served.cache,
                                                     .release = release_bytes,
                                                     .release_context = data});
}

const struct http_route ledger_routes[] = {
    {HTTP_GET, "/{campaign}/ledger/{path...}", 0, serve_file},
};
const size_t ledger_routes_len = sizeof ledger_routes / sizeof *ledger_routes;
