/*
 * Memory. Small fixed allocations abort when there is none; anything sized by the outside is
 * capped by its caller first.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* Zeroed memory for count items of size bytes; never NULL, aborts on overflow or lack. */
void *xcalloc(size_t count, size_t size) __attribute__((returns_nonnull));
void *xrealloc(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *text) __attribute__((returns_nonnull));
char *xstrndup(const void *text, size_t len) __attribute__((returns_nonnull));
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

/* Overwrites a secret; the compiler can't drop it. */
void wipe(void *secret, size_t len);

/* Makes room for one more item in an array that grows by doubling:
 * `GROW(list->items, list->len, list->room)`. */
#define GROW(items, len, room)                                                                     \
    do {                                                                                           \
        if ((len) == (room) || (items) == NULL) {                                                  \
            (room) = (room) ? (room)*2 : 16;                                                       \
            (items) = xrealloc((items), (room), sizeof *(items));                                  \
        }                                                                                          \
    } while (0)

#endif
