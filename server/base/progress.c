#include "base/progress.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR_WIDTH 30
#define REDRAW_US 100000

static bool is_terminal(FILE *stream)
{
    const char *term = getenv("TERM");

    return isatty(fileno(stream)) && !(term && strcmp(term, "dumb") == 0);
}

bool progress_colours(FILE *stream)
{
    const char *refused = getenv("NO_COLOR"); /* no-color.org: present and not empty */

    return is_terminal(stream) && !(refused && *refused);
}

void progress_begin(struct progress *progress, FILE *stream, const char *title, uint64_t total)
{
    *progress = (struct progress){.stream = stream,
                                  .title = title,
                                  .total = total,
                                  .began_us = clock_steady_us(),
                                  .shown = is_terminal(stream)};
}

static void draw_bar(const struct progress *progress, uint64_t done)
{
    bool colours = progress_colours(progress->stream);
    unsigned full = (unsigned)((double)done / (double)progress->total * BAR_WIDTH);

    fputs(colours ? "\033[36m" : "", progress->stream);
    for (unsigned i = 0; i < BAR_WIDTH; i++)
        fputs(i < full ? "█" : "░", progress->stream);
    fputs(colours ? "\033[0m " : " ", progress->stream);
}

static void draw_figures(const struct progress *progress, uint64_t done, int64_t now_us)
{
    double spent_s = (double)(now_us - progress->began_us) / 1e6;
    double rate = spent_s > 0 ? (double)done / spent_s : 0;

    fprintf(progress->stream, "%" PRIu64, done);
    if (progress->total > 0)
        fprintf(progress->stream, " / %" PRIu64, progress->total);
    fprintf(progress->stream, "  %.0f/s", rate);
    if (progress->total > done && rate > 0) {
        uint64_t left_s = (uint64_t)((double)(progress->total - done) / rate + 0.5);

        fprintf(progress->stream, "  %" PRIu64 ":%02" PRIu64 " left", left_s / 60, left_s % 60);
    }
}

void progress_set(struct progress *progress, uint64_t done)
{
    int64_t now_us;

    if (!progress->shown)
        return;
    now_us = clock_steady_us();
    if (now_us - progress->drawn_us < REDRAW_US)
        return;
    if (progress->total > 0 && done > progress->total)
        done = progress->total;
    progress->drawn_us = now_us;
    progress->drawn = true;
    fprintf(progress->stream, "\r\033[K%s ", progress->title);
    if (progress->total > 0)
        draw_bar(progress, done);
    draw_figures(progress, done, now_us);
    fflush(progress->stream);
}

void progress_end(struct progress *progress)
{
    if (progress->drawn) {
        fputs("\r\033[K", progress->stream);
        fflush(progress->stream);
    }
    progress->drawn = false;
}
