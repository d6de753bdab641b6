/* Prints "ok" or "refused" for each line of the input: is it canonical? For
 * tests/flow/canon.test.mjs. Limits wide enough that only the form decides. */
#include "base/canon.h"
#include "base/mem.h"

int main(void)
{
    enum { LEN_MAX = 1 << 20, DEPTH_MAX = 16, VALUES_MAX = 65536 };
    struct canon_doc doc = {.nodes = xcalloc(VALUES_MAX, sizeof *doc.nodes), .cap = VALUES_MAX};
    char *line = NULL;
    size_t room = 0;
    ssize_t len;

    while ((len = getline(&line, &room, stdin)) > 0) {
        struct slice text = slice_of(line, (size_t)len - (line[len - 1] == '\n'));
        enum err err = canon_parse(text, LEN_MAX, DEPTH_MAX, &doc, NULL);

        puts(err == OK ? "ok" : "refused");
    }
    free(line);
    free(doc.nodes);
    return 0;
}
