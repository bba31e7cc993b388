/* SPDX-License-Identifier: Apache-2.0 */
#include "result/past.h"

#include "result/judge_liveness.h"

static struct err *apply_one(struct result *r, const struct past_fact *fact)
{
	struct finding *f = &r->findings.v[fact->finding];

	switch (fact->kind) {
	case PAST_DRIFT:
		f->has_since = true;
		f->since_s = fact->since_s;
		f->since_is_bound = fact->is_cut;
		return NULL;
	case PAST_ON:
		return liveness_excuse(r, f, fact->live, fact->since_s);
	case PAST_NEVER_RAN:
		return liveness_end_grace(r, f, fact->live, fact->is_cut, fact->since_s);
	}
	return NULL;
}

struct err *past_apply(struct result *r, const struct past_facts *facts)
{
	for (size_t i = 0; i < facts->n; i++)
		TRY(apply_one(r, &facts->v[i]));
	return NULL;
}
