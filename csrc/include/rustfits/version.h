/* SPDX-License-Identifier: BSD-3-Clause
 *
 * rustfits/version.h: The macros of every declaration, and the version. Part of <rustfits.h>, which has the rules for
 * every function.
 */
#ifndef RUSTFITS_VERSION_H
#define RUSTFITS_VERSION_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32) && defined(RF_SHARED)
#ifdef RF_BUILDING
#define RF_API __declspec(dllexport)
#else
#define RF_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define RF_API __attribute__((visibility("default")))
#else
#define RF_API
#endif

#if defined(__GNUC__)
#define RF_CHECKED __attribute__((warn_unused_result))
#else
#define RF_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- binding starts here --- */

/* ============================== Version ============================== */

#define RF_VERSION_MAJOR 0
#define RF_VERSION_MINOR 3
#define RF_VERSION_PATCH 0

/* rf_version() returns the version of the linked library. Returns a static text such as "0.3.0". Threads: any. */
RF_API const char *rf_version(void);

/* --- binding ends here --- */

#ifdef __cplusplus
}
#endif

#endif
