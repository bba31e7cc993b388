/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_FORMATS_H
#define SCANDRIFT_REPORT_FORMATS_H

#include "base/buf.h"
#include "result/result.h"

/*
 * Renderings of a result: one row a format, one file a row. A format writes what it is given and
 * decides nothing; every text from outside goes through that format's one escape.
 */

struct report_style {
	bool has_colour;
	unsigned width; /* columns of the terminal; 0: none, nothing is fitted */
	int exit_code;  /* what the run will end with */
};

struct format {
	const char *name;
	const char *help;
	struct err *(*write)(struct buf *b, const struct result *r, const struct report_style *s);
	bool is_of_pair; /* it renders two sides and not a run: diff alone has it */
};

/* Sorted by name. */
enum format_id {
	FORMAT_GITHUB,
	FORMAT_JSON,
	FORMAT_MARKDOWN,
	FORMAT_PATCH,
	FORMAT_TEXT,
	FORMAT_COUNT,
};

extern const struct format formats[]; /* FORMAT_COUNT */

const struct format *format_find(struct str name); /* NULL when there is none */

/* The rows' functions. */
struct err *report_text(struct buf *b, const struct result *r,
			const struct report_style *s) MUST_USE;
struct err *report_json(struct buf *b, const struct result *r,
			const struct report_style *s) MUST_USE;
struct err *report_markdown(struct buf *b, const struct result *r,
			    const struct report_style *s) MUST_USE;
struct err *report_github(struct buf *b, const struct result *r,
			  const struct report_style *s) MUST_USE;
struct err *report_patch(struct buf *b, const struct result *r,
			 const struct report_style *s) MUST_USE;

#endif
