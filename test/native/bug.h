/* SPDX-License-Identifier: MIT */
/* What a bug prints: machine_bug() ends the process, so it is met in a child. */
#ifndef DMTORTURE_BUG_H
#define DMTORTURE_BUG_H

#include <stddef.h>

/* Call @make in a child, which has to abort. @line, of @size bytes: the first line it printed. */
void bug_of(void (*make)(void), char *line, size_t size);

#endif
