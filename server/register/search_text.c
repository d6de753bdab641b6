#include "register/search_text.h"

#include <utf8proc.h>

#define WORDS_MAX 8
#define PARTS_MAX 8 /* code points that one decomposes into */

static const struct {
    utf8proc_int32_t from, to;
} same[] = {
    {0x04D9, 0x0430}, /* ә а */
    {0x0493, 0x0433}, /* ғ г */
    {0x049B, 0x043A}, /* қ к */
    {0x04A3, 0x043D}, /* ң н */
    {0x04E9, 0x043E}, /* ө о */
    {0x04B1, 0x0443}, /* ұ у */
    {0x04AF, 0x0443}, /* ү у */
    {0x04BB, 0x0445}, /* һ х */
    {0x0456, 0x0438}, /* і и */
};

static bool is_mark(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

static bool is_of_word(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

static void put_point(struct buf *out, utf8proc_int32_t point)
{
    uint8_t bytes[4];
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (same[i].from == point)
            point = same[i].to;
    }
    buf_put(out, bytes, (size_t)utf8proc_encode_char(point, bytes));
}

/* й and ё come apart here into и and е with a mark. */
static void put_folded(struct buf *out, utf8proc_int32_t point)
{
    utf8proc_int32_t parts[PARTS_MAX];
    int last_class = UTF8PROC_BOUNDCLASS_START;
    utf8proc_ssize_t count = utf8proc_decompose_char(utf8proc_tolower(point), parts, PARTS_MAX,
                                                     UTF8PROC_DECOMPOSE, &last_class);
    for (utf8proc_ssize_t i = 0; i < count && i < PARTS_MAX; i++) {
        if (!is_mark(parts[i]))
            put_point(out, parts[i]);
    }
}

/* The next code point of text, which is cut by it; false at its end. */
static bool next_point(struct slice *text, utf8proc_int32_t *point)
{
    utf8proc_ssize_t width =
        text->len == 0 ? 0 : utf8proc_iterate(text->data, (utf8proc_ssize_t)text->len, point);
    if (width <= 0)
        return false;
    *text = slice_of(text->data + width, text->len - (size_t)width);
    return true;
}

void search_text_fold(struct slice text, struct buf *out)
{
    utf8proc_int32_t point;
    while (next_point(&text, &point))
        put_folded(out, point);
}

bool search_text_pattern(struct slice query, struct buf *out)
{
    struct buf folded;
    utf8proc_int32_t point;
    size_t words = 0;
    bool inside = false;
    buf_init(&folded, 65536);
    search_text_fold(query, &folded);
    struct slice rest = buf_slice(&folded);
    while (next_point(&rest, &point)) {
        bool word = is_of_word(point);
        if (inside && !word)
            buf_put_str(out, "\"* ");
        if (!inside && word && words++ == WORDS_MAX)
            break;
        if (!inside && word)
            buf_put_str(out, "\"");
        if (word)
            put_point(out, point);
        inside = word;
    }
    if (inside)
        buf_put_str(out, "\"*");
    buf_release(&folded);
    return words > 0;
}
