/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The stack of messages. All threads of the process share it, as programs expect that read it elsewhere.
 */
#include "base/status.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/string.h"

#define MESSAGES 25 /* the oldest one is lost when another comes */
#define MARK '\033' /* the first character of a mark, which is no message */

static char messages[MESSAGES][FLEN_ERRMSG];
static int count;
static atomic_flag busy = ATOMIC_FLAG_INIT;

static void lock(void) {
  while (atomic_flag_test_and_set(&busy))
    ;
}

static void unlock(void) {
  atomic_flag_clear(&busy);
}

static void remove_message(int index) {
  memmove(messages[index], messages[index + 1], (size_t)(MESSAGES - 1 - index) * FLEN_ERRMSG);
  count--;
}

static void push(const char *text, size_t n) {
  lock();
  if (count == MESSAGES)
    remove_message(0);
  cf_copy_n(messages[count++], text, n, FLEN_ERRMSG);
  unlock();
}

void ffpmsg(const char *err_message) {
  if (err_message == NULL)
    return;
  size_t n = strlen(err_message);
  do {
    size_t part = n < FLEN_ERRMSG - 1 ? n : FLEN_ERRMSG - 1;
    push(err_message, part);
    err_message += part;
    n -= part;
  } while (n > 0);
}

void ffpmrk(void) {
  const char mark[] = {MARK, '\0'};
  push(mark, 1);
}

/* Takes the oldest message that is no mark, and the marks before it. */
int ffgmsg(char *err_message) {
  bool found = false;
  if (err_message == NULL)
    return 0;
  *err_message = '\0';
  lock();
  while (!found && count > 0) {
    found = messages[0][0] != MARK;
    if (found)
      cf_copy(err_message, messages[0], FLEN_ERRMSG);
    remove_message(0);
  }
  unlock();
  return found ? (int)strlen(err_message) : 0;
}

void ffcmsg(void) {
  lock();
  count = 0;
  unlock();
}

void ffcmrk(void) {
  lock();
  while (count > 0 && messages[count - 1][0] != MARK)
    count--;
  if (count > 0)
    count--;
  unlock();
}

void ffrprt(FILE *stream, int status) {
  char text[FLEN_ERRMSG];
  if (status == 0 || stream == NULL)
    return;
  ffgerr(status, text);
  (void)fprintf(stream, "\nFITSIO status = %d: %s\n", status, text);
  while (ffgmsg(text) > 0)
    (void)fprintf(stream, "%s\n", text);
}

int cf_fail(int *status, int number, const char *format, ...) {
  char text[1024];
  va_list arguments;
  if (status == NULL)
    return number;
  if (*status <= 0)
    *status = number;
  va_start(arguments, format);
  (void)vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  ffpmsg(text);
  return *status;
}

int cf_fail_core(int *status, int number, const rf_error *err) {
  switch (err->code) {
  case RF_ERR_MEMORY:
    number = MEMORY_ALLOCATION;
    break;
  case RF_ERR_READONLY:
    number = READONLY_FILE;
    break;
  case RF_ERR_TRUNCATED:
    number = END_OF_FILE;
    break;
  case RF_ERR_CODEC:
    number = DATA_DECOMPRESSION_ERR;
    break;
  default:
    break;
  }
  return cf_fail(status, number, "%s", err->message);
}
