/* SPDX-License-Identifier: MIT */
#include "machine_info.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#ifdef __APPLE__
#include <sys/sysctl.h>
#endif

#define LINE_MAX_BYTES 512
#define NODES_MAX 1024

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif
/* The builds pass what they compile with. */
#ifndef DMTORTURE_FLAGS
#define DMTORTURE_FLAGS "unknown"
#endif

/* The first line of a file, without its end. Returns whether there is one. */
static bool read_line(const char *path, char *line, size_t bytes)
{
	FILE *file = fopen(path, "r");
	bool read = file && fgets(line, (int)bytes, file);

	if (file)
		fclose(file);
	if (read)
		line[strcspn(line, "\n")] = 0;
	return read;
}

static void copy_text(char *to, size_t bytes, const char *from)
{
	size_t length;

	while (isspace((unsigned char)*from))
		from++;
	length = strlen(from);
	if (length >= bytes)
		length = bytes - 1;
	memcpy(to, from, length);
	to[length] = 0;
}

#ifdef __APPLE__
static void describe_cpu(struct bench_machine *m)
{
	size_t bytes = sizeof(m->cpu);

	if (sysctlbyname("machdep.cpu.brand_string", m->cpu, &bytes, NULL, 0))
		copy_text(m->cpu, sizeof(m->cpu), "unknown");
}
#else
/* x86 says `model name`; ARM gives the maker and the part. */
static void describe_cpu(struct bench_machine *m)
{
	static const char *const names[] = {"model name", "Model", "CPU part"};
	char line[LINE_MAX_BYTES];

	copy_text(m->cpu, sizeof(m->cpu), "unknown");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		FILE *file = fopen("/proc/cpuinfo", "r");
		bool found = false;

		while (file && !found && fgets(line, sizeof(line), file)) {
			char *colon = strchr(line, ':');

			if (strncmp(line, names[i], strlen(names[i])) || !colon)
				continue;
			line[strcspn(line, "\n")] = 0;
			copy_text(m->cpu, sizeof(m->cpu), colon + 1);
			found = true;
		}
		if (file)
			fclose(file);
		if (found)
			return;
	}
}
#endif

static uint32_t count_nodes(void)
{
	char path[LINE_MAX_BYTES];
	uint32_t nodes = 0;

	for (uint32_t i = 0; i < NODES_MAX; i++) {
		snprintf(path, sizeof(path), "/sys/devices/system/node/node%u", i);
		nodes += !access(path, F_OK);
	}
	return nodes ? nodes : 1;
}

void machine_describe(struct bench_machine *m)
{
	struct utsname system;
	char line[LINE_MAX_BYTES];
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	describe_cpu(m);
	m->cores = online > 0 ? (uint32_t)online : 1;
	m->numa_nodes = count_nodes();
	m->smt = read_line("/sys/devices/system/cpu/smt/active", line, sizeof(line)) &&
		 line[0] == '1';
	if (!read_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", m->governor,
		       sizeof(m->governor)))
		copy_text(m->governor, sizeof(m->governor), "unknown");
	copy_text(m->kernel, sizeof(m->kernel), "unknown");
	if (!uname(&system)) {
		snprintf(line, sizeof(line), "%s %s", system.sysname, system.release);
		copy_text(m->kernel, sizeof(m->kernel), line);
	}
#ifdef __GLIBC__
	snprintf(line, sizeof(line), "glibc %s", gnu_get_libc_version());
#elif defined(__APPLE__)
	copy_text(line, sizeof(line), "libSystem");
#else
	copy_text(line, sizeof(line), "musl");
#endif
	copy_text(m->libc, sizeof(m->libc), line);
	m->compiler = COMPILER;
	m->flags = DMTORTURE_FLAGS;
}

double machine_load(void)
{
	double load[1];

	return getloadavg(load, 1) == 1 ? load[0] : -1;
}
