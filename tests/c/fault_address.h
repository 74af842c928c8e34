/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Does SIGBUS tell the address of the fault, as POSIX has it? Under qemu-user it gives an address of the host: the
 * guard of copies from a mapping cannot know its faults there, and a file that is cut ends the process.
 */
#ifndef RF_TESTS_FAULT_ADDRESS_H
#define RF_TESTS_FAULT_ADDRESS_H

#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf fault_address_out;
static const void *volatile fault_address;

static void fault_address_keep(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  fault_address = info->si_addr;
  siglongjmp(fault_address_out, 1);
}

static inline bool faults_have_their_address(void) {
  char name[] = "/tmp/rustfits_fault_XXXXXX";
  size_t length = (size_t)sysconf(_SC_PAGESIZE);
  int fd = mkstemp(name);
  uint8_t *map = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, 0); /* of an empty file */
  struct sigaction action = {0}, old;
  (void)unlink(name);
  if (map == MAP_FAILED)
    return false;
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = fault_address_keep;
  (void)sigaction(SIGBUS, &action, &old);
  if (sigsetjmp(fault_address_out, 1) == 0)
    (void)*(volatile const uint8_t *)map;
  (void)sigaction(SIGBUS, &old, NULL);
  (void)usleep(20000); /* until the guard looks at the handler in force again */
  const uint8_t *address = (const uint8_t *)(uintptr_t)fault_address;
  bool inside = address >= map && address < map + length;
  (void)munmap(map, length);
  (void)close(fd);
  return inside;
}

#endif
