/*
 * Counts elections for tests/flow/tally.test.mjs. Each line of standard input is one election:
 *
 *     {"rules": {…}, "origin": "…", "cat": "…", "nominees": [ids], "ballots": ["plaintext", …],
 *      "root": hex, "totals": {"upto", "issued", "superseded", "void"}}
 *
 * rules is a rules file (PROTOCOL.md §3). A line of output is the sealed length, a space, and the
 * tally file. Half of the ballots are counted apart and merged; each tenth is counted, taken out
 * and counted again, as live opening does.
 */
#include <jansson.h>

#include "base/base64.h"
#include "base/mem.h"
#include "tally/tally_file.h"

static struct rules *read_rules(const json_t *election)
{
    struct rules *rules = NULL;
    struct fault fault;
    char *text = json_dumps(json_object_get(election, "rules"), JSON_COMPACT);
    if (rules_parse_counting(slice_str(text), &rules, &fault) != OK) {
        fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    free(text);
    return rules;
}

static struct slice text_of(const json_t *election, const char *key)
{
    const json_t *text = json_object_get(election, key);
    return slice_of(json_string_value(text), json_string_length(text));
}

static void count_one(struct counts *counts, const struct ballot_paper *paper,
                      struct slice plaintext, struct choice *choice, bool twice)
{
    if (method_parse(paper, plaintext, choice) != NOT_SPOILED) {
        counts_add_spoiled(counts);
        return;
    }
    counts_add(counts, choice);
    if (twice) {
        counts_remove(counts, choice);
        counts_add(counts, choice);
    }
}

static struct counts *count_all(const json_t *election, const struct ballot_paper *paper)
{
    const json_t *ballots = json_object_get(election, "ballots"), *ballot;
    struct counts *halves[] = {counts_create(paper), counts_create(paper)};
    struct choice *choice = choice_create(paper);
    size_t i;

    json_array_foreach(ballots, i, ballot)
    {
        struct slice text = slice_of(json_string_value(ballot), json_string_length(ballot));
        count_one(halves[i % 2], paper, text, choice, i % 10 == 0);
    }
    counts_merge(halves[0], halves[1]);
    counts_destroy(halves[1]);
    choice_destroy(choice);
    return halves[0];
}

static uint64_t total(const json_t *election, const char *key)
{
    const json_t *totals = json_object_get(election, "totals");
    return (uint64_t)json_integer_value(json_object_get(totals, key));
}

static void print_tally(const json_t *election)
{
    struct rules *rules = read_rules(election);
    const json_t *ids = json_object_get(election, "nominees");
    uint64_t *nominees = xcalloc(json_array_size(ids) + 1, sizeof *nominees);
    struct ballot_paper paper = {&rules->categories[0].ballot, nominees, json_array_size(ids)};
    uint8_t root[RANKING_ROOT_LEN];
    struct buf out;

    for (size_t i = 0; i < paper.nominees_len; i++)
        nominees[i] = (uint64_t)json_integer_value(json_array_get(ids, i));
    if (hex_decode_exact(text_of(election, "root"), root, sizeof root) != OK)
        exit(1);
    const struct ranking_ties ties = {rules->tie_breaks, rules->tie_breaks_len,
                                      text_of(election, "origin"), text_of(election, "cat"), root};
    const struct tally_totals totals = {.upto = total(election, "upto"),
                                        .issued = total(election, "issued"),
                                        .superseded = total(election, "superseded"),
                                        .void_ballots = total(election, "void")};
    struct counts *counts = count_all(election, &paper);
    struct ranking *ranking = ranking_create(counts, &ties);

    buf_init(&out, TALLY_FILE_MAX);
    if (tally_file_write(ties.origin, ties.cat, &totals, counts, ranking, &out) != OK)
        exit(1);
    printf("%zu %s\n", method_sealed_len(&paper), buf_text(&out));
    buf_release(&out);
    ranking_destroy(ranking);
    counts_destroy(counts);
    free(nominees);
    rules_destroy(rules);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    while ((len = getline(&line, &room, stdin)) > 0) {
        json_t *election = json_loadb(line, (size_t)len, JSON_ALLOW_NUL, NULL);
        if (election == NULL)
            return 1;
        print_tally(election);
        json_decref(election);
    }
    free(line);
    return 0;
}
