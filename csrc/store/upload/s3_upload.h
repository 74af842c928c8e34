/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Multipart uploads to S3: parts side by side, which the server joins at the end. A failure aborts the upload.
 */
#ifndef RF_STORE_UPLOAD_S3_UPLOAD_H
#define RF_STORE_UPLOAD_S3_UPLOAD_H

#include "store/upload/sender.h"
#include "store/upload/source.h"

/* The value of x-amz-content-sha256 for requests without a body, and for bodies that TLS protects. */
#define RF_SHA256_OF_NOTHING "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define RF_SHA256_UNSIGNED "x-amz-content-sha256: UNSIGNED-PAYLOAD"

/* Sends the content. `type` is a header, Content-Type. `only_new`: as in rf_request. */
rf_status rf_s3_upload_send(rf_sender *sender, rf_source *source, const char *type, bool only_new, rf_error *err);

#endif
