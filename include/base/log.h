/*
 * Log lines: one JSON object a line on stderr, with UTC time in µs, level, process and event.
 *
 * Never a ballot, pass, key, code, person number, address or phone: log ids, counts, names of
 * errors. The first place that knows logs it; callers add nothing twice.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };

/* Name of this process in every line ("parent", "front", "registrar", "ledger", "verify"), and the
 * least level that is written. */
void log_open(const char *process, enum log_level least);

/*
 * Writes one line. After event come key/value pairs made with the macros below and a closing
 * LOG_END: log_line(LOG_LEVEL_INFO, "batch_committed", LOG_U("first", first), LOG_S("why", why),
 * LOG_END). Strings are escaped; the line is cut at 4 KiB.
 */
void log_line(enum log_level level, const char *event, ...);

enum log_kind { LOG_KIND_END, LOG_KIND_STR, LOG_KIND_U64, LOG_KIND_I64 };
#define LOG_S(key, value) LOG_KIND_STR, (key), (const char *)(value)
#define LOG_U(key, value) LOG_KIND_U64, (key), (uint64_t)(value)
#define LOG_I(key, value) LOG_KIND_I64, (key), (int64_t)(value)
#define LOG_END LOG_KIND_END

#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__, LOG_END)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__, LOG_END)
#define log_warn(...) log_line(LOG_LEVEL_WARN, __VA_ARGS__, LOG_END)
#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__, LOG_END)

#endif
