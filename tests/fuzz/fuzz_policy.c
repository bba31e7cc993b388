/* SPDX-License-Identifier: Apache-2.0 */
/* An assertion is refused or says the same again when its own text is read again; nor does its text
 * depend on what it judges. A whole policy file reads or is refused. */
#include <assert.h>

#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char config[] =
	"{\"Enable\":true,\"ScanScope\":null,\"ScanType\":[\"CVE\"],\"ScanPeriod\":7,\"ScanTime\":"
	"\"03:00\",\"Images\":[{\"ImageName\":\"a\",\"InstanceName\":\"i\"}],\"Id\":[1,2],"
	"\"ScanResult\":\"Success\",\"New\":{\"a\":[1,\"b\",{\"c\":null}]}}";

static bool judge(struct arena *a, struct str text, struct str *again, enum verdict_outcome *out)
{
	struct normalize_options opt = {.form = READ_FILE,
					.limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
	struct reading *r;
	struct coverage coverage;
	struct policy_input in = {.coverage = &coverage, .has_state = true};
	struct assertion as;
	struct verdict v;
	struct err *e = assertion_parse(a, &schema_registry_scan, "x", text, &as);

	if (e) {
		assert(e->kind == ERR_CONFIG);
		err_free(e);
		return false;
	}
	assert(!normalize_read(&schema_registry_scan, str_from(config), &opt, a, &r));
	in.config = &r->config;
	assert(!coverage_describe(&r->config, a, &coverage));
	assert(!assertion_evaluate(a, &as, &in, &v));
	assert(v.outcome != VERDICT_UNSEEN && v.failed <= v.seen);
	*again = as.text;
	*out = v.outcome;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size}, first, second;
	enum verdict_outcome once, twice;
	struct arena *a = arena_new();
	struct policy p;

	if (judge(a, bytes, &first, &once)) {
		assert(judge(a, first, &second, &twice));
		assert(once == twice && str_eq(first, second));
	}
	err_free(policy_parse(a, &schema_registry_scan, "policies/x.ini", bytes, &p));
	arena_free(a);
	return 0;
}
