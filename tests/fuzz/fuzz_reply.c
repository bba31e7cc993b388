/* SPDX-License-Identifier: Apache-2.0 */
/* What a reply is read as, written and read again, is the same, byte for byte, and canonical. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/canonical.h"
#include "../unit/model_lib.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct normalize_options file = {.form = READ_FILE,
					      .limits = {1 << 24, JSON_DEPTH_MAX, ERR_REPLY}};

static void check(const struct resource *resource, struct str bytes)
{
	struct arena *a = arena_new();
	struct reading *r = NULL, *again;
	struct err *e = normalize_read(resource, bytes, &file, a, &r);
	bool canonical = false;

	if (!e) {
		char *disk = lib_canonical(&r->config), *jcs = lib_jcs(&r->config), *x, *y;

		again = lib_read(a, resource, disk);
		assert(!again->totals[NOTE_TYPE_CHANGED] && !again->totals[NOTE_BAD_VALUE]);
		x = lib_canonical(&again->config);
		y = lib_jcs(&again->config);
		assert(strcmp(disk, x) == 0 && strcmp(jcs, y) == 0);
		assert(!canonical_check(&again->config, again->source, &canonical) && canonical);
		assert(lib_changes(&r->config, &again->config, a) == 0);
		free(disk);
		free(jcs);
		free(x);
		free(y);
	}
	err_free(e);
	arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(&schema_registry_scan, (struct str){(const char *)data, size});
	check(&lib_resource, (struct str){(const char *)data, size});
	return 0;
}
