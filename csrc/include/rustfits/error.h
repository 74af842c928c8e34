/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/error.h: Statuses, errors, memory and limits. Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_ERROR_H
#define RUSTFITS_ERROR_H

#include "rustfits/version.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Errors ============================== */

typedef enum rf_status {
  RF_OK = 0,

  /* usage: the call was wrong */
  RF_ERR_ARGUMENT,  /* an argument is out of its domain */
  RF_ERR_READONLY,  /* the file was opened for reading */
  RF_ERR_NOT_FOUND, /* no such keyword, HDU or name */
  RF_ERR_RANGE,     /* an index or section lies outside the data */
  RF_ERR_TYPE,      /* not that kind of HDU or value */
  RF_ERR_PROTECTED, /* a keyword that describes the structure may not be edited */
  RF_ERR_TAINTED,   /* an earlier write failed half way; close and reopen */
  RF_ERR_CLOSED,    /* the file was shut */

  /* input and output */
  RF_ERR_IO,          /* the system reported an error (rf_error.sys_errno) */
  RF_ERR_NO_FILE,     /* no such file, or no such thing at that URL (404) */
  RF_ERR_PERMISSION,  /* access denied, by the system or by a server (401, 403) */
  RF_ERR_DIRECTORY,   /* a directory where a file is needed */
  RF_ERR_EXISTS,      /* something is in the way */
  RF_ERR_NO_SPACE,    /* disk or quota is full */
  RF_ERR_NETWORK,     /* name look-up, connection or protocol failed */
  RF_ERR_TIMEOUT,     /* a time limit was reached */
  RF_ERR_TLS,         /* certificate or TLS handshake refused */
  RF_ERR_HTTP_STATUS, /* any other status that is not a success */
  RF_ERR_CHANGED,     /* the file is not the one that was opened: another program changed or replaced it */
  RF_ERR_CALLBACK,    /* a function brought at run time failed */

  /* format: the bytes are not what the standard asks for */
  RF_ERR_NOT_FITS,  /* does not begin as a FITS file does, or is empty */
  RF_ERR_FORMAT,    /* a header that contradicts itself or the standard */
  RF_ERR_CARD,      /* a card whose bytes or value cannot be read */
  RF_ERR_TRUNCATED, /* fewer bytes than the header or a length promises */
  RF_ERR_CODEC,     /* a compressed stream is corrupt */

  /* limits, support, memory */
  RF_ERR_LIMIT,       /* a limit of rf_limits or of the format was reached */
  RF_ERR_UNSUPPORTED, /* correct, but not offered */
  RF_ERR_NO_DRIVER,   /* nobody knows this scheme */
  RF_ERR_NOT_BUILT,   /* a known scheme or codec that is not in this build */
  RF_ERR_MEMORY,      /* allocation failed */

  /* several processes */
  RF_ERR_LOCKED,      /* another handle holds a lock on the file */
  RF_ERR_INTERRUPTED, /* an edit was interrupted; opening the file for writing finishes it */

  RF_ERR_SCHEME /* rf_options.schemes or RUSTFITS_SCHEMES does not allow what a name or a redirect leads to */
} rf_status;

/* What went wrong. Owned by the caller; needs no release. */
typedef struct rf_error {
  rf_status code;
  int sys_errno;     /* errno of the failed system call, else 0 */
  int http_status;   /* status of the server's answer (HTTP or FTP reply code), else 0 */
  int hdu;           /* index of the HDU concerned, or -1 */
  int64_t offset;    /* byte offset in the file, stream or expression, or -1 */
  char keyword[80];  /* the keyword concerned, or "" */
  char message[640]; /* one sentence that names file, HDU, what was found and what was expected */
} rf_error;

/* Makes *err say "no error". NULL is allowed. */
RF_API void rf_error_clear(rf_error *err);

/* A short fixed name for a status ("RF_ERR_FORMAT"). Static; unknown values give "RF_ERR_?". */
RF_API const char *rf_status_name(rf_status status);

/* ============================== Memory and limits ============================== */

/* Allocator used for all of the library's own memory but page-sized file buffers. realloc_ must
 * behave as C's realloc does (NULL: allocate), free_ must accept NULL. */
typedef struct rf_allocator {
  void *(*realloc_)(void *user, void *block, size_t size);
  void (*free_)(void *user, void *block);
  void *user;
} rf_allocator;

/* Replaces the allocator for the process; NULL restores the C library's. Call it before any other
 * function or while no object of the library is alive; not safe beside running calls. */
RF_API void rf_allocator_set(const rf_allocator *allocator);

/* Ceilings against hostile files, each for all memory that the thing it names takes. rf_limits_init() sets the
 * defaults. */
typedef struct rf_limits {
  size_t size;            /* sizeof(rf_limits) of the caller; members that lie beyond it have their defaults */
  uint64_t header_bytes;  /* one header, default 64 MiB */
  uint64_t inflate_bytes; /* one file, or one HDU that is unpacked, after decompression; default 64 GiB */
  uint64_t fetch_bytes;   /* one remote file kept in memory, default 64 GiB */
  uint64_t hdus;          /* HDUs in one file, default 10 million */
  uint64_t tile_bytes;    /* decoding tiles of a compressed image or table, memory that the codec works in included,
                             where fewer bytes are read than the tile has; default 4 GiB */
  int redirects;          /* of one request, default 10 */
} rf_limits;

/* rf_limits_init() sets all members of `limits`, `size` included, to their defaults. NULL is allowed. Threads: any. */
RF_API void rf_limits_init(rf_limits *limits);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
