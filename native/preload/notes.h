/* SPDX-License-Identifier: MIT */
/* Lines in the run's own folder: by system calls alone, since this is called from anywhere. */
#ifndef DMTORTURE_PRELOAD_NOTES_H
#define DMTORTURE_PRELOAD_NOTES_H

#include <stdint.h>

#define FOLDER_BYTES 512
#define PATH_BYTES (FOLDER_BYTES + 64)

/* Where the run keeps its files; empty: nowhere. */
extern char notes_folder[FOLDER_BYTES];

/* The path of a file in that folder, "<folder>/<pid>.<number>.<ending>". */
void notes_path(char path[PATH_BYTES], uint32_t pid, uint32_t number, const char *ending);
/* Append "<what> <pid> <a> <b>" to the notes. */
void note(const char *what, uint64_t a, uint64_t b);
/* Write @value in decimal. Returns the end, which is a zero. */
char *write_number(char *at, uint64_t value);
/* Write @text. The same. */
char *write_text(char *at, const char *text);

#endif
