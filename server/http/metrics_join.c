#include "http/metrics.h"

#include "base/mem.h"

/* One name's lines in one text. */
struct block {
    struct slice name, head; /* head: its HELP and TYPE lines, NULs and all */
    struct slice series;
};

static struct slice cut_line(struct slice *text)
{
    const uint8_t *end = text->len == 0 ? NULL : memchr(text->data, '\n', text->len);
    size_t len = end == NULL ? text->len : (size_t)(end - text->data) + 1;
    struct slice line = slice_of(text->data, len);

    *text = slice_of(text->data + len, text->len - len);
    return line;
}

static bool begins(struct slice line, struct slice with)
{
    return line.len >= with.len && memcmp(line.data, with.data, with.len) == 0;
}

static struct slice word(struct slice line, size_t from)
{
    size_t len = 0;

    while (from + len < line.len && line.data[from + len] > ' ')
        len++;
    return slice_of(line.data + from, len);
}

static bool whole(struct slice line)
{
    return line.len > 0 && line.data[line.len - 1] == '\n';
}

/* The next block of a text: "# HELP name …", "# TYPE name …", then the lines that begin with the
 * name. Skips all else. */
static bool next_block(struct slice *text, struct block *block)
{
    static const char help[] = "# HELP ", type[] = "# TYPE ";

    while (text->len > 0) {
        struct slice first = cut_line(text), rest = *text;
        struct slice second = cut_line(&rest);

        if (!begins(first, slice_str(help)) || !begins(second, slice_str(type)) || !whole(second))
            continue;
        block->name = word(first, sizeof help - 1);
        if (block->name.len == 0 || !slice_equal(word(second, sizeof type - 1), block->name))
            continue;
        *text = rest;
        block->head = slice_of(first.data, first.len + second.len);
        block->series = slice_of(rest.data, 0);
        while (text->len > 0 && begins(*text, block->name) && whole(cut_line(&rest))) {
            block->series.len += text->len - rest.len;
            *text = rest;
        }
        return true;
    }
    return false;
}

static bool find_block(struct slice text, struct slice name, struct block *block)
{
    while (next_block(&text, block))
        if (slice_equal(block->name, name))
            return true;
    return false;
}

static struct slice type_of(const struct block *block)
{
    struct slice lines = block->head;

    (void)cut_line(&lines);
    return lines;
}

/* The name with its series of all texts from `from` on, unless an earlier text had it. */
static void put_name(const struct slice *texts, size_t len, size_t from, const struct block *block,
                     struct buf *out)
{
    struct block other;

    for (size_t i = 0; i < from; i++)
        if (find_block(texts[i], block->name, &other))
            return;
    buf_put_slice(out, block->head);
    buf_put_slice(out, block->series);
    for (size_t i = from + 1; i < len; i++)
        if (find_block(texts[i], block->name, &other) &&
            slice_equal(type_of(&other), type_of(block)))
            buf_put_slice(out, other.series);
}

void metrics_join(const struct slice *texts, size_t len, struct buf *out)
{
    for (size_t i = 0; i < len; i++) {
        struct slice text = texts[i];
        struct block block;

        while (next_block(&text, &block))
            put_name(texts, len, i, &block, out);
    }
}
