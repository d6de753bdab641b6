/*
 * Judges rules files for tests/flow/rules.test.mjs: each line of standard input is one file (JSON
 * on one line); each line of output is a JSON array of its problems, [] for a good file. With
 * --counting a line is "ok" or "invalid" as rules_parse_counting() has it; with --hex as well, each
 * file comes in hex, so that it may hold any bytes.
 */
#include <jansson.h>

#include "base/base64.h"
#include "campaign/rules.h"

static void judge(struct slice json)
{
    struct rules *rules = NULL;
    struct rules_problems problems;
    json_t *list = json_array();

    if (rules_parse(json, &rules, &problems) == OK)
        rules_destroy(rules);
    for (size_t i = 0; i < problems.len; i++) {
        const struct rules_problem *problem = &problems.list[i];
        json_array_append_new(list,
                              json_pack("{s:s,s:s,s:s}", "kind", rules_kind_name(problem->kind),
                                        "path", problem->path, "text", problem->text));
    }
    json_dumpf(list, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(list);
    rules_problems_release(&problems);
}

static void judge_counting(struct slice json)
{
    struct rules *rules = NULL;
    bool good = rules_parse_counting(json, &rules, NULL) == OK;
    rules_destroy(rules);
    puts(good ? "ok" : "invalid");
}

int main(int argc, char **argv)
{
    bool counting = argc > 1 && strcmp(argv[1], "--counting") == 0;
    bool hex = argc > 2 && strcmp(argv[2], "--hex") == 0;
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    while ((len = getline(&line, &room, stdin)) > 0) {
        struct slice json = slice_of(line, (size_t)len - (line[len - 1] == '\n'));
        if (hex) {
            if (hex_decode_exact(json, (uint8_t *)line, json.len / 2) != OK)
                return 2;
            json.len /= 2;
        }
        if (counting)
            judge_counting(json);
        else
            judge(json);
    }
    free(line);
    return 0;
}
