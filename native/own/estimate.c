/* SPDX-License-Identifier: MIT */
#include "estimate.h"

#include <math.h>

void estimate_reset(void)
{
	host->descents = 0;
	host->descent_sum = host->descent_largest = 0;
}

void estimate_add(const struct fibers *f)
{
	double product = 0; /* its log2: products do not fit */

	for (uint32_t step = 0; step < f->steps; step++)
		product += log2(__builtin_popcount(choice_could(f->schedule[step])));
	if (product > host->descent_largest) {
		host->descent_sum *= exp2(host->descent_largest - product);
		host->descent_largest = product;
	}
	host->descent_sum += exp2(product - host->descent_largest);
	host->descents++;
}

double estimate_log10(void)
{
	if (!host->descents)
		return 0;
	return (host->descent_largest + log2(host->descent_sum / (double)host->descents)) *
	       log10(2);
}
