/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of the files of groups and members: absolute paths inside the library, relative URLs in files.
 */
#include <stdio.h>
#include <string.h>
#ifdef _WIN32
#include <direct.h>
#define getcwd _getcwd
#else
#include <unistd.h>
#endif

#include "base/string.h"
#include "group/group.h"

#define HEX "0123456789ABCDEF"

/* Tells whether a name has a scheme, as "http://". */
static bool is_url(const char *name) {
  return strstr(name, "://") != NULL;
}

/* Removes "." and ".." and double slashes from an absolute path. */
static void normalize(char *path) {
  char *out = path;
  for (const char *in = path; *in != '\0';) {
    const char *end = in + 1;
    while (*end != '\0' && *end != '/')
      end++;
    size_t n = (size_t)(end - in);
    if (n == 3 && memcmp(in, "/..", 3) == 0) {
      while (out > path && *--out != '/')
        ;
    } else if (n > 1 && !(n == 2 && in[1] == '.')) {
      memmove(out, in, n);
      out += n;
    }
    in = end;
  }
  *out = '\0';
}

/* Makes an absolute path of a path that is relative to the current folder. */
static void make_absolute(const char *name, char path[FLEN_FILENAME]) {
  char folder[FLEN_FILENAME];
  if (cf_begins(name, "file://"))
    name += 7;
  if (is_url(name)) {
    cf_copy(path, name, FLEN_FILENAME);
    return;
  }
  *path = '\0';
  if (*name != '/') {
    cf_copy(path, getcwd(folder, sizeof folder) != NULL ? folder : "", FLEN_FILENAME);
    cf_append(path, "/", FLEN_FILENAME);
  }
  cf_append(path, name, FLEN_FILENAME);
  normalize(path);
}

int cf_group_path(fitsfile *fptr, char path[FLEN_FILENAME], int *status) {
  char name[FLEN_FILENAME];
  if (ffflnm(fptr, name, status) <= 0)
    make_absolute(name, path);
  return *status;
}

/* Tells whether a character stands in URLs as it is. */
static bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         strchr("-_.!~*'():@&=+$,;/", c) != NULL;
}

static void encode(const char *path, char url[FLEN_FILENAME]) {
  size_t n = 0;
  for (; *path != '\0' && n + 4 < FLEN_FILENAME; path++) {
    if (is_plain(*path)) {
      url[n++] = *path;
    } else {
      url[n++] = '%';
      url[n++] = HEX[(unsigned char)*path >> 4];
      url[n++] = HEX[(unsigned char)*path & 15];
    }
  }
  url[n] = '\0';
}

/* Returns the value of a hexadecimal digit, -1: it is none. */
static int digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = (char)(c | 32);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void decode(char *url) {
  char *out = url;
  for (const char *in = url; *in != '\0';) {
    int high = *in == '%' ? digit(in[1]) : -1, low = high >= 0 ? digit(in[2]) : -1;
    if (low >= 0 && high * 16 + low != 0) {
      *out++ = (char)(high * 16 + low);
      in += 3;
    } else {
      *out++ = *in++;
    }
  }
  *out = '\0';
}

void cf_group_relative(const char *from, const char *target, char relative[FLEN_FILENAME]) {
  char path[FLEN_FILENAME] = "";
  size_t common = 0;
  if (is_url(from) || is_url(target)) {
    cf_copy(relative, target, FLEN_FILENAME);
    return;
  }
  for (size_t i = 0; from[i] != '\0' && from[i] == target[i]; i++)
    if (from[i] == '/')
      common = i + 1;
  for (const char *at = from + common; *at != '\0'; at++)
    if (*at == '/')
      cf_append(path, "../", sizeof path);
  cf_append(path, target + common, sizeof path);
  encode(path, relative);
}

void cf_group_resolve(const char *from, const char *location, char path[FLEN_FILENAME]) {
  char decoded[FLEN_FILENAME];
  cf_copy(decoded, location, sizeof decoded);
  if (cf_begins(decoded, "file://"))
    memmove(decoded, decoded + 7, strlen(decoded + 7) + 1);
  if (is_url(decoded)) {
    cf_copy(path, decoded, FLEN_FILENAME);
    return;
  }
  decode(decoded);
  *path = '\0';
  const char *slash = strrchr(from, '/');
  if (*decoded != '/' && slash != NULL && !is_url(from))
    cf_copy_n(path, from, (size_t)(slash - from) + 1, FLEN_FILENAME);
  cf_append(path, decoded, FLEN_FILENAME);
  if (*path == '/')
    normalize(path);
}

int cf_group_open(fitsfile **fptr, const char *path, int *status) {
  int first = 0;
  bool plain = !is_url(path) && strpbrk(path, "[]()+") != NULL; /* the name means nothing more */
  ffpmrk();
  int failed = plain ? ffdkopn(fptr, path, READWRITE, &first) : ffopen(fptr, path, READWRITE, &first);
  ffcmrk();
  if (failed > 0)
    (void)(plain ? ffdkopn(fptr, path, READONLY, status) : ffopen(fptr, path, READONLY, status));
  return *status;
}
