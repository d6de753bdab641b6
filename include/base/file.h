/*
 * Files: read with a cap, written whole or not at all. Every function names the path in its
 * fault.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define FILE_PATH_CAP 1024 /* longest path this program makes, NUL included */

/* Joins with one slash; aborts when longer than FILE_PATH_CAP. */
void file_path(char out[static FILE_PATH_CAP], const char *folder, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends the whole file to out, whose cap is the limit. ERR_NOT_FOUND, ERR_LIMITED (larger than
 * what the cap leaves), ERR_INTERNAL; then out is as it was. */
enum err file_read(const char *path, struct buf *out, struct fault *fault) MUST_CHECK;

/* The same for a secret: refuses with ERR_DENIED what is not a regular file, what group or others
 * can open (and says `chmod 600`), and what belongs to another user, unless that user or this
 * process is root. */
enum err file_read_secret(const char *path, struct buf *out, struct fault *fault) MUST_CHECK;

enum file_sync { FILE_NO_SYNC, FILE_SYNC };

/* Writes to a temporary file beside path and renames it; with FILE_SYNC both the file and its
 * folder are synced. Makes missing parent folders (mode 0755). mode as in chmod. The temporary file
 * is called
 * .<name>.XXXXXX; one that a crash leaves may be deleted. ERR_UNAVAILABLE: no space; else
 * ERR_INTERNAL. */
enum err file_write(const char *path, struct slice bytes, mode_t mode, enum file_sync sync,
                    struct fault *fault) MUST_CHECK;

/* The same, and ERR_CONFLICT when path exists: of two at once one succeeds. */
enum err file_create(const char *path, struct slice bytes, mode_t mode, enum file_sync sync,
                     struct fault *fault) MUST_CHECK;

/* mkdir -p; the parent of each folder made is synced. */
enum err file_make_folder(const char *path, mode_t mode, struct fault *fault) MUST_CHECK;

enum err file_sync_folder(const char *path, struct fault *fault) MUST_CHECK;
bool file_exists(const char *path);

/* A file that comes with the program, by its place in the source ("web/dist"): PREFIX/share/dauys/…
 * when this program is PREFIX/bin/dauys, else in the working folder. */
void file_shared(char out[static FILE_PATH_CAP], const char *name);

#endif
