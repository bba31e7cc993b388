/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats.h"

#include <assert.h>

#include "base/attr.h"

const struct format formats[] = {
	[FORMAT_GITHUB] = {"github",
			   "workflow commands: annotations at the lines of a pull request",
			   report_github, false},
	[FORMAT_JSON] = {"json", "the whole result, as src/data/result.schema.json describes it",
			 report_json, false},
	[FORMAT_MARKDOWN] = {"markdown", "a comment on a pull request", report_markdown, false},
	[FORMAT_PATCH] = {"patch", "an RFC 6902 patch from the first side to the second",
			  report_patch, true},
	[FORMAT_TEXT] = {"text", "for a person to read", report_text, false},
};

static_assert(ARRAY_LEN(formats) == FORMAT_COUNT, "a row for each format");

const struct format *format_find(struct str name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (str_is(name, formats[i].name))
			return &formats[i];
	}
	return NULL;
}
