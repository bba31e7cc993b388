/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_ERR_H
#define SCANDRIFT_BASE_ERR_H

#include <stddef.h>

#include "base/attr.h"
#include "base/reason.h"

struct arena;

/*
 * The one error type. NULL is success. An error owns its text and its cause; the caller that
 * receives one either returns it, wraps it, or frees it. The lowest layer says what failed, each
 * layer above adds what it was doing. The kind decides the exit code, in result/exit.c alone.
 *
 * Only what keeps the program from judging is an error. What it finds in data is a finding.
 */

enum err_kind {
	ERR_USAGE,  /* the command line */
	ERR_CONFIG, /* an INI file, a named file, the environment */
	ERR_REPO,   /* the git repository */
	ERR_NET,    /* no reply could be had */
	ERR_REPLY,  /* a reply came and cannot be used */
	ERR_OUTPUT, /* a file, a commit, standard output */
	ERR_NOMEM,
};

/* What a caller may go by is a value here; the text is for people alone. */
struct err {
	enum err_kind kind;
	enum reason reason;  /* ERR_NET: why no reply came; else REASON_NONE */
	size_t line, column; /* where in what was read, from 1; 0: no place */
	char *msg;
	struct err *cause;
};

struct err *err_new(enum err_kind kind, const char *fmt, ...) PRINTF(2, 3) MUST_USE NEVER_NULL;

/* Adds what was being done. Owns `cause` from here on and keeps its kind, reason and place. */
struct err *err_wrap(struct err *cause, const char *fmt, ...) PRINTF(2, 3) MUST_USE NEVER_NULL;

/* The same, with strerror(errno_value) appended. */
struct err *err_errno(enum err_kind kind, int errno_value, const char *fmt, ...)
	PRINTF(3, 4) MUST_USE NEVER_NULL;

/* Gives an error its place, or its reason. The one that stands for no memory stays as it is. */
struct err *err_at(struct err *e, size_t line, size_t column) MUST_USE NEVER_NULL;
struct err *err_because(struct err *e, enum reason reason) MUST_USE NEVER_NULL;

/* Memory is at its end: a static object, so that it can always be had. Free it like any other. */
struct err *err_nomem(void) MUST_USE NEVER_NULL;

/* "outer: inner: innermost", owned by the caller; NULL if out of memory. */
char *err_text(const struct err *e) MUST_USE;

/*
 * An error that is one target's trouble and not the run's: its text, in the arena; the error is
 * freed. ERR_NOMEM is returned unchanged.
 */
struct err *err_become_text(struct err *e, struct arena *a, struct str *out) MUST_USE;

/* For the analyzer alone, which does not take returns_nonnull into account at a call. */
#ifdef __clang_analyzer__
static inline struct err *err_known(struct err *e)
{
	if (!e)
		__builtin_unreachable();
	return e;
}
#define err_new(...)     err_known(err_new(__VA_ARGS__))
#define err_wrap(...)    err_known(err_wrap(__VA_ARGS__))
#define err_errno(...)   err_known(err_errno(__VA_ARGS__))
#define err_nomem()      err_known(err_nomem())
#define err_at(...)      err_known(err_at(__VA_ARGS__))
#define err_because(...) err_known(err_because(__VA_ARGS__))
#endif

/* Accepts NULL. */
void err_free(struct err *e);

/* Only where nothing is held. */
#define TRY(call)                              \
	do {                                   \
		struct err *try_err_ = (call); \
		if (try_err_)                  \
			return try_err_;       \
	} while (0)

#endif
