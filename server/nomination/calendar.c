#include "nomination/calendar.h"

#include "base/mem.h"

#define DAY_S 86400
#define ZONE_S (5 * 3600)
#define DAYS_MAX 4096

struct day {
    int64_t number; /* since 1970-01-01, local */
    bool working;
};

struct calendar {
    struct day *days;
    size_t len, room;
};

/* Days since 1970-01-01 of a day of the Gregorian calendar (Hinnant's days_from_civil). */
static int64_t day_number(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400;
    int of_era = y - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int digits(const uint8_t *text, int len)
{
    int value = 0;
    for (int i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + text[i] - '0';
    }
    return value;
}

static bool read_date(struct slice text, int64_t *number)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len != 10 || text.data[4] != '-' || text.data[7] != '-')
        return false;
    int year = digits(text.data, 4), month = digits(text.data + 5, 2);
    int day = digits(text.data + 8, 2);
    if (year < 2000 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > lengths[month - 1] + (month == 2 && leap ? 1 : 0))
        return false;
    *number = day_number(year, month, day);
    return true;
}

static struct slice cut(struct slice *rest, char at)
{
    const uint8_t *found = rest->len == 0 ? NULL : memchr(rest->data, at, rest->len);
    struct slice head =
        slice_of(rest->data, found == NULL ? rest->len : (size_t)(found - rest->data));
    size_t used = head.len + (found != NULL);
    *rest = slice_of(rest->data + used, rest->len - used);
    return head;
}

static const struct day *find(const struct calendar *calendar, int64_t number)
{
    for (size_t i = 0; calendar != NULL && i < calendar->len; i++) {
        if (calendar->days[i].number == number)
            return &calendar->days[i];
    }
    return NULL;
}

static bool read_line(struct calendar *calendar, struct slice line)
{
    struct day day;
    struct slice date = cut(&line, ','), kind = cut(&line, ',');
    if (!read_date(date, &day.number) || find(calendar, day.number) != NULL ||
        calendar->len == DAYS_MAX)
        return false;
    day.working = slice_is(kind, "workday");
    if (!day.working && !slice_is(kind, "holiday"))
        return false;
    GROW(calendar->days, calendar->len, calendar->room);
    calendar->days[calendar->len++] = day;
    return true;
}

enum err calendar_parse(struct slice csv, struct calendar **out, struct fault *fault)
{
    struct calendar *calendar = xcalloc(1, sizeof *calendar);
    for (size_t number = 1; csv.len > 0; number++) {
        struct slice line = cut(&csv, '\n');
        if (line.len > 0 && line.data[line.len - 1] == '\r')
            line.len--;
        if (number == 1 ? cut(&line, ',').len != 4 : line.len > 0 && !read_line(calendar, line)) {
            calendar_destroy(calendar);
            return fault_set(
                fault, ERR_INVALID,
                "calendar, line %zu: wants date,holiday or date,workday, each day once", number);
        }
    }
    *out = calendar;
    return OK;
}

void calendar_destroy(struct calendar *calendar)
{
    if (calendar == NULL)
        return;
    free(calendar->days);
    free(calendar);
}

static bool works(const struct calendar *calendar, int64_t number)
{
    const struct day *day = find(calendar, number);
    return day != NULL ? day->working : (number + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
}

bool calendar_is_working(const struct calendar *calendar, int64_t unix_seconds)
{
    return works(calendar, (unix_seconds + ZONE_S) / DAY_S);
}

int64_t calendar_deadline(const struct calendar *calendar, int64_t from_unix, unsigned days)
{
    int64_t number = (from_unix + ZONE_S) / DAY_S;
    while (days > 0) {
        number++;
        days -= works(calendar, number);
    }
    return (number + 1) * DAY_S - ZONE_S;
}
