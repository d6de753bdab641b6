/*
 * The register for searching: an SQLite file with full-text index (FTS5), made whole from the
 * register's CSV and then only read. Derived: it may be deleted and is made again.
 *
 * NGOs are in order of their folded names; a row number is a place in that order and so a cursor.
 */
#ifndef REGISTER_REGISTER_STORE_H
#define REGISTER_REGISTER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"
#include "base/slice.h"
#include "crypt/hash.h"
#include "register/register.h"

#define REGISTER_HASH_CAP (2 * SHA256_LEN + 1)

/* Where the index of the register with that hash (hex) lies in a campaign's folder. */
void register_store_path(char out[static FILE_PATH_CAP], const char *campaign_folder,
                         const char *hash);

/* Makes the index beside its place and moves it there. ERR_UNAVAILABLE: no space. */
enum err register_store_build(const char *path, const struct ngo_register *ngos,
                              void (*progress)(void *context, size_t rows), void *context,
                              struct fault *fault) MUST_CHECK;

struct register_store;

/* ERR_NOT_FOUND: it has to be built first. Several may be open, in several processes. */
enum err register_store_open(const char *path, struct register_store **store,
                             struct fault *fault) MUST_CHECK;
void register_store_close(struct register_store *store);

/* Empty members do not restrict. */
struct register_filter {
    struct slice text; /* what people type: words that words of a name, a former name, the BIN or
                          the id begin with */
    struct slice region, status, direction;
    struct slice filed;    /* a year: filed for it */
    struct slice laureate; /* a year, or "any" */
};

struct register_row {
    int64_t row; /* > 0 */
    struct slice values[REGISTER_COLUMNS];
};

/* The row is valid during the call. */
typedef void register_row_callback(void *context, const struct register_row *row);

/* Calls back for the first `most` rows behind the row `after` (0: from the start; most 0: all).
 * A text without any word finds nothing. */
enum err register_store_search(struct register_store *store, const struct register_filter *filter,
                               int64_t after, unsigned most, register_row_callback *callback,
                               void *context) MUST_CHECK;

/* How many a filter finds. */
enum err register_store_count(struct register_store *store, const struct register_filter *filter,
                              uint64_t *count) MUST_CHECK;

/* Calls back for every distinct list of years in which somebody was a laureate ("2017|2019"). */
enum err register_store_laureates(struct register_store *store,
                                  void (*callback)(void *context, struct slice years),
                                  void *context) MUST_CHECK;

/* The NGO of that id. ERR_NOT_FOUND. */
enum err register_store_find(struct register_store *store, struct slice id,
                             register_row_callback *callback, void *context) MUST_CHECK;

#endif
