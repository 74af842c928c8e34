/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The driver shmem://.
 */
#ifndef RF_STORE_SHMEM_SHMEM_H
#define RF_STORE_SHMEM_SHMEM_H

#include "base/error.h"

extern const rf_driver_ops rf_shmem_ops;

#endif
