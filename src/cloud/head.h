/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_HEAD_H
#define SCANDRIFT_CLOUD_HEAD_H

#include <stdint.h>

#include "base/str.h"

/*
 * Checks the lines of a reply's head as libcurl hands them over. libcurl accepts forms that RFC 9112
 * forbids, and two readers may take them for different replies. Only the form is checked here; the
 * values are read with curl_easy_header.
 */

/* Ten times what the API sends; a server that never ends its head must not fill memory. */
#define HEAD_MAX (64u * 1024u)

/* A zeroed one is ready for the first line. */
struct head {
	size_t bytes;
	uint64_t length; /* from Content-Length */
	bool has_length, has_coding;
	bool is_interim;     /* status 1xx: another head follows */
	bool is_complete;    /* the final head has ended; more lines are trailers */
	bool is_too_large;   /* more than HEAD_MAX bytes */
	const char *problem; /* what RFC 9112 forbids, a literal; or NULL */
};

/* False once there is something wrong with the head. */
bool head_take_line(struct head *h, struct str line);

#endif
