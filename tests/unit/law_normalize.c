/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laws of the model over configs that are made at random from the tables, those of the watched
 * object and those of the tests' own resource. A config is made once and said in many ways: in any
 * order, case and form, with repetitions, with what is empty as null, as [] or not at all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model/canonical.h"
#include "model/patch.h"
#include "model_lib.h"
#include "patch_apply.h"

#define ITEMS   4
#define UNKNOWN 4

/* A scalar in canonical form, as JSON; NULL for null. */
struct item {
	const char *one;                         /* of a scalar or a plain set */
	const char *members[SCHEMA_MEMBERS_MAX]; /* of an element */
	const char *extra;                       /* of an unknown member */
};

struct made {
	const struct resource *r;
	size_t counts[SCHEMA_FIELDS_MAX];
	struct item items[SCHEMA_FIELDS_MAX][ITEMS];
	const char *unknown[UNKNOWN]; /* by name, see unknown_names */
};

/* --- making one ---------------------------------------------------------------------------- */

static const char *const texts[] = {"\"\"",
				    "\"a\"",
				    "\"A\"",
				    "\"CVE\"",
				    "\"ccr\"",
				    "\"\u00e9/~ \"",
				    "\"\\\"\\\\\\n\"",
				    "\"\U0001f600\"",
				    "\"\uff5e\"",
				    "\"##[error]::error::\u202e\""};
static const char *const integers[] = {
	"0", "1", "2", "3", "7", "10", "9007199254740993", "18446744073709551615"};
static const char *const negatives[] = {"-1", "-9223372036854775808", "-10"};
static const char *const clocks[] = {"\"00:00:00\"", "\"03:00:00\"", "\"17:10:00\"", "\"17:10:01\"",
				     "\"23:59:59\""};
static const char *const bools[] = {"true", "false"};

/* Each value in two ways that mean the same, the first in canonical form. */
static const char *const values[][2] = {
	{"1", "1.0"},
	{"{\"a\": 1, \"b\": [2, 1]}", "{ \"b\":[2,1],\"\\u0061\" : 1 }"},
	{"[1, [], {}, null]", "[1e0,[ ],{ },null]"},
	{"-9.223372036854776e+18", "-9223372036854775808.0"},
	{"\"x\"", "\"\\u0078\""},
	{"18446744073709551615", "18446744073709551615"},
	{"0.1", "1E-1"},
	{"true", "true"},
};
static const char *const empties[] = {"null", "[]"};
static const char *const unknown_names[UNKNOWN] = {"New", "enable", "a~b/c", "\u00e9"};

#define ONE_OF(r, list) ((list)[lib_below(r, (unsigned)ARRAY_LEN(list))])

static const char *make_scalar(struct lib_random *r, enum field_kind kind, enum text_fold fold,
			       int64_t least)
{
	switch (kind) {
	case KIND_BOOL:
		return ONE_OF(r, bools);
	case KIND_INTEGER:
	case KIND_INTEGER_SET:
		if (least <= 0 && lib_below(r, 4) == 0)
			return ONE_OF(r, negatives);
		return least > 0 ? integers[1 + lib_below(r, ARRAY_LEN(integers) - 1)]
				 : ONE_OF(r, integers);
	case KIND_CLOCK:
		return ONE_OF(r, clocks);
	case KIND_TEXT:
	case KIND_TEXT_SET:
	case KIND_ELEMENTS:
		break;
	}
	if (fold == FOLD_UPPER)
		return lib_below(r, 2) ? "\"CVE\"" : "\"VIRUS-2\"";
	if (fold == FOLD_LOWER)
		return lib_below(r, 2) ? "\"ccr\"" : "\"other-tcr\"";
	return ONE_OF(r, texts);
}

static void make_element(struct lib_random *r, const struct field *f, struct item *item)
{
	for (size_t i = 0; i < f->member_count; i++) {
		const struct member *m = &f->members[i];

		if (lib_below(r, 3))
			item->members[i] = make_scalar(r, m->kind, m->fold, 0);
		/* An empty text is an absent one. */
		if (item->members[i] && strcmp(item->members[i], "\"\"") == 0)
			item->members[i] = NULL;
	}
	if (lib_below(r, 8) == 0)
		item->extra = ONE_OF(r, values)[0];
}

static void make_field(struct lib_random *r, struct made *m, size_t row)
{
	const struct field *f = &m->r->fields[row];
	size_t most = schema_is_set(f->kind) ? ITEMS : 1;

	memset(m->items[row], 0, sizeof(m->items[row]));
	m->counts[row] = lib_below(r, (unsigned)most + 1);
	for (size_t i = 0; i < m->counts[row]; i++) {
		if (f->kind == KIND_ELEMENTS)
			make_element(r, f, &m->items[row][i]);
		else
			m->items[row][i].one = make_scalar(r, f->kind, f->fold, f->least);
	}
}

static void make_unknown(struct lib_random *r, struct made *m, size_t i)
{
	m->unknown[i] = lib_below(r, 3) == 0 ? ONE_OF(r, values)[0] : NULL;
}

static void make(struct lib_random *r, const struct resource *resource, struct made *m)
{
	*m = (struct made){.r = resource};
	for (size_t i = 0; i < resource->field_count; i++)
		make_field(r, m, i);
	for (size_t i = 0; i < UNKNOWN; i++)
		make_unknown(r, m, i);
}

/* --- saying it ----------------------------------------------------------------------------- */

/* A word's letters in any case where case means nothing, and some of them as escapes. */
static void say_text(struct lib_random *r, struct buf *b, const char *json, enum text_fold fold)
{
	for (; *json; json++) {
		char c = *json;
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (fold != FOLD_NONE && is_letter && lib_below(r, 2))
			c ^= 0x20;
		if (c == '\\') { /* an escape stays whole */
			buf_add(b, json, 2);
			json++;
		} else if (is_letter && lib_below(r, 6) == 0) {
			buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
		} else {
			buf_char(b, c);
		}
	}
}

static void say_scalar(struct lib_random *r, struct buf *b, const char *json, enum field_kind kind,
		       enum text_fold fold, enum bool_form form, enum clock_form clock)
{
	bool yes = strcmp(json, "true") == 0;

	if (kind == KIND_BOOL && form == BOOL_ZERO_ONE && lib_below(r, 3))
		buf_puts(b, yes ? "1" : "0");
	else if (kind == KIND_BOOL && form == BOOL_ON_OFF && lib_below(r, 3))
		buf_puts(b, yes ? "\"ON\"" : "\"OFF\"");
	else if (kind == KIND_CLOCK && clock == CLOCK_IN_DATE && lib_below(r, 2))
		buf_printf(b, "\"2024-10-%02u %.8s\"", 1 + lib_below(r, 31), json + 1);
	else if (kind == KIND_CLOCK && strcmp(json + 6, ":00\"") == 0 && lib_below(r, 2))
		buf_printf(b, "%.6s\"", json);
	else if (kind == KIND_TEXT || kind == KIND_TEXT_SET)
		say_text(r, b, json, fold);
	else if (strcmp(json, "0") == 0 && lib_below(r, 4) == 0)
		buf_puts(b, "-0");
	else
		buf_puts(b, json);
}

static void shuffle(struct lib_random *r, size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i > 1; i--) {
		size_t k = lib_below(r, (unsigned)i), t = order[k];

		order[k] = order[i - 1];
		order[i - 1] = t;
	}
}

static void comma(struct lib_random *r, struct buf *b, bool *is_first)
{
	static const char *const blanks[] = {"", "", " ", "\n", "\t", " \r\n"};

	if (!*is_first)
		buf_char(b, ',');
	*is_first = false;
	buf_puts(b, ONE_OF(r, blanks));
}

/* The value in one of its two ways. */
static void say_value(struct lib_random *r, struct buf *b, const char *canonical)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (strcmp(values[i][0], canonical) == 0) {
			buf_puts(b, values[i][lib_below(r, 2)]);
			return;
		}
	}
	buf_puts(b, canonical);
}

static void say_element(struct lib_random *r, struct buf *b, const struct field *f,
			const struct item *item)
{
	size_t order[SCHEMA_MEMBERS_MAX];
	bool is_first = true;

	shuffle(r, order, f->member_count);
	buf_char(b, '{');
	for (size_t k = 0; k < f->member_count; k++) {
		const struct member *m = &f->members[order[k]];
		const char *json = item->members[order[k]];

		if (!json && lib_below(r, 2))
			continue;
		comma(r, b, &is_first);
		buf_printf(b, "\"%s\":", m->name);
		if (json)
			say_scalar(r, b, json, m->kind, m->fold, m->form, m->clock);
		else
			buf_puts(b, m->kind == KIND_TEXT && lib_below(r, 2) ? "\"\"" : "null");
	}
	if (item->extra) {
		comma(r, b, &is_first);
		buf_puts(b, "\"Extra\":");
		say_value(r, b, item->extra);
	}
	buf_char(b, '}');
}

static void say_items(struct lib_random *r, struct buf *b, const struct made *m, size_t row)
{
	const struct field *f = &m->r->fields[row];
	size_t order[ITEMS], n = m->counts[row];
	bool is_first = true;

	shuffle(r, order, n);
	buf_char(b, '[');
	for (size_t k = 0; k < n; k++) {
		const struct item *item = &m->items[row][order[k]];

		for (unsigned times = lib_below(r, 4) == 0 ? 2 : 1; times > 0; times--) {
			comma(r, b, &is_first);
			if (f->kind == KIND_ELEMENTS)
				say_element(r, b, f, item);
			else
				say_scalar(r, b, item->one, f->kind, f->fold, f->form, f->clock);
		}
	}
	buf_char(b, ']');
}

static size_t count_texts(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static void say_unset(struct lib_random *r, struct buf *b, const struct field *f)
{
	const char *quote = f->kind == KIND_INTEGER ? "" : "\"";

	buf_printf(b, "%s%s%s", quote, f->unset[lib_below(r, (unsigned)count_texts(f->unset))],
		   quote);
}

/* JSON of a text: is it another way to say null? */
static bool is_unset(const struct field *f, const char *json)
{
	for (size_t i = 0; i < count_texts(f->unset); i++) {
		size_t n = strlen(f->unset[i]);

		if (strcmp(json, f->unset[i]) == 0 ||
		    (strlen(json) == n + 2 && strncmp(json + 1, f->unset[i], n) == 0))
			return true;
	}
	return false;
}

static void say_field(struct lib_random *r, struct buf *b, const struct made *m, size_t row,
		      bool *is_first)
{
	const struct field *f = &m->r->fields[row];

	if (m->counts[row] == 0 && lib_below(r, 2))
		return;
	comma(r, b, is_first);
	buf_printf(b, "\"%s\" :", f->name);
	if (m->counts[row] == 0 && f->unset && lib_below(r, 2))
		say_unset(r, b, f);
	else if (m->counts[row] == 0 && lib_below(r, 2))
		buf_puts(b, "null");
	else if (schema_is_set(f->kind))
		say_items(r, b, m, row);
	else if (m->counts[row])
		say_scalar(r, b, m->items[row][0].one, f->kind, f->fold, f->form, f->clock);
	else
		buf_puts(b, "null");
}

/* From malloc. */
static char *say(struct lib_random *r, const struct made *m)
{
	size_t order[SCHEMA_FIELDS_MAX + UNKNOWN], n = m->r->field_count;
	struct buf b = BUF_INIT(1 << 20);
	bool is_first = true, has_envelope = lib_below(r, 2);

	shuffle(r, order, n + UNKNOWN);
	buf_puts(&b, has_envelope ? "{\"Response\":{" : "{");
	for (size_t k = 0; k < n + UNKNOWN; k++) {
		if (order[k] < n) {
			say_field(r, &b, m, order[k], &is_first);
		} else if (m->unknown[order[k] - n]) {
			comma(r, &b, &is_first);
			buf_printf(&b, "\"%s\":", unknown_names[order[k] - n]);
			say_value(r, &b, m->unknown[order[k] - n]);
		}
	}
	buf_puts(&b, has_envelope ? "}}" : "}");
	return buf_take(&b, NULL);
}

/* --- the laws ------------------------------------------------------------------------------ */

/* A config as the tests look at it. */
struct seen {
	struct arena *a;
	struct reading *r;
	char *source, *disk, *jcs;
};

static void see(struct seen *s, const struct resource *r, char *source)
{
	s->a = arena_new();
	assert_non_null(s->a);
	s->source = source;
	s->r = lib_read(s->a, r, source);
	s->disk = lib_canonical(&s->r->config);
	s->jcs = lib_jcs(&s->r->config);
	if (!reading_is_whole(s->r))
		fail_msg("not whole: %s", source);
}

static void forget(struct seen *s)
{
	arena_free(s->a);
	free(s->source);
	free(s->disk);
	free(s->jcs);
}

/* What is written reads back as the same, byte for byte, and is canonical. */
static void check_idempotence(const struct seen *s)
{
	struct seen again;
	bool canonical = false;

	see(&again, s->r->config.resource, strdup(s->disk));
	if (strcmp(again.disk, s->disk) != 0 || strcmp(again.jcs, s->jcs) != 0)
		fail_msg("of\n%s\nonce\n%stwice\n%s%s\n%s", s->source, s->disk, again.disk, s->jcs,
			 again.jcs);
	assert_null(canonical_check(&again.r->config, again.r->source, &canonical));
	if (!canonical)
		fail_msg("not canonical: %s", s->disk);
	if (lib_changes(&s->r->config, &again.r->config, s->a))
		fail_msg("reads back as another: %s", s->source);
	forget(&again);
}

/* Every value of the config stands in what is written. */
static void check_nothing_lost(const struct made *m, const struct seen *s)
{
	for (size_t row = 0; row < m->r->field_count; row++) {
		const struct field *f = &m->r->fields[row];
		char *value = lib_value(s->r, f->name);

		for (size_t i = 0; i < m->counts[row]; i++) {
			const struct item *item = &m->items[row][i];

			if (item->one && !is_unset(f, item->one) && !strstr(value, item->one))
				fail_msg("%s lost %s: %s\n%s", f->name, item->one, value,
					 s->source);
			if (item->extra && !strstr(value, item->extra))
				fail_msg("%s lost an unknown member: %s", f->name, value);
			for (size_t k = 0; k < f->member_count; k++) {
				enum member_role role = f->members[k].role;

				if ((role == MEMBER_KEY || role == MEMBER_CONFIG) &&
				    item->members[k] && !strstr(value, item->members[k]))
					fail_msg("%s lost %s: %s\n%s", f->name, item->members[k],
						 value, s->source);
			}
		}
		free(value);
	}
	for (size_t i = 0; i < UNKNOWN; i++) {
		if (m->unknown[i] && !strstr(s->disk, unknown_names[i]))
			fail_msg("lost %s: %s", unknown_names[i], s->disk);
	}
}

static void check_patch(const struct seen *x, const struct seen *y)
{
	struct buf patch = BUF_INIT(1 << 22);

	assert_null(patch_write(&patch, &x->r->config, &y->r->config));
	if (!patch_applies(x->disk, patch.p, y->disk))
		fail_msg("from\n%sto\n%sthe patch fails\n%s", x->disk, y->disk, patch.p);
	if ((strcmp(x->disk, y->disk) == 0) != (strcmp(patch.p, "[]\n") == 0))
		fail_msg("from\n%sto\n%sthe patch is\n%s", x->disk, y->disk, patch.p);
	buf_free(&patch);
}

/*
 * One digest and no change are one thing, whichever way it is compared. What is the same at a glance
 * has one digest.
 */
static void check_pair(const struct seen *x, const struct seen *y)
{
	bool same = strcmp(x->jcs, y->jcs) == 0;
	size_t there = lib_changes(&x->r->config, &y->r->config, x->a);
	size_t back = lib_changes(&y->r->config, &x->r->config, x->a);

	if (same != (there == 0) || there != back)
		fail_msg("%s\n%s\none digest: %d; changes: %zu, back %zu", x->jcs, y->jcs, same,
			 there, back);
	if (config_is_same(&x->r->config, &y->r->config) && !same)
		fail_msg("%s\n%s\nthese are not the same", x->jcs, y->jcs);
}

static void check_one(struct lib_random *r, const struct resource *resource)
{
	struct made m, n;
	struct seen x, y, z;

	make(r, resource, &m);
	see(&x, resource, say(r, &m));
	see(&y, resource, say(r, &m));
	if (strcmp(x.disk, y.disk) != 0 || strcmp(x.jcs, y.jcs) != 0)
		fail_msg("said in two ways:\n%s\n%s\n%s%s", x.source, y.source, x.disk, y.disk);
	check_idempotence(&x);
	check_nothing_lost(&m, &x);
	check_pair(&x, &y);

	/* A neighbour: one or two fields made anew, perhaps to what they were. */
	n = m;
	for (unsigned k = lib_below(r, 3); k > 0; k--)
		make_field(r, &n, lib_below(r, (unsigned)resource->field_count));
	make_unknown(r, &n, lib_below(r, UNKNOWN));
	see(&z, resource, say(r, &n));
	check_pair(&x, &z);
	check_patch(&x, &z);
	check_patch(&z, &x);
	forget(&x);
	forget(&y);
	forget(&z);
}

static void check_many(const struct resource *resource)
{
	struct lib_random r = lib_seed();
	size_t rounds = lib_rounds(3000, 100000);

	for (size_t i = 0; i < rounds; i++)
		check_one(&r, resource);
	printf("%zu configs of %s\n", rounds, resource->action);
}

static void test_registry_scan(void **state)
{
	(void)state;
	check_many(&schema_registry_scan);
}

static void test_other_resource(void **state)
{
	(void)state;
	check_many(&lib_resource);
}

/* What is empty in a field without a row is absent too. */
static void test_empty_unknown(void **state)
{
	struct arena *a = arena_new();
	struct reading *none = lib_read(a, &lib_resource, "{}");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(empties); i++) {
		char json[64];
		struct reading *r;

		(void)snprintf(json, sizeof(json), "{\"New\":%s}", empties[i]);
		r = lib_read(a, &lib_resource, json);
		assert_int_equal(lib_changes(&none->config, &r->config, a), 0);
		assert_int_equal(lib_changes(&r->config, &none->config, a), 0);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry_scan),
		cmocka_unit_test(test_other_resource),
		cmocka_unit_test(test_empty_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
