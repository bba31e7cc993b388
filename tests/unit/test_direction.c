/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "law_build.h"

/*
 * What the directions of single edits are: the pairs that explain the model, one a row. That the
 * rules behind them hold for all pairs is law_direction.c's to show.
 */

/* --- sides in a line of text --------------------------------------------------------------- */

static unsigned read_names(const char *v)
{
	unsigned bits = 0;

	for (; *v; v++)
		bits |= 1u << (*v - 'a');
	return bits;
}

static unsigned read_ids(const char *v)
{
	unsigned bits = 0;

	while (*v) {
		char *end;

		bits |= 1u << (strtol(v, &end, 10) / 11 - 1);
		v = *end ? end + 1 : end;
	}
	return bits;
}

static int read_number(const char *v)
{
	return strcmp(v, "null") == 0 ? LAW_NULL : (int)strtol(v, NULL, 10);
}

/* "22-01": hours; "02-": no end. */
static void read_window(struct law_side *s, const char *v)
{
	char *end;

	s->start = (int)strtol(v, &end, 10) * 60;
	s->end = end[1] ? (int)strtol(end + 1, NULL, 10) * 60 : LAW_NULL;
}

static void read_word(struct law_side *s, const char *key, const char *v)
{
	const struct {
		const char *key;
		int *number;
		unsigned *names, *ids;
	} words[] = {
		{.key = "on", .number = &s->on},
		{.key = "scope", .number = &s->scope},
		{.key = "all", .number = &s->all},
		{.key = "latest", .number = &s->latest},
		{.key = "running", .number = &s->running},
		{.key = "period", .number = &s->period},
		{.key = "start", .number = &s->start},
		{.key = "types", .names = &s->types},
		{.key = "registries", .names = &s->registries},
		{.key = "spaces", .names = &s->spaces},
		{.key = "images", .names = &s->images},
		{.key = "marked", .names = &s->marked},
		{.key = "remarked", .names = &s->remarked},
		{.key = "id", .ids = &s->ids},
		{.key = "exclude", .ids = &s->excluded},
	};

	if (strcmp(key, "window") == 0) {
		read_window(s, v);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].key, key) != 0)
			continue;
		if (words[i].number)
			*words[i].number = read_number(v);
		else if (words[i].names)
			*words[i].names = read_names(v);
		else
			*words[i].ids = read_ids(v);
		return;
	}
	fail_msg("no word %s", key);
}

/* "scope=1 images=ab id=11": the default but for these. */
static struct law_side read_side(const char *text)
{
	struct law_side s = law_default;
	char word[64];

	while (*text) {
		size_t n = strcspn(text, " ");
		char *equals;

		assert_true(n < sizeof(word));
		memcpy(word, text, n);
		word[n] = '\0';
		equals = strchr(word, '=');
		assert_non_null(equals);
		*equals = '\0';
		read_word(&s, word, equals + 1);
		text += n + strspn(text + n, " ");
	}
	return s;
}

/* --- examples ------------------------------------------------------------------------------ */

struct expectation {
	const char *field;
	enum direction direction;
};

struct example {
	const char *name, *before, *after;
	enum direction whole, plain;
	struct expectation fields[5];
};

/* clang-format off */
static const struct example examples[] = {
	{ "everything to chosen", "", "scope=1 images=a", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "ScanScope", DIR_WEAKENED }, { "Images", DIR_INERT }} },
	{ "chosen to everything", "scope=1 images=a", "", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_STRENGTHENED }, { "Images", DIR_INERT }} },
	{ "the same under Latest: a may be old", "scope=1 images=a latest=1", "latest=1", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_UNKNOWN }, { "Images", DIR_INERT }} },
	{ "the same under a Latest that is not said", "scope=1 images=a latest=null", "latest=null", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_UNKNOWN }, { "Images", DIR_INERT }} },
	{ "chosen to everything, another id excluded", "scope=1 id=11 exclude=22", "id=11 exclude=22", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_STRENGTHENED }} },
	{ "chosen to everything, that id excluded", "scope=1 id=11 exclude=11", "id=11 exclude=11", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_UNKNOWN }} },
	{ "chosen to everything, that id now excluded", "scope=1 id=11", "id=11 exclude=11", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanScope", DIR_UNKNOWN }, { "ExcludeImageAssetIds", DIR_INERT }} },
	{ "chosen to everything, and a filter filled", "scope=1 images=a", "registries=a", DIR_UNKNOWN, DIR_MIXED,
	  {{ "ScanScope", DIR_UNKNOWN }, { "RegistryType", DIR_UNKNOWN }} },
	{ "chosen to everything, and a filter emptied", "scope=1 images=a registries=a", "", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_STRENGTHENED }, { "RegistryType", DIR_UNKNOWN }} },
	{ "recommended to everything under Latest", "scope=2 latest=1", "scope=0 latest=1", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_STRENGTHENED }} },
	{ "recommended to everything with exclusions", "scope=2 exclude=22", "scope=0 exclude=22", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_UNKNOWN }} },
	{ "one of the vendor's picks to another", "scope=2", "scope=3", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanScope", DIR_UNKNOWN }} },
	{ "numbers that nobody knows", "scope=7", "scope=8", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanScope", DIR_UNKNOWN }} },
	{ "an unknown number kept, exclusions lifted", "scope=7 exclude=22", "scope=7", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ExcludeImageAssetIds", DIR_STRENGTHENED }} },
	{ "an empty filter filled", "", "registries=a", DIR_UNKNOWN, DIR_WEAKENED,
	  {{ "RegistryType", DIR_UNKNOWN }} },
	{ "a filter widened", "scope=1 images=a registries=a", "scope=1 images=a registries=ab", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "RegistryType", DIR_STRENGTHENED }} },
	{ "a name chosen beside an id that is swapped", "scope=1 images=a id=11", "scope=1 images=a id=22", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "Id", DIR_UNKNOWN }} },
	{ "a name for an id", "scope=1 images=a id=11", "scope=1 images=ab", DIR_MIXED, DIR_MIXED,
	  {{ "Images", DIR_STRENGTHENED }, { "Id", DIR_WEAKENED }} },
	{ "a selection that nobody asks", "images=a", "images=b", DIR_INERT, DIR_INERT,
	  {{ "Images", DIR_INERT }} },
	{ "excluding what is not chosen", "scope=1 id=11", "scope=1 id=11 exclude=22", DIR_INERT, DIR_INERT,
	  {{ "ExcludeImageAssetIds", DIR_INERT }} },
	{ "excluding what may be chosen by name", "scope=1 images=a", "scope=1 images=a exclude=22", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "ExcludeImageAssetIds", DIR_WEAKENED }} },
	{ "choosing and excluding at once", "scope=1 id=11", "scope=1 id=11,22 exclude=22", DIR_STRENGTHENED, DIR_INERT,
	  {{ "Id", DIR_STRENGTHENED }, { "ExcludeImageAssetIds", DIR_INERT }} },
	{ "a window shifted", "window=2-6", "window=3-7", DIR_NEUTRAL, DIR_NEUTRAL,
	  {{ "ScanTime", DIR_NEUTRAL }, { "ScanEndTime", DIR_NEUTRAL }} },
	{ "a window cut", "window=2-6", "window=3-6", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "ScanTime", DIR_WEAKENED }} },
	{ "a window over midnight", "window=22-23", "window=22-1", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanEndTime", DIR_UNKNOWN }} },
	{ "a window opened", "window=2-6", "window=2-", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanEndTime", DIR_UNKNOWN }} },
	{ "a whole day opened", "window=2-2", "window=2-", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanEndTime", DIR_UNKNOWN }} },
	{ "an open window shifted", "window=2-", "window=3-", DIR_NEUTRAL, DIR_NEUTRAL,
	  {{ "ScanTime", DIR_NEUTRAL }} },
	{ "a window closed", "window=2-", "window=2-6", DIR_UNKNOWN, DIR_WEAKENED,
	  {{ "ScanEndTime", DIR_UNKNOWN }} },
	{ "a longer period", "period=7", "period=366", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "ScanPeriod", DIR_WEAKENED }} },
	{ "a period that may not be in days", "period=7", "period=367", DIR_UNKNOWN, DIR_WEAKENED,
	  {{ "ScanPeriod", DIR_UNKNOWN }} },
	{ "two periods that may not be in days", "period=3600", "period=400", DIR_UNKNOWN, DIR_STRENGTHENED,
	  {{ "ScanPeriod", DIR_UNKNOWN }} },
	{ "oftener, for less", "period=3", "period=1 types=ab", DIR_MIXED, DIR_MIXED,
	  {{ "ScanPeriod", DIR_STRENGTHENED }, { "ScanType", DIR_WEAKENED }} },
	{ "a type under another name", "types=a", "types=d", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanType", DIR_UNKNOWN }} },
	{ "the last type dropped", "types=a", "types=", DIR_UNKNOWN, DIR_WEAKENED,
	  {{ "ScanType", DIR_UNKNOWN }} },
	{ "a form without scope and bools to one with them", "scope=null all=1 latest=null running=null", "scope=0 all=1", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_INERT }, { "Latest", DIR_STRENGTHENED }, { "ContainerRunning", DIR_STRENGTHENED }} },
	{ "the deprecated bool where it counts", "scope=null all=1 images=a", "scope=null all=0 images=a", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "All", DIR_WEAKENED }} },
	{ "the deprecated bool where it does not", "all=1", "all=0", DIR_INERT, DIR_INERT,
	  {{ "All", DIR_INERT }} },
	{ "neither scope nor bool, and a selection", "scope=null all=null images=a", "scope=null all=null images=b", DIR_UNKNOWN, DIR_INERT,
	  {{ "Images", DIR_UNKNOWN }} },
	{ "off, and more registries", "registries=a", "registries=ab on=0", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Enable", DIR_WEAKENED }, { "RegistryType", DIR_INERT }} },
	{ "on, and fewer types", "on=0", "types=a", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "Enable", DIR_STRENGTHENED }, { "ScanType", DIR_INERT }} },
	{ "off on both sides", "on=0", "on=0 types=a window=5-6", DIR_INERT, DIR_INERT,
	  {{ "ScanType", DIR_INERT }, { "ScanTime", DIR_INERT }} },
	{ "nothing chosen, fewer types", "scope=1", "scope=1 types=ab", DIR_INERT, DIR_INERT,
	  {{ "ScanType", DIR_INERT }} },
	{ "nothing chosen, another hour", "scope=1", "scope=1 window=3-7", DIR_INERT, DIR_INERT,
	  {{ "ScanTime", DIR_INERT }} },
	{ "nothing chosen any more, and fewer types", "scope=1 images=a", "scope=1 types=a", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Images", DIR_WEAKENED }, { "ScanType", DIR_INERT }} },
	{ "nothing chosen any more, and an id excluded", "scope=1 images=a", "scope=1 exclude=22", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Images", DIR_WEAKENED }, { "ExcludeImageAssetIds", DIR_INERT }} },
	{ "everything to nothing, types added", "types=a", "scope=1", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "ScanScope", DIR_WEAKENED }, { "ScanType", DIR_INERT }} },
	{ "nothing to recommended", "scope=1", "scope=2", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "ScanScope", DIR_STRENGTHENED }} },
	/* Nothing was scanned before, and yet: who switches it off shall hear that it is off. */
	{ "off, where nothing was chosen", "scope=1", "scope=1 on=0", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Enable", DIR_WEAKENED }} },
	{ "on, where nothing is chosen", "scope=1 on=0", "scope=1", DIR_STRENGTHENED, DIR_STRENGTHENED,
	  {{ "Enable", DIR_STRENGTHENED }} },
	/* Replies without these are incomplete; when they are judged all the same, they hide nothing. */
	{ "no period any more", "", "period=null", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanPeriod", DIR_UNKNOWN }} },
	{ "no start any more", "", "start=null", DIR_UNKNOWN, DIR_UNKNOWN,
	  {{ "ScanTime", DIR_UNKNOWN }} },
	{ "no switch any more", "", "on=null types=ab", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Enable", DIR_WEAKENED }, { "ScanType", DIR_WEAKENED }} },
	{ "a switch that is told", "on=null", "on=0 types=ab", DIR_WEAKENED, DIR_WEAKENED,
	  {{ "Enable", DIR_WEAKENED }, { "ScanType", DIR_INERT }} },
	{ "the same", "scope=1 images=a", "scope=1 images=a", DIR_INERT, DIR_INERT, {{ NULL, DIR_INERT }} },
};
/* clang-format on */

static enum direction swapped(enum direction d)
{
	if (d == DIR_WEAKENED)
		return DIR_STRENGTHENED;
	if (d == DIR_STRENGTHENED)
		return DIR_WEAKENED;
	return d;
}

static void expect(const char *name, const char *what, enum direction got, enum direction want)
{
	if (got != want)
		fail_msg("%s: %s is %s, not %s", name, what, direction_name(got),
			 direction_name(want));
}

static void check_fields(const struct example *x, const struct judgement *j, bool is_swapped)
{
	for (size_t i = 0; i < ARRAY_LEN(x->fields) && x->fields[i].field; i++) {
		size_t row = law_row(x->fields[i].field);
		enum direction want = x->fields[i].direction;

		if (!j->differs[row])
			fail_msg("%s: %s does not differ", x->name, x->fields[i].field);
		expect(x->name, x->fields[i].field, j->directions[row],
		       is_swapped ? swapped(want) : want);
	}
}

static void judge_text(const char *before, const char *after, struct judgement *out)
{
	struct law_side sb = read_side(before), sa = read_side(after);
	struct law_config *b = calloc(2, sizeof(*b));

	assert_non_null(b);
	law_build(&b[0], &sb);
	law_build(&b[1], &sa);
	direction_judge(&b[0].c, &b[1].c, out);
	free(b);
}

static void test_examples(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *x = &examples[i];
		struct judgement j;

		judge_text(x->before, x->after, &j);
		expect(x->name, "the pair", j.direction, x->whole);
		expect(x->name, "plain", j.plain, x->plain);
		check_fields(x, &j, false);
	}
}

static void test_examples_swapped(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *x = &examples[i];
		struct judgement j;

		judge_text(x->after, x->before, &j);
		expect(x->name, "the swapped pair", j.direction, swapped(x->whole));
		expect(x->name, "plain, swapped", j.plain, swapped(x->plain));
		check_fields(x, &j, true);
	}
}

static void test_same_is_inert(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		struct judgement j;

		judge_text(examples[i].before, examples[i].before, &j);
		assert_int_equal(j.direction, DIR_INERT);
		assert_int_equal(j.plain, DIR_INERT);
		for (size_t k = 0; k < schema_registry_scan.field_count; k++) {
			assert_false(j.differs[k]);
			assert_int_equal(j.directions[k], DIR_INERT);
		}
	}
}

static void test_switched_off(void **state)
{
	struct judgement j;

	(void)state;
	judge_text("", "on=0", &j);
	assert_true(j.is_switched_off);
	judge_text("scope=1", "scope=1 on=0", &j);
	assert_true(j.is_switched_off);
	judge_text("on=0", "", &j);
	assert_false(j.is_switched_off);
	judge_text("on=0", "on=0 types=a", &j);
	assert_false(j.is_switched_off);
	judge_text("", "on=null", &j);
	assert_false(j.is_switched_off);
}

/* --- outside the model --------------------------------------------------------------------- */

static struct unknown unknown_field(const char *name, const char *json)
{
	return (struct unknown){.name = str_from(name), .json = str_from(json)};
}

static void test_unknown_fields(void **state)
{
	static const struct {
		const char *name;
		const char *before[4], *after[4]; /* name, value, name, value */
		bool differs;
	} rows[] = {
		{"added", {NULL}, {"New", "1"}, true},
		{"removed", {"New", "1"}, {NULL}, true},
		{"replaced", {"New", "1"}, {"New", "2"}, true},
		{"renamed", {"New", "1"}, {"Newer", "1"}, true},
		{"kept", {"New", "1"}, {"New", "1"}, false},
		{"null is absent", {"New", "null"}, {NULL}, false},
		{"empty is absent", {NULL}, {"New", "[]"}, false},
		{"null is empty", {"New", "null"}, {"New", "[]"}, false},
		{"null beside what is kept", {"A", "null", "B", "1"}, {"B", "1"}, false},
		{"null beside what is kept, behind", {"B", "1"}, {"B", "1", "C", "[]"}, false},
		{"one of two", {"A", "1", "B", "1"}, {"A", "1", "B", "2"}, true},
		{"false is not absent", {"New", "false"}, {NULL}, true},
		{"an empty object is not absent", {"New", "{}"}, {NULL}, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const *texts[2] = {rows[i].before, rows[i].after};
		struct unknown fields[2][2];
		static struct law_config c[2];
		struct judgement j;

		for (int s = 0; s < 2; s++) {
			law_build(&c[s], &law_default);
			c[s].c.unknown = fields[s];
			for (size_t k = 0; k < 2 && texts[s][2 * k]; k++)
				fields[s][c[s].c.unknown_count++] =
					unknown_field(texts[s][2 * k], texts[s][2 * k + 1]);
		}
		direction_judge(&c[0].c, &c[1].c, &j);
		if (j.unknown_differs != rows[i].differs)
			fail_msg("%s", rows[i].name);
		assert_int_equal(j.whole.lose, rows[i].differs);
		assert_int_equal(j.whole.gain, rows[i].differs);
		expect(rows[i].name, "the pair", j.direction,
		       rows[i].differs ? DIR_UNKNOWN : DIR_INERT);
		expect(rows[i].name, "plain", j.plain, rows[i].differs ? DIR_UNKNOWN : DIR_INERT);
	}
}

/* A schedule that is off may still be changed by what the model does not know. */
static void test_unknown_while_off(void **state)
{
	static struct law_config c[2];
	struct unknown u = unknown_field("EnableToo", "true");
	struct law_side off = read_side("on=0");
	struct judgement j;

	(void)state;
	law_build(&c[0], &law_default);
	law_build(&c[1], &off);
	c[1].c.unknown = &u;
	c[1].c.unknown_count = 1;
	direction_judge(&c[0].c, &c[1].c, &j);
	expect("off with an unknown field", "the pair", j.direction, DIR_UNKNOWN);
	assert_true(j.is_switched_off);
	assert_int_equal(j.directions[law_row("Enable")], DIR_WEAKENED);
}

static void test_state_is_not_judged(void **state)
{
	static struct law_config c[2];
	struct value *v;
	struct judgement j;

	(void)state;
	law_build(&c[0], &law_default);
	law_build(&c[1], &law_default);
	v = &c[1].c.values[law_row("ScanResult")];
	v->is_null = false;
	v->u.text = STR("Success");
	v = &c[1].c.values[law_row("RequestId")];
	v->is_null = false;
	v->u.text = STR("one");
	direction_judge(&c[0].c, &c[1].c, &j);
	expect("state", "the pair", j.direction, DIR_INERT);
	assert_false(j.differs[law_row("ScanResult")]);
	assert_false(j.differs[law_row("RequestId")]);
}

/* Text that could not be read may have said anything. */
static void test_malformed(void **state)
{
	static struct law_config c[2];
	struct value *v;
	struct judgement j;

	(void)state;
	law_build(&c[0], &law_default);
	law_build(&c[1], &law_default);
	v = &c[1].c.values[law_row("Latest")];
	*v = (struct value){.is_null = true, .is_malformed = true};
	direction_judge(&c[0].c, &c[1].c, &j);
	expect("malformed", "the pair", j.direction, DIR_UNKNOWN);
	assert_int_equal(j.directions[law_row("Latest")], DIR_UNKNOWN);
}

/* Under every scope, on and off: nobody knows what such a member does. */
static void test_unknown_members(void **state)
{
	static const char *const marks[][2] = {
		{"images=a", "images=a marked=a"},
		{"images=a marked=a", "images=a remarked=a"},
		{"images=ab marked=ab", "images=ab marked=b"},
		{"images=b", "images=ab marked=a"},
		{"images=ab remarked=a", "images=b"},
	};
	static const char *const rest[] = {"scope=0", "scope=1",     "scope=2",
					   "scope=9", "scope=null",  "scope=null all=1",
					   "on=0",    "on=0 scope=1"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(marks) * ARRAY_LEN(rest); i++) {
		static struct law_config c[2];
		struct judgement j;

		for (int s = 0; s < 2; s++) {
			char text[128];
			struct law_side side;

			snprintf(text, sizeof(text), "%s %s", rest[i % ARRAY_LEN(rest)],
				 marks[i / ARRAY_LEN(rest)][s]);
			side = read_side(text);
			law_build(&c[s], &side);
		}
		direction_judge(&c[0].c, &c[1].c, &j);
		expect(rest[i % ARRAY_LEN(rest)], "the pair", j.direction, DIR_UNKNOWN);
		expect(rest[i % ARRAY_LEN(rest)], "Images", j.directions[law_row("Images")],
		       DIR_UNKNOWN);
	}
}

/* --- another resource ---------------------------------------------------------------------- */

static const struct member group_members[] = {
	{.name = "Key", .kind = KIND_TEXT, .role = MEMBER_KEY},
	{.name = "Level", .kind = KIND_TEXT, .role = MEMBER_CONFIG},
	{.name = "Seen", .kind = KIND_TEXT, .role = MEMBER_STATE},
};

enum { T_SWITCH, T_GROUPS, T_SKIP, T_WORD, T_FROM, T_TO, T_DAYS, T_DAYS_TOO, T_TAGS, T_COUNT };

/* No scope, exclusions of another kind, a period twice, a dimension on a kind that it cannot have. */
static const struct field other_fields[T_COUNT] = {
	[T_SWITCH] = {.name = "On", .kind = KIND_BOOL, .dimension = DIM_SWITCH},
	[T_GROUPS] = {.name = "Groups",
		      .kind = KIND_ELEMENTS,
		      .dimension = DIM_CHOSEN,
		      .members = group_members,
		      .member_count = ARRAY_LEN(group_members)},
	[T_SKIP] = {.name = "Skip", .kind = KIND_TEXT_SET, .dimension = DIM_EXCLUDED},
	[T_WORD] = {.name = "Word", .kind = KIND_TEXT},
	[T_FROM] = {.name = "From", .kind = KIND_CLOCK, .dimension = DIM_START},
	[T_TO] = {.name = "To", .kind = KIND_TEXT, .dimension = DIM_END},
	[T_DAYS] = {.name = "Days", .kind = KIND_INTEGER, .dimension = DIM_PERIOD},
	[T_DAYS_TOO] = {.name = "DaysToo", .kind = KIND_INTEGER, .dimension = DIM_PERIOD},
	[T_TAGS] = {.name = "Tags", .kind = KIND_TEXT_SET, .dimension = DIM_FILTER},
};

static const struct resource other_resource = {
	.fields = other_fields,
	.field_count = T_COUNT,
};

/* A group: "key|level|seen". */
static struct element *group(const char *text)
{
	struct element *e = calloc(1, sizeof(*e) + 3 * sizeof(e->members[0]));
	uint32_t at = 0;

	assert_non_null(e);
	e->base = text;
	for (size_t i = 0; i < 3; i++) {
		uint32_t n = (uint32_t)strcspn(text + at, "|");

		e->members[i] = (struct span){at, n};
		at += n + 1;
	}
	return e;
}

static void other_build(struct config *c)
{
	memset(c, 0, sizeof(*c));
	c->resource = &other_resource;
	for (size_t i = 0; i < T_COUNT; i++)
		c->values[i].is_null = true;
	c->values[T_SWITCH] = (struct value){.u.boolean = true};
	c->values[T_FROM] = (struct value){.u.clock = 3600};
	c->values[T_DAYS] = (struct value){.u.integer = integer_from(1)};
	c->values[T_DAYS_TOO] = (struct value){.u.integer = integer_from(1)};
}

static void set_texts(struct config *c, size_t row, struct str *v, size_t n)
{
	c->values[row] = (struct value){.is_null = n == 0};
	c->values[row].u.texts.v = v;
	c->values[row].u.texts.n = n;
}

static void set_groups(struct config *c, const struct element **v, size_t n)
{
	c->values[T_GROUPS] = (struct value){.is_null = n == 0};
	c->values[T_GROUPS].u.elements.v = v;
	c->values[T_GROUPS].u.elements.n = n;
}

static enum direction judge_other(const struct config *b, const struct config *a, size_t row)
{
	struct judgement j;

	direction_judge(b, a, &j);
	return j.directions[row];
}

static void test_other_resource(void **state)
{
	static struct config b, a;
	struct element *low = group("k|low|now"), *high = group("k|high|now"),
		       *later = group("k|low|later"), *another = group("m|low|now"),
		       *first = group("a|low|now"), *second = group("b|low|now");
	const struct element *one[] = {low}, *altered[] = {high}, *moved[] = {later},
			     *two[] = {low, another}, *first_low[] = {first, low},
			     *second_high[] = {second, high};
	struct str x = STR("x");

	(void)state;
	other_build(&b);
	other_build(&a);
	set_texts(&a, T_TAGS, &x, 1);
	expect("filter", "Tags", judge_other(&b, &a, T_TAGS), DIR_UNKNOWN);

	/* Without a scope it may be all or chosen. */
	other_build(&a);
	set_groups(&b, one, 1);
	set_groups(&a, two, 2);
	expect("chosen", "Groups", judge_other(&b, &a, T_GROUPS), DIR_STRENGTHENED);
	set_groups(&a, altered, 1);
	expect("setting of an element", "Groups", judge_other(&b, &a, T_GROUPS), DIR_UNKNOWN);
	set_groups(&a, moved, 1);
	expect("state of an element", "Groups", judge_other(&b, &a, T_GROUPS), DIR_INERT);
	set_texts(&a, T_SKIP, &x, 1);
	expect("exclusion", "Skip", judge_other(&b, &a, T_SKIP), DIR_WEAKENED);

	/* Settings of elements count also while it is off, and behind elements that came and went. */
	a.values[T_SWITCH].u.boolean = b.values[T_SWITCH].u.boolean = false;
	set_groups(&b, first_low, 2);
	set_groups(&a, second_high, 2);
	expect("setting while off", "Groups", judge_other(&b, &a, T_GROUPS), DIR_UNKNOWN);
	set_groups(&a, two, 2);
	expect("elements while off", "Groups", judge_other(&b, &a, T_GROUPS), DIR_INERT);

	/* What does not fit its dimension, or shares one that is single, is outside. */
	other_build(&a);
	other_build(&b);
	a.values[T_TO] = (struct value){.u.text = x};
	expect("wrong kind", "To", judge_other(&b, &a, T_TO), DIR_UNKNOWN);
	a.values[T_DAYS].u.integer = integer_from(7);
	expect("period", "Days", judge_other(&b, &a, T_DAYS), DIR_WEAKENED);
	a.values[T_DAYS_TOO].u.integer = integer_from(7);
	expect("second period", "DaysToo", judge_other(&b, &a, T_DAYS_TOO), DIR_UNKNOWN);
	a.values[T_FROM].u.clock = 7200;
	expect("start without end", "From", judge_other(&b, &a, T_FROM), DIR_NEUTRAL);
	set_texts(&a, T_WORD, &x, 0);
	a.values[T_WORD] = (struct value){.u.text = x};
	expect("no dimension", "Word", judge_other(&b, &a, T_WORD), DIR_UNKNOWN);
	free(low);
	free(high);
	free(later);
	free(another);
	free(first);
	free(second);
}

/* A scope of chosen images, and no row that says which: some images, nobody knows which. */
static void test_scope_without_selection(void **state)
{
	static const struct field fields[] = {
		{.name = "Scope", .kind = KIND_INTEGER, .dimension = DIM_SCOPE},
		{.name = "Tags", .kind = KIND_TEXT_SET, .dimension = DIM_FILTER},
	};
	static const struct resource r = {.fields = fields, .field_count = 2};
	struct config b = {.resource = &r}, a = {.resource = &r};
	struct str tags[] = {STR("x"), STR("y")};

	(void)state;
	b.values[0].u.integer = a.values[0].u.integer = integer_from(1);
	set_texts(&b, 1, tags, 1);
	set_texts(&a, 1, tags, 2);
	expect("tags", "Tags", judge_other(&b, &a, 1), DIR_STRENGTHENED);
	a.values[0].u.integer = integer_from(2);
	expect("another scope", "Scope", judge_other(&b, &a, 0), DIR_UNKNOWN);
	a.values[0].u.integer = integer_from(0);
	expect("everything", "Scope", judge_other(&b, &a, 0), DIR_STRENGTHENED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_examples_swapped),
		cmocka_unit_test(test_same_is_inert),
		cmocka_unit_test(test_switched_off),
		cmocka_unit_test(test_unknown_fields),
		cmocka_unit_test(test_unknown_while_off),
		cmocka_unit_test(test_state_is_not_judged),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_unknown_members),
		cmocka_unit_test(test_other_resource),
		cmocka_unit_test(test_scope_without_selection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
