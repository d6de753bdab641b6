/*
 * Every step by which the ledger changes the disk. base/file.h is not used for it for two reasons:
 * a test must be able to stop before each single step, and temporary files must not stand in the
 * published folder, where an auditor would find them.
 *
 * All paths are relative to the folder that `at` is open on.
 */
#ifndef SERVER_LEDGER_DISK_H
#define SERVER_LEDGER_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/file.h"
#include "base/slice.h"

enum disk_step { DISK_WRITE, DISK_SYNC, DISK_RENAME, DISK_CUT, DISK_REMOVE };

/* Called before each step until replaced by NULL. A result other than 0 is the errno with which the
 * step fails; *len of a write may be made smaller, which makes it a short one. For tests. */
void disk_hook(int (*hook)(enum disk_step step, const char *path, size_t *len));

/* Opens (makes, when flags say so) a file. ERR_NOT_FOUND, ERR_INTERNAL. */
enum err disk_open(int at, const char *path, int flags, mode_t mode, int *fd,
                   struct fault *fault) MUST_CHECK;

/* Writes all bytes at offset, going on after short writes and signals. path is for the fault. */
enum err disk_write(int fd, const char *path, struct slice bytes, uint64_t offset,
                    struct fault *fault) MUST_CHECK;

/* fdatasync. */
enum err disk_sync(int fd, const char *path, struct fault *fault) MUST_CHECK;

/* Syncs a file or folder by name. */
enum err disk_sync_path(int at, const char *path, struct fault *fault) MUST_CHECK;

enum err disk_rename(int at, const char *from, const char *to, struct fault *fault) MUST_CHECK;

enum err disk_cut(int fd, const char *path, uint64_t len, struct fault *fault) MUST_CHECK;

/* How lasting a file is when disk_put() returns: nothing said, on its way to the disk (so that a
 * later sync has little left to do), or there with its folder. */
enum disk_care { DISK_LATER, DISK_SOON, DISK_NOW };

/* Writes bytes to the file temp, readable by all, and renames it to path, making missing folders.
 */
enum err disk_put(int at, const char *temp, const char *path, struct slice bytes,
                  enum disk_care care, struct fault *fault) MUST_CHECK;

/* Removes a folder and the files in it. What is not there is removed already; what can't be removed
 * stays. */
void disk_remove_folder(int at, const char *path);

#endif
