/* SPDX-License-Identifier: MIT */
#ifndef DMTORTURE_OWN_PRINT_ARGS_H
#define DMTORTURE_OWN_PRINT_ARGS_H

#include <stdarg.h>
#include <stdint.h>

/* What a printf() at @pc of the program with @format and @values reads counts as its accesses. */
void own_reads_arguments(const char *format, va_list values, uintptr_t pc);

#endif
