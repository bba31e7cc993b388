/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API behind the HTTP server: verifies a request, runs its action and makes the reply,
 * in the API's envelopes and with the scenario's faults. Knows nothing of sockets.
 */
#ifndef STANDIN_API_H
#define STANDIN_API_H

#include "http.h"
#include "scenario.h"

struct api {
	const char *accounts_folder;
	struct scenario *scenario;
	int log_fd; /* -1: none */
	bool sdk_host_quirk;
	int64_t clock_skew_s;
};

/* What became of one request. Free whatever comes back. */
struct api_result {
	struct http_reply reply;
	struct faults faults; /* delay, cut and reset are left to the caller */
};

void api_answer(const struct api *, const struct conn *, enum http_got, const struct http_request *,
		struct api_result *out);
void api_result_free(struct api_result *);

#endif
