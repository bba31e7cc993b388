/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats.h"

#include "base/attr.h"

const struct format formats[] = {
	{"github", "workflow commands: annotations at the lines of a pull request", report_github,
	 false},
	{"json", "the whole result, as src/data/result.schema.json describes it", report_json,
	 false},
	{"markdown", "a comment on a pull request", report_markdown, false},
	{"patch", "an RFC 6902 patch from the first side to the second", report_patch, true},
	{"text", "for a person to read", report_text, false},
};

const size_t format_count = ARRAY_LEN(formats);

const struct format *format_find(struct str name)
{
	for (size_t i = 0; i < format_count; i++) {
		if (str_is(name, formats[i].name))
			return &formats[i];
	}
	return NULL;
}
