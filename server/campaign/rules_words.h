/* The sentences of rules_describe(), one row for each, in the three languages. {1} … {5} stand for
 * what is put in; no sentence glues an ending to one of them. */
#ifndef CAMPAIGN_RULES_WORDS_H
#define CAMPAIGN_RULES_WORDS_H

#include "campaign/rules.h"

enum rules_word {
    WORD_DEMO,
    WORD_PHASES,
    WORD_PHASE,
    WORD_HALF_OPEN,
    WORD_EXTEND,
    WORD_NOMINATION,
    WORD_WHO,
    WORD_PER_PERSON,
    WORD_PER_NGO,
    WORD_OWN_ALLOW,
    WORD_OWN_FLAG,
    WORD_OWN_REFUSE,
    WORD_OWN_BALLOTS,
    WORD_CURE,
    WORD_APPEAL_REFUSAL,
    WORD_ELIGIBILITY,
    WORD_STATUSES,
    WORD_FILED,
    WORD_LAUREATES,
    WORD_VOTERS,
    WORD_AGE,
    WORD_CITIZENS,
    WORD_VOTER_CATEGORIES,
    WORD_TO_NOMINATE,
    WORD_TO_EVALUATE,
    WORD_BALLOTS,
    WORD_FINAL,
    WORD_MAX_REV,
    WORD_CHOOSE,
    WORD_APPROVE,
    WORD_POINTS,
    WORD_RANK,
    WORD_SCORE,
    WORD_CRITERION,
    WORD_TURNOUT,
    WORD_COUNTING,
    WORD_SEALED,
    WORD_LIVE,
    WORD_SHOWN,
    WORD_ANYBODY,
    WORD_TIES,
    WORD_TIE_VOTERS,
    WORD_TIE_LOT,
    WORD_COUNCIL,
    WORD_SHORTLIST,
    WORD_SHORTLIST_VOTERS,
    WORD_SHORTLIST_FLOOR,
    WORD_MEMBERS,
    WORD_QUORUM,
    WORD_MAJORITY_PRESENT,
    WORD_MAJORITY_ALL,
    WORD_CASTING,
    WORD_NO_CASTING,
    WORD_SECRET,
    WORD_OPEN,
    WORD_RECUSED_OUT,
    WORD_RECUSED_IN,
    WORD_DEPART_NEVER,
    WORD_DEPART_REASONS,
    WORD_PRIZE,
    WORD_WINNERS,
    WORD_PRIZE_EQUAL,
    WORD_PRIZE_EACH,
    WORD_REMAINDER_KEPT,
    WORD_REMAINDER_FIRST,

    /* Parts of sentences. */
    PART_PHASE,                          /* one of PHASE_COUNT */
    PART_WHO = PART_PHASE + PHASE_COUNT, /* one of 4 bits */
    PART_STATUS = PART_WHO + 4,          /* one of 5 bits */
    PART_SIGN = PART_STATUS + 5,         /* one of RULES_SIGN_COUNT */
    PART_AUDIENCE = PART_SIGN + RULES_SIGN_COUNT,
    PART_SHOWN = PART_AUDIENCE + RULES_AUDIENCES,
    RULES_WORDS = PART_SHOWN + 4
};

const char *rules_word(enum rules_word word, enum rules_lang lang);

#endif
