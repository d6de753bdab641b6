/* Data shared between projects, beside this one: ../shared/data, or where DAUYS_SHARED says. */
#ifndef TESTS_UNIT_SHARED_H
#define TESTS_UNIT_SHARED_H

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

/* The JSON file of that name, the caller's to free; NULL, having said so, when the folder is not
 * there. */
static inline json_t *shared_json(const char *name, const char *test)
{
    const char *folder = getenv("DAUYS_SHARED");
    char path[1024];
    json_t *json;

    snprintf(path, sizeof path, "%s/%s", folder ? folder : "../shared/data", name);
    json = json_load_file(path, 0, NULL);
    if (!json)
        printf("skipped: no shared data (%s)\n", test);
    return json;
}

#endif
