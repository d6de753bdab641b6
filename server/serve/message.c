#include "serve/message.h"

static void put_be(uint8_t *out, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

static uint64_t get_be(const uint8_t *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++)
        value = value << 8 | bytes[i];
    return value;
}

void submit_answer_head(uint8_t out[static SUBMIT_ANSWER_HEAD], const struct submit_answer *answer)
{
    out[0] = (uint8_t)answer->verdict;
    put_be(out + 1, answer->code, 2);
    put_be(out + 3, answer->index, 8);
    put_be(out + 11, answer->rev, 8);
    put_be(out + 19, answer->size, 8);
}

enum err submit_answer_parse(struct slice payload, struct submit_answer *answer)
{
    if (payload.len < SUBMIT_ANSWER_HEAD || payload.data[0] > SUBMIT_REPEATED)
        return ERR_CORRUPT;
    answer->verdict = (enum submit_verdict)payload.data[0];
    answer->code = (uint16_t)get_be(payload.data + 1, 2);
    answer->index = get_be(payload.data + 3, 8);
    answer->rev = get_be(payload.data + 11, 8);
    answer->size = get_be(payload.data + 19, 8);
    answer->checkpoint =
        slice_of(payload.data + SUBMIT_ANSWER_HEAD, payload.len - SUBMIT_ANSWER_HEAD);
    return OK;
}
