/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Interrupts of calls that wait for another program: the function of rf_interrupt_register().
 */
#ifndef RF_BASE_INTERRUPT_H
#define RF_BASE_INTERRUPT_H

#include "base/error.h"

/* A wait without an event lasts at most this long; then the waiting thread calls rf_interrupt_check(). */
#define RF_INTERRUPT_MILLISECONDS 500

/* Calls the function of the application in this thread. Returns its status, RF_OK if there is none. The caller holds no
 * lock that the function may need. */
rf_status rf_interrupt_check(rf_error *err);

#endif
