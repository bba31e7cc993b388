/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 6902: what turns the first side's canonical form into the second's. */
#include "model/patch.h"
#include "report/escape.h"
#include "report/formats.h"

struct err *report_patch(struct buf *b, const struct result *r, const struct report_style *s)
{
	const struct result_target *t = r->targets;

	(void)s;
	if (r->target_count != 1 || !t->has_diff)
		return err_new(ERR_USAGE, "a patch needs two sides that could be compared");
	TRY(patch_write(b, t->diff.before, t->diff.after));
	return escape_json_commands(b);
}
