/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Files to FTP servers: STOR under a temporary name, then RNFR and RNTO. A failure deletes the temporary file.
 */
#ifndef RF_STORE_UPLOAD_STOR_H
#define RF_STORE_UPLOAD_STOR_H

#include "store/upload/sender.h"
#include "store/upload/source.h"

/* Sends the content. `only_new`: RF_ERR_EXISTS if the server has such a file before. */
rf_status rf_stor_send(rf_sender *sender, rf_source *source, bool only_new, rf_error *err);

#endif
