/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a new file takes over from the one that it replaces, on POSIX systems: owner, mode, access list, extended
 * attributes.
 */
#if !defined(_WIN32)

#include "base/system/posix_path.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/xattr.h>
#elif defined(__APPLE__)
#include <copyfile.h>
#endif

#include "base/memory.h"

/* Owner first: changing it clears the set-user bits. */
static bool copy_owner_and_mode(const struct stat *old, int to) {
  struct stat fresh;
  if (fstat(to, &fresh) != 0)
    return false;
  if ((fresh.st_uid != old->st_uid || fresh.st_gid != old->st_gid) && fchown(to, old->st_uid, old->st_gid) != 0)
    return false;
  if (fchmod(to, old->st_mode & 07777) != 0)
    errno = 0; /* a file system without permissions */
  return true;
}

#if defined(__linux__)

static rf_status no_memory(rf_error *err) {
  return rf_fail(err, RF_ERR_MEMORY, "cannot allocate memory for the attributes of a file");
}

#define ACCESS_LIST "system.posix_acl_access"

static bool begins_with(const char *text, const char *lead) {
  return strncmp(text, lead, strlen(lead)) == 0;
}

/* One attribute. Those of the user and access lists must come along; security labels are the system's to give. */
static rf_status copy_attribute(int from, int to, const char *name, bool *all, rf_error *err) {
  if (begins_with(name, "security.ima") || begins_with(name, "security.evm"))
    return RF_OK; /* they vouch for the old bytes */
  bool needed = begins_with(name, "user.") || begins_with(name, "system.");
  ssize_t size = fgetxattr(from, name, NULL, 0), n = -1;
  if (size >= 0) {
    void *value = rf_alloc(size > 0 ? (size_t)size : 1);
    if (!value)
      return no_memory(err);
    n = fgetxattr(from, name, value, (size_t)size);
    if (n >= 0)
      n = fsetxattr(to, name, value, (size_t)n, 0);
    rf_free(value);
  }
  if (n < 0 && needed)
    *all = false;
  return RF_OK;
}

/* A new file in a folder with a default access list has got one, which the old file need not have. */
static void drop_access_list(int number) {
  if (fremovexattr(number, ACCESS_LIST) != 0)
    errno = 0; /* there was none */
}

static rf_status copy_attributes(int from, int to, bool *all, rf_error *err) {
  ssize_t size = flistxattr(from, NULL, 0);
  if (size <= 0)
    return RF_OK; /* none, or a file system without any */
  char *names = rf_alloc((size_t)size);
  if (!names)
    return no_memory(err);
  rf_status status = RF_OK;
  size = flistxattr(from, names, (size_t)size);
  for (const char *name = names; status == RF_OK && size > 0 && name < names + size; name += strlen(name) + 1)
    status = copy_attribute(from, to, name, all, err);
  *all = *all && size >= 0;
  rf_free(names);
  return status;
}

#elif defined(__APPLE__)

static void drop_access_list(int number) {
  (void)number; /* fcopyfile puts the old list in its place */
}

static rf_status copy_attributes(int from, int to, bool *all, rf_error *err) {
  (void)err;
  *all = fcopyfile(from, to, NULL, COPYFILE_ACL | COPYFILE_XATTR) == 0;
  return RF_OK;
}

#else

static void drop_access_list(int number) {
  (void)number;
}

static rf_status copy_attributes(int from, int to, bool *all, rf_error *err) {
  (void)from, (void)to, (void)all, (void)err;
  return RF_OK;
}

#endif

rf_status rf_attributes_copy(int from, int to, bool *all, rf_error *err) {
  struct stat old;
  if (fstat(from, &old) != 0)
    return rf_fail_errno(err, errno, "asking for mode and owner failed");
  drop_access_list(to);
  *all = copy_owner_and_mode(&old, to);
  return *all ? copy_attributes(from, to, all, err) : RF_OK;
}

#endif

/* A translation unit must not be empty. */
typedef int rf_posix_attributes_unit;
