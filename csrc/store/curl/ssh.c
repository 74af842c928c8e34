/* SPDX-License-Identifier: BSD-3-Clause */
#if defined(RF_HAVE_LIBCURL)

#include "store/curl/ssh.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define PATH_BYTES 4096

/* Returns the first variable of the environment that is set, or NULL. */
static const char *first_set(const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *value = getenv(names[i]);
    if (value != NULL && value[0] != '\0')
      return value;
  }
  return NULL;
}

/* Makes the path of a file in ~/.ssh; "": there is no home, or the path is too long. */
static void path_in_ssh(const char *name, char path[PATH_BYTES]) {
  static const char *const homes[] = {"HOME", "USERPROFILE"};
  const char *home = first_set(homes, sizeof homes / sizeof *homes);
  int n = home != NULL ? snprintf(path, PATH_BYTES, "%s/.ssh/%s", home, name) : -1;
  if (n < 0 || n >= PATH_BYTES)
    path[0] = '\0';
}

/* libcurl takes one key. Its own choice may be a key in the working folder. Without a key, the agent may have some. */
static void set_key(CURL *easy) {
  static const char *const names[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
  char path[PATH_BYTES];
  struct stat facts;
  long types = CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD | CURLSSH_AUTH_AGENT;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    path_in_ssh(names[i], path);
    if (path[0] == '\0' || stat(path, &facts) != 0)
      continue;
    curl_easy_setopt(easy, CURLOPT_SSH_PRIVATE_KEYFILE, path);
    types |= CURLSSH_AUTH_PUBLICKEY;
    break;
  }
  curl_easy_setopt(easy, CURLOPT_SSH_AUTH_TYPES, types);
}

void rf_curl_ssh_set(CURL *easy, const rf_remote_options *remote, const rf_http_exchange *exchange) {
  static const char *const users[] = {"LOGNAME", "USER", "USERNAME"};
  char path[PATH_BYTES];
  path_in_ssh("known_hosts", path);
  curl_easy_setopt(easy, CURLOPT_SSH_KNOWNHOSTS, path); /* a file that does not exist knows no host */
  set_key(easy);
  bool has_netrc = remote != NULL && remote->netrc == 1;
  if (exchange->user == NULL && !has_netrc)
    curl_easy_setopt(easy, CURLOPT_USERNAME, first_set(users, sizeof users / sizeof *users));
  curl_easy_setopt(easy, CURLOPT_FILETIME, 1L);
}

rf_status rf_curl_ssh_status(CURLcode code, bool known, bool unreadable) {
  switch (code) {
  case CURLE_REMOTE_ACCESS_DENIED:
    return RF_ERR_PERMISSION;
  case CURLE_REMOTE_FILE_NOT_FOUND:
    return RF_ERR_NO_FILE;
  case CURLE_RANGE_ERROR: /* the range begins beyond the end of the file */
  case CURLE_BAD_DOWNLOAD_RESUME:
    return known ? RF_ERR_CHANGED : RF_ERR_TRUNCATED;
  case CURLE_UNSUPPORTED_PROTOCOL:
    return RF_ERR_NOT_BUILT;
  case CURLE_SSH: /* the server opens directories and reads none */
    return unreadable ? RF_ERR_IO : RF_ERR_NETWORK;
  default:
    return RF_OK;
  }
}

const char *rf_curl_ssh_cause(CURLcode code, bool unreadable) {
  if (code == CURLE_SSH && unreadable)
    return "the server cannot read the file, which may be a directory";
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    return "the server's host key is not the one in ~/.ssh/known_hosts; once you have checked the key, sftp or "
           "ssh-keyscan adds it";
  if (code == CURLE_UNSUPPORTED_PROTOCOL)
    return "the libcurl of this machine has no SFTP";
  return NULL;
}

#else
typedef int rf_curl_ssh_is_not_built; /* C requires a declaration in every file */
#endif
