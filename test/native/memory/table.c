/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

#include "check.h"

#define Y true
#define N false
#define ROW(name_, text_, outcome_, rc11_, append_, tso_, sc_, published_, graphs_, of_published_, \
	    genmc_)                                                                                \
	{.name = (name_),                                                                          \
	 .text = (text_),                                                                          \
	 .outcome = (outcome_),                                                                    \
	 .rc11 = (rc11_),                                                                          \
	 .append = (append_),                                                                      \
	 .tso = (tso_),                                                                            \
	 .sc = (sc_),                                                                              \
	 .published = (published_),                                                                \
	 .graphs = (graphs_),                                                                      \
	 .graphs_published = (of_published_),                                                      \
	 .genmc = (genmc_)},
const struct litmus_row litmus_rows[] = {
#include "table.def"
};
const uint32_t litmus_row_count = sizeof(litmus_rows) / sizeof(*litmus_rows);

struct litmus litmus_of(const struct litmus_row *row)
{
	struct litmus l;

	check_true(litmus_parse(row->text, &l), row->text, __FILE__, __LINE__);
	check_equal((int64_t)strlen(row->outcome), l.registers + l.places, row->outcome, __FILE__,
		    __LINE__);
	return l;
}
