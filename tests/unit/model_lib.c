/* SPDX-License-Identifier: Apache-2.0 */
#include "model_lib.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/canonical.h"

/* clang-format off */
static const struct member rule_members[] = {
	/* name             kind           role                 fold        form */
	{ .name = "Type",      .kind = KIND_TEXT,    .role = MEMBER_KEY,         .fold = FOLD_UPPER },
	{ .name = "Rank",      .kind = KIND_INTEGER, .role = MEMBER_KEY_IF_GAPS },
	{ .name = "IsEnabled", .kind = KIND_BOOL,    .role = MEMBER_CONFIG,      .form = BOOL_ZERO_ONE },
	{ .name = "Switch",    .kind = KIND_BOOL,    .role = MEMBER_CONFIG,      .form = BOOL_ON_OFF },
	{ .name = "Days",      .kind = KIND_INTEGER, .role = MEMBER_CONFIG },
	{ .name = "BeginTime", .kind = KIND_CLOCK,   .role = MEMBER_CONFIG },
	{ .name = "FullTime",  .kind = KIND_CLOCK,   .role = MEMBER_CONFIG,      .clock = CLOCK_IN_DATE },
	{ .name = "Hits",      .kind = KIND_INTEGER, .role = MEMBER_STATE },
	{ .name = "LastHit",   .kind = KIND_TEXT,    .role = MEMBER_STATE },
};

static const struct field fields[] = {
	{ .name = "IsEnabled", .kind = KIND_BOOL,        .dimension = DIM_SWITCH, .need = NEED_ALWAYS, .form = BOOL_ZERO_ONE },
	{ .name = "Monitor",   .kind = KIND_BOOL,        .dimension = DIM_NARROW, .form = BOOL_ON_OFF },
	{ .name = "BeginAt",   .kind = KIND_CLOCK,       .dimension = DIM_START },
	{ .name = "EndAt",     .kind = KIND_CLOCK,       .dimension = DIM_END,    .clock = CLOCK_IN_DATE },
	{ .name = "Cycle",     .kind = KIND_INTEGER,     .dimension = DIM_PERIOD, .least = 1 },
	{ .name = "Timeout",   .kind = KIND_INTEGER },
	{ .name = "Title",     .kind = KIND_TEXT },
	{ .name = "Paths",     .kind = KIND_TEXT_SET },
	{ .name = "HostIds",   .kind = KIND_INTEGER_SET },
	{ .name = "Rules",     .kind = KIND_ELEMENTS,    .members = rule_members, .member_count = ARRAY_LEN(rule_members) },
	{ .name = "UpdatedAt", .kind = KIND_TEXT,        .role = ROLE_STATE },
	{ .name = "TotalCount", .kind = KIND_INTEGER,    .role = ROLE_STATE },
	{ .name = "RequestId", .kind = KIND_TEXT,        .role = ROLE_RUN,        .need = NEED_ALWAYS },
};
/* clang-format on */

const struct resource lib_resource = {
	.service = "test",
	.action = "DescribeRules",
	.version = "2020-11-01",
	.request_body = "{\"Limit\":100}",
	.fields = fields,
	.field_count = ARRAY_LEN(fields),
};

static void must(struct err *e)
{
	char *text = e ? err_text(e) : NULL;

	if (e)
		fprintf(stderr, "%s\n", text ? text : "no memory");
	assert(!e);
	free(text);
}

struct reading *lib_read(struct arena *a, const struct resource *r, const char *json)
{
	const struct normalize_options opt = {
		.form = READ_FILE, .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
	struct str bytes = arena_str(a, str_from(json));
	struct reading *out = NULL;

	assert(bytes.p);
	must(normalize_read(r, bytes, &opt, a, &out));
	return out;
}

static char *taken(struct buf *b, struct err *e)
{
	char *text;

	must(e);
	must(buf_check(b, ERR_OUTPUT, "text"));
	if (b->n == 0)
		buf_add(b, "", 1);
	text = buf_take(b, NULL);
	assert(text);
	return text;
}

char *lib_canonical(const struct config *c)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);
	struct err *e = canonical_write(&b, c);

	return taken(&b, e);
}

char *lib_jcs(const struct config *c)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);
	struct err *e = canonical_write_jcs(&b, c);

	return taken(&b, e);
}

size_t lib_changes(const struct config *before, const struct config *after, struct arena *a)
{
	struct diff d;

	must(diff_configs(before, after, a, &d));
	return d.change_count;
}

size_t lib_notes(const struct reading *r, enum note_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < r->note_count; i++)
		n += r->notes[i].kind == kind;
	return n;
}

struct str lib_note_path(const struct reading *r, enum note_kind kind)
{
	for (size_t i = 0; i < r->note_count; i++) {
		if (r->notes[i].kind == kind)
			return r->notes[i].path;
	}
	return STR("");
}

size_t lib_row(const struct resource *r, const char *field)
{
	for (size_t i = 0; i < r->field_count; i++) {
		if (strcmp(r->fields[i].name, field) == 0)
			return i;
	}
	fprintf(stderr, "no row %s\n", field);
	abort();
}

char *lib_value(const struct reading *r, const char *field)
{
	const struct resource *res = r->config.resource;
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);
	size_t row = lib_row(res, field);

	canonical_write_value(&b, &res->fields[row], &r->config.values[row]);
	return taken(&b, NULL);
}

/* splitmix64 */
uint64_t lib_next(struct lib_random *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

unsigned lib_below(struct lib_random *r, unsigned n)
{
	return (unsigned)(lib_next(r) % n);
}

struct lib_random lib_seed(void)
{
	const char *text = getenv("SCANDRIFT_SEED");
	uint64_t seed = 20261124;

	if (text && *text && !str_to_u64(str_from(text), UINT64_MAX, &seed))
		fprintf(stderr, "SCANDRIFT_SEED is no number\n");
	printf("SCANDRIFT_SEED=%llu\n", (unsigned long long)seed);
	return (struct lib_random){seed};
}

size_t lib_rounds(size_t few, size_t many)
{
	const char *text = getenv("SCANDRIFT_LONG");

	return text && strcmp(text, "1") == 0 ? many : few;
}
