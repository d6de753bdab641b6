/*
 * An election to be played again: projects, and what each voter chose. Read from a PaBuLib file
 * (pabulib.org: sections META, PROJECTS, VOTES, separated by semicolons) or made up from a seed.
 */
#ifndef AUDIT_ELECTION_H
#define AUDIT_ELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "campaign/rules.h"

#define ELECTION_FILE_MAX (256U << 20)
#define ELECTION_PROJECTS_MAX 5000
#define ELECTION_VOTERS_MAX 5000000

struct election_project {
    char *id, *name; /* owned; any characters */
    bool has_votes, has_score;
    int64_t votes, score; /* the official ones */
};

/* A voter's marks, in the order of the file: choice of a project with its points (1 where the
 * method has none; score: the value). */
struct election_mark {
    uint32_t project;
    uint32_t value;
};

struct election_voter {
    size_t first, len; /* into marks */
};

struct election {
    char *title; /* owned */
    enum ballot_method method;
    uint32_t at_most;     /* projects on a ballot */
    uint64_t sum;         /* points of a ballot */
    uint64_t least, most; /* score */
    struct election_project *projects;
    size_t projects_len, projects_room;
    struct election_voter *voters;
    size_t voters_len, voters_room;
    struct election_mark *marks;
    size_t marks_len, marks_room;
};

/* Reads a PaBuLib file. ERR_INVALID: fault names the line. The caller destroys *election. */
enum err election_parse(struct slice text, struct election **election,
                        struct fault *fault) MUST_CHECK;

/* Voters who choose at random (skewed, so that places differ); the official numbers are counted
 * from what was made. */
struct election *election_make(enum ballot_method method, size_t voters, size_t projects,
                               uint64_t seed);

void election_destroy(struct election *election);

#endif
