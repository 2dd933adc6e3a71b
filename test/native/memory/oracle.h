/* SPDX-License-Identifier: MIT */
/*
 * What a litmus test may do, by the axioms of a memory model: all execution graphs are drawn up and
 * each is judged. Shares no code with the engine, which has no axioms, but messages and views.
 *
 * RC11: Lahav, Vafeiadis, Kang, Hur, Dreyer, "Repairing Sequential Consistency in C/C++11", PLDI
 * 2017, with program order and reads-from acyclic. x86-TSO: Owens, Sarkar, Sewell, "A Better x86
 * Memory Model: x86-TSO", TPHOLs 2009.
 */
#ifndef DMTORTURE_ORACLE_H
#define DMTORTURE_ORACLE_H

#include "litmus.h"

enum axioms {
	AXIOMS_RC11,	  /* and po, rf and psc acyclic together: what the engine explores */
	AXIOMS_PUBLISHED, /* RC11 as published */
	AXIOMS_GENMC,	  /* as GenMC 0.10.3 counts */
	AXIOMS_APPEND, /* and po, rf and mo acyclic: no store lands before one that ran earlier */
	AXIOMS_TSO,
	AXIOMS_SC,
};

struct verdict {
	uint64_t graphs; /* without a data race, different in reads-from or modification order */
	bool races;	 /* some graph has a data race; of the models of C11 */
	struct outcomes outcomes; /* of the graphs without */
};

/* @c11_sequences: a release sequence goes on with later stores of its thread, as before C++20. */
void oracle(const struct litmus *l, enum axioms axioms, bool c11_sequences, struct verdict *v);

/* The same ends by running steps of the threads, and of store buffers where @buffers, in turn. */
void interleave(const struct litmus *l, bool buffers, struct outcomes *outcomes);

#endif
