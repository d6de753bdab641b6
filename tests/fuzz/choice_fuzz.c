/* Opened plaintexts: the first byte takes the method, the rest is the text. What is accepted counts
 * in and out without a trace and is written again as it was read. */
#include "base/mem.h"
#include "tally/counts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint64_t nominees[] = {1, 9, 17, 100, 12345};
static uint64_t weights[] = {3, 2, 1};
static struct ballot_criterion criteria[] = {{.id = "effect", .weight = 3},
                                             {.id = "past", .weight = 1}};
static const struct ballot_rules rules_of[BALLOT_METHOD_COUNT] = {
    {.method = BALLOT_CHOOSE, .at_most = 1},
    {.method = BALLOT_APPROVE, .at_most = 3},
    {.method = BALLOT_POINTS, .sum = 10},
    {.method = BALLOT_RANK, .at_most = 3, .weights = weights},
    {.method = BALLOT_SCORE,
     .at_most = 3,
     .least = 1,
     .most = 10,
     .criteria = criteria,
     .criteria_len = 2},
};

static void count_in_and_out(const struct ballot_paper *paper, const struct choice *choice)
{
    struct counts *counts = counts_create(paper);
    struct counts_cell *cells;

    counts_add(counts, choice);
    INVARIANT(counts_counted(counts) == 1);
    counts_remove(counts, choice);
    INVARIANT(counts_cells(counts, &cells) == 0);
    free(cells);
    counts_destroy(counts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct ballot_paper paper = {&rules_of[data[0] % BALLOT_METHOD_COUNT], nominees,
                                 sizeof nominees / sizeof *nominees};
    struct choice *choice = choice_create(&paper);
    struct slice text = slice_of(data + 1, size - 1);

    if (method_parse(&paper, text, choice) == NOT_SPOILED) {
        struct buf again;
        buf_init(&again, 4096);
        count_in_and_out(&paper, choice);
        INVARIANT(method_write(&paper, choice, &again) == OK);
        while (text.len > 0 && text.data[text.len - 1] == ' ')
            text.len--;
        INVARIANT(again.len >= text.len && memcmp(again.data, text.data, text.len) == 0);
        buf_release(&again);
    } else {
        INVARIANT(choice->len == 0);
    }
    choice_destroy(choice);
    return 0;
}
