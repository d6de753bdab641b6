/*
 * What a process tells of itself on /metrics: the first front asks every process by MESSAGE_FIGURES
 * when it is itself asked (admin.c). Counts of work and of refusals by code only: never what a
 * choice, a person or a category's counts could be read from (I5, I6).
 */
#ifndef SERVE_FIGURES_H
#define SERVE_FIGURES_H

#include "base/buf.h"
#include "http/metrics.h"
#include "ipc/peer.h"

/* Appends the process's figures, with CPU time and memory as they are now, as labelled text. */
void figures_put(struct metrics *metrics, const char *process, struct buf *out);

/* Answers MESSAGE_FIGURES with figures_put(). */
void figures_answer(struct metrics *metrics, const char *process, struct ipc_request *request);

#endif
