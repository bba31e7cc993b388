/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_TRANSFER_H
#define SCANDRIFT_CLOUD_TRANSFER_H

#include <curl/curl.h>

#include "cloud/client.h"
#include "cloud/curl_text.h"
#include "cloud/head.h"

/* Inside the client only: one transfer, and why it failed. */

/* A socket, and the two ends of what wakes the thread that resolves its name. */
#define DESCRIPTORS_EACH 3u

/* One easy handle, and what the callbacks of the transfer that it makes fill and judge by. */
struct transfer {
	struct transfer *next; /* of those that run, or of those that are free */
	CURL *easy;
	struct curl_text text;
	struct curl_slist *headers;
	struct arena *arena;
	client_done *done;
	void *ctx;
	struct buf body;
	struct head head;
	bool too_large;
	unsigned sends;   /* how often libcurl was about to send the request */
	bool is_http2;    /* sent on a connection that others share */
	int socket_errno; /* why there was no socket; 0: there was one */
};

/* Why the transfer failed. `is_stopped`: the run was interrupted. */
struct err *transfer_failure(const struct transfer *t, CURLcode code, bool is_stopped) MUST_USE;

#endif
