/* What the register says of a nominee, and how that stands by the rules, as moderators see it. */
#ifndef NOMINATION_MODERATION_FACTS_H
#define NOMINATION_MODERATION_FACTS_H

#include <jansson.h>

#include "nomination/nomination_rules.h"

/* Puts the members `facts` and `checklist` into out. item is the nominee's of an answer
 * (serve/nominees.h); twins: how many others of its category have its BIN. */
void moderation_put_facts(const struct rules *rules, const json_t *item, size_t twins, json_t *out);

#endif
