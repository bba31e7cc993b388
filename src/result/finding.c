/* SPDX-License-Identifier: Apache-2.0 */
#include "result/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/utf8.h"
#include "result/rules.h"

static const char *const class_names[] = {
	[CLASS_DRIFT] = "drift",   [CLASS_POLICY] = "policy",     [CLASS_LIVENESS] = "liveness",
	[CLASS_SCHEMA] = "schema", [CLASS_BASELINE] = "baseline", [CLASS_TARGET] = "target",
	[CLASS_WAIVER] = "waiver", [CLASS_APPROVAL] = "approval", [CLASS_INCOMPLETE] = "incomplete",
};

const char *finding_class_name(enum finding_class c)
{
	return class_names[c];
}

const char *approval_name(enum approval a)
{
	static const char *const names[] = {
		[APPROVAL_NONE] = NULL,
		[APPROVAL_NEEDED] = "needed",
		[APPROVAL_GIVEN] = "given",
		[APPROVAL_LEFT] = "left",
	};

	return names[a];
}

bool finding_is_settled(const struct finding *f)
{
	return f->waived || f->approval == APPROVAL_GIVEN || f->approval == APPROVAL_LEFT;
}

struct err *findings_add(struct findings *list, const struct finding *f)
{
	struct str text = rule_text(list, f->rule, f->part);
	struct finding *v = text.p ? grow(list->v, list->n, &list->cap, sizeof(*v)) : NULL;

	if (!v)
		return err_nomem();
	list->v = v;
	v[list->n] = *f;
	v[list->n].rule_text = text;
	list->n++;
	return NULL;
}

struct str findings_text(const struct findings *list, const char *fmt, ...)
{
	struct str text, copy;
	char *raw = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		raw = NULL;
	va_end(ap);
	if (!raw)
		return (struct str){NULL, 0};
	/* A message may hold a text that was cut inside a character. */
	text = str_from(raw);
	text.n = utf8_invalid_at(text);
	copy = arena_str(list->arena, text);
	free(raw);
	return copy;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int c = (x->severity < y->severity) - (x->severity > y->severity);

	if (!c)
		c = str_cmp(x->target, y->target);
	if (!c)
		c = str_cmp(x->rule_text, y->rule_text);
	if (!c)
		c = str_cmp(x->path, y->path);
	return c ? c : str_cmp(x->message, y->message);
}

void findings_sort(struct findings *list)
{
	if (list->n)
		qsort(list->v, list->n, sizeof(*list->v), compare);
}
