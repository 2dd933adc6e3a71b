/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "notes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

char notes_folder[FOLDER_BYTES];

char *write_text(char *at, const char *text)
{
	size_t length = strlen(text);

	memcpy(at, text, length + 1);
	return at + length;
}

char *write_number(char *at, uint64_t value)
{
	char digits[21], *digit = digits + sizeof(digits) - 1;

	*digit = '\0';
	do
		*--digit = (char)('0' + value % 10);
	while (value /= 10);
	return write_text(at, digit);
}

void notes_path(char path[PATH_BYTES], uint32_t pid, uint32_t number, const char *ending)
{
	char *at = write_text(path, notes_folder);

	at = write_number(write_text(at, "/"), pid);
	at = write_number(write_text(at, "."), number);
	write_text(write_text(at, "."), ending);
}

void note(const char *what, uint64_t a, uint64_t b)
{
	char path[PATH_BYTES], line[128], *at;
	int error = errno;
	long file;

	if (!notes_folder[0])
		return;
	write_text(write_text(path, notes_folder), "/notes");
	at = write_number(write_text(write_text(line, what), " "), (uint64_t)syscall(SYS_getpid));
	at = write_number(write_text(at, " "), a);
	at = write_text(write_number(write_text(at, " "), b), "\n");
	file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (file >= 0) {
		/* One write is one line, also where several processes append. */
		syscall(SYS_write, file, line, (size_t)(at - line));
		syscall(SYS_close, file);
	}
	errno = error;
}
