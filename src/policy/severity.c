/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/severity.h"

static const char *const names[SEVERITY_COUNT] = {"info", "low", "medium", "high", "critical"};

const char *severity_name(enum severity s)
{
	return names[s];
}

bool severity_parse(struct str name, enum severity *out)
{
	for (size_t i = 0; i < SEVERITY_COUNT; i++) {
		if (str_is(name, names[i])) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}
