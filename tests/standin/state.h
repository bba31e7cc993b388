/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stand-in tells those who started it: files in the state folder. standin.env
 * appears last, when all is ready, and goes away at a clean end; ca.pem stays.
 *
 * standin.env has one NAME=VALUE a line: HTTPS_PORT, HTTP_PORT, PID, CA_FILE. A value is the
 * rest of its line, unquoted: a path may hold anything, so it is for reading, not for `.`.
 */
#ifndef STANDIN_STATE_H
#define STANDIN_STATE_H

#include "server.h"

/* Makes the folder where it is missing and takes an old standin.env away. */
bool state_prepare(const char *folder);
bool state_publish(const char *folder, const struct server *, struct span ca_pem);
void state_withdraw(const char *folder);

#endif
