/* SPDX-License-Identifier: Apache-2.0 */
/* The list, what its digest is of, and the findings that tell it. */
#include "result/loosening.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/utf8.h"
#include "json/canonical.h"
#include "json/write.h"
#include "model/canonical.h"
#include "result/judge.h"
#include "result/rules.h"

#define DOCUMENT_MAX ((size_t)2 << 30)
#define FIELDS_SHOWN 5u
#define PATH_SHOWN   200u

struct err *loosenings_add(struct loosenings *list, const struct loosening *l)
{
	struct loosening *v = grow(list->v, list->n, &list->cap, sizeof(*v));

	if (!v)
		return err_nomem();
	list->v = v;
	list->v[list->n++] = *l;
	return NULL;
}

struct str loosening_text(struct arena *a, struct str s)
{
	struct buf b = BUF_INIT(DOCUMENT_MAX);
	struct str out = {NULL, 0};

	json_put_string(&b, s);
	if (!b.failed_memory)
		out = arena_str(a, buf_view(&b));
	buf_free(&b);
	return out;
}

struct err *loosening_tell(struct result *r, struct loosenings *list, const struct reported *t)
{
	struct finding f = finding_from_rule(t->what.rule, t->target);
	struct loosening what = t->what;

	if (!t->message.p)
		return err_nomem();
	f.message = t->message;
	f.general = t->general;
	f.file = str_from(t->file);
	f.line = t->line;
	if (!what.file_after)
		what.file_after = t->file;
	if (!what.file_before)
		what.file_before = what.file_after;
	TRY(loosenings_add(list, &what));
	return findings_add(&r->findings, &f);
}

/* ---- the document ---- */

/*
 * A value may be as large as a file of the commit, so an item is where its bytes are, one piece
 * after the other, and not a copy of them.
 */
#define PIECES 13u

struct item {
	struct str piece[PIECES];
};

/* By their bytes, as if each were in one piece. */
static int compare_items(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	struct str s = a->piece[0], t = b->piece[0];
	size_t i = 0, k = 0;

	for (;;) {
		size_t n = s.n < t.n ? s.n : t.n;
		int c = n ? memcmp(s.p, t.p, n) : 0;

		if (c)
			return c;
		s = (struct str){s.p + n, s.n - n};
		t = (struct str){t.p + n, t.n - n};
		while (!s.n && ++i < PIECES)
			s = a->piece[i];
		while (!t.n && ++k < PIECES)
			t = b->piece[k];
		if (!s.n || !t.n)
			return (s.n > 0) - (t.n > 0);
	}
}

static bool add_size(void *ctx, const char *p, size_t n)
{
	size_t *size = ctx;

	(void)p;
	*size += n;
	return true;
}

static bool add_bytes(void *ctx, const char *p, size_t n)
{
	char **end = ctx;

	memcpy(*end, p, n);
	*end += n;
	return true;
}

static struct err *stream_jcs(bool (*sink)(void *ctx, const char *p, size_t n), void *ctx,
			      struct str sorted)
{
	struct buf b = buf_stream(sink, ctx);
	struct err *e;

	json_restyle(&b, sorted, JSON_JCS);
	buf_flush(&b);
	e = buf_check(&b, ERR_OUTPUT, "a loosening");
	buf_free(&b);
	return e;
}

/*
 * Text whose keys are in order already. A string is the same in each style; any other is written
 * once for its size, and once into memory of just that size.
 */
static struct err *sorted_bytes(struct arena *a, struct str sorted, struct str *out)
{
	size_t size = 0;
	char *end;

	*out = sorted;
	if (sorted.p[0] == '"')
		return NULL;
	TRY(stream_jcs(add_size, &size, sorted));
	end = arena_bytes(a, size);
	if (!end)
		return err_nomem();
	*out = (struct str){end, size};
	return stream_jcs(add_bytes, &end, sorted);
}

/* A value as RFC 8785 has it. */
static struct err *value_bytes(struct arena *a, const struct loosening *l, struct str json,
			       struct str *out)
{
	struct json_limits lim = {JSON_SIZE_CEILING, JSON_DEPTH_CEILING, ERR_OUTPUT};
	struct buf jcs = BUF_INIT(DOCUMENT_MAX);
	struct err *e;

	*out = json.n ? json : STR("null");
	if (!json.n)
		return NULL;
	if (l->is_sorted)
		return sorted_bytes(a, json, out);
	e = json_jcs(&jcs, json, &lim);
	if (!e)
		e = buf_check(&jcs, ERR_OUTPUT, "a loosening");
	if (!e) {
		*out = arena_str(a, buf_view(&jcs));
		e = out->p ? NULL : err_nomem();
	}
	buf_free(&jcs);
	return e;
}

static struct err *text_bytes(struct arena *a, struct str text, struct str *out)
{
	*out = text.n ? loosening_text(a, text) : STR("null");
	return out->p ? NULL : err_nomem();
}

static struct err *item_find(struct arena *a, const struct loosening *l, struct item *out)
{
	struct str *p = out->piece;

	p[0] = STR("{\"after\":");
	TRY(value_bytes(a, l, l->after, &p[1]));
	p[2] = STR(",\"before\":");
	TRY(value_bytes(a, l, l->before, &p[3]));
	p[4] = STR(",\"blob_after\":");
	TRY(text_bytes(a, l->blob_after, &p[5]));
	p[6] = STR(",\"blob_before\":");
	TRY(text_bytes(a, l->blob_before, &p[7]));
	p[8] = STR(",\"path\":");
	TRY(text_bytes(a, l->path, &p[9]));
	p[10] = str_from(arena_printf(a, ",\"rule\":\"%s\",\"subject\":", rules[l->rule].id));
	if (!p[10].p)
		return err_nomem();
	TRY(text_bytes(a, l->subject, &p[11]));
	p[12] = STR("}");
	return NULL;
}

struct err *loosenings_write(struct loosenings *list, struct buf *out, size_t *count)
{
	struct item *items = arena_array(list->arena, list->n + 1, sizeof(*items));

	if (!items)
		return err_nomem();
	for (size_t i = 0; i < list->n; i++)
		TRY(item_find(list->arena, &list->v[i], &items[i]));
	if (list->n)
		qsort(items, list->n, sizeof(*items), compare_items);
	*count = 0;
	buf_puts(out, "{\"loosenings\":[");
	for (size_t i = 0; i < list->n; i++) {
		if (i && compare_items(&items[i], &items[i - 1]) == 0)
			continue;
		buf_puts(out, i ? "," : "");
		for (size_t k = 0; k < PIECES; k++)
			buf_str(out, items[i].piece[k]);
		(*count)++;
	}
	buf_puts(out, "],\"schema\":\"scandrift-approval/2\"}");
	return buf_check(out, ERR_OUTPUT, "the loosenings");
}

/* ---- changes of a baseline ---- */

static struct err *side_of(struct arena *a, const struct change *c, bool is_before, struct str *out)
{
	const struct unknown *u = is_before ? c->unknown_before : c->unknown_after;
	struct buf b = BUF_INIT(DOCUMENT_MAX);
	struct err *e;

	if (!c->field) {
		*out = u ? u->json : STR("");
		return NULL;
	}
	canonical_write_value(&b, c->field, is_before ? c->before : c->after);
	e = buf_check(&b, ERR_OUTPUT, "a change");
	if (!e) {
		*out = arena_str(a, buf_view(&b));
		e = out->p ? NULL : err_nomem();
	}
	buf_free(&b);
	return e;
}

/* The changes that are told in one finding for the file, beside their own. */
struct losing {
	struct result *r;
	struct loosenings *list;
	const struct result_target *row;
	const char *before; /* where the base has the baseline */
	struct buf names;
	size_t n, line;
};

static struct err *add_change(struct losing *l, const struct change *c)
{
	struct loosening what = {.rule = RULE_APPROVAL_BASELINE_WEAKENED,
				 .subject = l->row->baseline_path,
				 .path = c->path,
				 .file_before = l->before,
				 .file_after = l->row->baseline_path.p,
				 .is_sorted = !c->field};

	if (!c->bits.lose)
		return NULL;
	if (l->n++ == 0)
		l->line = change_line_after(c);
	if (l->n <= FIELDS_SHOWN)
		buf_printf(&l->names, "%s%.*s", l->n > 1 ? ", " : "",
			   STR_ARG(utf8_prefix(c->path, PATH_SHOWN)));
	TRY(side_of(l->list->arena, c, true, &what.before));
	TRY(side_of(l->list->arena, c, false, &what.after));
	return loosenings_add(l->list, &what);
}

/* Is it a change of the row's own, or one for which the row has one that loses as well? */
static bool is_counted(const struct diff *d, const struct change *c)
{
	for (size_t i = 0; i < d->change_count; i++) {
		if (str_eq(d->changes[i].name, c->name))
			return d->changes[i].bits.lose;
	}
	return false;
}

static struct err *add_changes(struct losing *l, size_t first)
{
	const struct diff *d = &l->row->diff;
	const struct findings *all = &l->r->findings;

	for (size_t i = 0; i < d->change_count; i++)
		TRY(add_change(l, &d->changes[i]));
	for (size_t i = first; i < all->n; i++) {
		const struct change *c = all->v[i].change;

		if (c && c->bits.lose && !is_counted(d, c))
			TRY(add_change(l, c));
	}
	return NULL;
}

static struct err *tell_changes(const struct losing *l)
{
	struct finding f = finding_from_rule(RULE_APPROVAL_BASELINE_WEAKENED, l->row->name);

	f.file = l->row->baseline_path;
	f.line = l->line;
	f.general = findings_text(&l->r->findings, "%zu field%s may lose something: %.*s%s", l->n,
				  l->n == 1 ? "" : "s", STR_ARG(buf_view(&l->names)),
				  l->n > FIELDS_SHOWN ? ", ..." : "");
	f.message =
		findings_text(&l->r->findings, "%.*s: %.*s", STR_ARG(f.file), STR_ARG(f.general));
	if (!f.general.p || !f.message.p || l->names.failed_memory)
		return err_nomem();
	return findings_add(&l->r->findings, &f);
}

struct err *loosenings_of_changes(struct result *r, struct loosenings *list,
				  const struct result_target *row, const char *before, size_t first)
{
	struct losing l = {r, list, row, before, BUF_INIT(8192), 0, 0};
	struct err *e = row->has_diff ? add_changes(&l, first) : NULL;

	if (!e && l.n)
		e = tell_changes(&l);
	buf_free(&l.names);
	return e;
}
