/* SPDX-License-Identifier: Apache-2.0 */
#include "report/formats.h"

#include <assert.h>

#include "base/attr.h"

/* clang-format off */
const struct format formats[] = {
	/*                    name        help                                           write            of pair  digests  timelines       runs */
	[FORMAT_GITHUB] =   { "github",   "annotations at the lines of a pull request",  report_github,   false,   false,   NULL,           NULL },
	[FORMAT_JSON] =     { "json",     "all of it, as the schema describes it",       report_json,     false,   true,    timelines_json, runs_json },
	[FORMAT_MARKDOWN] = { "markdown", "a comment on a pull request",                 report_markdown, false,   false,   NULL,           NULL },
	[FORMAT_PATCH] =    { "patch",    "RFC 6902, from the first side to the second", report_patch,    true,    false,   NULL,           NULL },
	[FORMAT_TEXT] =     { "text",     "for a person to read",                        report_text,     false,   false,   timelines_text, runs_text },
};
/* clang-format on */

static_assert(ARRAY_LEN(formats) == FORMAT_COUNT, "a row for each format");

const struct format *format_find(struct str name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (str_is(name, formats[i].name))
			return &formats[i];
	}
	return NULL;
}

bool format_has(const struct format *f, enum document d)
{
	switch (d) {
	case DOCUMENT_NONE:
		return false;
	case DOCUMENT_RESULT:
		return !f->is_of_pair;
	case DOCUMENT_PAIR:
		return true;
	case DOCUMENT_TIMELINES:
		return f->timelines != NULL;
	case DOCUMENT_RUNS:
		return f->runs != NULL;
	}
	return false;
}

void format_names(struct buf *b, enum document d, const char *after_default)
{
	buf_printf(b, "%s%s", formats[FORMAT_TEXT].name, after_default);
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (i != FORMAT_TEXT && format_has(&formats[i], d))
			buf_printf(b, ", %s", formats[i].name);
	}
}
