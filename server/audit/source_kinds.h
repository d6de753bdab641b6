/* The two kinds of sources: what source_open() chooses from. */
#ifndef AUDIT_SOURCE_KINDS_H
#define AUDIT_SOURCE_KINDS_H

#include "audit/source.h"

extern const struct source_ops source_folder_ops;
extern const struct source_ops source_url_ops;

/* Open what the ops then read; *context is theirs. */
enum err source_folder_open(const char *folder, void **context, struct fault *fault) MUST_CHECK;
enum err source_url_open(const char *address, void **context, struct fault *fault) MUST_CHECK;

#endif
