/* A PaBuLib file is CSV with semicolons in three sections, each begun by a line with its name and a
 * line of column names; lists inside a field are separated by commas. */
#include <csv.h>
#include <stdlib.h>
#include <uthash.h>

#include "audit/election.h"
#include "base/mem.h"

enum section { NONE, META, PROJECTS, VOTES };
enum { COLUMNS_MAX = 64 };

/* A project by its id. */
struct known {
    UT_hash_handle hh;
    uint32_t number;
};

struct reading {
    struct election *election;
    enum section section;
    bool header; /* the next line names the columns */
    size_t line, column;
    char *fields[COLUMNS_MAX]; /* of the line in hand */
    char *names[COLUMNS_MAX];  /* of the section's columns */
    size_t names_len;
    struct known *known;
    int64_t max_length, max_sum;
    char *vote_type;
    enum err err;
    struct fault *fault;
};

static void fail(struct reading *reading, const char *why)
{
    if (reading->err == OK)
        reading->err = fault_set(reading->fault, ERR_INVALID, "line %zu: %s", reading->line, why);
}

/* The field of a named column, or NULL. */
static const char *field(const struct reading *reading, const char *name)
{
    for (size_t i = 0; i < reading->names_len && i < reading->column; i++) {
        if (strcmp(reading->names[i], name) == 0)
            return reading->fields[i];
    }
    return NULL;
}

/* A number of at most 15 digits; false when text is none. */
static bool number(const char *text, int64_t *out)
{
    char *end = NULL;
    if (text == NULL || *text == '\0' || strlen(text) > 15)
        return false;
    *out = strtoll(text, &end, 10);
    return *end == '\0' && *out >= 0;
}

static void take_meta(struct reading *reading)
{
    if (reading->column < 2)
        return;
    const char *key = reading->fields[0], *value = reading->fields[1];
    if (strcmp(key, "vote_type") == 0) {
        free(reading->vote_type);
        reading->vote_type = xstrdup(value);
    } else if (strcmp(key, "max_length") == 0 && !number(value, &reading->max_length)) {
        fail(reading, "max_length is not a number");
    } else if (strcmp(key, "max_sum_points") == 0 && !number(value, &reading->max_sum)) {
        fail(reading, "max_sum_points is not a number");
    } else if (strcmp(key, "description") == 0) {
        free(reading->election->title);
        reading->election->title = xstrdup(value);
    }
}

static void take_project(struct reading *reading)
{
    struct election *election = reading->election;
    const char *id = field(reading, "project_id"), *name = field(reading, "name");
    struct known *known = NULL;
    if (id == NULL || *id == '\0') {
        fail(reading, "a project without project_id");
        return;
    }
    HASH_FIND_STR(reading->known, id, known);
    if (known != NULL || election->projects_len == ELECTION_PROJECTS_MAX) {
        fail(reading, known != NULL ? "the project was there before" : "too many projects");
        return;
    }
    GROW(election->projects, election->projects_len, election->projects_room);
    struct election_project *project = &election->projects[election->projects_len];
    *project = (struct election_project){
        .id = xstrdup(id), .name = xstrdup(name == NULL || *name == '\0' ? id : name)};
    project->has_votes = number(field(reading, "votes"), &project->votes);
    project->has_score = number(field(reading, "score"), &project->score);
    known = xcalloc(1, sizeof *known);
    known->number = (uint32_t)election->projects_len++;
    HASH_ADD_KEYPTR(hh, reading->known, project->id, strlen(project->id), known);
}

/* Cuts the next item off a list of commas; NULL at its end. */
static char *next_item(char **rest)
{
    char *item = *rest;
    if (item == NULL)
        return NULL;
    char *comma = strchr(item, ',');
    *rest = comma == NULL ? NULL : comma + 1;
    if (comma != NULL)
        *comma = '\0';
    return item;
}

static void take_vote(struct reading *reading)
{
    struct election *election = reading->election;
    const char *vote = field(reading, "vote"), *points = field(reading, "points");
    char *votes = xstrdup(vote == NULL ? "" : vote);
    char *values = points == NULL ? NULL : xstrdup(points);
    char *rest = *votes == '\0' ? NULL : votes, *rest_values = values, *id;
    if (election->voters_len == ELECTION_VOTERS_MAX)
        fail(reading, "too many voters");
    GROW(election->voters, election->voters_len, election->voters_room);
    struct election_voter *voter = &election->voters[election->voters_len++];
    *voter = (struct election_voter){election->marks_len, 0};
    while (reading->err == OK && (id = next_item(&rest)) != NULL) {
        struct known *known = NULL;
        int64_t value = 1;
        HASH_FIND_STR(reading->known, id, known);
        if (known == NULL)
            fail(reading, "a vote for a project that is not listed");
        else if (values != NULL && !number(next_item(&rest_values), &value))
            fail(reading, "votes and points do not go together");
        else if (value > UINT32_MAX)
            fail(reading, "more points than can be");
        if (reading->err != OK)
            break;
        GROW(election->marks, election->marks_len, election->marks_room);
        election->marks[election->marks_len++] =
            (struct election_mark){known->number, (uint32_t)value};
        voter->len++;
    }
    free(votes);
    free(values);
}

/* A line of one field that names a section begins it. */
static bool begins_section(struct reading *reading)
{
    static const char *const names[] = {"", "META", "PROJECTS", "VOTES"};
    for (int section = META; reading->column == 1 && section <= VOTES; section++) {
        if (strcmp(reading->fields[0], names[section]) == 0) {
            reading->section = (enum section)section;
            reading->header = true;
            return true;
        }
    }
    return false;
}

static void take_names(struct reading *reading)
{
    for (size_t i = 0; i < reading->names_len; i++)
        free(reading->names[i]);
    reading->names_len = reading->column;
    for (size_t i = 0; i < reading->column; i++)
        reading->names[i] = xstrdup(reading->fields[i]);
    reading->header = false;
}

static void on_field(void *bytes, size_t len, void *context)
{
    struct reading *reading = context;
    if (reading->err != OK)
        return;
    if (reading->column == COLUMNS_MAX) {
        fail(reading, "too many columns");
        return;
    }
    reading->fields[reading->column++] = xstrndup(bytes, len);
}

static void on_row(int end, void *context)
{
    struct reading *reading = context;
    (void)end;
    reading->line++;
    if (reading->err == OK && reading->column > 0 && !begins_section(reading)) {
        if (reading->section == NONE)
            fail(reading, "not a PaBuLib file: it begins with META");
        else if (reading->header)
            take_names(reading);
        else if (reading->section == META)
            take_meta(reading);
        else if (reading->section == PROJECTS)
            take_project(reading);
        else
            take_vote(reading);
    }
    for (size_t i = 0; i < reading->column; i++)
        free(reading->fields[i]);
    reading->column = 0;
}

static enum err take_method(struct reading *reading)
{
    static const struct {
        const char *vote_type;
        enum ballot_method method;
    } methods[] = {{"choose-1", BALLOT_CHOOSE},
                   {"approval", BALLOT_APPROVE},
                   {"cumulative", BALLOT_POINTS},
                   {"ordinal", BALLOT_RANK}};
    struct election *election = reading->election;
    const char *type = reading->vote_type == NULL ? "" : reading->vote_type;
    size_t longest = 1;
    uint64_t most = 1;
    for (size_t i = 0; i < election->voters_len; i++) {
        const struct election_voter *voter = &election->voters[i];
        uint64_t sum = 0;
        for (size_t m = 0; m < voter->len; m++)
            sum += election->marks[voter->first + m].value;
        longest = voter->len > longest ? voter->len : longest;
        most = sum > most ? sum : most;
    }
    /* Where the file gives no bound, the longest ballot is it. */
    election->at_most = (uint32_t)(reading->max_length > 0 ? (size_t)reading->max_length : longest);
    election->sum = reading->max_sum > 0 ? (uint64_t)reading->max_sum : most;
    if (election->at_most > election->projects_len)
        election->at_most = (uint32_t)election->projects_len;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(type, methods[i].vote_type) != 0)
            continue;
        election->method = methods[i].method;
        return OK;
    }
    return fault_set(reading->fault, ERR_INVALID, "vote_type %.40s is not one that can be played",
                     type);
}

static void release(struct reading *reading)
{
    struct known *known, *next;
    HASH_ITER(hh, reading->known, known, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): HASH_ITER took the next one before */
        HASH_DEL(reading->known, known);
        free(known);
    }
    for (size_t i = 0; i < reading->names_len; i++)
        free(reading->names[i]);
    for (size_t i = 0; i < reading->column; i++)
        free(reading->fields[i]);
    free(reading->vote_type);
}

enum err election_parse(struct slice text, struct election **out, struct fault *fault)
{
    static const uint8_t bom[] = {0xef, 0xbb, 0xbf};
    struct csv_parser parser;
    struct reading reading = {.election = xcalloc(1, sizeof *reading.election), .fault = fault};
    if (text.len >= 3 && memcmp(text.data, bom, 3) == 0)
        text = slice_of(text.data + 3, text.len - 3);
    reading.election->title = xstrdup("");
    if (csv_init(&parser, 0) != 0)
        abort();
    csv_set_delim(&parser, ';');
    if (csv_parse(&parser, text.data, text.len, on_field, on_row, &reading) != text.len ||
        csv_fini(&parser, on_field, on_row, &reading) != 0)
        fail(&reading, "not CSV");
    csv_free(&parser);
    if (reading.err == OK &&
        (reading.election->projects_len == 0 || reading.election->voters_len == 0))
        fail(&reading, "no projects or no votes");
    if (reading.err == OK)
        reading.err = take_method(&reading);
    release(&reading);
    if (reading.err == OK)
        *out = reading.election;
    else
        election_destroy(reading.election);
    return reading.err;
}

void election_destroy(struct election *election)
{
    if (election == NULL)
        return;
    for (size_t i = 0; i < election->projects_len; i++) {
        free(election->projects[i].id);
        free(election->projects[i].name);
    }
    free(election->projects);
    free(election->voters);
    free(election->marks);
    free(election->title);
    free(election);
}
