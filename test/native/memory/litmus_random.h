/* SPDX-License-Identifier: MIT */
/*
 * Random litmus tests that are near to something: most have a shape that a model is known by, with
 * orders, fences and operations changed. Uniform programs hardly ever come near to a mistake.
 */
#ifndef DMTORTURE_LITMUS_RANDOM_H
#define DMTORTURE_LITMUS_RANDOM_H

#include "litmus.h"

/* Of a program of random_litmus(): accesses and fences at most. */
#define RANDOM_EVENTS_MAX 10

/* A number below @below, from a generator that litmus_seed() set. */
uint32_t litmus_draw(uint32_t below);
void litmus_seed(uint64_t seed);
/* @plain: some of its accesses may be plain. */
struct litmus random_litmus(bool plain);
/* From the environment: DMTORTURE_PROGRAMS, else @otherwise. */
uint32_t litmus_programs(uint32_t otherwise);

#endif
