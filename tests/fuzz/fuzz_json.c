/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken is written so that it reads as the same value; RFC 8785 has one form of it. */
#include <assert.h>

#include "json/canonical.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits limits = {1 << 24, JSON_DEPTH_MAX, ERR_REPLY};

/* False where it is refused. */
static bool line_of(struct arena *a, struct str bytes, struct str *out)
{
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(bytes, &limits, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = json_canonical(s, &t, a, out);
	if (!e)
		e = json_next(s, &t);
	json_scan_free(s);
	err_free(e);
	return !e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size}, once = {NULL, 0}, twice = {NULL, 0};
	struct buf jcs = BUF_INIT(1 << 24), again = BUF_INIT(1 << 24);
	struct arena *a = arena_new();
	bool taken = line_of(a, bytes, &once);
	struct err *e = json_jcs(&jcs, bytes, &limits);

	assert(taken == !e);
	if (taken) {
		assert(line_of(a, once, &twice) && str_eq(once, twice));
		assert(!json_jcs(&again, once, &limits));
		assert(str_eq(buf_view(&jcs), buf_view(&again)));
	}
	err_free(e);
	buf_free(&jcs);
	buf_free(&again);
	arena_free(a);
	return 0;
}
