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

/* What a call returns. The groups leave room for more statuses. */
typedef enum rf_status {
  RF_OK = 0,

  /* usage: the call is wrong */
  RF_ERR_ARGUMENT = 1,  /* an argument is outside its domain */
  RF_ERR_READONLY = 2,  /* the file was opened for reading only */
  RF_ERR_NOT_FOUND = 3, /* no such keyword, HDU or name */
  RF_ERR_RANGE = 4,     /* an index or a section lies outside the data, or a value outside its type */
  RF_ERR_TYPE = 5,      /* another kind of HDU or value is needed */
  RF_ERR_PROTECTED = 6, /* a keyword that describes the structure cannot be edited */
  RF_ERR_TAINTED = 7,   /* an earlier write failed halfway; close the file and open it again */
  RF_ERR_CLOSED = 8,    /* the file was closed */
  RF_ERR_SCHEME = 9,    /* rf_options.schemes or RUSTFITS_SCHEMES does not allow the scheme of a name or redirect */

  /* input and output */
  RF_ERR_IO = 20,          /* the system reported an error (rf_error.sys_errno) */
  RF_ERR_NO_FILE = 21,     /* no such file, or the URL does not exist (404) */
  RF_ERR_PERMISSION = 22,  /* the system or a server denied access (401, 403) */
  RF_ERR_DIRECTORY = 23,   /* a directory where a file is needed */
  RF_ERR_EXISTS = 24,      /* the file already exists */
  RF_ERR_NO_SPACE = 25,    /* disk or quota is full */
  RF_ERR_NETWORK = 26,     /* name lookup, connection or protocol failed */
  RF_ERR_TIMEOUT = 27,     /* a time limit was reached */
  RF_ERR_TLS = 28,         /* certificate or TLS handshake refused */
  RF_ERR_HTTP_STATUS = 29, /* any other response that is not a success (rf_error.http_status) */
  RF_ERR_CHANGED = 30,     /* another program changed or replaced the file after it was opened */
  RF_ERR_CALLBACK = 31,    /* a function of the caller failed */

  /* format: the bytes do not follow the standard */
  RF_ERR_NOT_FITS = 50,  /* the file does not begin as a FITS file, or is empty */
  RF_ERR_FORMAT = 51,    /* a header contradicts itself or the standard */
  RF_ERR_CARD = 52,      /* the bytes or the value of a card cannot be read */
  RF_ERR_TRUNCATED = 53, /* fewer bytes than a header or a length promises */
  RF_ERR_CODEC = 54,     /* a compressed stream is corrupt */

  /* limits, support, memory */
  RF_ERR_LIMIT = 70,       /* a limit of rf_limits or of the format was reached */
  RF_ERR_UNSUPPORTED = 71, /* correct, but the library does not support it */
  RF_ERR_NO_DRIVER = 72,   /* unknown scheme */
  RF_ERR_NOT_BUILT = 73,   /* a known scheme or codec that this build does not have */
  RF_ERR_MEMORY = 74,      /* allocation failed */

  /* several processes */
  RF_ERR_LOCKED = 90,     /* another handle holds a lock on the file */
  RF_ERR_INTERRUPTED = 91 /* an edit was interrupted; opening the file for writing completes it */
} rf_status;

/* The cause of a failure. The caller owns it; it holds no memory. Calls fill it without reading it, so that
 * `rf_error err;` needs no initialiser: this struct never grows. */
typedef struct rf_error {
  rf_status code;
  int sys_errno;     /* errno of the failed system call, else 0 */
  int http_status;   /* status of the server's response (HTTP or FTP reply code), else 0 */
  int hdu;           /* 0-based index of the HDU concerned, or -1 */
  int64_t offset;    /* byte offset in the file, stream or expression, or -1 */
  uint64_t cause;    /* with RF_ERR_CALLBACK: a number that the function of the caller stored here, else 0 */
  char keyword[80];  /* the keyword concerned, or "" */
  char message[640]; /* one sentence with the file, the HDU, what was found and what was expected; UTF-8 */
} rf_error;

/* rf_error_clear() sets `err` to "no error": code RF_OK, hdu and offset -1, empty texts. NULL is allowed. Threads: any.
 */
RF_API void rf_error_clear(rf_error *err);

/* rf_status_get_name() returns the name of `status`. Returns a static text such as "RF_ERR_FORMAT"; "RF_ERR_?" for
 * unknown values. Threads: any. */
RF_API const char *rf_status_get_name(rf_status status);

/* ============================== Memory and limits ============================== */

/* An allocator. The library uses it for all memory except page-sized buffers for file content. */
typedef struct rf_allocator {
  void *(*realloc_)(void *user, void *block, size_t size); /* as C's realloc(); a `block` of NULL allocates */
  void (*free_)(void *user, void *block);                  /* as C's free(); NULL does nothing */
  void *user;                                              /* passed to both; must live as long as the allocator */
} rf_allocator;

/* rf_allocator_set() replaces the allocator of the process. Call it before any other function, or while no object of
 * the library exists.
 * allocator  copied. NULL, or a member that is NULL: the allocator of the C library
 * Threads: one, while no other call runs. */
RF_API void rf_allocator_set(const rf_allocator *allocator);

/* Limits against hostile files. Each limits the total of what it names. rf_limits_init() sets the defaults. */
typedef struct rf_limits {
  size_t size;            /* sizeof(rf_limits) of the caller; members that lie beyond it have their defaults */
  uint64_t header_bytes;  /* one header, default 64 MiB */
  uint64_t inflate_bytes; /* one file, or one HDU to unpack, after decompression; default 64 GiB */
  uint64_t fetch_bytes;   /* one remote file in memory, default 64 GiB */
  uint64_t hdus;          /* HDUs in one file, default 10 million */
  uint64_t tile_bytes;    /* memory to decode tiles of a compressed image or table, including that of the codec, for
                             calls that read fewer bytes than the tile has; default 4 GiB */
  int redirects;          /* redirects of one request, default 10 */
} rf_limits;

/* rf_limits_init() sets all members of `limits`, `size` included, to their defaults. NULL is allowed. Threads: any. */
RF_API void rf_limits_init(rf_limits *limits);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
