/*
 * Working days, for deadlines that the rules give in them. Monday to Friday, but for the days that
 * a loadable calendar says otherwise of: holidays, and days off that are worked because a working
 * day was moved. Days are those of the one zone of the country (UTC+5). Pure.
 *
 * The file is CSV with a header line and the columns date (2026-03-23), kind (`holiday` or
 * `workday`) and anything after that. data/calendar/kz.csv has the holidays of the labour code;
 * what the government moves each year has to be added to it.
 */
#ifndef NOMINATION_CALENDAR_H
#define NOMINATION_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define CALENDAR_FILE_MAX (256U << 10)

struct calendar;

/* ERR_INVALID: fault names the line. A day twice is an error. */
enum err calendar_parse(struct slice csv, struct calendar **calendar,
                        struct fault *fault) MUST_CHECK;
void calendar_destroy(struct calendar *calendar);

/* calendar may be NULL: weekends alone. */
bool calendar_is_working(const struct calendar *calendar, int64_t unix_seconds);

/*
 * The instant at which a deadline of so many working days is over: the end (24:00) of the days-th
 * working day after the day of from. Half-open like phases: at that instant it is too late. With
 * days 0 the end of that very day.
 */
int64_t calendar_deadline(const struct calendar *calendar, int64_t from_unix, unsigned days);

#endif
