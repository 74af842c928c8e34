/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/interrupt.h"

#include <stddef.h>

#include "base/system/platform.h"

static rf_mutex lock = RF_MUTEX_INIT;
static rf_interrupt function;
static void *function_user;

void rf_interrupt_register(rf_interrupt interrupt, void *user) {
  rf_mutex_lock(&lock);
  function = interrupt;
  function_user = user;
  rf_mutex_unlock(&lock);
}

rf_status rf_interrupt_check(rf_error *err) {
  rf_mutex_lock(&lock);
  rf_interrupt interrupt = function;
  void *user = function_user;
  rf_mutex_unlock(&lock);
  rf_status status = interrupt != NULL ? interrupt(user, err) : RF_OK;
  return status == RF_OK ? RF_OK : rf_fail(err, status, "interrupted");
}
