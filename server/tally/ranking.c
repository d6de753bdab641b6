#include "tally/ranking.h"

#include <gmp.h>
#include <inttypes.h>

#include "base/err.h"
#include "base/mem.h"
#include "crypt/hash.h"

/* A row while the order is made. */
struct standing {
    struct ranking_row row;
    mpq_t score;
    uint8_t lot[SHA256_LEN];
};

struct ranking {
    struct ranking_row *rows; /* owned */
    mpq_t *scores;            /* owned, in the order of rows */
    size_t len;
};

/* mpz_set_ui takes an unsigned long, which need not have 64 bits. */
static void set_u64(mpz_t out, uint64_t value)
{
    mpz_import(out, 1, 1, sizeof value, 0, 0, &value);
}

static void add_product(mpz_t sum, uint64_t a, uint64_t b)
{
    mpz_t left, right;
    mpz_inits(left, right, NULL);
    set_u64(left, a);
    set_u64(right, b);
    mpz_addmul(sum, left, right);
    mpz_clears(left, right, NULL);
}

/* Scores that are whole numbers: what a cell adds is its count times its worth. */
static void add_worths(const struct ballot_rules *rules, const struct counts_cell *cells,
                       size_t len, struct standing *standings)
{
    for (size_t i = 0; i < len; i++) {
        const struct counts_cell *cell = &cells[i];
        uint64_t worth =
            rules->method == BALLOT_RANK ? rules->weights[cell->value - 1] : cell->value;
        add_product(mpq_numref(standings[cell->nominee].score), worth, cell->count);
    }
}

/* Adds weight · (sum of values ÷ number of values) of the cells of one nominee and criterion. */
static void add_mean(mpq_t score, uint64_t weight, const struct counts_cell *cells, size_t len)
{
    mpq_t mean;
    mpz_t sum, count, factor;

    mpq_init(mean);
    mpz_inits(sum, count, factor, NULL);
    for (size_t i = 0; i < len; i++) {
        add_product(sum, cells[i].value, cells[i].count);
        add_product(count, 1, cells[i].count);
    }
    set_u64(factor, weight);
    mpz_mul(mpq_numref(mean), sum, factor);
    mpz_set(mpq_denref(mean), count);
    mpq_canonicalize(mean);
    mpq_add(score, score, mean);
    mpz_clears(sum, count, factor, NULL);
    mpq_clear(mean);
}

static void add_scores(const struct ballot_rules *rules, const struct counts_cell *cells,
                       size_t len, struct standing *standings, size_t standings_len)
{
    mpq_t weights;
    size_t end;

    /* Cells come by nominee and criterion: each run is one mean. */
    for (size_t i = 0; i < len; i = end) {
        for (end = i + 1; end < len && cells[end].nominee == cells[i].nominee &&
                          cells[end].criterion == cells[i].criterion;)
            end++;
        add_mean(standings[cells[i].nominee].score, rules->criteria[cells[i].criterion].weight,
                 &cells[i], end - i);
    }
    mpq_init(weights);
    for (size_t i = 0; i < rules->criteria_len; i++)
        add_product(mpq_numref(weights), rules->criteria[i].weight, 1);
    for (size_t i = 0; i < standings_len; i++)
        mpq_div(standings[i].score, standings[i].score, weights);
    mpq_clear(weights);
}

static void draw_lot(struct standing *standing, const struct ranking_ties *ties)
{
    char id[24];
    int len = snprintf(id, sizeof id, "%" PRIu64 "\n", standing->row.nominee);
    const struct slice parts[] = {slice_str("lot/v1\n"),
                                  ties->origin,
                                  slice_str("\n"),
                                  ties->cat,
                                  slice_str("\n"),
                                  slice_of(id, (size_t)len),
                                  slice_of(ties->root, RANKING_ROOT_LEN)};
    sha256_parts(standing->lot, parts, sizeof parts / sizeof *parts);
}

/* <0: a is strictly ahead of b. 0: they share a place. */
static int compare_standing(const struct standing *a, const struct standing *b,
                            const struct ranking_ties *ties)
{
    int order = mpq_cmp(b->score, a->score);
    for (size_t i = 0; order == 0 && i < ties->len; i++) {
        if (ties->breaks[i] == RULES_TIE_VOTERS)
            order = (a->row.voters < b->row.voters) - (a->row.voters > b->row.voters);
        else
            order = memcmp(a->lot, b->lot, sizeof a->lot);
    }
    return order;
}

static int by_standing(const void *a, const void *b, void *context)
{
    const struct standing *left = a, *right = b;
    int order = compare_standing(left, right, context);
    if (order != 0)
        return order;
    return (left->row.nominee > right->row.nominee) - (left->row.nominee < right->row.nominee);
}

static void score_all(const struct counts *counts, struct standing *standings, size_t len)
{
    const struct ballot_rules *rules = counts_paper(counts)->rules;
    struct counts_cell *cells;
    size_t cells_len = counts_cells(counts, &cells);

    if (rules->method == BALLOT_SCORE)
        add_scores(rules, cells, cells_len, standings, len);
    else
        add_worths(rules, cells, cells_len, standings);
    free(cells);
}

struct ranking *ranking_create(const struct counts *counts, const struct ranking_ties *ties)
{
    const struct ballot_paper *paper = counts_paper(counts);
    size_t len = paper->nominees_len;
    struct standing *standings = xcalloc(len + 1, sizeof *standings);
    struct ranking *ranking = xcalloc(1, sizeof *ranking);
    struct ranking_ties context = *ties;

    for (size_t i = 0; i < len; i++) {
        struct ranking_row *row = &standings[i].row;
        row->nominee = paper->nominees[i];
        row->position = (uint32_t)i;
        row->voters = counts_voters(counts, (uint32_t)i);
        mpq_init(standings[i].score);
        draw_lot(&standings[i], ties);
    }
    score_all(counts, standings, len);
    /* GMP's numbers may be moved in memory: they hold no pointer into themselves. */
    qsort_r(standings, len, sizeof *standings, by_standing, &context);

    ranking->len = len;
    ranking->rows = xcalloc(len + 1, sizeof *ranking->rows);
    ranking->scores = xcalloc(len + 1, sizeof *ranking->scores);
    for (size_t i = 0; i < len; i++) {
        struct ranking_row *row = &standings[i].row;
        bool shared = i > 0 && compare_standing(&standings[i - 1], &standings[i], ties) == 0;
        row->place = shared ? ranking->rows[i - 1].place : (uint32_t)i + 1;
        row->score = mpq_get_str(NULL, 10, standings[i].score);
        ranking->rows[i] = *row;
        memcpy(&ranking->scores[i], &standings[i].score, sizeof ranking->scores[i]);
    }
    free(standings);
    return ranking;
}

void ranking_destroy(struct ranking *ranking)
{
    void (*release)(void *, size_t);

    if (ranking == NULL)
        return;
    mp_get_memory_functions(NULL, NULL, &release);
    for (size_t i = 0; i < ranking->len; i++) {
        char *score = (char *)(uintptr_t)ranking->rows[i].score; /* made by GMP, ours */
        release(score, strlen(score) + 1);
        mpq_clear(ranking->scores[i]);
    }
    free(ranking->rows);
    free(ranking->scores);
    free(ranking);
}

size_t ranking_len(const struct ranking *ranking)
{
    return ranking->len;
}

const struct ranking_row *ranking_row(const struct ranking *ranking, size_t number)
{
    return &ranking->rows[number];
}

void ranking_decimal(const struct ranking *ranking, size_t number, unsigned digits, struct buf *out)
{
    void (*release)(void *, size_t);
    mpz_t scaled, twice, power;
    INVARIANT(digits <= 20);

    /* floor((2 · n · 10^digits + d) ÷ 2d): half up, scores being at least 0. */
    mpz_inits(scaled, twice, power, NULL);
    mpz_ui_pow_ui(power, 10, digits);
    mpz_mul(scaled, mpq_numref(ranking->scores[number]), power);
    mpz_mul_2exp(scaled, scaled, 1);
    mpz_add(scaled, scaled, mpq_denref(ranking->scores[number]));
    mpz_mul_2exp(twice, mpq_denref(ranking->scores[number]), 1);
    mpz_fdiv_q(scaled, scaled, twice);

    char *text = mpz_get_str(NULL, 10, scaled);
    size_t len = strlen(text);
    size_t whole = len > digits ? len - digits : 0;
    buf_put(out, whole > 0 ? text : "0", whole > 0 ? whole : 1);
    if (digits > 0) {
        buf_put_byte(out, '.');
        for (size_t i = len; i < digits; i++)
            buf_put_byte(out, '0');
        buf_put(out, text + whole, len - whole);
    }
    mp_get_memory_functions(NULL, NULL, &release);
    release(text, len + 1);
    mpz_clears(scaled, twice, power, NULL);
}
