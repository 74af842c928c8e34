/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Structs that begin with their size.
 */
#include "base/versioned.h"

#include <string.h>

void rf_struct_take(void *own, size_t size, const void *given) {
  size_t said;
  memcpy(&said, given, sizeof said);
  memcpy(own, given, said < size ? said : size);
  memcpy(own, &size, sizeof size);
}

void rf_struct_give(void *given, const void *own, size_t size) {
  size_t room;
  memcpy(&room, given, sizeof room);
  if (room > size)
    room = size;
  if (room > sizeof room)
    memcpy((char *)given + sizeof room, (const char *)own + sizeof room, room - sizeof room);
}
