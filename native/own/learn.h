/* SPDX-License-Identifier: MIT */
/* What learn.c, words.c, threads.c and model.c share. */
#ifndef DMTORTURE_LEARN_H
#define DMTORTURE_LEARN_H

#include "own.h"

/* What was learned is known from now on. Context: no execution goes on. */
void own_begin_knowing(void);

/* Mirrors get their numbers anew. Context: no search goes on. */
void own_words_forget(void);
/* The memory of the model, where the mirrors are. */
#define OWN_WORDS (1u << 17)
void own_words_at(struct word *first);
/* The word that stands for the process: what ends it is an access to it. */
struct word *own_process_word(void);

#endif
