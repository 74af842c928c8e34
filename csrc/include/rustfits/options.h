/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/options.h: How a file is opened. Part of <rustfits.h>, which has the rules for every function.
 */
#ifndef RUSTFITS_OPTIONS_H
#define RUSTFITS_OPTIONS_H

#include "rustfits/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Options ============================== */

typedef enum rf_mode {
  RF_MODE_READ = 0,       /* "r": must exist; never written */
  RF_MODE_READ_WRITE = 1, /* "r+": must exist */
  RF_MODE_CREATE = 2      /* "w+": created, or cut to zero length */
} rf_mode;

/* What came of a remote file so far. Numbers only grow; those of a file that was downloaded whole are of the download.
 */
typedef struct rf_remote_stats {
  size_t size;          /* sizeof(rf_remote_stats), set by the caller */
  uint64_t requests;    /* asked of the server, redirects and repeats included */
  uint64_t round_trips; /* times somebody had to wait for answers: requests that run side by side count once */
  uint64_t retries;
  uint64_t bytes_fetched; /* of bodies */
  uint64_t bytes_wanted;  /* that reads asked for */
  uint64_t cache_hits;    /* blocks that were there already, and that were not */
  uint64_t cache_misses;
  uint64_t file_bytes; /* size of the file */
  int ranged;          /* 1: fetched by ranges, 0: downloaded whole */
} rf_remote_stats;

/* Called as bytes arrive, at most some 10 times a second and at the end of a fetch: `done` bytes of `total` (-1: not
 * known) of what is being fetched. From any thread. Anything but RF_OK ends the fetch with that status. */
typedef rf_status (*rf_progress)(void *user, uint64_t done, int64_t total);

/* What a remote file is fetched by. */
typedef enum rf_remote_mode {
  RF_REMOTE_AUTO = 0,    /* the size of the file and the abilities of the server decide */
  RF_REMOTE_RANGES = 1,  /* ranges, or an error */
  RF_REMOTE_DOWNLOAD = 2 /* one download of the whole file */
} rf_remote_mode;

/* When requests to S3 are signed. */
typedef enum rf_s3_credentials {
  RF_S3_AUTO = 0,      /* where an unsigned request is refused and credentials are known */
  RF_S3_ANONYMOUS = 1, /* never */
  RF_S3_SIGNED = 2     /* always */
} rf_s3_credentials;

/* How a remote file is fetched. Strings and arrays are borrowed for the call that takes them. A member that is 0 or
 * NULL means the default. */
typedef struct rf_remote_options {
  size_t size;                /* sizeof(rf_remote_options) */
  const char *const *headers; /* extra request headers, "Name: value" */
  size_t header_count;
  double timeout;         /* seconds for one whole request; <= 0: none */
  double connect_timeout; /* seconds to connect; <= 0: the transport's own */
  const char *ca_bundle;  /* file of trusted certificates, NULL: the environment's or system's */

  rf_remote_mode mode;
  uint64_t threshold_bytes; /* files up to this size are downloaded whole; default 4 MiB */
  uint64_t first_bytes;     /* of the first request; default 256 KiB */
  uint64_t block_bytes;     /* unit of the cache; default 64 KiB */
  uint64_t cache_bytes;     /* most bytes of blocks that are kept; default 256 MiB */
  uint64_t gap_bytes;       /* ranges this close become one; default 1 MiB (less where many run side by side) */
  uint64_t request_bytes;   /* most bytes of one request; default 16 MiB, or 256 MiB for long reads from a server that
                               answers at once, unless there is a timeout */
  unsigned concurrency;     /* most requests at once; default 8 */
  int retries;              /* after a first failure that may pass; 0: the default of 4, < 0: none */
  double retry_seconds;     /* most seconds that one read spends on repeats; default 60 */

  const char *user; /* for the server of the URL; those in the URL itself go first */
  const char *password;
  int netrc; /* 1: look user and password up in ~/.netrc (or NETRC) */

  const char *endpoint; /* s3: "http://host:port" of a server that is not Amazon's (path-style); NULL:
                           AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's */
  const char
      *region; /* s3: NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1 and what the server says */
  rf_s3_credentials credentials;
  int requester_pays; /* s3: 1: the one who asks pays for it */

  rf_progress progress;
  void *progress_user; /* must live as long as the file */
} rf_remote_options;

/* Bytes outside printable ASCII in headers: texts are read with the bytes of the file and a warning is kept
 * (rf_file_get_warning). With RF_OPEN_LENIENT each of them is read as '_', without a warning; with RF_OPEN_STRICT they
 * are RF_ERR_CARD. In the file, cards that are not edited keep their bytes in all cases. */
#define RF_OPEN_LENIENT 1
#define RF_OPEN_STRICT 2

/* Without it, small ranges of a file of the system that is open for reading are copied from a mapping. Another process
 * that cuts the file meanwhile makes that a SIGBUS, for which the library sets a handler (POSIX): it turns the signal
 * into a read, passes every other SIGBUS on to the handler that was in force before, and is set again by a read that
 * finds another one in force. With it, the file is never mapped and no handler is set; many small reads take several
 * times as long. */
#define RF_OPEN_NO_MAP 4

/* The file is replaced as a whole when it is closed: until then its name leads to the old file, or to none. With
 * RF_MODE_CREATE a temporary file beside it is written, with RF_MODE_READ_WRITE a copy of it that the first change
 * makes. rf_file_discard, a change that failed half way, and the end of the process leave the old file. rf_file_sync
 * makes the temporary file durable and does not put it in place. A device, and a file in a folder that refuses new
 * files, is opened as with RF_OPEN_IN_PLACE. Of files of the system; other drivers ignore it. */
#define RF_OPEN_ATOMIC 8
/* Closing syncs the file, and its folder where it is new or replaced. A .gz is always durable. */
#define RF_OPEN_DURABLE 16
/* An advisory lock from opening to closing: shared with RF_MODE_READ, else exclusive. RF_ERR_LOCKED when another
 * handle, of this or another process, has one that excludes it; RF_ERR_UNSUPPORTED where the file system has no locks
 * or the file is remote. Files in memory need none. With RF_OPEN_ATOMIC the lock is on the file to be replaced. */
#define RF_OPEN_LOCK 32
/* With RF_MODE_CREATE: an old file is emptied by the first write and not by opening it. Where its size is known by
 * then, space for it is reserved before. For disks that cannot hold the old file and the new one. A file that is not
 * there yet is created as with RF_OPEN_ATOMIC. */
#define RF_OPEN_IN_PLACE 128
/* With RF_MODE_CREATE: RF_ERR_EXISTS if there is a file. */
#define RF_OPEN_NEW 256
/* Where locks do not work (some network file systems), another process may be at work on a file that looks as if an
 * edit of it was interrupted, so opening refuses it. With this flag the caller says that there is no other: an
 * interrupted edit is finished (for writing) or shown as finished (for reading). */
#define RF_OPEN_RECOVER 64

typedef struct rf_options {
  size_t size;    /* sizeof(rf_options) of the caller; members that lie beyond it count as 0 */
  uint32_t flags; /* RF_OPEN_... */
  int gzip_level; /* 1 to 9; 0: the default, which is fast */
  /* Most threads of one call on the file. 0: RUSTFITS_NUM_THREADS, or the processors that this process may use;
   * reading data that are stored as they are takes two of them. Threads are started only where there is enough work for
   * them, and end with the call. */
  unsigned threads;
  const rf_limits *limits;         /* NULL: the defaults. Borrowed for the call that opens */
  const rf_remote_options *remote; /* NULL: the defaults. Borrowed likewise */
  /* NULL, or the schemes that names may have: "file mem https", with blanks or commas between them. A path has the
   * scheme "file". Any other scheme is RF_ERR_SCHEME, also one that a redirect or a link of a chain
   * ("zip://a::https://...") leads to. "" allows only mem://, which reaches nothing and is always allowed. The
   * environment variable RUSTFITS_SCHEMES, unless it is empty, is a ceiling for the whole process: a scheme must be in
   * both lists. Borrowed likewise. */
  const char *schemes;
} rf_options;

/* rf_options_init() sets `size` of `options` and zeroes the rest. NULL is allowed. Threads: any. */
RF_API void rf_options_init(rf_options *options);

/* rf_remote_options_init() sets `size` of `options` and zeroes the rest. NULL is allowed. Threads: any. */
RF_API void rf_remote_options_init(rf_remote_options *options);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
