/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Copies from a mapping of a file that another process may cut meanwhile. A read of a page past the end of the file is
 * a signal (SIGBUS), which would end the process; inside a guarded copy it ends the copy.
 */
#ifndef RF_BASE_SYSTEM_GUARD_H
#define RF_BASE_SYSTEM_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs copy(context), which reads from map[0..length) and may be left at any of these reads: it holds no lock, reserves
 * no memory and calls nothing that does. true: it has run to its end. false: a page was missing, or the system did not
 * let us set a handler; what was copied so far is not to be used. Any number of threads at once. */
bool rf_guard_run(const uint8_t *map, size_t length, void (*copy)(void *context), void *context);

#endif
