/*
 * Other processes of this program on this machine: pid files, and ending what an earlier run left
 * behind.
 */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

/* Writes "<pid>\n" to path (0644). */
enum err process_write_pid(const char *path, pid_t pid, struct fault *fault) MUST_CHECK;

/*
 * Ends the process that a pid file of an earlier run names: SIGTERM, and SIGKILL after grace_ms;
 * blocks until it is gone, then removes the file. A pid may have been given to another process
 * since: nothing is sent unless ours(context, pid), asked through a handle that holds the pid, says
 * yes. OK too when there is no file or no such process. ERR_INTERNAL: it is still there.
 */
enum err process_end_earlier(const char *pid_path, unsigned grace_ms,
                             bool (*ours)(void *context, pid_t pid), void *context,
                             struct fault *fault) MUST_CHECK;

/* True when the process works in folder (its current directory). Of another user's process only who
 * may trace it is told; false to others. */
bool process_works_in(pid_t pid, const char *folder);

/* True when its command line, as ps shows it, holds text. It can be asked of another user's
 * process. */
bool process_mentions(pid_t pid, const char *text);

/* True when the process has this name (as in ps; 15 bytes of it count). It can be asked of an
 * undumpable process of another user too. */
bool process_is_named(pid_t pid, const char *name);

/*
 * Takes a lock file for this process alone; the kernel drops it when the process ends, and a fork
 * does not inherit it. *fd is to be kept open. ERR_CONFLICT: another living process has it.
 */
enum err process_lock(const char *path, int *fd, struct fault *fault) MUST_CHECK;

#endif
