/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two replies, the second behind the first NUL: no change means one digest and the reverse, and the
 * patch turns the one canonical form into the other.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/patch.h"
#include "../unit/model_lib.h"
#include "../unit/patch_apply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct normalize_options file = {.form = READ_FILE,
					      .limits = {1 << 24, JSON_DEPTH_MAX, ERR_REPLY}};

/* NULL where it is refused. */
static struct reading *read_side(struct arena *a, const struct resource *r, const uint8_t *p,
				 size_t n)
{
	struct reading *out = NULL;
	struct err *e = normalize_read(r, (struct str){(const char *)p, n}, &file, a, &out);

	err_free(e);
	return e ? NULL : out;
}

static void check(const struct config *x, const struct config *y, struct arena *a)
{
	char *jcs[] = {lib_jcs(x), lib_jcs(y)}, *disk[] = {lib_canonical(x), lib_canonical(y)};
	struct buf patch = BUF_INIT(1 << 26);

	assert((lib_changes(x, y, a) == 0) == (strcmp(jcs[0], jcs[1]) == 0));
	assert(!patch_write(&patch, x, y) && !buf_check(&patch, ERR_OUTPUT, "patch"));
	assert(patch_applies(disk[0], patch.p, disk[1]));
	for (int i = 0; i < 2; i++) {
		free(jcs[i]);
		free(disk[i]);
	}
	buf_free(&patch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct resource *const resources[] = {&schema_registry_scan, &lib_resource};
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : 0;

	for (int i = 0; nul && i < 2; i++) {
		struct arena *a = arena_new();
		struct reading *x = read_side(a, resources[i], data, n);
		struct reading *y = read_side(a, resources[i], nul + 1, size - n - 1);

		if (x && y)
			check(&x->config, &y->config, a);
		arena_free(a);
	}
	return 0;
}
