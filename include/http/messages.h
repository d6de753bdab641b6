/*
 * Texts that the server fills in itself: sentences about phases, problems. All come from
 * web/i18n/{kk,ru,en}.json, the same files the pages are rendered from; the build copies what the
 * server needs to dist/i18n. Texts are plain: a template escapes them.
 */
#ifndef HTTP_MESSAGES_H
#define HTTP_MESSAGES_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "http/fmt.h"
#include "http/static.h"

struct messages;

/* One `{name}` in a text. */
struct message_param {
    const char *name;
    const char *text;
};

/* Reads i18n/<lang>.json of files. ERR_INVALID: not a flat object of strings, or the languages
 * differ in keys or parameters; fault names file and key. The caller destroys *out, which needs
 * files no longer. */
enum err messages_load(const struct static_files *files, struct messages **out,
                       struct fault *fault) MUST_CHECK;
void messages_destroy(struct messages *messages);

/* The text as it stands in the file, `{name}` included; NULL when there is no such key. It lives as
 * long as messages. */
const char *messages_find(const struct messages *messages, enum lang lang, const char *key);

/* Appends the text with its parameters filled in. ERR_NOT_FOUND: no such key; ERR_INVALID: params
 * are not exactly those of the text. Both are faults of the caller or of the texts, never of a
 * request. */
enum err messages_format(const struct messages *messages, enum lang lang, const char *key,
                         const struct message_param *params, size_t count, struct buf *out,
                         struct fault *fault) MUST_CHECK;

/* Appends the sentence that says how a phase stands, with its dates: "Бағалау жүріп жатыр. …".
 * phase is nomination, screening, evaluation, council, publication or appeal; state is unscheduled,
 * scheduled, open, paused or closed (PROTOCOL.md §6), ERR_NOT_FOUND for any other. opens and closes
 * are unix seconds, unused where the state has none. */
enum err messages_phase(const struct messages *messages, enum lang lang, const char *phase,
                        const char *state, int64_t opens, int64_t closes, struct buf *out,
                        struct fault *fault) MUST_CHECK;

#endif
