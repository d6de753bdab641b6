/*
 * Reading members of the strict rules. Every function reports what is wrong with its own member and
 * goes on with a harmless value, so that one run tells all problems. A member that is absent has
 * been reported by read_object() already: the others then say nothing.
 *
 * path is a JSON Pointer to the object in hand.
 */
#ifndef CAMPAIGN_RULES_READ_H
#define CAMPAIGN_RULES_READ_H

#include <jansson.h>

#include "campaign/rules.h"

struct reader {
    struct rules_problems *problems;
    size_t count; /* of problems, listed or not */
    size_t room;
    char path[256]; /* cut when longer; the rules are not that deep */
    size_t path_len;
};

/* Steps into a member or item; leave with what it returned. */
size_t reader_enter(struct reader *reader, const char *key);
size_t reader_enter_item(struct reader *reader, size_t number);
void reader_leave(struct reader *reader, size_t mark);

/* member NULL: the object in hand itself. */
void reader_problem(struct reader *reader, enum rules_kind kind, const char *member,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Whether json is an object; reports missing and unknown members. keys end with NULL; one that
 * begins with '?' may be absent. */
bool read_object(struct reader *reader, const json_t *json, const char *const *keys);

uint64_t read_int(struct reader *reader, const json_t *object, const char *key, uint64_t least,
                  uint64_t most);
bool read_bool(struct reader *reader, const json_t *object, const char *key);

/* The number of the word in words (which end with NULL), 0 when it is none of them. */
unsigned read_word(struct reader *reader, const json_t *object, const char *key,
                   const char *const *words);

/* At least one word out of words, none twice, as bits by their number. */
unsigned read_words(struct reader *reader, const json_t *object, const char *key,
                    const char *const *words);

/* An array with least … most items, else NULL. */
const json_t *read_array(struct reader *reader, const json_t *object, const char *key, size_t least,
                         size_t most);

/* Appended to out: 1 … most of the given characters. */
void read_id(struct reader *reader, const json_t *object, const char *key, const char *allowed,
             size_t most, char *out);

/* A text for people of 1 … most code points. Returns a copy, "" when it is none. */
char *read_text(struct reader *reader, const json_t *object, const char *key, size_t most);

/* The same in the three languages. */
void read_texts(struct reader *reader, const json_t *object, const char *key, size_t most,
                struct rules_text *out);

/* RFC 3339 with offset, years 2000 … 2199: unix seconds, 0 when it is none. */
int64_t read_instant(struct reader *reader, const json_t *object, const char *key);

/* "2026-03-31", years 1990 … 2199. */
void read_date(struct reader *reader, const json_t *object, const char *key, char out[static 11]);

/* "2/3", each 1 … 999, at most 1. */
struct rules_fraction read_fraction(struct reader *reader, const json_t *object, const char *key);

/* The groups of rules_parse.c that have files of their own. */
void rules_read_categories(struct reader *reader, const json_t *root, struct rules *rules);
void rules_read_conduct(struct reader *reader, const json_t *root, struct rules *rules);

#endif
