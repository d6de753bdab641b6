/*
 * Progress of long work on a terminal: a bar with figures and the time that is left; nothing
 * when the stream is not a terminal. Colours only there, and not with NO_COLOR.
 */
#ifndef BASE_PROGRESS_H
#define BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *stream;
    const char *title; /* borrowed */
    uint64_t total;    /* 0 when unknown */
    int64_t began_us, drawn_us;
    bool drawn, shown;
};

void progress_begin(struct progress *progress, FILE *stream, const char *title, uint64_t total);

/* May be called as often as wished; draws at most ten times a second. */
void progress_set(struct progress *progress, uint64_t done);

/* Clears the bar. */
void progress_end(struct progress *progress);

/* True when colours may be written to stream. */
bool progress_colours(FILE *stream);

#endif
