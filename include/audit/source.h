/*
 * Where the bytes of a published ledger come from: a folder, or an http(s) address (PROTOCOL.md
 * §1). Everything read is a stranger's: each read has a cap, and nothing is believed.
 *
 * A source is used by one thread at a time.
 */
#ifndef AUDIT_SOURCE_H
#define AUDIT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "ledger/tile.h"

#define SOURCE_PATH_MAX 512   /* of a path below the source, NUL included */
#define SOURCE_LISTED_MAX 200 /* of a path in a list; longer: one odd item (PROTOCOL.md §8) */
#define SOURCE_FILES_MAX 10000000

struct source;

enum source_item {
    SOURCE_REGULAR, /* or a link to a regular file */
    SOURCE_ODD,     /* a link to anything else, a socket, pipe or device; a path that is too long */
};

/* Called for every item but folders with its path below the source; OK goes on. */
typedef enum err source_visit(void *context, const char *path, enum source_item item,
                              struct fault *fault);

/* How a kind of source reads: for the two kinds here and for tests. */
struct source_ops {
    /* Appends the file to out, or leaves out as it was. ERR_NOT_FOUND: there is no such file;
     * ERR_LIMITED: it has more than cap bytes; anything else: could not be read. */
    enum err (*read)(void *context, const char *path, size_t cap, struct buf *out,
                     struct fault *fault);
    /* Every item that there is, in any order. NULL: this kind can't be listed. */
    enum err (*walk)(void *context, source_visit *visit, void *visitor, struct fault *fault);
    void (*close)(void *context); /* may be NULL */
};

/*
 * Opens a folder, or an address that begins with http:// or https://, with or without a slash at
 * its end. Nothing is fetched yet. ERR_NOT_FOUND: no such folder; ERR_INVALID: not an address.
 *
 * Of an address: connections are kept; 10 s to connect, 30 s without progress; no redirects, no
 * cookies; only http and https.
 */
enum err source_open(const char *where, struct source **source, struct fault *fault) MUST_CHECK;

/* A source of another kind. name is copied; context is the ops' and closed by them. */
struct source *source_create(const char *name, const struct source_ops *ops, void *context);
void source_close(struct source *source);

/* What was given to open it, for people. */
const char *source_name(const struct source *source);

/* True when source_walk() can be called: then every file is to be checked. */
bool source_has_list(const struct source *source);

/* Appends the file at path ("tile/0/000") to out. ERR_NOT_FOUND: there is none; ERR_LIMITED: it has
 * more than cap bytes, or than out has room for; ERR_UNAVAILABLE: network; ERR_INTERNAL: else. Then
 * out is as it was. */
enum err source_read(struct source *source, const char *path, size_t cap, struct buf *out,
                     struct fault *fault) MUST_CHECK;

/* Calls visit for every item. Links to folders and folders whose path is too long are not entered.
 */
enum err source_walk(struct source *source, source_visit *visit, void *visitor,
                     struct fault *fault) MUST_CHECK;

/* From now on bundles are fetched once: what was read under tile/entries/ goes to a nameless
 * temporary file (TMPDIR) and comes from there again. For an address; does nothing for a folder. */
enum err source_keep(struct source *source, struct fault *fault) MUST_CHECK;

/* Its tiles, for proofs and entries; a partial tile that is gone is cut from the full one. Valid as
 * long as the source. */
struct tile_source source_tiles(struct source *source);

#endif
