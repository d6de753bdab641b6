/*
 * The built web pages (web/dist) in memory.
 *
 * dist/manifest.json names every file with its size and SHA-256; static_load() reads exactly those
 * and refuses one that differs. Afterwards nothing here touches the file system: a request's path
 * is only ever compared with the addresses in the manifest. Replying is the caller's part:
 *
 *     file = static_find(files, path);                       NULL: 404
 *     body = static_choose(file, accept_encoding);
 *     if (static_etag_listed(if_none_match, body->etag))     304 with the ETag
 *     200 with file->type, file->cache, body->etag, body->coding, `Vary: Accept-Encoding`
 */
#ifndef HTTP_STATIC_H
#define HTTP_STATIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypt/hash.h"

#define STATIC_ETAG_CAP 32 /* with quotes and NUL */

/* Serves the manifest itself. Its SHA-256 names the pages that a voter was given: administrators
 * enter it in the ledger by a notice `client <hex>`. */
#define STATIC_MANIFEST_URL "/assets/manifest.json"

/* One form of a file as it goes over the wire. */
struct static_body {
    struct slice bytes;
    const char *coding;         /* value of Content-Encoding; NULL when sent as it is */
    char etag[STATIC_ETAG_CAP]; /* strong, with its quotes; each coding has its own (RFC 9110
                                   §8.8.3) */
};

struct static_file {
    const char *path;  /* in the folder: "pages/kk/home.html", "assets/copy-5FHQ2ZBX.js" */
    const char *url;   /* the address that serves it, "/assets/…"; NULL when none does */
    const char *type;  /* value of Content-Type */
    const char *cache; /* value of Cache-Control; NULL when there is no address */
    struct static_body bodies[3]; /* as it is, then those of gzip and br that exist */
    size_t body_count;            /* ≥ 1 */
};

struct static_files;

/* Reads folder/manifest.json and all it names. ERR_CORRUPT: a file is not what the manifest says;
 * ERR_INVALID: the manifest breaks its form; ERR_NOT_FOUND: missing, and fault says how to build
 * it. The caller destroys *out. */
enum err static_load(const char *folder, struct static_files **out, struct fault *fault) MUST_CHECK;
void static_destroy(struct static_files *files);

/* The file served at path (no query, not decoded), or NULL. */
const struct static_file *static_find(const struct static_files *files, struct slice path);

/* The file of that path in the folder, served or not, or NULL. For templates and messages. */
const struct static_file *static_file_at(const struct static_files *files, const char *path);

/* Every file in order of path: index 0 … static_count() − 1. */
size_t static_count(const struct static_files *files);
const struct static_file *static_file_nth(const struct static_files *files, size_t index);

/* The smallest form the client takes; accept_encoding is that header's value, empty when absent
 * (RFC 9110 §12.5.3). */
const struct static_body *static_choose(const struct static_file *file,
                                        struct slice accept_encoding);

/* Value of Content-Security-Policy for every page: nothing but our own files and the inlined style
 * sheet by its hash. */
const char *static_csp(const struct static_files *files);

/* A strong ETag for bytes made at run time, quotes included. */
void static_etag(char out[static STATIC_ETAG_CAP], struct slice bytes);

/* True when an If-None-Match value lists etag or is "*" (RFC 9110 §13.1.2, weak comparison). */
bool static_etag_listed(struct slice if_none_match, const char *etag);

#endif
