/*
 * What the rules say of a nomination and of the NGO it names: pure, no clock, no store. What an
 * entry's place decides is the ledger's; this is what the registrar asks before it, and what
 * moderators see beside a text.
 */
#ifndef NOMINATION_NOMINATION_RULES_H
#define NOMINATION_NOMINATION_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "campaign/rules.h"

#define NOMINATION_TEXT_LEAST 50 /* code points */
#define NOMINATION_TEXT_MOST 4000
#define NOMINATION_LINKS_MOST 5
#define NOMINATION_LINK_MOST 500     /* bytes */
#define NOMINATION_NOTE_MOST 2000    /* code points of an appeal, a dispute, an answer */
#define NOMINATION_CONSENT_MOST 1000 /* the highest version of a consent's text */

/* How somebody nominates, and how close he is to the NGO; by name the COUNT when unknown. */
enum nominator {
    NOMINATOR_CITIZEN,
    NOMINATOR_NGO,
    NOMINATOR_STATE_BODY,
    NOMINATOR_COUNCIL,
    NOMINATOR_COUNT
};
enum relation { RELATION_NONE, RELATION_HEAD, RELATION_STAFF, RELATION_COUNT };
enum nominator nominator_by_name(struct slice name);
enum relation relation_by_name(struct slice name);
const char *nominator_name(enum nominator nominator);
const char *relation_name(enum relation relation);

/* UTF-8 in NFC of least … most code points, lines divided by U+000A, no other control and no bidi
 * character, at most four marks on one letter, not only white space. */
bool nomination_text_good(struct slice text, size_t least, size_t most);

/* An https address of a named host that can be shown to everybody: no user, no port, no spaces,
 * quotes or angle brackets, ASCII. */
bool nomination_link_good(struct slice link);

struct nomination_wish {
    enum nominator as;
    enum relation relation;
    uint32_t own_count; /* nominations that this person has, supports included */
    uint32_t ngo_count; /* other categories in which the NGO is a nominee already */
    bool is_support;    /* the NGO is a nominee of this category already */
};

/* The problem's code; NULL: the rules allow it. */
const char *nomination_refused(const struct rules *rules, const struct nomination_wish *wish);

/* A related person nominates and the rules want moderators to see it. */
bool nomination_flagged(const struct rules *rules, enum nominator as, enum relation relation);

/* What the register knows of an NGO. "" or −1: it does not say. */
struct nomination_facts {
    struct slice status; /* "ACTIVE" */
    struct slice bin;
    int filed_year;        /* the last one */
    struct slice filed_on; /* "2026-03-30": when it filed for the year of the rules */
    int laureate_year;     /* the last prize */
    int campaign_year;     /* of the cooling-off */
    size_t same_bin;       /* other nominees of the category with this BIN */
};

enum check {
    CHECK_STATUS,
    CHECK_BIN,
    CHECK_FILED_YEAR,
    CHECK_FILED_BY,
    CHECK_COOLING_OFF,
    CHECK_DUPLICATE,
    CHECK_COUNT
};
enum check_state { CHECK_OK, CHECK_BAD, CHECK_UNKNOWN };

/* "status", "bin", "filed_year", "filed_by", "cooling_off", "duplicate". */
const char *check_name(enum check check);
enum check_state nomination_check(const struct rules *rules, const struct nomination_facts *facts,
                                  enum check check);

#endif
