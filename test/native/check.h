/* SPDX-License-Identifier: MIT */
/*
 * The test programs' own checks. A check that fails prints the expression and its values and is
 * counted; the test goes on. A program is a table of tests and main() is TESTS().
 */
#ifndef DMTORTURE_CHECK_H
#define DMTORTURE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* Whether @ok; prints @text when not. Context: any thread. */
bool check_true(bool ok, const char *text, const char *file, int line);
/* The same for two numbers that have to be equal. */
bool check_equal(int64_t left, int64_t right, const char *text, const char *file, int line);
/* The same for two strings; NULL differs from every string. */
bool check_same_text(const char *left, const char *right, const char *file, int line);

#define CHECK(condition) check_true((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQ(left, right)                                                                      \
	check_equal((int64_t)(left), (int64_t)(right), #left " == " #right, __FILE__, __LINE__)
#define CHECK_PTR(left, right) CHECK_EQ((intptr_t)(left), (intptr_t)(right))
#define CHECK_TEXT(left, right) check_same_text((left), (right), __FILE__, __LINE__)

/* Time that this thread spent on a CPU, in ns: other programs on the machine do not add to it. */
uint64_t cpu_time_ns(void);

/* Run the tests whose name contains argv[1], or all. Returns main()'s value. */
int run_tests(const struct test *tests, size_t count, int argc, char **argv);

#define TESTS(table)                                                                               \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return run_tests(table, sizeof(table) / sizeof((table)[0]), argc, argv);           \
	}

#endif
