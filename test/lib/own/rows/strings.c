/* SPDX-License-Identifier: MIT */
#include "rows.h"

/* What the C library reads and writes for the program, to the last byte of it. */
static char text[16] = "fifteen letters", same[16] = "fifteen letters", copy[16];

THREAD(changes_its_end)
{
	text[15] = 0; /* fault: data-race */
	return unused;
}

THREAD(looks_at_its_end)
{
	other = copy[15]; /* fault: data-race */
	return unused;
}

THREAD(copies)
{
	memcpy(copy, text, sizeof(text)); /* fault: data-race */
	return unused;
}

PROGRAM(copy_reads_wrong)
{
	both(copies, changes_its_end);
}

PROGRAM(copy_writes_wrong)
{
	both(copies, looks_at_its_end);
}

THREAD(copies_all_but_its_end)
{
	memcpy(copy, text, sizeof(text) - 1);
	return unused;
}

PROGRAM(copy_reads_right)
{
	both(copies_all_but_its_end, changes_its_end);
}

PROGRAM(copy_writes_right)
{
	both(copies_all_but_its_end, looks_at_its_end);
}

THREAD(moves_up)
{
	memmove(copy + 1, copy, sizeof(copy) - 1); /* fault: data-race */
	return unused;
}

PROGRAM(move_wrong)
{
	both(moves_up, looks_at_its_end);
}

THREAD(fills)
{
	memset(copy, 1, sizeof(copy)); /* fault: data-race */
	return unused;
}

PROGRAM(fill_wrong)
{
	both(fills, looks_at_its_end);
}

THREAD(copies_a_text)
{
	strcpy(copy, text); /* fault: data-race */
	return unused;
}

PROGRAM(text_is_read_wrong)
{
	both(copies_a_text, changes_its_end);
}

PROGRAM(text_is_written_wrong)
{
	both(copies_a_text, looks_at_its_end);
}

THREAD(measures)
{
	plain = (int)strlen(text); /* fault: data-race */
	return unused;
}

PROGRAM(measured_wrong)
{
	both(measures, changes_its_end);
}

THREAD(copies_at_most)
{
	strncpy(copy, text, sizeof(copy)); /* fault: data-race */
	return unused;
}

PROGRAM(at_most_wrong)
{
	both(copies_at_most, changes_its_end);
}

THREAD(compares)
{
	plain = strcmp(same, text); /* fault: data-race */
	return unused;
}

PROGRAM(compared_wrong)
{
	both(compares, changes_its_end);
}
