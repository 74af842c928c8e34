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
  RF_MODE_CREATE = 2      /* "w+": created, or truncated to zero length */
} rf_mode;

/* What the library has fetched of a remote file. Counters only grow. For a file that was downloaded as a whole, they
 * describe the download. */
typedef struct rf_remote_stats {
  size_t size;            /* sizeof(rf_remote_stats) of the caller; members that lie beyond it are not filled in */
  uint64_t requests;      /* requests sent, including redirects and retries */
  uint64_t round_trips;   /* waits for responses; requests that run in parallel count once */
  uint64_t retries;       /* requests sent again after a failure */
  uint64_t bytes_fetched; /* bytes of response bodies */
  uint64_t bytes_wanted;  /* bytes that reads requested */
  uint64_t cache_hits;    /* blocks that the cache had */
  uint64_t cache_misses;  /* blocks that the cache did not have */
  uint64_t file_bytes;    /* size of the file */
  int ranged;             /* 1: fetched by ranges, 0: downloaded as a whole */
} rf_remote_stats;

/* Reports the progress of a fetch, at most about 10 times a second and at its end: `done` of `total` bytes have arrived
 * (-1: unknown). `user` is rf_remote_options.progress_user. The library calls it from any thread. A status other than
 * RF_OK ends the fetch with that status. */
typedef rf_status (*rf_progress)(void *user, uint64_t done, int64_t total);

/* How the library fetches a remote file. */
typedef enum rf_remote_mode {
  RF_REMOTE_AUTO = 0,    /* the size of the file and the abilities of the server decide */
  RF_REMOTE_RANGES = 1,  /* ranges, or an error */
  RF_REMOTE_DOWNLOAD = 2 /* one download of the whole file */
} rf_remote_mode;

/* When the library signs requests to S3. */
typedef enum rf_s3_credentials {
  RF_S3_AUTO = 0,      /* if the server refuses an unsigned request and credentials are known */
  RF_S3_ANONYMOUS = 1, /* never */
  RF_S3_SIGNED = 2     /* always */
} rf_s3_credentials;

/* How the library fetches a remote file. Strings and arrays are borrowed for the call that opens the file. A member
 * that is 0 or NULL means the default. rf_remote_options_init() sets `size` and zeroes the rest. */
typedef struct rf_remote_options {
  size_t size;                /* sizeof(rf_remote_options) of the caller; members that lie beyond it count as 0 */
  const char *const *headers; /* extra request headers, "Name: value" */
  size_t header_count;
  double timeout;         /* seconds for one whole request; <= 0: none */
  double connect_timeout; /* seconds to connect; <= 0: the transport's own */
  const char *ca_bundle;  /* file of trusted certificates, NULL: the environment's or system's */

  rf_remote_mode mode;
  uint64_t threshold_bytes; /* files up to this size are downloaded whole; default 4 MiB */
  uint64_t first_bytes;     /* bytes of the first request; default 256 KiB */
  uint64_t block_bytes;     /* unit of the cache; default 64 KiB */
  uint64_t cache_bytes;     /* maximal size of the cache; default 256 MiB */
  uint64_t gap_bytes;       /* ranges this close are merged; default 1 MiB (less if many requests run in parallel) */
  uint64_t request_bytes; /* maximal size of one request; default 16 MiB; without `timeout`, 256 MiB for long reads from
                             a server that responds fast */
  unsigned concurrency;   /* most parallel requests; default 8 */
  int retries;            /* retries after a temporary failure; 0: the default of 4, < 0: none */
  double retry_seconds;   /* most seconds that one read spends on retries; default 60 */

  const char *user;     /* for the server of the URL; a user in the URL takes precedence */
  const char *password; /* likewise */
  int netrc;            /* 1: read user and password from ~/.netrc (or NETRC) */

  const char *endpoint; /* s3: "http://host:port" of a server other than Amazon's (path-style); NULL:
                           AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else Amazon's */
  const char *region;   /* s3; NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's, else us-east-1 or the region that
                           the server names */
  rf_s3_credentials credentials;
  int requester_pays; /* s3: 1: the requester pays */

  rf_progress progress; /* NULL: none */
  void *progress_user;  /* must live as long as the file */

  int put; /* 1: RF_MODE_CREATE sends the file to http, https, ftp and ftps servers (PUT, STOR) when it is closed */
} rf_remote_options;

/* How headers with bytes outside printable ASCII are read. Without a flag, texts keep these bytes, and the file gets a
 * warning (rf_file_get_warning()). With RF_OPEN_LENIENT, each of them is read as '_', without a warning. With
 * RF_OPEN_STRICT, they are RF_ERR_CARD. Cards that are not edited keep their bytes in the file in all cases. */
#define RF_OPEN_LENIENT 1
#define RF_OPEN_STRICT 2

/* The library never maps the file, and sets no signal handler. Many small reads take several times as long. Without
 * this flag, small reads of a local file that is open for reading are copied from a mapping. If another process
 * truncates the file meanwhile, the system sends SIGBUS. The library therefore sets a handler (POSIX): it turns such a
 * signal into a read, and passes every other SIGBUS to the previous handler. A read that finds another handler sets the
 * handler again. */
#define RF_OPEN_NO_MAP 4

/* Closing the file replaces it as a whole. Until then its name leads to the old file, or to none. RF_MODE_CREATE writes
 * a temporary file beside it. With RF_MODE_READ_WRITE, the first change copies the file to a temporary one.
 * rf_file_discard(), a change that failed halfway, and the end of the process leave the old file. rf_file_sync() makes
 * the temporary file durable, but does not rename it. A device, or a file in a folder that refuses new files, is opened
 * as with RF_OPEN_IN_PLACE. Local files only; other drivers ignore the flag. */
#define RF_OPEN_ATOMIC 8
/* Closing syncs the file, and its folder if the file is new or replaced. A .gz is always durable. */
#define RF_OPEN_DURABLE 16
/* The handle holds an advisory lock from opening to closing: shared with RF_MODE_READ, else exclusive. Opening returns
 * RF_ERR_LOCKED if another handle, of this process or another one, holds a conflicting lock; RF_ERR_UNSUPPORTED if the
 * file system has no locks or the file is remote. Files in memory need no lock. With RF_OPEN_ATOMIC, the lock is on the
 * file that will be replaced. */
#define RF_OPEN_LOCK 32
/* With RF_MODE_CREATE: the first write truncates an existing file, not the opening. If the final size is known by then,
 * its space is reserved first. For disks that cannot hold the old file and the new one. A file that does not exist yet
 * is created as with RF_OPEN_ATOMIC. */
#define RF_OPEN_IN_PLACE 128
/* With RF_MODE_CREATE: RF_ERR_EXISTS if the file exists. */
#define RF_OPEN_NEW 256
/* A stream keeps nothing that was passed over, so that it takes no memory. A read before the current position is
 * RF_ERR_UNSUPPORTED. Streams only; other drivers ignore the flag. */
#define RF_OPEN_FORWARD 512
/* A compressed file is read through an index of marks (rf_options.index_bytes), so that a section costs the distance to
 * the mark before it, and the content is never in memory as a whole. RF_MODE_READ only. */
#define RF_OPEN_INDEX 1024
/* The caller says that no other process edits the file. An interrupted edit is then completed (for writing) or shown
 * as completed (for reading). Without this flag, where locks do not work (some network file systems), opening refuses
 * such a file, because another process may still be editing it. */
#define RF_OPEN_RECOVER 64

/* How a file is opened. rf_options_init() sets `size` and zeroes the rest. */
typedef struct rf_options {
  size_t size;    /* sizeof(rf_options) of the caller; members that lie beyond it count as 0 */
  uint32_t flags; /* 0, or RF_OPEN_* */
  int gzip_level; /* 1 to 9; 0: the default, which is fast */
  /* Most threads of one call on the file. 0: RUSTFITS_NUM_THREADS, or the processors that this process may use; calls
   * that read plain data use two of them. The library starts threads only if there is enough work for them; they end
   * with the call. */
  unsigned threads;
  const rf_limits *limits;         /* NULL: the defaults. Borrowed for the call that opens the file */
  const rf_remote_options *remote; /* NULL: the defaults. Borrowed for the call that opens the file */
  /* NULL, or the allowed schemes: "file mem https", with blanks or commas between them. A path has the scheme "file".
   * Any other scheme is RF_ERR_SCHEME, also that of a redirect or of a link of a chain ("zip://a::https://..."). ""
   * allows only mem://, which is always allowed. The environment variable RUSTFITS_SCHEMES, unless it is empty, limits
   * the whole process: a scheme must be in both lists. Borrowed for the call that opens the file. */
  const char *schemes;
  /* Most memory for the bytes of a stream, or of a file that is sent at close; the rest goes to a temporary file in
   * TMPDIR. 0: 64 MiB. */
  uint64_t spool_bytes;
  uint64_t index_bytes; /* RF_OPEN_INDEX: distance of the marks in the content; 0: 4 MiB */
  /* RF_OPEN_INDEX: NULL, or the path of a file that keeps the index. Borrowed for the call that opens the file. */
  const char *index_path;
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
