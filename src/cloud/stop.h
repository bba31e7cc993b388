/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_STOP_H
#define SCANDRIFT_CLOUD_STOP_H

#include <stdbool.h>

/*
 * SIGINT and SIGTERM, while requests are under way: the first one is remembered, so that what was
 * judged so far can be reported; the second one ends the process as it always does.
 */
void stop_catch(void);   /* a signal that is ignored stays so */
void stop_release(void); /* as it was before; what was remembered stays */

int stop_signal(void); /* 0: none */

#endif
