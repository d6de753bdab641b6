/* JSON files as PROTOCOL.md §3 accepts them, for both readers of the rules. */
#ifndef CAMPAIGN_RULES_LOAD_H
#define CAMPAIGN_RULES_LOAD_H

#include <jansson.h>

#include "base/err.h"
#include "base/slice.h"

/* ERR_INVALID: not an object in that form; fault says what and where. *root is the caller's. */
enum err rules_load(struct slice json, json_t **root, struct fault *fault) MUST_CHECK;

#endif
