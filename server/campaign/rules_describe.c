#include <inttypes.h>

#include "base/mem.h"
#include "campaign/rules.h"
#include "rules_words.h"

/* Longest value put into a sentence, a list of criteria's names among them. */
#define VALUE_MAX 32768
#define VALUES 5

struct teller {
    const struct rules *rules;
    const struct rules_format *format;
    enum rules_lang lang;
    struct buf *out;
    struct buf values[VALUES]; /* of the sentence in hand: {1} is values[0] */
};

/* A value of the next sentence, emptied. */
static struct buf *value(struct teller *teller, unsigned number)
{
    struct buf *buf = &teller->values[number - 1];
    buf_clear(buf);
    return buf;
}

static void put_word(struct teller *teller, struct buf *out, enum rules_word word)
{
    for (const char *at = rules_word(word, teller->lang); *at != '\0'; at++) {
        if (at[0] == '{' && at[1] >= '1' && at[1] <= '0' + VALUES && at[2] == '}') {
            buf_put_slice(out, buf_slice(&teller->values[at[1] - '1']));
            at += 2;
        } else {
            buf_put_byte(out, (uint8_t)*at);
        }
    }
}

static void say(struct teller *teller, enum rules_word word)
{
    put_word(teller, teller->out, word);
    buf_put_byte(teller->out, '\n');
}

static void set_number(struct teller *teller, unsigned number, uint64_t figure)
{
    teller->format->number(value(teller, number), teller->lang, (int64_t)figure);
}

static void say_number(struct teller *teller, enum rules_word word, uint64_t figure)
{
    set_number(teller, 1, figure);
    say(teller, word);
}

static void comma(struct buf *list)
{
    if (list->len > 0)
        buf_put_str(list, ", ");
}

/* {1}: the parts whose bits are set. */
static void say_bits(struct teller *teller, enum rules_word word, enum rules_word part,
                     unsigned bits)
{
    struct buf *list = value(teller, 1);
    for (unsigned i = 0; bits >> i != 0; i++) {
        if ((bits >> i & 1) == 0)
            continue;
        comma(list);
        buf_put_str(list, rules_word((enum rules_word)(part + i), teller->lang));
    }
    say(teller, word);
}

static void tell_campaign(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    buf_printf(teller->out, "# %s\n%s\n", rules->name.in[teller->lang],
               rules->about.in[teller->lang]);
    if (rules->demo)
        say(teller, WORD_DEMO);
}

static void tell_phases(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_PHASES);
    for (size_t i = 0; i < rules->phases_len; i++) {
        const struct rules_phase *phase = &rules->phases[i];
        buf_put_str(value(teller, 1),
                    rules_word((enum rules_word)(PART_PHASE + phase->phase), teller->lang));
        teller->format->instant(value(teller, 2), teller->lang, phase->opens);
        teller->format->instant(value(teller, 3), teller->lang, phase->closes);
        say(teller, WORD_PHASE);
    }
    say(teller, WORD_HALF_OPEN);
    say(teller, WORD_EXTEND);
}

static void tell_nomination(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_NOMINATION);
    say_bits(teller, WORD_WHO, PART_WHO, rules->nomination.who);
    say_number(teller, WORD_PER_PERSON, rules->nomination.per_person);
    say_number(teller, WORD_PER_NGO, rules->nomination.per_ngo);
    say(teller, (enum rules_word)(WORD_OWN_ALLOW + rules->nomination.own));
    say(teller, WORD_OWN_BALLOTS);
    if (rules->nomination.cure_days > 0)
        say_number(teller, WORD_CURE, rules->nomination.cure_days);
    if (rules->nomination.appeal_days > 0)
        say_number(teller, WORD_APPEAL_REFUSAL, rules->nomination.appeal_days);
}

static void tell_eligibility(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_ELIGIBILITY);
    say_bits(teller, WORD_STATUSES, PART_STATUS, rules->eligibility.statuses);
    buf_printf(value(teller, 1), "%" PRIu32, rules->eligibility.filed_year);
    buf_put_str(value(teller, 2), rules->eligibility.filed_by);
    say(teller, WORD_FILED);
    if (rules->eligibility.laureate_years > 0)
        say_number(teller, WORD_LAUREATES, rules->eligibility.laureate_years);
}

static unsigned methods_with(const struct rules *rules, enum rules_assurance assurance)
{
    unsigned bits = 0;
    for (size_t i = 0; i < rules->methods_len; i++) {
        if (rules->methods[i].assurance >= assurance)
            bits |= 1U << rules->methods[i].method;
    }
    return bits;
}

static void tell_voters(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_VOTERS);
    say_number(teller, WORD_AGE, rules->voters.age);
    if (rules->voters.citizens_only)
        say(teller, WORD_CITIZENS);
    say_number(teller, WORD_VOTER_CATEGORIES, rules->voters.categories);
    say_bits(teller, WORD_TO_NOMINATE, PART_SIGN, methods_with(rules, rules->to_nominate));
    say_bits(teller, WORD_TO_EVALUATE, PART_SIGN, methods_with(rules, rules->to_evaluate));
}

/* {5}: "Experience (weight 2), Effectiveness (weight 3)". Uses {1} and {2} on the way. */
static void set_criteria(struct teller *teller, const struct ballot_rules *ballot)
{
    struct buf *list = value(teller, 5);
    for (size_t i = 0; i < ballot->criteria_len; i++) {
        comma(list);
        buf_put_str(value(teller, 1), ballot->criteria[i].name.in[teller->lang]);
        set_number(teller, 2, ballot->criteria[i].weight);
        put_word(teller, list, WORD_CRITERION);
    }
}

static void tell_category(struct teller *teller, const struct rules_category *category)
{
    const struct ballot_rules *ballot = &category->ballot;

    set_criteria(teller, ballot);
    buf_put_str(value(teller, 1), category->name.in[teller->lang]);
    set_number(teller, 2, ballot->method == BALLOT_POINTS ? ballot->sum : ballot->at_most);
    struct buf *third = value(teller, 3);
    if (ballot->method == BALLOT_SCORE)
        teller->format->number(third, teller->lang, (int64_t)ballot->least);
    for (size_t i = 0; ballot->method == BALLOT_RANK && i < ballot->at_most; i++) {
        comma(third);
        teller->format->number(third, teller->lang, (int64_t)ballot->weights[i]);
    }
    set_number(teller, 4, ballot->most);
    say(teller, (enum rules_word)(WORD_CHOOSE + ballot->method));
    if (category->least_turnout > 0)
        say_number(teller, WORD_TURNOUT, category->least_turnout);
}

static void tell_ballots(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_BALLOTS);
    for (size_t i = 0; i < rules->categories_len; i++)
        tell_category(teller, &rules->categories[i]);
    if (rules->max_rev == 1)
        say(teller, WORD_FINAL);
    else
        say_number(teller, WORD_MAX_REV, rules->max_rev);
}

static void tell_counting(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_COUNTING);
    say(teller, rules->open == RULES_OPEN_LIVE ? WORD_LIVE : WORD_SEALED);
    for (unsigned i = 0; i < RULES_AUDIENCES; i++) {
        buf_put_str(value(teller, 1),
                    rules_word((enum rules_word)(PART_AUDIENCE + i), teller->lang));
        buf_put_str(value(teller, 2),
                    rules_word((enum rules_word)(PART_SHOWN + rules->shown[i]), teller->lang));
        say(teller, WORD_SHOWN);
    }
    say(teller, WORD_ANYBODY);

    struct buf *list = value(teller, 1);
    for (size_t i = 0; i < rules->tie_breaks_len; i++) {
        if (i > 0)
            buf_put_str(list, "; ");
        buf_put_str(list, rules_word((enum rules_word)(WORD_TIE_VOTERS + rules->tie_breaks[i]),
                                     teller->lang));
    }
    say(teller, WORD_TIES);
}

static void say_fraction(struct teller *teller, enum rules_word word, struct rules_fraction share)
{
    buf_printf(value(teller, 1), "%" PRIu32 "/%" PRIu32, share.over, share.under);
    say(teller, word);
}

static void tell_council(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_COUNCIL);
    say_number(teller, WORD_SHORTLIST, rules->shortlist.top);
    if (rules->shortlist.least_voters > 0) {
        say_number(teller, WORD_SHORTLIST_VOTERS, rules->shortlist.least_voters);
        if (rules->shortlist.floor > 0)
            say_number(teller, WORD_SHORTLIST_FLOOR, rules->shortlist.floor);
    }
    say_number(teller, WORD_MEMBERS, rules->council.members);
    say_fraction(teller, WORD_QUORUM, rules->council.quorum);
    say_fraction(teller,
                 rules->council.base == RULES_BASE_ALL ? WORD_MAJORITY_ALL : WORD_MAJORITY_PRESENT,
                 rules->council.majority);
    say(teller, rules->council.casting_vote ? WORD_CASTING : WORD_NO_CASTING);
    say(teller, rules->council.secret ? WORD_SECRET : WORD_OPEN);
    say(teller, (enum rules_word)(WORD_RECUSED_OUT + rules->council.recusal));
    say(teller, (enum rules_word)(WORD_DEPART_NEVER + rules->council.departure));
}

static void tell_prize(struct teller *teller)
{
    const struct rules *rules = teller->rules;
    say(teller, WORD_PRIZE);
    set_number(teller, 1, rules->winners.least);
    set_number(teller, 2, rules->winners.most);
    say(teller, WORD_WINNERS);

    set_number(teller, 1, rules->prize.mci);
    set_number(teller, 2, (uint64_t)rules->prize.mci * rules->prize.mci_tenge);
    buf_printf(value(teller, 3), "%" PRIu32, rules->prize.mci_year);
    set_number(teller, 4, rules->prize.mci_tenge);
    say(teller, rules->prize.split == RULES_SPLIT_EQUAL ? WORD_PRIZE_EQUAL : WORD_PRIZE_EACH);
    if (rules->prize.split == RULES_SPLIT_EQUAL)
        say(teller, rules->prize.remainder == RULES_REMAINDER_KEPT ? WORD_REMAINDER_KEPT
                                                                   : WORD_REMAINDER_FIRST);
}

void rules_describe(const struct rules *rules, enum rules_lang lang,
                    const struct rules_format *format, struct buf *out)
{
    struct teller teller = {.rules = rules, .format = format, .lang = lang, .out = out};
    for (size_t i = 0; i < VALUES; i++)
        buf_init(&teller.values[i], VALUE_MAX);

    tell_campaign(&teller);
    tell_phases(&teller);
    tell_nomination(&teller);
    tell_eligibility(&teller);
    tell_voters(&teller);
    tell_ballots(&teller);
    tell_counting(&teller);
    tell_council(&teller);
    tell_prize(&teller);

    for (size_t i = 0; i < VALUES; i++)
        buf_release(&teller.values[i]);
}
