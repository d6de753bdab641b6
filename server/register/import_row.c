#include "import_row.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "register/bin.h"
#include "register/search_text.h"

#define VALUE_MAX 16384 /* bytes; a longer field is refused by its length */
#define LIST_MAX 64     /* items */
#define YEAR_LEAST 1990
#define YEAR_MOST 2100

static const char *const statuses[] = {"ACTIVE", "NO_BIN", "INACTIVE", "LIQUIDATING", "SUSPENDED"};
static const char *const kinds[] = {"HEAD", "BRANCH", "REPRESENTATION", "FOREIGN_BRANCH",
                                    "FOREIGN_REPRESENTATION"};

void import_row_init(struct import_row *row)
{
    *row = (struct import_row){0};
    for (int i = 0; i < REGISTER_COLUMNS; i++)
        buf_init(&row->values[i], VALUE_MAX);
}

void import_row_release(struct import_row *row)
{
    for (int i = 0; i < REGISTER_COLUMNS; i++)
        buf_release(&row->values[i]);
}

void import_row_clear(struct import_row *row)
{
    for (int i = 0; i < REGISTER_COLUMNS; i++)
        buf_clear(&row->values[i]);
    row->wrong_column = row->reason = NULL;
}

void import_row_refuse(struct import_row *row, const char *column, const char *reason)
{
    if (row->reason != NULL)
        return;
    row->wrong_column = column;
    row->reason = reason;
}

static void refuse(struct import_row *row, enum register_column column, const char *reason)
{
    import_row_refuse(row, register_column_name(column), reason);
}

static struct slice value(const struct import_row *row, enum register_column column)
{
    return buf_slice(&row->values[column]);
}

static void set(struct import_row *row, enum register_column column, struct slice text)
{
    buf_clear(&row->values[column]);
    buf_put_slice(&row->values[column], text);
}

static int word_of(struct slice text, const char *const *words, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (slice_is(text, words[i]))
            return (int)i;
    }
    return -1;
}

/* ---- texts ---------------------------------------------------------------------------------- */

/* U+061C, U+200E … 200F, U+202A … 202E, U+2066 … 2069: they turn what follows around. */
static bool turns_text(utf8proc_int32_t point)
{
    return point == 0x061C || point == 0x200E || point == 0x200F ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

/* Why the text can't be shown to people as it is, or NULL. */
static const char *check_points(struct slice text)
{
    size_t points = 0, marks = 0;
    while (text.len > 0) {
        utf8proc_int32_t point = 0;
        utf8proc_ssize_t width = utf8proc_iterate(text.data, (utf8proc_ssize_t)text.len, &point);
        if (width <= 0)
            return "not UTF-8";
        utf8proc_category_t category = utf8proc_category(point);
        bool mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
        marks = mark ? marks + 1 : 0;
        if (category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CO ||
            category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_ZL ||
            category == UTF8PROC_CATEGORY_ZP)
            return "a control character or one that is not assigned";
        if (turns_text(point))
            return "a character that changes the direction of writing";
        if (marks > IMPORT_MARKS_MAX)
            return "too many combining marks on one letter";
        if (++points > IMPORT_NAME_MAX)
            return "longer than 400 characters";
        text = slice_of(text.data + width, text.len - (size_t)width);
    }
    return NULL;
}

/* NFC, one space between words, none around. Line breaks and tabs become spaces. */
static void tidy(struct import_row *row, enum register_column column)
{
    struct buf *own = &row->values[column];
    struct buf spaced;
    utf8proc_uint8_t *normal = NULL;
    buf_init(&spaced, VALUE_MAX);
    for (size_t i = 0; i < own->len; i++) {
        uint8_t byte = own->data[i];
        bool space = byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
        if (!space && spaced.len > 0 && i > 0 && strchr(" \t\n\r", own->data[i - 1]) != NULL)
            buf_put_byte(&spaced, ' ');
        if (!space)
            buf_put_byte(&spaced, byte);
    }
    utf8proc_ssize_t len = utf8proc_map(spaced.data, (utf8proc_ssize_t)spaced.len, &normal,
                                        UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (len >= 0)
        set(row, column, slice_of(normal, (size_t)len));
    if (len < 0)
        refuse(row, column, "not UTF-8");
    else if (buf_failed(own)) /* NFC can make a text longer */
        refuse(row, column, "longer than 16384 bytes");
    free(normal);
    buf_release(&spaced);
}

static void settle_text(struct import_row *row, enum register_column column)
{
    const char *why = check_points(value(row, column));
    if (why != NULL)
        refuse(row, column, why);
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Cuts the next item, without spaces around it, off a list; false at its end. */
static bool next_item(struct slice *list, struct slice *item)
{
    while (list->len > 0) {
        const uint8_t *bar = memchr(list->data, '|', list->len);
        size_t len = bar == NULL ? list->len : (size_t)(bar - list->data);
        *item = slice_of(list->data, len);
        size_t skip = bar == NULL ? len : len + 1;
        *list = slice_of(list->data + skip, list->len - skip);
        while (item->len > 0 && item->data[0] == ' ')
            *item = slice_of(item->data + 1, item->len - 1);
        while (item->len > 0 && item->data[item->len - 1] == ' ')
            item->len--;
        if (item->len > 0)
            return true;
    }
    return false;
}

struct items {
    struct slice list[LIST_MAX];
    size_t len;
};

/* False: there are too many. An item twice is taken once. */
static bool add_item(struct items *items, struct slice item)
{
    for (size_t i = 0; i < items->len; i++) {
        if (slice_equal(items->list[i], item))
            return true;
    }
    if (items->len == LIST_MAX)
        return false;
    items->list[items->len++] = item;
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Writes the items as the column's value. They may point into the value itself. */
static void set_items(struct import_row *row, enum register_column column, struct items *items,
                      bool sorted)
{
    struct buf text;
    buf_init(&text, VALUE_MAX);
    if (sorted && items->len > 0)
        qsort(items->list, items->len, sizeof *items->list, by_bytes);
    for (size_t i = 0; i < items->len; i++) {
        if (i > 0)
            buf_put_byte(&text, '|');
        buf_put_slice(&text, items->list[i]);
    }
    set(row, column, buf_slice(&text));
    buf_release(&text);
}

static bool number_of(struct slice text, unsigned *number)
{
    *number = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9' || i == 9)
            return false;
        *number = *number * 10 + (unsigned)(text.data[i] - '0');
    }
    return text.len > 0;
}

static bool is_year(struct slice text)
{
    unsigned year = 0;
    return text.len == 4 && number_of(text, &year) && year >= YEAR_LEAST && year <= YEAR_MOST;
}

/* "2026-03-31", a day that exists. */
static bool is_day(struct slice text)
{
    static const unsigned lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year = 0, month = 0, day = 0;
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-' ||
        !number_of(slice_of(text.data, 4), &year) ||
        !number_of(slice_of(text.data + 5, 2), &month) ||
        !number_of(slice_of(text.data + 8, 2), &day) || !is_year(slice_of(text.data, 4)) ||
        month < 1 || month > 12)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day >= 1 && day <= lengths[month - 1] + (month == 2 && leap ? 1U : 0U);
}

/* ---- columns -------------------------------------------------------------------------------- */

static void settle_id(struct import_row *row)
{
    struct slice id = value(row, REGISTER_ID);
    if (id.len == 0) {
        set(row, REGISTER_ID, value(row, REGISTER_BIN));
        id = value(row, REGISTER_ID);
    }
    if (id.len == 0)
        refuse(row, REGISTER_ID, "neither id nor BIN");
    if (id.len > REGISTER_ID_MAX)
        refuse(row, REGISTER_ID, "longer than 64 bytes");
    for (size_t i = 0; i < id.len; i++) {
        uint8_t c = id.data[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '.' || c == '_' || c == '-') ||
            (c == '.' && i == 0))
            refuse(row, REGISTER_ID, "a character other than letters, digits, . _ -");
    }
}

static void settle_bin(struct import_row *row)
{
    struct slice bin = value(row, REGISTER_BIN);
    if (bin.len == 0)
        return;
    for (size_t i = 0; i < bin.len; i++) {
        if (bin.data[i] < '0' || bin.data[i] > '9') {
            refuse(row, REGISTER_BIN, "a BIN has digits only");
            return;
        }
    }
    if (bin.len != 12)
        refuse(row, REGISTER_BIN, "a BIN has twelve digits");
    else if (bin.data[4] < '4')
        refuse(row, REGISTER_BIN, "the number of a person, not of an organisation");
    else if (!bin_valid(bin))
        refuse(row, REGISTER_BIN, "no BIN: month, kind or check digit is wrong");
    else if (bin.data[5] == '3')
        refuse(row, REGISTER_BIN, "the BIN of a farm");
}

static void settle_status(struct import_row *row)
{
    struct slice status = value(row, REGISTER_STATUS);
    bool has_bin = value(row, REGISTER_BIN).len > 0;
    if (word_of(status, statuses, sizeof statuses / sizeof *statuses) < 0)
        refuse(row, REGISTER_STATUS, "not one of ACTIVE, NO_BIN, INACTIVE, LIQUIDATING, SUSPENDED");
    else if (slice_is(status, "NO_BIN") && has_bin)
        refuse(row, REGISTER_STATUS, "NO_BIN, and there is a BIN");
    else if (slice_is(status, "ACTIVE") && !has_bin)
        refuse(row, REGISTER_STATUS, "ACTIVE without a BIN is called NO_BIN");
}

/* What the BIN says: its fifth digit 5 is a foreign one, its sixth the division. */
static const char *kind_of_bin(struct slice bin)
{
    bool foreign = bin.data[4] == '5';
    if (bin.data[5] == '1')
        return foreign ? "FOREIGN_BRANCH" : "BRANCH";
    if (bin.data[5] == '2')
        return foreign ? "FOREIGN_REPRESENTATION" : "REPRESENTATION";
    return "HEAD";
}

static void settle_kind(struct import_row *row)
{
    struct slice kind = value(row, REGISTER_KIND), bin = value(row, REGISTER_BIN);
    const char *by_bin = bin.len == 12 ? kind_of_bin(bin) : NULL;
    if (kind.len == 0)
        set(row, REGISTER_KIND, slice_str(by_bin == NULL ? "HEAD" : by_bin));
    else if (word_of(kind, kinds, sizeof kinds / sizeof *kinds) < 0)
        refuse(row, REGISTER_KIND,
               "not one of HEAD, BRANCH, REPRESENTATION, FOREIGN_BRANCH, FOREIGN_REPRESENTATION");
    else if (by_bin != NULL && !slice_is(kind, by_bin))
        refuse(row, REGISTER_KIND, "the BIN says another kind");
}

static void settle_names(struct import_row *row)
{
    struct slice rest = value(row, REGISTER_FORMER_NAMES), name;
    struct items items = {.len = 0};
    for (int column = REGISTER_NAME_KK; column <= REGISTER_NAME_EN; column++)
        settle_text(row, (enum register_column)column);
    if (value(row, REGISTER_NAME_KK).len + value(row, REGISTER_NAME_RU).len +
            value(row, REGISTER_NAME_EN).len ==
        0)
        import_row_refuse(row, "name_kk", "no name in any language");
    while (next_item(&rest, &name)) {
        const char *why = check_points(name);
        if (why == NULL && !add_item(&items, name))
            why = "more than 64 items";
        if (why != NULL)
            refuse(row, REGISTER_FORMER_NAMES, why);
    }
    set_items(row, REGISTER_FORMER_NAMES, &items, false);
}

static bool same_text(struct slice a, const char *b)
{
    struct buf folded_a, folded_b;
    buf_init(&folded_a, VALUE_MAX);
    buf_init(&folded_b, VALUE_MAX);
    search_text_fold(a, &folded_a);
    search_text_fold(slice_str(b), &folded_b);
    bool same = slice_equal(buf_slice(&folded_a), buf_slice(&folded_b));
    buf_release(&folded_a);
    buf_release(&folded_b);
    return same;
}

static bool is_name(struct slice text, const struct rules_text *name)
{
    for (int lang = 0; lang < RULES_LANGS; lang++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an array has no null item */
        if (name->in[lang] != NULL && *name->in[lang] != '\0' && same_text(text, name->in[lang]))
            return true;
    }
    return false;
}

static const struct rules_region *find_region(const struct rules *rules, struct slice text,
                                              bool *former)
{
    *former = false;
    for (size_t i = 0; i < rules->regions_len; i++) {
        if (slice_is(text, rules->regions[i].code))
            return &rules->regions[i];
    }
    for (size_t i = 0; i < rules->regions_len; i++) {
        if (is_name(text, &rules->regions[i].name))
            return &rules->regions[i];
    }
    *former = true;
    for (size_t i = 0; i < rules->regions_len; i++) {
        for (size_t j = 0; j < rules->regions[i].former_len; j++) {
            if (same_text(text, rules->regions[i].former[j]))
                return &rules->regions[i];
        }
    }
    return NULL;
}

static void settle_region(struct import_row *row, const struct rules *rules)
{
    bool former = false;
    struct slice text = value(row, REGISTER_REGION);
    settle_text(row, REGISTER_FORMER_REGION);
    if (rules->regions_len == 0)
        return;
    if (text.len == 0) {
        refuse(row, REGISTER_REGION, "missing");
        return;
    }
    const struct rules_region *region = find_region(rules, text, &former);
    if (region == NULL) {
        refuse(row, REGISTER_REGION, "neither a code, a name nor a former name in the rules");
        return;
    }
    if (former && value(row, REGISTER_FORMER_REGION).len == 0)
        set(row, REGISTER_FORMER_REGION, text);
    set(row, REGISTER_REGION, slice_str(region->code));
}

/* Of one year, that with its day is kept. */
static bool add_filed(struct items *items, struct slice item)
{
    for (size_t i = 0; i < items->len; i++) {
        if (memcmp(items->list[i].data, item.data, 4) != 0)
            continue;
        if (items->list[i].len > 4 && item.len > 4 && !slice_equal(items->list[i], item))
            return false;
        if (item.len > items->list[i].len)
            items->list[i] = item;
        return true;
    }
    return add_item(items, item);
}

static void settle_filed(struct import_row *row)
{
    struct slice rest = value(row, REGISTER_FILED), year = value(row, REGISTER_FILED_YEAR), item;
    struct items items = {.len = 0};
    while (next_item(&rest, &item)) {
        bool good = item.len >= 4 && is_year(slice_of(item.data, 4)) &&
                    (item.len == 4 ||
                     (item.data[4] == ':' && is_day(slice_of(item.data + 5, item.len - 5))));
        if (!good)
            refuse(row, REGISTER_FILED, "not years like 2025 or 2025:2025-03-21 with | between");
        else if (!add_filed(&items, item))
            refuse(row, REGISTER_FILED, "one year with two days, or more than 64 years");
    }
    if (year.len > 0 && !is_year(year))
        refuse(row, REGISTER_FILED_YEAR, "not a year from 1990 to 2100");
    else if (year.len > 0 && !add_filed(&items, year))
        refuse(row, REGISTER_FILED, "more than 64 years");
    set_items(row, REGISTER_FILED, &items, true);
    if (items.len > 0) { /* sorted now, and in the value just set the last is the latest */
        struct slice all = value(row, REGISTER_FILED), latest = slice_of(NULL, 0);
        while (next_item(&all, &item))
            latest = slice_of(item.data, 4);
        set(row, REGISTER_FILED_YEAR, latest);
    }
}

static void settle_laureate(struct import_row *row)
{
    struct slice rest = value(row, REGISTER_LAUREATE), item;
    struct items items = {.len = 0};
    while (next_item(&rest, &item)) {
        if (!is_year(item) || !add_item(&items, item))
            refuse(row, REGISTER_LAUREATE, "not years from 1990 to 2100 with | between");
    }
    set_items(row, REGISTER_LAUREATE, &items, true);
}

static const char *find_direction(const struct rules *rules, struct slice text)
{
    int number = rules_category(rules, text);
    for (size_t i = 0; number < 0 && i < rules->categories_len; i++) {
        if (is_name(text, &rules->categories[i].name))
            number = (int)i;
    }
    return number < 0 ? NULL : rules->categories[number].id;
}

static void settle_directions(struct import_row *row, const struct rules *rules)
{
    struct slice rest = value(row, REGISTER_DIRECTIONS), item;
    struct items items = {.len = 0};
    while (next_item(&rest, &item)) {
        const char *id = find_direction(rules, item);
        if (id == NULL || !add_item(&items, slice_str(id)))
            refuse(row, REGISTER_DIRECTIONS, "not a direction of the rules");
    }
    set_items(row, REGISTER_DIRECTIONS, &items, true);
}

void import_row_settle(struct import_row *row, const struct rules *rules)
{
    for (int column = 0; column < REGISTER_COLUMNS && row->reason == NULL; column++) {
        if (buf_failed(&row->values[column]))
            refuse(row, (enum register_column)column, "longer than 16384 bytes");
        else
            tidy(row, (enum register_column)column);
    }
    if (row->reason != NULL)
        return;
    settle_bin(row);
    settle_id(row);
    settle_names(row);
    settle_status(row);
    settle_kind(row);
    settle_region(row, rules);
    settle_filed(row);
    settle_laureate(row);
    settle_directions(row, rules);
    settle_text(row, REGISTER_SOURCE_ID);
}

/* ---- writing -------------------------------------------------------------------------------- */

void import_put_field(struct buf *out, struct slice text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len; i++) {
        if (strchr(",\"\r\n", text.data[i]) != NULL)
            plain = false;
    }
    if (plain) {
        buf_put_slice(out, text);
        return;
    }
    buf_put_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"')
            buf_put_byte(out, '"');
        buf_put_byte(out, text.data[i]);
    }
    buf_put_byte(out, '"');
}

void import_row_put(struct import_row *row, struct buf *out)
{
    for (int column = 0; column < REGISTER_COLUMNS; column++) {
        if (column > 0)
            buf_put_byte(out, ',');
        import_put_field(out, value(row, (enum register_column)column));
    }
    buf_put_str(out, "\r\n");
}
