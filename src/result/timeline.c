/* SPDX-License-Identifier: Apache-2.0 */
#include "result/timeline.h"

const char *timeline_kind_name(enum timeline_kind k)
{
	return k == TIMELINE_BASELINE ? "baseline" : "observed";
}
