/* A reader of PaBuLib files, as small as these tests need: well-formed files only. */
#ifndef TESTS_PABULIB_H
#define TESTS_PABULIB_H

#include <stdio.h>

#include "base/file.h"
#include "base/mem.h"
#include "campaign/rules.h"

struct pabulib_project {
    char *id;
    uint64_t votes, score;
    bool has_score;
};

struct pabulib_vote {
    uint32_t *projects; /* as numbers of projects */
    uint64_t *points;
    uint32_t len;
};

struct pabulib {
    struct buf text;
    enum ballot_method method;
    uint64_t longest, sum;
    struct pabulib_project *projects;
    struct pabulib_vote *votes;
    size_t projects_len, projects_room, votes_len, votes_room;
};

/* Cuts the next field (quotes dropped) off a line; NULL at its end. */
static inline char *pabulib_field(char **line, char separator)
{
    char *start = *line, *out = *line, *at = *line;
    bool quoted = false;
    if (at == NULL)
        return NULL;
    for (; *at != '\0' && (quoted || *at != separator); at++) {
        if (*at == '"')
            quoted = !quoted;
        else
            *out++ = *at;
    }
    *line = *at == '\0' ? NULL : at + 1;
    *out = '\0';
    return start;
}

static inline int pabulib_column(char *header, const char *name)
{
    char *field;
    for (int i = 0; (field = pabulib_field(&header, ';')) != NULL; i++) {
        if (strcmp(field, name) == 0)
            return i;
    }
    return -1;
}

static inline void pabulib_meta(struct pabulib *file, char *line)
{
    char *key = pabulib_field(&line, ';'), *value = pabulib_field(&line, ';');
    if (value == NULL)
        return;
    if (strcmp(key, "vote_type") == 0) {
        file->method = BALLOT_CHOOSE;
        if (strcmp(value, "approval") == 0)
            file->method = BALLOT_APPROVE;
        else if (strcmp(value, "cumulative") == 0)
            file->method = BALLOT_POINTS;
        else if (strcmp(value, "ordinal") == 0)
            file->method = BALLOT_RANK;
    } else if (strcmp(key, "max_length") == 0) {
        file->longest = strtoull(value, NULL, 10);
    } else if (strcmp(key, "max_sum_points") == 0) {
        file->sum = strtoull(value, NULL, 10);
    }
}

static inline void pabulib_put_project(struct pabulib *file, char *line, int votes, int score)
{
    struct pabulib_project project = {0};
    char *field;
    for (int i = 0; (field = pabulib_field(&line, ';')) != NULL; i++) {
        if (i == 0)
            project.id = field;
        if (i == votes)
            project.votes = strtoull(field, NULL, 10);
        if (i == score) {
            project.score = strtoull(field, NULL, 10);
            project.has_score = true;
        }
    }
    GROW(file->projects, file->projects_len, file->projects_room);
    file->projects[file->projects_len++] = project;
}

static inline uint32_t pabulib_find(const struct pabulib *file, const char *id)
{
    for (size_t i = 0; i < file->projects_len; i++) {
        if (strcmp(file->projects[i].id, id) == 0)
            return (uint32_t)i;
    }
    return UINT32_MAX;
}

static inline void pabulib_put_vote(struct pabulib *file, char *line, int vote, int points)
{
    struct pabulib_vote made = {0};
    char *field, *list = NULL, *values = NULL, *item;
    for (int i = 0; (field = pabulib_field(&line, ';')) != NULL; i++) {
        if (i == vote)
            list = field;
        if (i == points)
            values = field;
    }
    made.projects = xcalloc(file->projects_len, sizeof *made.projects);
    made.points = xcalloc(file->projects_len, sizeof *made.points);
    while ((item = pabulib_field(&list, ',')) != NULL) {
        char *value = pabulib_field(&values, ',');
        made.projects[made.len] = pabulib_find(file, item);
        made.points[made.len++] = value == NULL ? 0 : strtoull(value, NULL, 10);
    }
    if (made.len > file->longest)
        file->longest = made.len;
    GROW(file->votes, file->votes_len, file->votes_room);
    file->votes[file->votes_len++] = made;
}

/* False when the file is not there. */
static inline bool pabulib_read(const char *name, struct pabulib *file)
{
    const char *shared = getenv("DAUYS_SHARED");
    char path[FILE_PATH_CAP];
    char *line, *rest;
    int section = 0, header = 0, first = -1, second = -1;

    *file = (struct pabulib){0};
    file_path(path, shared == NULL ? "../shared" : shared, "data/pabulib/%s", name);
    buf_init(&file->text, 16U << 20);
    if (file_read(path, &file->text, NULL) != OK)
        return false;
    buf_put_byte(&file->text, '\0');
    rest = (char *)file->text.data;
    while ((line = strsep(&rest, "\n")) != NULL) {
        line[strcspn(line, "\r")] = '\0';
        if (*line == '\0')
            continue;
        bool names = strcmp(line, "PROJECTS") == 0, ballots = strcmp(line, "VOTES") == 0;
        if (names || ballots) {
            section = names ? 1 : 2;
            header = 1;
        } else if (section == 0) {
            pabulib_meta(file, line);
        } else if (header == 1) {
            char *copy = xstrdup(line);
            first = pabulib_column(copy, section == 1 ? "votes" : "vote");
            free(copy);
            copy = xstrdup(line);
            second = pabulib_column(copy, section == 1 ? "score" : "points");
            free(copy);
            header = 0;
        } else if (section == 1) {
            pabulib_put_project(file, line, first, second);
        } else {
            pabulib_put_vote(file, line, first, second);
        }
    }
    return true;
}

static inline void pabulib_release(struct pabulib *file)
{
    for (size_t i = 0; i < file->votes_len; i++) {
        free(file->votes[i].projects);
        free(file->votes[i].points);
    }
    free(file->votes);
    free(file->projects);
    buf_release(&file->text);
}

#endif
