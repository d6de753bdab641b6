/* PaBuLib files: never a crash, and what is accepted is whole. */
#include <stddef.h>
#include <stdint.h>

#include "audit/election.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct election *election = NULL;
    struct fault fault;
    if (election_parse(slice_of(data, size), &election, &fault) != OK)
        return 0;
    for (size_t i = 0; i < election->marks_len; i++)
        INVARIANT(election->marks[i].project < election->projects_len);
    election_destroy(election);
    return 0;
}
