/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_HARDEN_H
#define SCANDRIFT_CLOUD_HARDEN_H

#include "base/err.h"

/*
 * No core file and no ptrace or /proc/PID/mem by the same user, from here on. Call it before the
 * first key is read. Changes the process: commands that read no key have no need of it.
 */
struct err *cloud_harden(void) MUST_USE;

#endif
