/*
 * Languages, and how numbers and instants are written in them. The same rules stand in
 * web/src/lib/fmt.ts; web/i18n/fmt-vectors.json holds both to one set of examples.
 *
 * Instants are unix seconds and shown in Astana time: UTC+5 since 2024-03-01 00:00 there, UTC+6
 * before (2004-10-31 is as far back as that holds).
 */
#ifndef HTTP_FMT_H
#define HTTP_FMT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum lang { LANG_KK, LANG_RU, LANG_EN };
#define LANG_COUNT 3

/* Instants outside years 1970 … 9999 are not written: FMT_UNIX_MAX is the last second of 9999
 * UTC+5. */
#define FMT_UNIX_MAX INT64_C(253402282799)

/* "kk", "ru", "en": the language's tag (BCP 47) and its segment in a path. */
const char *lang_code(enum lang lang);

/* False when code is none of them, spelled exactly. */
bool lang_parse(struct slice code, enum lang *lang);

/* Grouped by threes: "1 234 567" with no-break spaces in kk and ru, "1,234,567" in en. */
void fmt_number(struct buf *out, enum lang lang, int64_t number);

/* Thousandths as a percentage with one digit: 457 is "45,7%" in kk, "45,7 %" in ru, "45.7%" in en.
 */
void fmt_percent(struct buf *out, enum lang lang, int64_t permille);

/* "2026 ж. 30 қараша", "30 ноября 2026 г.", "30 November 2026", with no-break spaces. These four
 * take 0 … FMT_UNIX_MAX; anything else is written as "?". */
void fmt_date(struct buf *out, enum lang lang, int64_t unix_seconds);

/* "18:00" */
void fmt_time(struct buf *out, int64_t unix_seconds);

/* The date, a comma, the time. */
void fmt_datetime(struct buf *out, enum lang lang, int64_t unix_seconds);

/* RFC 3339 with offset, "2026-11-30T18:00:00+05:00": the datetime attribute of <time>. */
void fmt_iso(struct buf *out, int64_t unix_seconds);

#endif
