/*
 * Configuration: an ini file read strictly. A table says every key there is; an unknown key, a
 * repeated key, a value of the wrong form is an error with file and line.
 *
 * Values: text as it stands (` ;` begins a comment), decimal numbers, yes or no (also true, false,
 * on, off), lists with commas or white space between the items, which may go on in indented lines.
 * A line has at most 198 bytes.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum config_kind { CONFIG_TEXT, CONFIG_U32, CONFIG_BOOL, CONFIG_LIST };

struct config_list {
    char **items; /* owned */
    size_t len;
};

/* One key. `offset` is where its value lives in the caller's struct: char * (owned), uint32_t, bool
 * or struct config_list. */
struct config_key {
    const char *section; /* "" for keys before the first section */
    const char *name;
    enum config_kind kind;
    size_t offset;
    const char *fallback;    /* in the file's own spelling; NULL for none */
    uint32_t least, most;    /* of a CONFIG_U32 */
    const char *const *only; /* NULL-terminated set of allowed values, or NULL */
    const char *help;        /* one line */
};

/* Fills target with fallbacks, then with what path says (path NULL: fallbacks only). keys ends with
 * a row whose name is NULL; those of a section stand together. ERR_INVALID or what file_read()
 * gives; then texts are NULL and lists empty. */
enum err config_read(const char *path, const struct config_key *keys, void *target,
                     struct fault *fault) MUST_CHECK;

/* Frees what config_read() put into target. */
void config_release(const struct config_key *keys, void *target);

/* Prints every key with its value and help, in a form config_read() accepts. */
void config_print(const struct config_key *keys, const void *target, FILE *out);

#endif
