/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_OUTLINE_H
#define SCANDRIFT_REPORT_OUTLINE_H

#include "result/result.h"

/*
 * The one walk over a result for formats that people read: what is the same is told once, as the
 * groups of the result have it. An emitter says which parts it has, in which order, and writes each
 * as it comes; it decides nothing about what belongs together.
 *
 * Formats for programs do not go this way. They have an entry for each target and each finding, and
 * read the rows of the result themselves.
 */

enum outline_part {
	/* Each group of targets, what it scans, and the findings that are its alone... */
	OUTLINE_TARGETS,
	/* ...those of targets of several such groups, or of none; and those of the run as a whole. */
	OUTLINE_SEVERAL,
	OUTLINE_RUN,
	/* Or else all findings, by section... */
	OUTLINE_INCOMPLETE,
	OUTLINE_FINDINGS,
	OUTLINE_SETTLED,
	/* ...and what is scanned, of the groups of which it is told. */
	OUTLINE_COVERAGE,
};

/* `page` is the emitter's own. A hook may be NULL. */
struct emitter {
	const enum outline_part *parts;
	size_t part_count;
	size_t findings_shown; /* of one group of targets: a reply may have a million unknown fields */

	/*
	 * Where it writes, and how large that may become. What does not fit is left out in whole
	 * findings, and counted at the end of its part. NULL: the emitter has a limit of its own.
	 */
	struct buf *(*text)(void *page);
	size_t text_max;
	void (*left_out)(void *page, size_t findings, size_t targets);

	void (*begin)(void *page, const struct result *r);
	void (*begin_part)(void *page, enum outline_part part);

	void (*targets)(void *page, const struct target_group *g);
	/* '-' before, '+' after, ' ' both; without a side before it is ' ' alone. */
	void (*covered)(void *page, char mark, struct str line);
	void (*end_targets)(void *page);

	/* `within`: the group of targets that it is told of just now; NULL: it stands alone. */
	void (*finding)(void *page, const struct finding_group *g,
			const struct target_group *within);
	void (*more_findings)(void *page, size_t left_out);

	void (*end_part)(void *page, enum outline_part part);
	void (*end)(void *page, const struct result *r);
};

void outline_walk(const struct result *r, const struct emitter *e, void *page);

/*
 * The lines of coverage with their marks, each where it is on its own side; `both`: those that both
 * sides have as well.
 */
void outline_coverage(const struct result_target *t, bool both,
		      void (*put)(void *page, char mark, struct str line), void *page);

#endif
