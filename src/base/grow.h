/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_GROW_H
#define SCANDRIFT_BASE_GROW_H

#include "base/arena.h"

/*
 * Room for one more item in an array of `n` items of `size` bytes that has room for *cap. Where
 * none is left the room doubles, and the array may move. NULL when out of memory, or when the array
 * would be larger than any object can be: the old array and *cap are then as they were.
 */

/* The array comes from malloc (NULL at first) and is the caller's to free. */
void *grow(void *v, size_t n, size_t *cap, size_t size) MUST_USE;

/* The same of a budget, which the caller gives *cap * size back to. */
void *grow_from(struct budget *b, void *v, size_t n, size_t *cap, size_t size) MUST_USE;

/* The array is the arena's, where the old one stays until the arena ends. Zeroed behind `n`. */
void *grow_in(struct arena *a, void *v, size_t n, size_t *cap, size_t size) MUST_USE;

#endif
