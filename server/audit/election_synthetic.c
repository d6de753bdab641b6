#include "audit/election.h"
#include "base/mem.h"

#define AT_MOST 5
#define SUM 10
#define SCORE_MOST 5

/* SplitMix64 (Steele, Lea, Flood 2014): the same election for the same seed, on every machine. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/* Low numbers come more often: the smaller of two draws. */
static uint32_t skewed(uint64_t *state, size_t bound)
{
    INVARIANT(bound > 0);
    uint64_t a = next(state) % bound, b = next(state) % bound;
    return (uint32_t)(a < b ? a : b);
}

static bool marked(const struct election *election, const struct election_voter *voter,
                   uint32_t project)
{
    for (size_t i = 0; i < voter->len; i++) {
        if (election->marks[voter->first + i].project == project)
            return true;
    }
    return false;
}

static uint32_t value_of(const struct election *election, uint64_t *state)
{
    if (election->method == BALLOT_POINTS)
        return (uint32_t)(1 + next(state) % (SUM / AT_MOST));
    if (election->method == BALLOT_SCORE)
        return (uint32_t)(election->least + next(state) % (election->most - election->least + 1));
    return 1;
}

/* What one mark adds to the official score; position from 0. */
static int64_t worth(const struct election *election, uint32_t value, size_t position)
{
    return election->method == BALLOT_RANK ? (int64_t)(election->at_most - position)
                                           : (int64_t)value;
}

static void add_voter(struct election *election, uint64_t *state)
{
    INVARIANT(election->at_most > 0);
    size_t len = election->method == BALLOT_CHOOSE ? 1 : 1 + next(state) % election->at_most;
    GROW(election->voters, election->voters_len, election->voters_room);
    struct election_voter *voter = &election->voters[election->voters_len++];
    *voter = (struct election_voter){election->marks_len, 0};
    while (voter->len < len) {
        uint32_t number = skewed(state, election->projects_len);
        if (marked(election, voter, number))
            continue;
        uint32_t value = value_of(election, state);
        GROW(election->marks, election->marks_len, election->marks_room);
        election->marks[election->marks_len++] = (struct election_mark){number, value};
        struct election_project *project = &election->projects[number];
        project->votes++;
        project->score += worth(election, value, voter->len);
        voter->len++;
    }
}

struct election *election_make(enum ballot_method method, size_t voters, size_t projects,
                               uint64_t seed)
{
    struct election *election = xcalloc(1, sizeof *election);
    uint64_t state = seed;
    election->title = xasprintf("synthetic election, seed %llu", (unsigned long long)seed);
    election->method = method;
    election->at_most = projects < AT_MOST ? (uint32_t)projects : AT_MOST;
    election->sum = SUM;
    election->least = 1;
    election->most = SCORE_MOST;
    election->projects = xcalloc(projects, sizeof *election->projects);
    election->projects_len = election->projects_room = projects;
    for (size_t i = 0; i < projects; i++)
        election->projects[i] = (struct election_project){.id = xasprintf("P/%zu", i + 1),
                                                          .name = xasprintf("Project %zu", i + 1),
                                                          .has_votes = true,
                                                          .has_score = method != BALLOT_SCORE};
    for (size_t i = 0; i < voters; i++)
        add_voter(election, &state);
    return election;
}
