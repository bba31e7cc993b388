/* SPDX-License-Identifier: Apache-2.0 */
#include "model/altered.h"

#include "base/utf8.h"
#include "json/canonical.h"
#include "json/scan.h"
#include "json/write.h"
#include "model/canonical.h"

#define MEMBERS_SHOWN 3u
#define NAME_SHOWN    60u
#define VALUE_SHOWN   80u

/* The members without a row of one element, one after the other, in the order of their names. */
struct walk {
	struct json_scan *scan; /* NULL: there are none, or no more */
	struct str text;
	struct str name, value;
};

static struct err *next(struct walk *w)
{
	struct json_token t;
	size_t start;

	if (!w->scan)
		return NULL;
	TRY(json_next(w->scan, &t));
	if (t.kind != JSON_KEY) {
		json_scan_free(w->scan);
		w->scan = NULL;
		return NULL;
	}
	w->name = t.text;
	TRY(json_next(w->scan, &t));
	start = t.at;
	TRY(json_skip(w->scan, &t));
	w->value = (struct str){w->text.p + start, json_offset(w->scan) - start};
	return NULL;
}

static struct err *begin(struct walk *w, const struct element *e, struct arena *a)
{
	const struct json_limits lim = {JSON_SIZE_CEILING, JSON_DEPTH_CEILING, ERR_REPLY};
	struct json_token t;

	*w = (struct walk){.text = e->extra ? e->extra->compared : STR("")};
	if (!w->text.n)
		return NULL;
	TRY(json_scan_new(w->text, &lim, a, &w->scan));
	TRY(json_next(w->scan, &t)); /* the brace */
	return next(w);
}

struct teller {
	struct buf *b;
	size_t count;
};

static void put_cut(struct buf *b, struct str s, size_t max)
{
	struct str shown = utf8_prefix(s, max);

	buf_str(b, shown);
	buf_puts(b, shown.n < s.n ? "..." : "");
}

/* Does the next member find a place? Those that do not are counted. */
static bool begin_member(struct teller *t, struct str name)
{
	struct buf quoted = BUF_INIT(JSON_SIZE_CEILING);

	if (t->count++ >= MEMBERS_SHOWN)
		return false;
	json_put_string(&quoted, utf8_prefix(name, NAME_SHOWN));
	buf_puts(t->b, t->count > 1 ? "; " : " ");
	buf_str(t->b, buf_view(&quoted));
	t->b->failed_memory |= quoted.failed_memory;
	buf_free(&quoted);
	return true;
}

static void tell_known(struct teller *t, const struct field *f, const struct element *before,
		       const struct element *after)
{
	for (size_t i = 0; i < f->member_count; i++) {
		struct str b = element_member(before, i), a = element_member(after, i);

		if (f->members[i].role != MEMBER_CONFIG || str_eq(b, a) ||
		    !begin_member(t, str_from(f->members[i].name)))
			continue;
		buf_puts(t->b, " was ");
		canonical_write_member(t->b, &f->members[i], utf8_prefix(b, VALUE_SHOWN));
		buf_puts(t->b, ", is ");
		canonical_write_member(t->b, &f->members[i], utf8_prefix(a, VALUE_SHOWN));
	}
}

static struct err *tell_unknown(struct teller *t, struct walk *x, struct walk *y)
{
	while (x->scan || y->scan) {
		int order = !x->scan ? 1 : !y->scan ? -1 : json_compare_keys(x->name, y->name);
		struct str b = order <= 0 ? x->value : STR("absent");
		struct str a = order >= 0 ? y->value : STR("absent");

		if (!str_eq(b, a) && begin_member(t, order <= 0 ? x->name : y->name)) {
			buf_puts(t->b, " was ");
			put_cut(t->b, b, VALUE_SHOWN);
			buf_puts(t->b, ", is ");
			put_cut(t->b, a, VALUE_SHOWN);
		}
		if (order <= 0)
			TRY(next(x));
		if (order >= 0)
			TRY(next(y));
	}
	return NULL;
}

struct err *altered_describe(struct buf *b, const struct field *f, const struct element *before,
			     const struct element *after)
{
	struct arena *a = arena_new();
	struct teller t = {b, 0};
	struct walk x = {0}, y = {0};
	struct err *e = a ? NULL : err_nomem();

	canonical_name_keys(b, f, before);
	buf_char(b, ':');
	tell_known(&t, f, before, after);
	if (!e)
		e = begin(&x, before, a);
	if (!e)
		e = begin(&y, after, a);
	if (!e)
		e = tell_unknown(&t, &x, &y);
	if (t.count > MEMBERS_SHOWN)
		buf_printf(b, " and %zu more", t.count - MEMBERS_SHOWN);
	json_scan_free(x.scan);
	json_scan_free(y.scan);
	arena_free(a);
	return e;
}
