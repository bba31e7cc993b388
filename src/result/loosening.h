/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_LOOSENING_H
#define SCANDRIFT_RESULT_LOOSENING_H

#include "result/result.h"

/*
 * What a change of the repository loosens: the rules that judge it, what is let pass, which accounts
 * are asked, and what their baselines scan. Nobody approves himself, so each one needs an approval
 * from outside the tree, of exactly the set that was shown. Sound before quiet: what cannot be shown
 * to be at least as strict as before is a loosening; titles, rationale, comments and order are none.
 *
 * An item says what is loosened and from what to what, and of which bytes: the ids of the file
 * before and after. So an approval is of one change of one file, and is no use for another change
 * that happens to say the same. It names no line and no commit: its bytes, and the digest of all
 * items, stay the same over a rebase that leaves the file alone on both sides.
 */
struct loosening {
	enum rule_id rule;  /* RULE_APPROVAL_... */
	struct str subject; /* what: "types/scan-types-complete", "prod", "baselines/prod.json" */
	struct str path;    /* which part of it: a key, a JSON pointer; or empty */
	struct str before;  /* JSON; empty: there was none */
	struct str after;   /* JSON; empty: there is none any more */
	/* The file that it is about, by the path that either commit has it under. */
	const char *file_before, *file_after;
	struct str blob_before, blob_after; /* its ids; empty: there is no such file */
	bool is_sorted; /* both are as json_canonical writes: nothing but the style may change */
};

struct loosenings {
	struct loosening *v; /* free() */
	size_t n, cap;
	struct arena *arena;
};

/* Texts must live as long as the list. */
struct err *loosenings_add(struct loosenings *list, const struct loosening *l) MUST_USE;

/*
 * The bytes whose SHA-256 an approval names, RFC 8785; `out` may be a stream, since values are of
 * any size:
 *
 *   {"loosenings":[{"after":...,"before":...,"blob_after":...,"blob_before":...,"path":...,
 *    "rule":...,"subject":...},...],"schema":"scandrift-approval/2"}
 *
 * Items are ordered by their bytes, each once (so many are *count); what is not there is null.
 */
struct err *loosenings_write(struct loosenings *list, struct buf *out, size_t *count) MUST_USE;

/*
 * An item and the finding that tells it; `message.p` is NULL if out of memory. An item that names
 * no files is about `file`, and one that names one alone has it under that path in both commits.
 */
struct reported {
	struct loosening what;
	struct str target, message;
	struct str general; /* as of a finding */
	const char *file;
	size_t line;
};
struct err *loosening_tell(struct result *r, struct loosenings *list,
			   const struct reported *t) MUST_USE;

/* JSON strings for `before` and `after`, in the arena; .p is NULL if out of memory. */
struct str loosening_text(struct arena *a, struct str s);

/* ---- what is compared ---- */

/*
 * The changes of a row that may lose something, and of those of its findings, from `first` on, that
 * do so once an ignored field is set aside. `before` is where the base has the row's baseline.
 */
struct err *loosenings_of_changes(struct result *r, struct loosenings *list,
				  const struct result_target *row, const char *before,
				  size_t first) MUST_USE;

/* Everything of a review's two commits that is no baseline; one list for both is one file. */
struct err *loosenings_of_policies(struct result *r, struct loosenings *list,
				   const struct policies *base,
				   const struct policies *head) MUST_USE;
struct err *loosenings_of_targets(struct result *r, struct loosenings *list,
				  const struct targets *base, const struct targets *head) MUST_USE;

/* The names that the head's targets have or had, sorted; each leads to one target. */
struct follower {
	struct str name;
	const struct target *target;
};

struct followers {
	struct follower *v;
	size_t n;
};

struct err *followers_new(struct arena *a, const struct targets *head,
			  struct followers *out) MUST_USE;
/* What a target of this name is now: of its name, or formerly of it. NULL: it is gone. */
const struct target *followers_find(const struct followers *f, struct str name);

#endif
