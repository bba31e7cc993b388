/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static char nomem_msg[] = "out of memory";
static struct err nomem = {.kind = ERR_NOMEM, .msg = nomem_msg};

/* In parentheses: for the analyzer these names are macros, see err.h. */
struct err *(err_nomem)(void)
{
	return &nomem;
}

static struct err *make(enum err_kind kind, struct err *cause, const char *fmt, va_list ap)
	PRINTF(3, 0);

static struct err *make(enum err_kind kind, struct err *cause, const char *fmt, va_list ap)
{
	struct err *e = malloc(sizeof(*e));

	if (!e || vasprintf(&e->msg, fmt, ap) < 0) {
		free(e);
		err_free(cause);
		return err_nomem();
	}
	e->kind = kind;
	e->cause = cause;
	e->reason = cause ? cause->reason : REASON_NONE;
	e->line = cause ? cause->line : 0;
	e->column = cause ? cause->column : 0;
	return e;
}

struct err *(err_new)(enum err_kind kind, const char *fmt, ...)
{
	va_list ap;
	struct err *e;

	va_start(ap, fmt);
	e = make(kind, NULL, fmt, ap);
	va_end(ap);
	return e;
}

struct err *(err_wrap)(struct err *cause, const char *fmt, ...)
{
	va_list ap;
	struct err *e;

	va_start(ap, fmt);
	e = make(cause->kind, cause, fmt, ap);
	va_end(ap);
	return e;
}

struct err *(err_errno)(enum err_kind kind, int errno_value, const char *fmt, ...)
{
	va_list ap;
	struct err *e;

	va_start(ap, fmt);
	e = make(kind, err_new(kind, "%s", strerror(errno_value)), fmt, ap);
	va_end(ap);
	return e;
}

struct err *(err_at)(struct err *e, size_t line, size_t column)
{
	if (e == &nomem)
		return e;
	e->line = line;
	e->column = column;
	return e;
}

struct err *(err_because)(struct err *e, enum reason reason)
{
	if (e != &nomem)
		e->reason = reason;
	return e;
}

char *err_text(const struct err *e)
{
	size_t n = 1;
	char *text, *p;

	for (const struct err *c = e; c; c = c->cause)
		n += strlen(c->msg) + 2;
	text = p = malloc(n);
	if (!text)
		return NULL;
	for (const struct err *c = e; c; c = c->cause) {
		size_t len = strlen(c->msg);

		memcpy(p, c->msg, len);
		p += len;
		if (c->cause) {
			memcpy(p, ": ", 2);
			p += 2;
		}
	}
	*p = '\0';
	return text;
}

void err_free(struct err *e)
{
	while (e && e != &nomem) {
		struct err *cause = e->cause;

		free(e->msg);
		free(e);
		e = cause;
	}
}

struct err *err_become_text(struct err *e, struct arena *a, struct str *out)
{
	char *text;

	if (e->kind == ERR_NOMEM)
		return e;
	text = err_text(e);
	err_free(e);
	if (!text)
		return err_nomem();
	*out = arena_str(a, str_from(text));
	free(text);
	return out->p ? NULL : err_nomem();
}
