/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_ATTR_H
#define SCANDRIFT_BASE_ATTR_H

/*
 * Names for the compiler attributes that both supported compilers (gcc 12, clang 14) know.
 * With them the compiler checks format strings and dropped results.
 */

#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define MUST_USE           __attribute__((warn_unused_result))
#define NEVER_NULL         __attribute__((returns_nonnull))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
