#include "proxy.h"

#include <string.h>

#define V1_MAX 107 /* with its CRLF, §2.1 */
#define V2_HEAD 16
#define PORT_DIGITS 5
#define PORT_MAX 65535

static const uint8_t v2_signature[12] = {13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10};

/* ---- version 1: "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n" ---- */

/* The text up to the next space, or to the end; the space is dropped. */
static struct slice cut_word(struct slice *line)
{
    const uint8_t *space = line->len == 0 ? NULL : memchr(line->data, ' ', line->len);
    size_t len = space == NULL ? line->len : (size_t)(space - line->data);
    struct slice word = slice_of(line->data, len);

    len += space != NULL;
    *line = slice_of(line->data + len, line->len - len);
    return word;
}

static bool is_port(struct slice word)
{
    unsigned port = 0;

    if (word.len == 0 || word.len > PORT_DIGITS || (word.len > 1 && word.data[0] == '0'))
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
        port = port * 10 + (unsigned)(word.data[i] - '0');
    }
    return port <= PORT_MAX;
}

static bool is_address(struct slice word, bool ipv4, struct net_address *address)
{
    return (memchr(word.data, ':', word.len) == NULL) == ipv4 && net_address_parse(word, address);
}

static enum proxy_verdict parse_line(struct slice line, struct proxy_header *header)
{
    struct net_address server;
    struct slice family;

    (void)cut_word(&line);
    family = cut_word(&line);
    if (slice_is(family, "UNKNOWN"))
        return PROXY_DONE;
    if (!slice_is(family, "TCP4") && !slice_is(family, "TCP6"))
        return PROXY_WRONG;
    if (!is_address(cut_word(&line), family.data[3] == '4', &header->client) ||
        !is_address(cut_word(&line), family.data[3] == '4', &server) || !is_port(cut_word(&line)))
        return PROXY_WRONG;
    /* The last word: nothing, not even a space, may follow. */
    if (memchr(line.data, ' ', line.len) != NULL || !is_port(line))
        return PROXY_WRONG;
    header->has_client = true;
    return PROXY_DONE;
}

static enum proxy_verdict parse_v1(const uint8_t *data, size_t len, struct proxy_header *header)
{
    size_t most = len < V1_MAX ? len : V1_MAX;
    const uint8_t *end = memchr(data, '\n', most);

    if (end == NULL)
        return len >= V1_MAX ? PROXY_WRONG : PROXY_MORE;
    header->len = (size_t)(end - data) + 1;
    if (end[-1] != '\r')
        return PROXY_WRONG;
    return parse_line(slice_of(data, header->len - 2), header);
}

/* ---- version 2 ---- */

static enum proxy_verdict parse_v2(const uint8_t *data, size_t len, struct proxy_header *header)
{
    enum { LOCAL = 0x20, PROXY = 0x21, UNSPEC = 0x00, TCP4 = 0x11, TCP6 = 0x21 };
    size_t rest, need;

    if (len > 12 && data[12] != LOCAL && data[12] != PROXY)
        return PROXY_WRONG;
    if (len < V2_HEAD)
        return PROXY_MORE;
    rest = (size_t)data[14] << 8 | data[15];
    header->len = V2_HEAD + rest;
    need = data[13] == TCP4 ? 12 : 36;
    if (header->len > PROXY_HEADER_MAX)
        return PROXY_WRONG;
    header->has_client = data[12] == PROXY && data[13] != UNSPEC;
    if (header->has_client && ((data[13] != TCP4 && data[13] != TCP6) || rest < need))
        return PROXY_WRONG;
    if (len < header->len)
        return PROXY_MORE;
    if (header->has_client)
        net_address_of_bytes(data + V2_HEAD, data[13] == TCP4 ? 4 : 16, &header->client);
    return PROXY_DONE;
}

enum proxy_verdict proxy_parse(const uint8_t *data, size_t len, struct proxy_header *header)
{
    static const uint8_t v1[6] = {'P', 'R', 'O', 'X', 'Y', ' '};
    enum proxy_verdict verdict;

    *header = (struct proxy_header){0};
    if (len == 0)
        return PROXY_MORE;
    if (memcmp(data, v1, len < sizeof v1 ? len : sizeof v1) == 0)
        verdict = len < sizeof v1 ? PROXY_MORE : parse_v1(data, len, header);
    else if (memcmp(data, v2_signature, len < 12 ? len : 12) == 0)
        verdict = len < 12 ? PROXY_MORE : parse_v2(data, len, header);
    else
        verdict = PROXY_WRONG;
    if (verdict != PROXY_DONE)
        *header = (struct proxy_header){0};
    return verdict;
}
