#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/clock.h"

#define LINE_CAP 4096
/* Always kept free for what closes a line: the quote of a string, the mark that it was cut, and
 * "}\n". */
#define CLOSING_LEN 16

static const char *process_name = "dauys";
static enum log_level least_level = LOG_LEVEL_INFO;
static const char *const level_names[] = {"debug", "info", "warn", "error"};

struct line {
    char text[LINE_CAP];
    size_t len;
    bool cut;
};

void log_open(const char *process, enum log_level least)
{
    process_name = process;
    least_level = least;
}

/* Puts text whole or not at all. */
static void put(struct line *line, const char *text, size_t len)
{
    if (line->cut || line->len + len > sizeof line->text - CLOSING_LEN) {
        line->cut = true;
        return;
    }
    memcpy(line->text + line->len, text, len);
    line->len += len;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* One character of a string; returns how many bytes it took. What is not UTF-8 becomes U+FFFD: a
 * log reader must never meet a line that is not JSON. */
static size_t put_character(struct line *line, const uint8_t *at)
{
    char escape[8];
    utf8proc_int32_t point;
    utf8proc_ssize_t len;

    if (*at == '"' || *at == '\\') {
        put(line, (const char[]){'\\', (char)*at}, 2);
        return 1;
    }
    if (*at < 0x20 || *at == 0x7f) {
        put(line, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", *at));
        return 1;
    }
    len = utf8proc_iterate(at, -1, &point);
    if (len < 1) {
        put_text(line, "\xef\xbf\xbd");
        return 1;
    }
    put(line, (const char *)at, (size_t)len);
    return (size_t)len;
}

static void put_string(struct line *line, const char *text)
{
    const uint8_t *at = (const uint8_t *)text;

    if (!text) {
        put_text(line, "null");
        return;
    }
    put_text(line, "\"");
    if (line->cut)
        return;
    while (*at && !line->cut)
        at += put_character(line, at);
    line->text[line->len++] = '"'; /* out of what CLOSING_LEN keeps, when the line was cut */
}

static void put_time(struct line *line)
{
    int64_t now_us = clock_unix_us();
    char seconds[CLOCK_TEXT_LEN], text[48];
    int len;

    clock_format(seconds, now_us / 1000000);
    len = snprintf(text, sizeof text, "{\"at\":\"%.19s.%06dZ\",\"level\":", seconds,
                   (int)(now_us % 1000000));
    put(line, text, (size_t)len);
}

/* A member that does not fit is left out whole, save that a string is cut where the room ends. */
static void put_member(struct line *line, const char *key, enum log_kind kind, va_list *args)
{
    char number[24];
    size_t before = line->len;

    put_text(line, ",\"");
    put_text(line, key);
    put_text(line, "\":");
    if (line->cut)
        line->len = before;
    switch (kind) {
    case LOG_KIND_STR: {
        const char *text = va_arg(*args, const char *);
        if (!line->cut)
            put_string(line, text);
        break;
    }
    case LOG_KIND_U64:
        snprintf(number, sizeof number, "%" PRIu64, va_arg(*args, uint64_t));
        put_text(line, number);
        break;
    case LOG_KIND_I64:
        snprintf(number, sizeof number, "%" PRId64, va_arg(*args, int64_t));
        put_text(line, number);
        break;
    case LOG_KIND_END:
        break;
    }
    if (line->text[line->len - 1] == ':')
        line->len = before; /* the key fitted and its value did not */
}

static void close_and_write(struct line *line)
{
    const char *closing = line->cut ? ",\"cut\":1}\n" : "}\n";
    ssize_t written;

    memcpy(line->text + line->len, closing, strlen(closing));
    line->len += strlen(closing);
    /* One write, so that lines of several processes never mix. A log that can't be written must not
     * stop a vote: nothing is done about a failure. */
    do {
        written = write(STDERR_FILENO, line->text, line->len);
    } while (written < 0 && errno == EINTR);
}

void log_line(enum log_level level, const char *event, ...)
{
    int saved = errno;
    struct line line;
    va_list args;

    if (level < least_level)
        return;
    line.len = 0;
    line.cut = false;
    put_time(&line);
    put_string(&line, level_names[level]);
    put_text(&line, ",\"process\":");
    put_string(&line, process_name);
    put_text(&line, ",\"event\":");
    put_string(&line, event);
    va_start(args, event);
    for (;;) {
        enum log_kind kind = (enum log_kind)va_arg(args, int);

        if (kind == LOG_KIND_END)
            break;
        put_member(&line, va_arg(args, const char *), kind, &args);
    }
    va_end(args);
    close_and_write(&line);
    errno = saved;
}
