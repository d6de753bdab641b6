/* Working days by a calendar. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nomination/calendar.h"

#define AT(iso) at(iso)

/* "2026-03-20T12:00" of the country's time, as unix seconds. */
static int64_t at(const char *text)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int year, month, day, hour, minute;
    assert_int_equal(sscanf(text, "%d-%d-%dT%d:%d", &year, &month, &day, &hour, &minute), 5);
    int64_t days = (int64_t)(year - 1970) * 365 + (year - 1969) / 4 + before[month - 1] + day - 1;
    days += year % 4 == 0 && month > 2; /* 1970 … 2099 */
    return ((days * 24 + hour - 5) * 60 + minute) * 60;
}

static struct calendar *parse(const char *csv)
{
    struct calendar *calendar = NULL;
    struct fault fault = {{0}};
    if (calendar_parse(slice_str(csv), &calendar, &fault) != OK)
        fail_msg("%s", fault.text);
    return calendar;
}

static void weekends_are_off(void **state)
{
    (void)state;
    assert_true(calendar_is_working(NULL, AT("2026-11-27T23:59")));  /* Friday */
    assert_false(calendar_is_working(NULL, AT("2026-11-28T00:00"))); /* Saturday, Friday in UTC */
    assert_false(calendar_is_working(NULL, AT("2026-11-29T12:00")));
    assert_true(calendar_is_working(NULL, AT("2026-11-30T00:00")));
    assert_int_equal(calendar_deadline(NULL, AT("2026-11-25T18:00"), 1), AT("2026-11-27T00:00"));
    assert_int_equal(calendar_deadline(NULL, AT("2026-11-25T18:00"), 3), AT("2026-12-01T00:00"));
    assert_int_equal(calendar_deadline(NULL, AT("2026-11-28T18:00"), 1), AT("2026-12-01T00:00"));
    assert_int_equal(calendar_deadline(NULL, AT("2026-11-28T18:00"), 0), AT("2026-11-29T00:00"));
}

static void holidays_and_moved_days_count(void **state)
{
    struct calendar *calendar =
        parse("date,kind,name\r\n2026-12-16,holiday,Independence Day\r\n\r\n"
              "2026-12-17,holiday\n2026-12-19,workday,for the 17th");
    (void)state;
    assert_false(calendar_is_working(calendar, AT("2026-12-16T12:00")));
    assert_true(calendar_is_working(calendar, AT("2026-12-19T12:00"))); /* a Saturday */
    /* From Tuesday the 15th: 18 (Fri), 19 (Sat, worked), 21 (Mon). */
    assert_int_equal(calendar_deadline(calendar, AT("2026-12-15T09:00"), 1),
                     AT("2026-12-19T00:00"));
    assert_int_equal(calendar_deadline(calendar, AT("2026-12-15T09:00"), 2),
                     AT("2026-12-20T00:00"));
    assert_int_equal(calendar_deadline(calendar, AT("2026-12-15T09:00"), 3),
                     AT("2026-12-22T00:00"));
    calendar_destroy(calendar);
}

static void malformed_calendars_are_refused(void **state)
{
    static const char *const bad[] = {"2026-12-16,holiday\n",
                                      "date,kind\n2026-12-16\n",
                                      "date,kind\n2026-12-16,day\n",
                                      "date,kind\n2026-13-01,holiday\n",
                                      "date,kind\n2026-02-29,holiday\n",
                                      "date,kind\n26-02-01,holiday\n",
                                      "date,kind\n2026-12-16,holiday\n2026-12-16,workday\n",
                                      "date,kind\n2026-12-1x,holiday\n"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct calendar *calendar = NULL;
        struct fault fault;
        assert_int_equal(calendar_parse(slice_str(bad[i]), &calendar, &fault), ERR_INVALID);
        assert_non_null(strstr(fault.text, i == 0 ? "line 1" : "line "));
    }
    calendar_destroy(parse("date,kind\n2028-02-29,holiday\n"));
    calendar_destroy(parse(""));
}

/* The calendar that comes with the project. */
static void the_default_calendar_is_good(void **state)
{
    static char text[CALENDAR_FILE_MAX];
    FILE *file = fopen("data/calendar/kz.csv", "r");
    (void)state;
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[len] = '\0';
    struct calendar *calendar = parse(text);
    /* Nauryz 2026: from Friday the 20th the next working day is Thursday the 26th. */
    assert_int_equal(calendar_deadline(calendar, AT("2026-03-20T09:00"), 1),
                     AT("2026-03-27T00:00"));
    calendar_destroy(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weekends_are_off),
        cmocka_unit_test(holidays_and_moved_days_count),
        cmocka_unit_test(malformed_calendars_are_refused),
        cmocka_unit_test(the_default_calendar_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
