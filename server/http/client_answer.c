#include "client_answer.h"

#include <strings.h>

#include "http/client.h"

bool answer_header(struct slice head, const char *name, struct slice *value)
{
    const char *at = memchr(head.data, '\n', head.len);
    const char *end = (const char *)head.data + head.len;
    size_t name_len = strlen(name);

    while (at != NULL && ++at < end) {
        const char *line_end = memchr(at, '\r', (size_t)(end - at));

        if (line_end == NULL)
            return false;
        if ((size_t)(line_end - at) > name_len && at[name_len] == ':' &&
            strncasecmp(at, name, name_len) == 0) {
            at += name_len + 1;
            while (at < line_end && *at == ' ')
                at++;
            *value = slice_of(at, (size_t)(line_end - at));
            return true;
        }
        at = memchr(line_end, '\n', (size_t)(end - line_end));
    }
    return false;
}

bool http_client_header(const struct http_client_answer *answer, const char *name,
                        struct slice *value)
{
    return answer_header(answer->head, name, value);
}

bool answer_length(struct slice text, size_t *out)
{
    size_t value = 0;

    if (text.len == 0 || text.len > 10)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (size_t)(text.data[i] - '0');
    }
    *out = value;
    return true;
}

int answer_status(struct slice head)
{
    int status = 0;

    if (head.len < 13 || memcmp(head.data, "HTTP/1.1 ", 9) != 0 || head.data[12] != ' ')
        return 0;
    for (size_t i = 9; i < 12; i++) {
        if (head.data[i] < '0' || head.data[i] > '9')
            return 0;
        status = status * 10 + (head.data[i] - '0');
    }
    return status;
}
