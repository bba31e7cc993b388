/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_SUMMARY_H
#define SCANDRIFT_REPORT_SUMMARY_H

#include "base/buf.h"
#include "result/result.h"

/* What several formats say in the same words. Nothing of it comes from outside, but where it says. */

/* "3 targets: 1 equal, 2 drifted; findings: 1 high; waived: 2" */
void summary_counts(struct buf *b, const struct result *r);

/* A line on what a format for people left out of a part. */
void summary_left_out(struct buf *b, size_t findings, size_t targets);

/* "FAIL", "FAIL, and incomplete", "INCOMPLETE", "PASS". For runs that have a verdict. */
const char *summary_verdict(const struct result *r);

/* Does summary_judged_by write anything? */
bool summary_has_judged_by(const struct result *r);

/* "judged by commit 0123456789ab, as of 2026-11-24T00:00:00Z (--now)"; may be nothing. */
void summary_judged_by(struct buf *b, const struct result *r);

/*
 * Of a review that loosens something: what is asked for, with the digest, or what became of it. One
 * line; the command that approves is for the format to show.
 */
void summary_approval(struct buf *b, const struct result *r);

/* Of what is only staged there is none: it is approved where it is proposed. */
bool summary_has_approve_command(const struct result *r);

/* "scandrift review main..HEAD --approve sha256:...": the range is as somebody wrote it. */
void summary_approve_command(struct buf *b, const struct result *r);

/* "waived", "approved", "incomplete", or the severity. */
const char *summary_word(const struct finding *f);

/* A line: what was judged by is a time that --now gave. */
void summary_as_of(struct buf *b, int64_t now_s);

/* "4 days", "7 h" */
void summary_span(struct buf *b, int64_t seconds);

/* "2026-11-20T02:00:00Z, for 4 days" */
void summary_since(struct buf *b, int64_t since_s, bool is_bound, int64_t now_s);

#endif
