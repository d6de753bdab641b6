#include "http/static.h"

#include <jansson.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define MANIFEST_MAX (1U << 20)
#define FILE_MAX (4U << 20) /* of one built file */
#define FILES_MAX 4096
#define ETAG_HASH_CHARS 20 /* of base64: 120 bits, past any accident */

struct static_files {
    struct static_file *files; /* sorted by path */
    size_t len, room;
    const struct static_file **served; /* those with an address, sorted by it */
    size_t served_len;
    char *csp;
};

/* ---- reading the manifest ------------------------------------------------------------------- */

/* Where the reading stands, for errors. */
struct reading {
    const char *folder;
    const char *path; /* of the file at hand, or NULL */
    struct fault *fault;
};

static enum err refuse(const struct reading *reading, const char *what)
{
    return fault_set(reading->fault, ERR_INVALID, "%s/manifest.json: %s%s%s", reading->folder,
                     reading->path ? reading->path : "", reading->path ? ": " : "", what);
}

/* Paths come from our own build, but only those that cannot leave the folder are followed. */
static bool path_allowed(const char *path)
{
    if (path == NULL || *path == '\0' || *path == '/' || strstr(path, "..") != NULL)
        return false;
    size_t len = strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./");
    return path[len] == '\0' && len < 256;
}

/* A value that can stand in a header as it is. */
static bool header_allowed(const char *text)
{
    if (text == NULL || *text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e)
            return false;
    }
    return true;
}

static void etag_of_hash(char out[static STATIC_ETAG_CAP], const uint8_t hash[static SHA256_LEN],
                         const char *coding)
{
    char text[BASE64_LEN(SHA256_LEN) + 1];
    base64_encode(text, hash, SHA256_LEN);
    (void)snprintf(out, STATIC_ETAG_CAP, "\"%.*s%s%s\"", ETAG_HASH_CHARS, text, coding ? "-" : "",
                   coding ? coding : "");
}

/* Reads one form of a file and compares it with its row {path, sha256, size, …}. */
static enum err read_body(struct reading *reading, const json_t *row, const char *coding,
                          struct static_body *body)
{
    const char *path = json_string_value(json_object_get(row, "path"));
    const char *hash_text = json_string_value(json_object_get(row, "sha256"));
    json_t *size = json_object_get(row, "size");
    uint8_t wanted[SHA256_LEN], hash[SHA256_LEN];
    char full[FILE_PATH_CAP];
    struct buf bytes;

    if (!path_allowed(path))
        return refuse(reading, "bad path");
    reading->path = path;
    if (hash_text == NULL || !json_is_integer(size) ||
        hex_decode_exact(slice_str(hash_text), wanted, sizeof wanted) != OK)
        return refuse(reading, "no sha256 and size");

    buf_init(&bytes, FILE_MAX);
    file_path(full, reading->folder, "%s", path);
    enum err err = file_read(full, &bytes, reading->fault);
    if (err == OK) {
        sha256(hash, buf_slice(&bytes));
        if (memcmp(hash, wanted, sizeof hash) != 0 ||
            bytes.len != (uint64_t)json_integer_value(size))
            err =
                fault_set(reading->fault, ERR_CORRUPT,
                          "%s: not the file that manifest.json names; run scripts/build-web", full);
    }
    if (err != OK) {
        buf_release(&bytes);
        return err;
    }
    body->bytes.data = buf_take(&bytes, &body->bytes.len);
    body->coding = coding;
    etag_of_hash(body->etag, hash, coding);
    return OK;
}

/* The rows are taken over by path, so what is not known here is an error, not a surprise later. */
static bool members_known(const json_t *row)
{
    static const char *const known[] = {"path", "sha256", "size", "url",
                                        "type", "cache",  "gzip", "br"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)row, key, value)
    {
        size_t i = 0;
        while (i < sizeof known / sizeof *known && strcmp(known[i], key) != 0)
            i++;
        if (i == sizeof known / sizeof *known)
            return false;
    }
    return true;
}

static enum err read_file(struct reading *reading, const json_t *row, struct static_file *file)
{
    static const char *const codings[] = {"br", "gzip"};
    const char *url = json_string_value(json_object_get(row, "url"));
    const char *type = json_string_value(json_object_get(row, "type"));
    const char *cache = json_string_value(json_object_get(row, "cache"));

    reading->path = NULL;
    if (!json_is_object(row) || !members_known(row))
        return refuse(reading, "a file is no object of the known members");
    enum err err = read_body(reading, row, NULL, &file->bodies[0]);
    if (err != OK)
        return err;
    file->body_count = 1;
    file->path = xstrdup(reading->path);
    if (url == NULL)
        return OK;

    if (*url != '/' || !path_allowed(url + 1) || !header_allowed(type) || !header_allowed(cache))
        return refuse(reading, "bad url, type or cache");
    file->url = xstrdup(url);
    file->type = xstrdup(type);
    file->cache = xstrdup(cache);
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        json_t *packed = json_object_get(row, codings[i]);
        if (packed == NULL)
            continue;
        err = read_body(reading, packed, codings[i], &file->bodies[file->body_count]);
        if (err != OK)
            return err;
        file->body_count++;
    }
    return OK;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct static_file *)a)->path, ((const struct static_file *)b)->path);
}

static int by_url(const void *a, const void *b)
{
    return strcmp((*(const struct static_file *const *)a)->url,
                  (*(const struct static_file *const *)b)->url);
}

static enum err sort_files(struct reading *reading, struct static_files *files)
{
    reading->path = NULL;
    qsort(files->files, files->len, sizeof *files->files, by_path);
    files->served = xcalloc(files->len, sizeof *files->served);
    for (size_t i = 0; i < files->len; i++) {
        if (files->files[i].url != NULL)
            files->served[files->served_len++] = &files->files[i];
        if (i > 0 && by_path(&files->files[i - 1], &files->files[i]) == 0)
            return refuse(reading, "a path comes twice");
    }
    qsort(files->served, files->served_len, sizeof(files->served[0]), by_url);
    for (size_t i = 1; i < files->served_len; i++) {
        if (by_url(&files->served[i - 1], &files->served[i]) == 0)
            return refuse(reading, "a url comes twice");
    }
    return OK;
}

/* Hashes are base64 only, so that nothing in the manifest can add a directive. */
static bool csp_hash_allowed(const char *hash)
{
    uint8_t bytes[SHA256_LEN];
    return hash != NULL && strncmp(hash, "sha256-", 7) == 0 &&
           base64_decode_exact(slice_str(hash + 7), bytes, sizeof bytes) == OK;
}

static enum err make_csp(struct reading *reading, const json_t *style, struct static_files *files)
{
    struct buf csp;
    json_t *hash;
    size_t i;

    reading->path = NULL;
    if (!json_is_array(style))
        return refuse(reading, "no list \"style\"");
    buf_init(&csp, 4096);
    buf_put_str(&csp, "default-src 'none'; script-src 'self'; style-src 'self'");
    json_array_foreach((json_t *)style, i, hash)
    {
        if (!csp_hash_allowed(json_string_value(hash))) {
            buf_release(&csp);
            return refuse(reading, "\"style\" has what is no sha256 in base64");
        }
        buf_printf(&csp, " '%s'", json_string_value(hash));
    }
    buf_put_str(&csp, "; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
                      "worker-src 'self'; form-action 'self'; base-uri 'none'; "
                      "frame-ancestors 'none'; require-trusted-types-for 'script'; "
                      "trusted-types app");
    files->csp = xstrdup(buf_text(&csp));
    bool failed = buf_failed(&csp);
    buf_release(&csp);
    return failed ? refuse(reading, "too many style sheets") : OK;
}

/* The manifest, served as it is: whoever was told its hash can look which pages it names. */
static void add_manifest(struct static_files *files, struct slice bytes)
{
    uint8_t hash[SHA256_LEN], *copy = xcalloc(bytes.len, 1);
    struct static_file *file = &files->files[files->len++];
    memcpy(copy, bytes.data, bytes.len);
    *file = (struct static_file){.path = xstrdup("manifest.json"),
                                 .url = xstrdup(STATIC_MANIFEST_URL),
                                 .type = xstrdup("application/json"),
                                 .cache = xstrdup("no-cache"),
                                 .body_count = 1};
    sha256(hash, bytes);
    file->bodies[0].bytes = slice_of(copy, bytes.len);
    etag_of_hash(file->bodies[0].etag, hash, NULL);
}

static enum err read_manifest(struct reading *reading, const json_t *manifest, struct slice bytes,
                              struct static_files *files)
{
    json_t *rows = json_object_get(manifest, "files"), *row;
    size_t i;

    if (json_integer_value(json_object_get(manifest, "v")) != 1)
        return refuse(reading, "not of version 1");
    if (!json_is_array(rows) || json_array_size(rows) == 0 || json_array_size(rows) > FILES_MAX)
        return refuse(reading, "no list \"files\"");
    files->files = xcalloc(json_array_size(rows) + 1, sizeof *files->files);
    json_array_foreach(rows, i, row)
    {
        files->len++; /* first, so that static_destroy() frees what is half read */
        enum err err = read_file(reading, row, &files->files[i]);
        if (err != OK)
            return err;
    }
    add_manifest(files, bytes);
    enum err err = sort_files(reading, files);
    return err == OK ? make_csp(reading, json_object_get(manifest, "style"), files) : err;
}

enum err static_load(const char *folder, struct static_files **out, struct fault *fault)
{
    struct reading reading = {.folder = folder, .fault = fault};
    struct static_files *files = xcalloc(1, sizeof *files);
    json_t *manifest = NULL;
    json_error_t where;
    char path[FILE_PATH_CAP];
    struct buf bytes;

    buf_init(&bytes, MANIFEST_MAX);
    file_path(path, folder, "manifest.json");
    enum err err = file_read(path, &bytes, fault);
    if (err != OK) {
        if (err == ERR_NOT_FOUND)
            err =
                fault_set(fault, err, "%s: no such file; build the pages: scripts/build-web", path);
        goto out;
    }
    manifest = json_loadb((const char *)bytes.data, bytes.len, JSON_REJECT_DUPLICATES, &where);
    if (manifest == NULL) {
        err = fault_set(fault, ERR_INVALID, "%s:%d: %s", path, where.line, where.text);
        goto out;
    }
    err = read_manifest(&reading, manifest, buf_slice(&bytes), files);
    if (err != OK)
        goto out;
    *out = files;
    files = NULL;
out:
    json_decref(manifest);
    buf_release(&bytes);
    static_destroy(files);
    return err;
}

void static_destroy(struct static_files *files)
{
    if (files == NULL)
        return;
    for (size_t i = 0; i < files->len; i++) {
        struct static_file *file = &files->files[i];
        for (size_t j = 0; j < sizeof file->bodies / sizeof *file->bodies; j++)
            free((void *)file->bodies[j].bytes.data);
        free((void *)file->path);
        free((void *)file->url);
        free((void *)file->type);
        free((void *)file->cache);
    }
    free(files->files);
    free((void *)files->served);
    free(files->csp);
    free(files);
}

/* ---- looking up ----------------------------------------------------------------------------- */

const struct static_file *static_find(const struct static_files *files, struct slice path)
{
    size_t low = 0, high = files->served_len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = slice_compare(path, slice_str(files->served[middle]->url));
        if (order == 0)
            return files->served[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct static_file *static_file_at(const struct static_files *files, const char *path)
{
    struct static_file key = {.path = path};
    return bsearch(&key, files->files, files->len, sizeof *files->files, by_path);
}

size_t static_count(const struct static_files *files)
{
    return files->len;
}

const struct static_file *static_file_nth(const struct static_files *files, size_t index)
{
    INVARIANT(index < files->len);
    return &files->files[index];
}

const char *static_csp(const struct static_files *files)
{
    return files->csp;
}

/* ---- negotiating ---------------------------------------------------------------------------- */

/* Cuts the next item of a comma-separated list, without white space around it. */
static bool next_item(struct slice *list, struct slice *item)
{
    if (list->len == 0)
        return false;
    const uint8_t *comma = memchr(list->data, ',', list->len);
    size_t len = comma == NULL ? list->len : (size_t)(comma - list->data);
    size_t drop = comma == NULL ? len : len + 1;
    *item = slice_of(list->data, len);
    *list = slice_of(list->data + drop, list->len - drop);
    while (item->len > 0 && (*item->data == ' ' || *item->data == '\t'))
        *item = slice_of(item->data + 1, item->len - 1);
    while (item->len > 0 && (item->data[item->len - 1] == ' ' || item->data[item->len - 1] == '\t'))
        item->len--;
    return true;
}

static bool is_word(struct slice word, const char *text)
{
    return word.len == strlen(text) && strncasecmp((const char *)word.data, text, word.len) == 0;
}

/* "gzip;q=0" forbids; any other weight allows: we choose by size, not by taste. */
static bool weight_is_zero(struct slice parameters)
{
    for (size_t i = 0; i + 1 < parameters.len; i++) {
        if ((parameters.data[i] != 'q' && parameters.data[i] != 'Q') ||
            parameters.data[i + 1] != '=')
            continue;
        for (size_t j = i + 2; j < parameters.len && parameters.data[j] != ';'; j++) {
            if (parameters.data[j] >= '1' && parameters.data[j] <= '9')
                return false;
        }
        return true;
    }
    return false;
}

/* Is coding taken, by name or else by "*"? */
static bool accepts(struct slice accept_encoding, const char *coding)
{
    struct slice item;
    bool any = false;
    while (next_item(&accept_encoding, &item)) {
        const uint8_t *semicolon = item.len ? memchr(item.data, ';', item.len) : NULL;
        size_t len = semicolon == NULL ? item.len : (size_t)(semicolon - item.data);
        struct slice name = slice_of(item.data, len);
        struct slice parameters = slice_of(item.data + len, item.len - len);
        while (name.len > 0 && name.data[name.len - 1] == ' ')
            name.len--;
        if (is_word(name, coding))
            return !weight_is_zero(parameters);
        if (is_word(name, "*"))
            any = !weight_is_zero(parameters);
    }
    return any;
}

const struct static_body *static_choose(const struct static_file *file,
                                        struct slice accept_encoding)
{
    const struct static_body *best = &file->bodies[0];
    for (size_t i = 1; i < file->body_count; i++) {
        if (file->bodies[i].bytes.len < best->bytes.len &&
            accepts(accept_encoding, file->bodies[i].coding))
            best = &file->bodies[i];
    }
    return best;
}

void static_etag(char out[static STATIC_ETAG_CAP], struct slice bytes)
{
    uint8_t hash[SHA256_LEN];
    sha256(hash, bytes);
    etag_of_hash(out, hash, NULL);
}

bool static_etag_listed(struct slice if_none_match, const char *etag)
{
    struct slice item;
    while (next_item(&if_none_match, &item)) {
        if (item.len >= 2 && memcmp(item.data, "W/", 2) == 0)
            item = slice_of(item.data + 2, item.len - 2);
        if (slice_is(item, "*") || slice_is(item, etag))
            return true;
    }
    return false;
}
