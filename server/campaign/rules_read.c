#include "rules_read.h"

#include <stdarg.h>

#include "base/canon.h"
#include "base/mem.h"

/* Copies text, cut between two characters. */
static void copy_cut(char *out, size_t cap, const char *text)
{
    size_t len = strlen(text);
    if (len >= cap) {
        len = cap - 1;
        while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(out, text, len);
    out[len] = '\0';
}

size_t reader_enter(struct reader *reader, const char *key)
{
    size_t mark = reader->path_len, at = mark;
    if (at + 2 < sizeof reader->path)
        reader->path[at++] = '/';
    /* RFC 6901 §3: "~" is written "~0", "/" is written "~1". */
    for (; *key != '\0' && at + 2 < sizeof reader->path; key++) {
        if (*key == '~' || *key == '/') {
            reader->path[at++] = '~';
            reader->path[at++] = *key == '~' ? '0' : '1';
        } else {
            reader->path[at++] = *key;
        }
    }
    reader->path[at] = '\0';
    reader->path_len = at;
    return mark;
}

size_t reader_enter_item(struct reader *reader, size_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", number);
    return reader_enter(reader, text);
}

void reader_leave(struct reader *reader, size_t mark)
{
    reader->path_len = mark;
    reader->path[mark] = '\0';
}

void reader_problem(struct reader *reader, enum rules_kind kind, const char *member,
                    const char *format, ...)
{
    struct rules_problems *problems = reader->problems;
    char text[512];
    va_list args;

    reader->count++;
    if (problems == NULL)
        return;
    if (problems->len == RULES_PROBLEMS_MAX) {
        problems->more = true;
        return;
    }
    GROW(problems->list, problems->len, reader->room);
    struct rules_problem *problem = &problems->list[problems->len++];
    size_t mark = member == NULL ? reader->path_len : reader_enter(reader, member);
    problem->kind = kind;
    copy_cut(problem->path, sizeof problem->path, reader->path);
    reader_leave(reader, mark);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    copy_cut(problem->text, sizeof problem->text, text);
}

static const char *bare(const char *key)
{
    return *key == '?' ? key + 1 : key;
}

bool read_object(struct reader *reader, const json_t *json, const char *const *keys)
{
    const char *member;
    json_t *value;

    if (!json_is_object(json)) {
        reader_problem(reader, RULES_TYPE, NULL, "must be an object");
        return false;
    }
    for (size_t i = 0; keys[i] != NULL; i++) {
        if (*keys[i] != '?' && json_object_get(json, keys[i]) == NULL)
            reader_problem(reader, RULES_MISSING, keys[i], "is missing");
    }
    json_object_foreach((json_t *)(uintptr_t)json, member, value)
    {
        size_t i = 0;
        while (keys[i] != NULL && strcmp(bare(keys[i]), member) != 0)
            i++;
        if (keys[i] == NULL)
            reader_problem(reader, RULES_UNKNOWN, member, "is not a member that rules have");
    }
    return true;
}

uint64_t read_int(struct reader *reader, const json_t *object, const char *key, uint64_t least,
                  uint64_t most)
{
    const json_t *value = json_object_get(object, key);
    if (value == NULL)
        return least;
    if (!json_is_integer(value)) {
        reader_problem(reader, RULES_TYPE, key, "must be an integer");
        return least;
    }
    json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number < least || (uint64_t)number > most) {
        reader_problem(reader, RULES_RANGE, key, "must be from %llu to %llu",
                       (unsigned long long)least, (unsigned long long)most);
        return least;
    }
    return (uint64_t)number;
}

bool read_bool(struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_boolean(value))
        reader_problem(reader, RULES_TYPE, key, "must be true or false");
    return json_is_true(value);
}

/* A string, or NULL. */
static const char *read_string(struct reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (value != NULL && !json_is_string(value))
        reader_problem(reader, RULES_TYPE, key, "must be a string");
    return json_string_value(value);
}

static bool find_word(const char *word, const char *const *words, unsigned *number)
{
    for (*number = 0; words[*number] != NULL; (*number)++) {
        if (strcmp(word, words[*number]) == 0)
            return true;
    }
    return false;
}

static void refuse_word(struct reader *reader, const char *key, const char *const *words)
{
    char list[200] = "";
    size_t len = 0;
    for (size_t i = 0; words[i] != NULL && len + 40 < sizeof list; i++)
        len +=
            (size_t)snprintf(list + len, sizeof list - len, "%s%.30s", i > 0 ? ", " : "", words[i]);
    reader_problem(reader, RULES_FORM, key, "must be one of: %s", list);
}

unsigned read_word(struct reader *reader, const json_t *object, const char *key,
                   const char *const *words)
{
    const char *word = read_string(reader, object, key);
    unsigned number;
    if (word == NULL)
        return 0;
    if (find_word(word, words, &number))
        return number;
    refuse_word(reader, key, words);
    return 0;
}

unsigned read_words(struct reader *reader, const json_t *object, const char *key,
                    const char *const *words)
{
    const json_t *array = read_array(reader, object, key, 1, SIZE_MAX), *item;
    unsigned bits = 0, number;
    size_t mark = reader_enter(reader, key), i;

    json_array_foreach(array, i, item)
    {
        size_t inner = reader_enter_item(reader, i);
        if (!json_is_string(item))
            reader_problem(reader, RULES_TYPE, NULL, "must be a string");
        else if (!find_word(json_string_value(item), words, &number))
            refuse_word(reader, NULL, words);
        else if (bits & (1U << number))
            reader_problem(reader, RULES_TWICE, NULL, "stands in the list already");
        else
            bits |= 1U << number;
        reader_leave(reader, inner);
    }
    reader_leave(reader, mark);
    return bits;
}

const json_t *read_array(struct reader *reader, const json_t *object, const char *key, size_t least,
                         size_t most)
{
    const json_t *array = json_object_get(object, key);
    if (array == NULL)
        return NULL;
    if (!json_is_array(array)) {
        reader_problem(reader, RULES_TYPE, key, "must be an array");
        return NULL;
    }
    if (json_array_size(array) >= least && json_array_size(array) <= most)
        return array;
    if (most == SIZE_MAX)
        reader_problem(reader, RULES_RANGE, key, "must have at least %zu items", least);
    else
        reader_problem(reader, RULES_RANGE, key, "must have %zu to %zu items", least, most);
    return NULL;
}

void read_id(struct reader *reader, const json_t *object, const char *key, const char *allowed,
             size_t most, char *out)
{
    const char *text = read_string(reader, object, key);
    out[0] = '\0';
    if (text == NULL)
        return;
    size_t len = strlen(text);
    if (len == 0 || len > most || strspn(text, allowed) != len)
        reader_problem(reader, RULES_FORM, key, "must be 1 to %zu of the characters %s", most,
                       allowed);
    else
        memcpy(out, text, len + 1);
}

/* The characters that no text may have (PROTOCOL.md §2). text is UTF-8 without NUL. */
static bool has_forbidden(const char *text)
{
    static const char *const bidi[] = {"\u061c", "\u200e", "\u200f", "\u202a", "\u202b", "\u202c",
                                       "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
    for (const char *at = text; *at != '\0'; at++) {
        if ((uint8_t)*at < 0x20 || *at == 0x7f)
            return true;
    }
    for (size_t i = 0; i < sizeof bidi / sizeof *bidi; i++) {
        if (strstr(text, bidi[i]) != NULL)
            return true;
    }
    return false;
}

static char *check_text(struct reader *reader, const char *key, const char *text, size_t most)
{
    size_t points = 0;
    for (const char *at = text; *at != '\0'; at++)
        points += ((uint8_t)*at & 0xc0) != 0x80;
    if (points == 0 || points > most) {
        reader_problem(reader, RULES_RANGE, key, "must have 1 to %zu characters", most);
        return xstrdup("");
    }
    if (has_forbidden(text))
        reader_problem(reader, RULES_FORM, key,
                       "has a control character or one that changes the direction of text");
    else if (!canon_text_allowed(slice_str(text)))
        reader_problem(reader, RULES_CROSS, key, "is not in Unicode normal form C");
    return xstrdup(text);
}

char *read_text(struct reader *reader, const json_t *object, const char *key, size_t most)
{
    const char *text = read_string(reader, object, key);
    return text == NULL ? xstrdup("") : check_text(reader, key, text, most);
}

void read_texts(struct reader *reader, const json_t *object, const char *key, size_t most,
                struct rules_text *out)
{
    static const char *const keys[] = {"kk", "ru", "en", NULL};
    const json_t *json = json_object_get(object, key);
    size_t mark = reader_enter(reader, key);
    bool good = json != NULL && read_object(reader, json, keys);

    for (unsigned i = 0; i < RULES_LANGS; i++)
        out->in[i] = good ? read_text(reader, json, keys[i], most) : xstrdup("");
    reader_leave(reader, mark);
}

/* Two digits at text. */
static int two(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* Whether text has the shape: 9 stands for a digit, all else for itself. */
static bool shaped(const char *text, const char *shape)
{
    for (; *shape != '\0'; text++, shape++) {
        if (*shape == '9' ? *text < '0' || *text > '9' : *text != *shape)
            return false;
    }
    return *text == '\0';
}

static bool day_exists(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 to a day of the Gregorian calendar: whole years since year 0, counted from
 * March so that the leap day is the last. */
static int64_t days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + in_year - 719468;
}

/* Year, month and day in range (a day up to 31). */
static bool date_in_range(const char *text, int first_year)
{
    int year = two(text) * 100 + two(text + 2), month = two(text + 5), day = two(text + 8);
    return year >= first_year && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool date_exists(struct reader *reader, const char *key, const char *text)
{
    if (day_exists(two(text) * 100 + two(text + 2), two(text + 5), two(text + 8)))
        return true;
    reader_problem(reader, RULES_CROSS, key, "is a day that the calendar does not have");
    return false;
}

int64_t read_instant(struct reader *reader, const json_t *object, const char *key)
{
    const char *text = read_string(reader, object, key);
    if (text == NULL)
        return 0;
    bool utc = shaped(text, "9999-99-99T99:99:99Z");
    bool offset =
        shaped(text, "9999-99-99T99:99:99+99:99") || shaped(text, "9999-99-99T99:99:99-99:99");
    if ((!utc && !offset) || !date_in_range(text, 2000) || two(text + 11) > 23 ||
        two(text + 14) > 59 || two(text + 17) > 59 ||
        (offset && (two(text + 20) > 23 || two(text + 23) > 59))) {
        reader_problem(reader, RULES_FORM, key,
                       "must be an instant with its offset, such as 2026-11-30T18:00:00+05:00");
        return 0;
    }
    if (!date_exists(reader, key, text))
        return 0;
    int64_t days = days_from_civil(two(text) * 100 + two(text + 2), two(text + 5), two(text + 8));
    int64_t seconds = two(text + 11) * 3600 + two(text + 14) * 60 + two(text + 17);
    int64_t east = offset ? (two(text + 20) * 60 + two(text + 23)) * 60 : 0;
    return days * 86400 + seconds - (offset && text[19] == '-' ? -east : east);
}

void read_date(struct reader *reader, const json_t *object, const char *key, char out[static 11])
{
    const char *text = read_string(reader, object, key);
    out[0] = '\0';
    if (text == NULL)
        return;
    if (!shaped(text, "9999-99-99") || !date_in_range(text, 1990))
        reader_problem(reader, RULES_FORM, key, "must be a day such as 2026-03-31");
    else if (date_exists(reader, key, text))
        memcpy(out, text, 11);
}

struct rules_fraction read_fraction(struct reader *reader, const json_t *object, const char *key)
{
    struct rules_fraction fraction = {1, 1};
    const char *text = read_string(reader, object, key);
    uint32_t parts[2] = {0, 0};
    unsigned part = 0, digits = 0;

    if (text == NULL)
        return fraction;
    for (; *text != '\0'; text++) {
        if (*text >= '0' && *text <= '9' && digits < 3 && (digits > 0 || *text != '0')) {
            parts[part] = parts[part] * 10 + (uint32_t)(*text - '0');
            digits++;
        } else if (*text == '/' && part == 0 && digits > 0) {
            part = 1;
            digits = 0;
        } else {
            break;
        }
    }
    if (*text != '\0' || part == 0 || digits == 0)
        reader_problem(reader, RULES_FORM, key, "must be a fraction such as 2/3");
    else if (parts[0] > parts[1])
        reader_problem(reader, RULES_CROSS, key, "is more than the whole");
    else
        fraction = (struct rules_fraction){parts[0], parts[1]};
    return fraction;
}
