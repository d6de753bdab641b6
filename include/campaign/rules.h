/*
 * The rules of a campaign: `rules.json`, frozen and hashed into the ledger's first entry (I8).
 * Nothing of what it says is compiled in.
 *
 * Two readers. rules_parse() is strict: every member is known and in range, everything that the
 * file has is checked, and all that is wrong is told at once with its place. A campaign is created
 * only from a file that passes it. rules_parse_counting() needs what PROTOCOL.md §3 lists and skips
 * the rest: the one by which ledgers are judged, so that every verifier agrees on `rules_invalid`.
 * What the first accepts the second accepts, with the same meaning.
 *
 * A JSON Schema of the strict form is server/campaign/rules.schema.json. What it can't say (how
 * members depend on one another) are the problems of kind RULES_CROSS.
 */
#ifndef CAMPAIGN_RULES_H
#define CAMPAIGN_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "campaign/phase.h"

#define RULES_FILE_MAX (1U << 20) /* bytes */
#define RULES_DEPTH_MAX 16        /* levels of objects and arrays */
#define RULES_CATEGORIES_MAX 64
#define RULES_CRITERIA_MAX 16
#define RULES_AT_MOST_MAX 5000 /* nominees on a ballot */
#define RULES_REGIONS_MAX 64
#define RULES_CAMPAIGN_ID_MAX 32
#define RULES_CATEGORY_ID_MAX 16
#define RULES_CRITERION_ID_MAX 64 /* 16 in the strict form */
#define RULES_NAME_MAX 200        /* code points of a name */
#define RULES_ABOUT_MAX 2000      /* code points of a longer text */
#define RULES_CT_MAX 5000         /* bytes of `ct` in a ballot entry (PROTOCOL.md §2) */

/* The languages that every text for people stands in; names[] are indexed by it. */
enum rules_lang { RULES_KK, RULES_RU, RULES_EN, RULES_LANGS };

/* A text in the three languages. In the counting form all are "". */
struct rules_text {
    char *in[RULES_LANGS]; /* owned, never NULL */
};

enum ballot_method {
    BALLOT_CHOOSE,
    BALLOT_APPROVE,
    BALLOT_POINTS,
    BALLOT_RANK,
    BALLOT_SCORE,
    BALLOT_METHOD_COUNT
};

struct ballot_criterion {
    char id[RULES_CRITERION_ID_MAX + 1];
    uint64_t weight; /* ≥ 1 */
    struct rules_text name;
};

/* How a category votes. Members that a method does not have are 0. */
struct ballot_rules {
    enum ballot_method method;
    uint32_t at_most;     /* nominees on a ballot, ≥ 1: approve, rank, score; 1 for choose */
    uint64_t sum;         /* points of a ballot: points */
    uint64_t *weights;    /* at_most of them, by position: rank; owned */
    uint64_t least, most; /* of a value: score */
    struct ballot_criterion *criteria; /* score; owned */
    size_t criteria_len;
};

struct rules_category {
    char id[RULES_CATEGORY_ID_MAX + 1];
    struct ballot_rules ballot;
    struct rules_text name, about;
    uint64_t least_turnout; /* counted ballots without which the public result is not valid */
};

struct rules_phase {
    enum phase phase;
    int64_t opens, closes; /* unix seconds, half-open: at `closes` it is closed. 0 when counting */
};

enum rules_tie_break { RULES_TIE_VOTERS, RULES_TIE_LOT, RULES_TIE_COUNT };

/* When the ledger opens ballots. */
enum rules_open { RULES_OPEN_CLOSE, RULES_OPEN_LIVE };

/* From when on somebody is shown tallies: while they come in, once evaluation is closed and ballots
 * are opened, or once that phase has opened. After `unseal` anybody can count for himself. */
enum rules_shown {
    RULES_SHOWN_LIVE,
    RULES_SHOWN_CLOSE,
    RULES_SHOWN_COUNCIL,
    RULES_SHOWN_PUBLICATION
};
enum rules_audience { RULES_PUBLIC, RULES_COUNCIL, RULES_STAFF, RULES_AUDIENCES };

struct rules_region {
    char code[8]; /* ISO 3166-2 */
    struct rules_text name;
    char since[11]; /* "2022-06-08": the day on which it came to be, or "" */
    char **former;  /* names and codes by which older records call it; owned */
    size_t former_len;
};

/* How a person proves who he is. */
enum rules_sign_in {
    RULES_SIGN_CODE,
    RULES_SIGN_OTP,
    RULES_SIGN_OIDC,
    RULES_SIGN_EDS,
    RULES_SIGN_COUNT
};
enum rules_assurance { RULES_LOW, RULES_SUBSTANTIAL, RULES_HIGH };

struct rules_method {
    enum rules_sign_in method;
    enum rules_assurance assurance;
    bool person_number; /* yields the person number */
};

/* Who may nominate, as bits. */
enum { RULES_BY_CITIZEN = 1, RULES_BY_NGO = 2, RULES_BY_STATE_BODY = 4, RULES_BY_COUNCIL = 8 };
/* What becomes of a nomination by the NGO's own head or staff. */
enum rules_own { RULES_OWN_ALLOW, RULES_OWN_FLAG, RULES_OWN_REFUSE };
/* Statuses of the register, as bits. */
enum {
    RULES_ACTIVE = 1,
    RULES_NO_BIN = 2,
    RULES_INACTIVE = 4,
    RULES_LIQUIDATING = 8,
    RULES_SUSPENDED = 16
};

struct rules_fraction {
    uint32_t over, under; /* over / under, 0 < over ≤ under */
};

enum rules_majority_base { RULES_BASE_PRESENT, RULES_BASE_ALL };
enum rules_recusal {
    RULES_RECUSED_OUT,
    RULES_RECUSED_IN
}; /* of quorum and majority base, or not */
enum rules_departure { RULES_DEPART_NEVER, RULES_DEPART_WITH_REASONS };
enum rules_split { RULES_SPLIT_EQUAL, RULES_SPLIT_EACH };
enum rules_remainder { RULES_REMAINDER_KEPT, RULES_REMAINDER_FIRST };

struct rules {
    bool counting_only; /* made by rules_parse_counting(): only members marked § are set */

    char id[RULES_CAMPAIGN_ID_MAX + 1]; /* the campaign's, part of the origin and of addresses */
    struct rules_text name, about;
    bool demo;

    struct rules_phase phases[PHASE_COUNT]; /* § in order */
    size_t phases_len;                      /* § */
    struct rules_category *categories;      /* § owned */
    size_t categories_len;                  /* § */
    uint64_t max_rev;                       /* § times a pass may vote, the first included */
    enum rules_tie_break tie_breaks[RULES_TIE_COUNT]; /* § in the order in which they apply */
    size_t tie_breaks_len;                            /* § */

    enum rules_open open;
    enum rules_shown shown[RULES_AUDIENCES];

    struct rules_region *regions; /* owned */
    size_t regions_len;

    struct rules_method methods[RULES_SIGN_COUNT];
    size_t methods_len;
    enum rules_assurance to_nominate, to_evaluate;

    struct {
        unsigned who;        /* bits RULES_BY_… */
        uint32_t per_person; /* nominations of one person, supports included */
        uint32_t per_ngo;    /* categories in which one NGO may be nominated */
        enum rules_own own;
        uint32_t cure_days;   /* working days to complete a returned nomination */
        uint32_t appeal_days; /* working days to appeal a refusal; 0: there is no appeal */
    } nomination;

    struct {
        unsigned statuses;       /* bits; an NGO of another status is not admitted */
        uint32_t filed_year;     /* must have filed for this year … */
        char filed_by[11];       /* … by this day, "2026-03-31" */
        uint32_t laureate_years; /* laureates of so many last years are not admitted, 0: no bound */
    } eligibility;

    struct {
        uint32_t age; /* full years on the day evaluation opens */
        bool citizens_only;
        uint32_t categories; /* passes of one person */
    } voters;

    struct {
        uint32_t top;          /* places 1 … top go to the council */
        uint64_t least_voters; /* a nominee named by fewer counted ballots does not, … */
        uint32_t floor;        /* … unless fewer than this many would be left */
    } shortlist;

    struct {
        uint32_t members;
        struct rules_fraction quorum;   /* at least this share of all members */
        struct rules_fraction majority; /* more than this share of the base */
        enum rules_majority_base base;
        bool casting_vote; /* the chair's side wins a tie */
        bool secret;
        enum rules_recusal recusal;
        enum rules_departure departure; /* from the order of the shortlist */
    } council;

    struct {
        uint32_t least, most; /* per category */
    } winners;

    struct {
        uint32_t mci;       /* times */
        uint32_t mci_tenge; /* one MCI of the year */
        uint32_t mci_year;
        enum rules_split split; /* one prize per category divided, or one each */
        enum rules_remainder remainder;
    } prize;
};

/* Kinds of problems. All but RULES_CROSS are what the JSON Schema says too. */
enum rules_kind {
    RULES_JSON,    /* not JSON in the accepted form */
    RULES_MISSING, /* a member that must be there */
    RULES_UNKNOWN, /* a member that must not */
    RULES_TYPE,    /* a value of another type */
    RULES_RANGE, /* a number too small or large, too many or few items, a text too long or empty */
    RULES_FORM,  /* a text of another form, or a word not in the list */
    RULES_TWICE, /* an item of a list of words twice */
    RULES_CROSS, /* each member good by itself, not together */
};

#define RULES_PROBLEMS_MAX 100

struct rules_problem {
    enum rules_kind kind;
    char path[128]; /* JSON Pointer (RFC 6901), "" for the whole; cut when longer */
    char text[256]; /* an English sentence without full stop */
};

struct rules_problems {
    struct rules_problem *list; /* owned */
    size_t len;                 /* at most RULES_PROBLEMS_MAX … */
    bool more;                  /* … and then there were more */
};

/* "json", "missing", … Never NULL. */
const char *rules_kind_name(enum rules_kind kind);

/* Names as in the file: "choose", "voters", "kk". Never NULL. method_by_name: BALLOT_METHOD_COUNT.
 */
const char *ballot_method_name(enum ballot_method method);
const char *rules_tie_break_name(enum rules_tie_break tie_break);
const char *rules_lang_name(enum rules_lang lang);

/* Strict. *rules is the caller's. ERR_INVALID: problems (may be NULL) tells all, and release it. On
 * OK problems is empty. */
enum err rules_parse(struct slice json, struct rules **rules,
                     struct rules_problems *problems) MUST_CHECK;
void rules_problems_release(struct rules_problems *problems);

/* Only what PROTOCOL.md §3 lists. ERR_INVALID: the ledger is `rules_invalid`; fault says why. */
enum err rules_parse_counting(struct slice json, struct rules **rules,
                              struct fault *fault) MUST_CHECK;
void rules_destroy(struct rules *rules);

/* Number of a category by its id, or -1. */
int rules_category(const struct rules *rules, struct slice id);

/* The phase, or NULL when the rules do not have it. */
const struct rules_phase *rules_phase(const struct rules *rules, enum phase phase);

/* PHASE_BITs of the phases that the rules have. */
unsigned rules_phase_bits(const struct rules *rules);

/* True when audience is shown tallies while states (one per phase; absent ones are ignored) are
 * these. evaluation must be closed and ballots opened unless it is RULES_SHOWN_LIVE. Strict form.
 */
bool rules_tally_shown(const struct rules *rules, enum rules_audience audience,
                       const enum phase_state states[static PHASE_COUNT], bool opened);

/* Of a number in decimal. */
unsigned rules_digits(uint64_t number);

/* Bytes of every ballot's plaintext in a category with this many admitted nominees, the longest of
 * whose ids has digits digits (1 when there is none): PROTOCOL.md §5. */
size_t rules_sealed_len(const struct ballot_rules *ballot, size_t nominees, unsigned digits);

/* Bytes of the longest ballot entry of any category with this many nominees. The strict form
 * guarantees that it fits an entry with any number of nominees whose ids have up to
 * RULES_NOMINEE_DIGITS digits. */
#define RULES_NOMINEE_DIGITS 8
size_t rules_longest_entry(const struct rules *rules, size_t nominees, unsigned digits);

/* How a reader's language writes things; the pages' own formats are given by the caller. */
struct rules_format {
    void (*instant)(struct buf *out, enum rules_lang lang, int64_t unix_seconds);
    void (*number)(struct buf *out, enum rules_lang lang, int64_t number);
};

/* Appends the rules as sentences for citizens, a line each. A heading is a line that begins with
 * "# ". Strict form only. */
void rules_describe(const struct rules *rules, enum rules_lang lang,
                    const struct rules_format *format, struct buf *out);

/* Appends the file with other phases, and, when id is not NULL, another campaign id: how
 * `campaign create` makes rules out of a template. Instants are written with offset +05:00.
 * ERR_INVALID: not a JSON object; ERR_LIMITED: no room in out. The result is not checked: parse it.
 */
enum err rules_with_schedule(struct slice json, const char *id, const struct rules_phase *phases,
                             size_t phases_len, struct buf *out, struct fault *fault) MUST_CHECK;

#endif
