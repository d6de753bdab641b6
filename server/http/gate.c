/*
 * A state machine over bytes. What it accepts is a small subset of RFC 9112:
 *
 *     request = method SP target SP version CRLF *( name ":" *SP value CRLF ) CRLF body
 *
 * with no leading empty line, no tab, no folded line, no Transfer-Encoding, so that evhttp, which
 * forgives all of these in its own way, has nothing left to interpret. The verdict is a function of
 * the bytes alone: no state looks further than the byte in hand, and checks that need a whole
 * element (target, host, length) run on the byte that ends it.
 */
#include "http/gate.h"

#include <ctype.h>
#include <strings.h>

#include "target.h"

enum state {
    STATE_METHOD,
    STATE_TARGET,
    STATE_VERSION,
    STATE_LINE_LF,
    STATE_HEADER, /* first byte of a header line */
    STATE_NAME,
    STATE_SPACES, /* between colon and value */
    STATE_VALUE,
    STATE_VALUE_LF,
    STATE_END_LF,
    STATE_BODY,
    STATE_NEXT, /* a request ended; the next byte begins another */
    STATE_REFUSED,
};

/* Headers that the gate reads itself. */
enum header {
    HEADER_OTHER,
    HEADER_HOST,
    HEADER_LENGTH,
    HEADER_TRANSFER,
    HEADER_EXPECT,
    HEADER_LANGUAGE,
};

static const struct {
    const char *name, *problem;
} reasons[GATE_REASON_COUNT] = {
    [GATE_REASON_NONE] = {"none", "internal"},
    [GATE_REASON_REQUEST_LINE] = {"request_line", "malformed"},
    [GATE_REASON_METHOD] = {"method", "method_unknown"},
    [GATE_REASON_TARGET] = {"target", "malformed"},
    [GATE_REASON_TARGET_LONG] = {"target_long", "uri_too_long"},
    [GATE_REASON_VERSION] = {"version", "unsupported_version"},
    [GATE_REASON_LINE_END] = {"line_end", "malformed"},
    [GATE_REASON_HEADER_NAME] = {"header_name", "malformed"},
    [GATE_REASON_HEADER_VALUE] = {"header_value", "malformed"},
    [GATE_REASON_HEADERS] = {"headers", "head_too_large"},
    [GATE_REASON_HEAD_LONG] = {"head_long", "head_too_large"},
    [GATE_REASON_CONTENT_LENGTH] = {"content_length", "malformed"},
    [GATE_REASON_TRANSFER] = {"transfer_encoding", "malformed"},
    [GATE_REASON_HOST] = {"host", "host_unknown"},
    [GATE_REASON_EXPECT] = {"expect", "malformed"},
    [GATE_REASON_BODY] = {"body", "too_large"},
    [GATE_REASON_REQUESTS] = {"requests", "busy"},
};

const char *gate_reason_name(enum gate_reason reason)
{
    return reasons[reason].name;
}

const char *gate_reason_problem(enum gate_reason reason)
{
    return reasons[reason].problem;
}

/* isalnum() would ask the locale. */
static bool is_alnum(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

/* Bytes of a token (RFC 9110 §5.6.2). */
static bool is_token(uint8_t byte)
{
    static const uint8_t marks[] = "!#$%&'*+-.^_`|~";

    return is_alnum(byte) || (byte != 0 && memchr(marks, byte, sizeof marks - 1) != NULL);
}

/* Bytes of path and query (RFC 3986 §3.3, §3.4) besides letters and digits. */
static bool is_target(uint8_t byte)
{
    static const uint8_t marks[] = "-._~!$&'()*+,;=:@/?%";

    return is_alnum(byte) || (byte != 0 && memchr(marks, byte, sizeof marks - 1) != NULL);
}

static bool method_known(const char *method, size_t len)
{
    static const char *const known[] = {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == len && memcmp(known[i], method, len) == 0)
            return true;
    return false;
}

static bool same_text(const char *text, const char *value, size_t len)
{
    return strlen(text) == len && strncasecmp(text, value, len) == 0;
}

/* True when value is one of our hosts: as listed, or, listed without a port, with any. */
static bool host_known(const struct gate_config *config, const char *value, size_t len)
{
    size_t name_len = len;

    while (name_len > 0 && isdigit((unsigned char)value[name_len - 1]))
        name_len--;
    if (name_len == len || len - name_len > 5 || name_len < 2 || value[name_len - 1] != ':')
        name_len = len;
    else
        name_len--;
    for (size_t i = 0; i < config->hosts_len; i++)
        if (same_text(config->hosts[i], value, len) || same_text(config->hosts[i], value, name_len))
            return true;
    return false;
}

void gate_init(struct gate *gate, const struct gate_config *config)
{
    memset(gate, 0, offsetof(struct gate, target));
    gate->config = config;
}

static void begin_request(struct gate *gate)
{
    uint32_t requests = gate->requests;
    const struct gate_config *config = gate->config;

    gate_init(gate, config);
    gate->requests = requests;
}

static enum gate_verdict refuse(struct gate *gate, enum gate_reason reason)
{
    gate->state = STATE_REFUSED;
    gate->reason = reason;
    return GATE_REFUSED;
}

static struct slice value_of(const struct gate *gate)
{
    return slice_of(gate->value, gate->value_len);
}

/* Content-Length: ^[0-9]{1,10}$, once. */
static enum gate_verdict take_length(struct gate *gate)
{
    uint64_t length = 0;

    if (gate->have_length || gate->value_len < 1 || gate->value_len > 10)
        return refuse(gate, GATE_REASON_CONTENT_LENGTH);
    for (size_t i = 0; i < gate->value_len; i++) {
        if (gate->value[i] < '0' || gate->value[i] > '9')
            return refuse(gate, GATE_REASON_CONTENT_LENGTH);
        length = length * 10 + (uint64_t)(gate->value[i] - '0');
    }
    gate->have_length = true;
    gate->body_len = length;
    return GATE_MORE;
}

/* A header line has ended. */
static enum gate_verdict take_header(struct gate *gate)
{
    bool whole = gate->value_len < GATE_VALUE_MAX; /* a longer one was cut, see take_value() */

    while (gate->value_len > 0 && gate->value[gate->value_len - 1] == ' ')
        gate->value_len--;
    switch ((enum header)gate->header) {
    case HEADER_HOST:
        if (gate->have_host || !whole || !host_known(gate->config, gate->value, gate->value_len))
            return refuse(gate, GATE_REASON_HOST);
        gate->have_host = true;
        break;
    case HEADER_LENGTH:
        return whole ? take_length(gate) : refuse(gate, GATE_REASON_CONTENT_LENGTH);
    case HEADER_TRANSFER:
        return refuse(gate, GATE_REASON_TRANSFER);
    case HEADER_EXPECT:
        if (gate->expects_continue || !same_text("100-continue", gate->value, gate->value_len))
            return refuse(gate, GATE_REASON_EXPECT);
        gate->expects_continue = true;
        break;
    case HEADER_LANGUAGE:
        gate->language = language_wanted(gate_target(gate), value_of(gate));
        break;
    case HEADER_OTHER:
        break;
    }
    return GATE_MORE;
}

static enum gate_verdict end_request(struct gate *gate)
{
    gate->state = STATE_NEXT;
    gate->started = false;
    gate->requests++;
    gate->last = gate->requests >= gate->config->requests_max;
    return GATE_DONE;
}

/* The empty line has ended. */
static enum gate_verdict end_head(struct gate *gate)
{
    const struct gate_config *config = gate->config;
    uint64_t most;

    if (!gate->have_host && !gate->http_1_0)
        return refuse(gate, GATE_REASON_HOST);
    if (gate->body_len == 0)
        return end_request(gate);
    /* evhttp reads no body after HEAD: it would take it for the next request. */
    if (slice_is(gate_method(gate), "HEAD"))
        return refuse(gate, GATE_REASON_BODY);
    most = config->body_max(config->context, gate_method(gate), gate_target(gate));
    if (gate->body_len > most)
        return refuse(gate, GATE_REASON_BODY);
    gate->body_left = gate->body_len;
    gate->state = STATE_BODY;
    return GATE_HEAD;
}

static enum gate_verdict take_method(struct gate *gate, uint8_t byte)
{
    if (byte == ' ' && gate->method_len > 0) {
        if (!method_known(gate->method, gate->method_len))
            return refuse(gate, GATE_REASON_METHOD);
        gate->state = STATE_TARGET;
        return GATE_MORE;
    }
    if (!is_token(byte))
        return refuse(gate, GATE_REASON_REQUEST_LINE);
    if (gate->method_len == sizeof gate->method)
        return refuse(gate, GATE_REASON_METHOD);
    gate->method[gate->method_len++] = (char)byte;
    return GATE_MORE;
}

static enum gate_verdict take_target(struct gate *gate, uint8_t byte)
{
    if (byte == ' ') {
        if (!target_allowed(gate->target, gate->target_len))
            return refuse(gate, GATE_REASON_TARGET);
        gate->language = language_wanted(gate_target(gate), slice_of(NULL, 0));
        gate->state = STATE_VERSION;
        return GATE_MORE;
    }
    if (byte == '\r' || byte == '\n')
        return refuse(gate, GATE_REASON_REQUEST_LINE);
    if (!is_target(byte))
        return refuse(gate, GATE_REASON_TARGET);
    if (gate->target_len == GATE_TARGET_MAX)
        return refuse(gate, GATE_REASON_TARGET_LONG);
    gate->target[gate->target_len++] = (char)byte;
    return GATE_MORE;
}

static enum gate_verdict take_version(struct gate *gate, uint8_t byte)
{
    const char *version = gate->version;

    if (byte == '\n')
        return refuse(gate, GATE_REASON_LINE_END);
    if (byte != '\r') {
        if (gate->version_len == 8)
            return refuse(gate, GATE_REASON_REQUEST_LINE);
        gate->version[gate->version_len++] = (char)byte;
        return GATE_MORE;
    }
    if (gate->version_len != 8 || memcmp(version, "HTTP/", 5) != 0 || version[6] != '.' ||
        !isdigit((unsigned char)version[5]) || !isdigit((unsigned char)version[7]))
        return refuse(gate, GATE_REASON_REQUEST_LINE);
    if (version[5] != '1' || version[7] > '1')
        return refuse(gate, GATE_REASON_VERSION);
    gate->http_1_0 = version[7] == '0';
    gate->state = STATE_LINE_LF;
    return GATE_MORE;
}

static enum gate_verdict take_name(struct gate *gate, uint8_t byte)
{
    static const struct {
        const char *name;
        enum header header;
    } known[] = {
        {"host", HEADER_HOST},
        {"content-length", HEADER_LENGTH},
        {"transfer-encoding", HEADER_TRANSFER},
        {"expect", HEADER_EXPECT},
        {"accept-language", HEADER_LANGUAGE},
    };

    if (is_token(byte)) {
        if (gate->name_len < sizeof gate->name) /* a longer name is none of ours */
            gate->name[gate->name_len++] = (char)byte;
        return GATE_MORE;
    }
    if (byte != ':')
        return refuse(gate, GATE_REASON_HEADER_NAME);
    gate->header = HEADER_OTHER;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (same_text(known[i].name, gate->name, gate->name_len))
            gate->header = (uint8_t)known[i].header;
    gate->value_len = 0;
    gate->state = STATE_SPACES;
    return GATE_MORE;
}

static enum gate_verdict begin_header(struct gate *gate, uint8_t byte)
{
    if (byte == '\r') {
        gate->state = STATE_END_LF;
        return GATE_MORE;
    }
    if (byte == '\n')
        return refuse(gate, GATE_REASON_LINE_END);
    if (!is_token(byte)) /* also a folded line and an empty name */
        return refuse(gate, GATE_REASON_HEADER_NAME);
    if (gate->headers == GATE_HEADERS_MAX)
        return refuse(gate, GATE_REASON_HEADERS);
    gate->headers++;
    gate->name_len = 0;
    gate->state = STATE_NAME;
    return take_name(gate, byte);
}

static enum gate_verdict take_value(struct gate *gate, uint8_t byte)
{
    if (byte == '\r') {
        gate->state = STATE_VALUE_LF;
        return GATE_MORE;
    }
    if (byte == '\n')
        return refuse(gate, GATE_REASON_LINE_END);
    if (byte < 0x20 || byte == 0x7f)
        return refuse(gate, GATE_REASON_HEADER_VALUE);
    if (gate->header != HEADER_OTHER && gate->value_len < GATE_VALUE_MAX)
        gate->value[gate->value_len++] = (char)byte;
    return GATE_MORE;
}

static enum gate_verdict take_byte(struct gate *gate, uint8_t byte)
{
    if (gate->head_len == GATE_HEAD_MAX)
        return refuse(gate, GATE_REASON_HEAD_LONG);
    gate->head_len++;
    switch ((enum state)gate->state) {
    case STATE_METHOD:
        return take_method(gate, byte);
    case STATE_TARGET:
        return take_target(gate, byte);
    case STATE_VERSION:
        return take_version(gate, byte);
    case STATE_HEADER:
        return begin_header(gate, byte);
    case STATE_NAME:
        return take_name(gate, byte);
    case STATE_SPACES:
        if (byte == ' ')
            return GATE_MORE;
        gate->state = STATE_VALUE;
        return take_value(gate, byte);
    case STATE_VALUE:
        return take_value(gate, byte);
    case STATE_LINE_LF:
    case STATE_VALUE_LF:
    case STATE_END_LF:
        if (byte != '\n')
            return refuse(gate, GATE_REASON_LINE_END);
        if (gate->state == STATE_END_LF)
            return end_head(gate);
        if (gate->state == STATE_VALUE_LF && take_header(gate) == GATE_REFUSED)
            return GATE_REFUSED;
        gate->state = STATE_HEADER;
        return GATE_MORE;
    case STATE_BODY:
    case STATE_NEXT:
    case STATE_REFUSED:
        break;
    }
    return GATE_REFUSED;
}

/* Values that nobody here reads are most of a head: pass over them at once. Gives how many bytes
 * were passed over; the head's limit holds as for single bytes. */
static size_t skip_value(struct gate *gate, const uint8_t *data, size_t len)
{
    size_t most = GATE_HEAD_MAX - gate->head_len;
    size_t skipped = 0;

    if (gate->state != STATE_VALUE || gate->header != HEADER_OTHER)
        return 0;
    if (len < most)
        most = len;
    while (skipped < most && data[skipped] >= 0x20 && data[skipped] != 0x7f)
        skipped++;
    gate->head_len += (uint32_t)skipped;
    return skipped;
}

static enum gate_verdict take_body(struct gate *gate, size_t len, size_t *used)
{
    *used = len < gate->body_left ? len : (size_t)gate->body_left;
    gate->body_left -= *used;
    return gate->body_left == 0 ? end_request(gate) : GATE_MORE;
}

enum gate_verdict gate_feed(struct gate *gate, const uint8_t *data, size_t len, size_t *used)
{
    size_t at = 0;

    *used = 0;
    if (gate->state == STATE_REFUSED)
        return GATE_REFUSED;
    if (gate->state == STATE_BODY)
        return take_body(gate, len, used);
    if (len == 0)
        return GATE_MORE;
    if (gate->state == STATE_NEXT) {
        if (gate->last)
            return refuse(gate, GATE_REASON_REQUESTS);
        begin_request(gate);
    }
    gate->started = true;
    while (at < len) {
        enum gate_verdict verdict;

        at += skip_value(gate, data + at, len - at);
        if (at == len)
            break;
        verdict = take_byte(gate, data[at++]);
        if (verdict != GATE_MORE) {
            *used = at;
            return verdict;
        }
    }
    *used = at;
    return GATE_MORE;
}

struct slice gate_method(const struct gate *gate)
{
    return slice_of(gate->method, gate->method_len);
}

struct slice gate_target(const struct gate *gate)
{
    return slice_of(gate->target, gate->target_len);
}
