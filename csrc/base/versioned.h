/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Structs that begin with their size, between callers and libraries of different versions.
 */
#ifndef RF_BASE_VERSIONED_H
#define RF_BASE_VERSIONED_H

#include <stddef.h>

/* Copies the members that the caller's struct `given` has over those of `own`, a struct of `size` bytes. The other
 * members of `own` stay, and its size is set. */
void rf_struct_take(void *own, size_t size, const void *given);

/* Copies the members of `own`, a struct of `size` bytes, for which the caller's struct `given` has room. The size that
 * the caller has set stays. */
void rf_struct_give(void *given, const void *own, size_t size);

#endif
