/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_FORMATS_H
#define SCANDRIFT_REPORT_FORMATS_H

#include "base/buf.h"
#include "result/result.h"
#include "result/runs.h"
#include "result/timeline.h"

/*
 * What is printed, and in which forms: one row a format, one file a format and document. A format
 * writes what it is given and decides nothing; every text from outside goes through that format's
 * one escape.
 */

/* What a command prints. */
enum document {
	DOCUMENT_NONE, /* nothing that has formats */
	DOCUMENT_RESULT,
	DOCUMENT_PAIR, /* the result of two sides alone */
	DOCUMENT_TIMELINES,
	DOCUMENT_RUNS,
};

struct report_style {
	bool has_colour;
	unsigned width; /* columns of the terminal; 0: none, nothing is fitted */
	int exit_code;  /* what the run will end with */
};

struct format {
	const char *name;
	const char *help;
	struct err *(*write)(struct buf *b, const struct result *r, const struct report_style *s);
	bool is_of_pair;  /* it renders two sides and not a run */
	bool has_digests; /* of each side of each target */
	/* NULL: it has no such form. */
	struct err *(*timelines)(struct buf *b, const struct timelines *t);
	struct err *(*runs)(struct buf *b, const struct runs *r);
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

bool format_has(const struct format *f, enum document d);

/* "text (default), github, json": those that have the document, which has text in any case. */
void format_names(struct buf *b, enum document d, const char *after_default);

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
struct err *timelines_text(struct buf *b, const struct timelines *t) MUST_USE;
struct err *timelines_json(struct buf *b, const struct timelines *t) MUST_USE;
struct err *runs_text(struct buf *b, const struct runs *r) MUST_USE;
struct err *runs_json(struct buf *b, const struct runs *r) MUST_USE;

#endif
