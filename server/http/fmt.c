#include "http/fmt.h"

#include <stdlib.h>

#define NBSP "\xc2\xa0"
#define MINUS "\xe2\x88\x92" /* U+2212 */

/* 2024-03-01 00:00 in UTC+6: when Astana moved to UTC+5. */
#define MOVED_UNIX INT64_C(1709229600)

static const char *const codes[LANG_COUNT] = {"kk", "ru", "en"};

static const char *const months[LANG_COUNT][12] = {
    {"қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан",
     "қараша", "желтоқсан"},
    {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
     "октября", "ноября", "декабря"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"}};

struct moment {
    int offset_hours;
    int year, month, day; /* month 0 … 11 */
    int hour, minute, second;
};

/* The civil calendar from a day count, without the C library's zones: gmtime_r() would do, but only
 * for what time_t holds on the machine at hand. Howard Hinnant's days-from-civil, turned round. */
static void moment_at(struct moment *moment, int64_t unix_seconds)
{
    moment->offset_hours = unix_seconds < MOVED_UNIX ? 6 : 5;
    int64_t local = unix_seconds + (int64_t)moment->offset_hours * 3600;
    int64_t days = local / 86400;
    int seconds = (int)(local % 86400);
    moment->hour = seconds / 3600;
    moment->minute = seconds / 60 % 60;
    moment->second = seconds % 60;

    /* Years here begin in March, so that the leap day is a year's last. */
    int64_t from_0000_03_01 = days + 719468;
    int64_t era = from_0000_03_01 / 146097; /* of 400 years */
    int64_t day_of_era = from_0000_03_01 % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    moment->day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
    moment->month = (int)((march_month + 2) % 12);
    moment->year = (int)(year_of_era + era * 400 + (moment->month <= 1));
}

static bool moment_read(struct moment *moment, struct buf *out, int64_t unix_seconds)
{
    if (unix_seconds < 0 || unix_seconds > FMT_UNIX_MAX) {
        buf_put_str(out, "?");
        return false;
    }
    moment_at(moment, unix_seconds);
    return true;
}

static void put_date(struct buf *out, enum lang lang, const struct moment *moment)
{
    const char *month = months[lang][moment->month];
    if (lang == LANG_KK)
        buf_printf(out, "%d" NBSP "ж. %d" NBSP "%s", moment->year, moment->day, month);
    else if (lang == LANG_RU)
        buf_printf(out, "%d" NBSP "%s %d" NBSP "г.", moment->day, month, moment->year);
    else
        buf_printf(out, "%d" NBSP "%s %d", moment->day, month, moment->year);
}

const char *lang_code(enum lang lang)
{
    return codes[lang];
}

bool lang_parse(struct slice code, enum lang *lang)
{
    for (int i = 0; i < LANG_COUNT; i++) {
        if (slice_is(code, codes[i])) {
            *lang = (enum lang)i;
            return true;
        }
    }
    return false;
}

void fmt_number(struct buf *out, enum lang lang, int64_t number)
{
    char digits[24];
    uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)size);
    if (number < 0)
        buf_put_str(out, MINUS);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            buf_put_str(out, lang == LANG_EN ? "," : NBSP);
        buf_put_byte(out, (uint8_t)digits[i]);
    }
}

void fmt_percent(struct buf *out, enum lang lang, int64_t permille)
{
    if (permille < 0 && permille > -10) /* the whole part is 0 and has no sign of its own */
        buf_put_str(out, MINUS);
    fmt_number(out, lang, permille / 10);
    buf_printf(out, "%c%d%s", lang == LANG_EN ? '.' : ',', abs((int)(permille % 10)),
               lang == LANG_RU ? NBSP "%" : "%");
}

void fmt_date(struct buf *out, enum lang lang, int64_t unix_seconds)
{
    struct moment moment;
    if (moment_read(&moment, out, unix_seconds))
        put_date(out, lang, &moment);
}

void fmt_time(struct buf *out, int64_t unix_seconds)
{
    struct moment moment;
    if (moment_read(&moment, out, unix_seconds))
        buf_printf(out, "%02d:%02d", moment.hour, moment.minute);
}

void fmt_datetime(struct buf *out, enum lang lang, int64_t unix_seconds)
{
    struct moment moment;
    if (!moment_read(&moment, out, unix_seconds))
        return;
    put_date(out, lang, &moment);
    buf_printf(out, ", %02d:%02d", moment.hour, moment.minute);
}

void fmt_iso(struct buf *out, int64_t unix_seconds)
{
    struct moment moment;
    if (!moment_read(&moment, out, unix_seconds))
        return;
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d+%02d:00", moment.year, moment.month + 1,
               moment.day, moment.hour, moment.minute, moment.second, moment.offset_hours);
}
