/* SPDX-License-Identifier: Apache-2.0 */
#include "law_build.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOURCE (&schema_registry_scan)

const struct law_side law_default = {
	.on = 1,
	.scope = 0,
	.all = 0,
	.types = 7,
	.period = 1,
	.start = 2 * 60,
	.end = 6 * 60,
};

/* In the order in which they sort. */
static const char *const names[LAW_NAMES] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static struct element *images[LAW_MARKS][LAW_NAMES];
static const struct extra extras[LAW_MARKS] = {
	[LAW_MARKED] = {STR("{\"X\": 1}"), STR("{\"X\": 1}")},
	[LAW_REMARKED] = {STR("{\"X\": 2}"), STR("{\"X\": 2}")},
};

/* Found by name once: sweeps build millions of configs. */
static struct {
	size_t on, scope, all, latest, running, types, registries, spaces, images, ids, excluded,
		period, start, end;
} rows;

size_t law_row(const char *name)
{
	for (size_t i = 0; i < RESOURCE->field_count; i++) {
		if (strcmp(RESOURCE->fields[i].name, name) == 0)
			return i;
	}
	fprintf(stderr, "no row %s\n", name);
	abort();
}

enum law_mark law_mark_of(const struct law_side *side, unsigned image)
{
	if (side->marked >> image & 1)
		return LAW_MARKED;
	return side->remarked >> image & 1 ? LAW_REMARKED : LAW_PLAIN;
}

struct element *law_image(const char *name, enum law_mark mark)
{
	const struct field *f = &RESOURCE->fields[law_row("Images")];
	size_t n = strlen(name);
	struct element *e = malloc(sizeof(*e) + f->member_count * sizeof(e->members[0]) + n + 1);

	assert(e);
	memset(e, 0, sizeof(*e));
	e->extra = mark == LAW_PLAIN ? NULL : &extras[mark];
	e->base = (char *)(e->members + f->member_count);
	memcpy(e->members + f->member_count, name, n + 1);
	for (size_t i = 0; i < f->member_count; i++) {
		bool is_key = f->members[i].role == MEMBER_KEY;

		e->members[i] = (struct span){0, is_key ? (uint32_t)n : 0};
	}
	return e;
}

static void look_up(void)
{
	if (images[0][0])
		return;
	for (enum law_mark k = LAW_PLAIN; k < LAW_MARKS; k++) {
		for (size_t i = 0; i < LAW_NAMES; i++)
			images[k][i] = law_image(names[i], k);
	}
	rows.on = law_row("Enable");
	rows.scope = law_row("ScanScope");
	rows.all = law_row("All");
	rows.latest = law_row("Latest");
	rows.running = law_row("ContainerRunning");
	rows.types = law_row("ScanType");
	rows.registries = law_row("RegistryType");
	rows.spaces = law_row("Namespace");
	rows.images = law_row("Images");
	rows.ids = law_row("Id");
	rows.excluded = law_row("ExcludeImageAssetIds");
	rows.period = law_row("ScanPeriod");
	rows.start = law_row("ScanTime");
	rows.end = law_row("ScanEndTime");
}

static void set_bool(struct law_config *c, size_t row, int v)
{
	c->c.values[row] = (struct value){.is_null = v == LAW_NULL, .u.boolean = v == 1};
}

static void set_integer(struct law_config *c, size_t row, int v)
{
	c->c.values[row] =
		(struct value){.is_null = v == LAW_NULL,
			       .u.integer = integer_from(v == LAW_NULL ? 0 : (uint64_t)v)};
}

static void set_clock(struct law_config *c, size_t row, int minutes)
{
	c->c.values[row] =
		(struct value){.is_null = minutes == LAW_NULL,
			       .u.clock = minutes == LAW_NULL ? 0 : (unsigned)minutes * 60};
}

static void set_texts(struct law_config *c, size_t row, struct str *v, unsigned bits)
{
	size_t n = 0;

	for (unsigned i = 0; bits >> i; i++) {
		if (bits >> i & 1)
			v[n++] = str_from(names[i]);
	}
	c->c.values[row] = (struct value){.is_null = n == 0};
	c->c.values[row].u.texts.v = v;
	c->c.values[row].u.texts.n = n;
}

static void set_integers(struct law_config *c, size_t row, struct integer *v, unsigned bits)
{
	size_t n = 0;

	for (unsigned i = 0; bits >> i; i++) {
		if (bits >> i & 1)
			v[n++] = integer_from(11 * (i + 1));
	}
	c->c.values[row] = (struct value){.is_null = n == 0};
	c->c.values[row].u.integers.v = v;
	c->c.values[row].u.integers.n = n;
}

void law_set_marked(struct law_config *c, const struct law_side *side)
{
	struct value *v = &c->c.values[rows.images];
	size_t n = 0;

	for (unsigned i = 0; side->images >> i; i++) {
		if (side->images >> i & 1)
			c->images[n++] = images[law_mark_of(side, i)][i];
	}
	*v = (struct value){.is_null = n == 0};
	v->u.elements.v = c->images;
	v->u.elements.n = n;
	v->u.elements.have_extra = side->images & (side->marked | side->remarked);
}

void law_set_images(struct law_config *c, unsigned bits)
{
	law_set_marked(c, &(struct law_side){.images = bits});
}

void law_set_ids(struct law_config *c, unsigned ids, unsigned excluded)
{
	set_integers(c, rows.ids, c->ids, ids);
	set_integers(c, rows.excluded, c->excluded, excluded);
}

void law_set_bools(struct law_config *c, int latest, int running)
{
	set_bool(c, rows.latest, latest);
	set_bool(c, rows.running, running);
}

void law_set_filters(struct law_config *c, unsigned registries, unsigned spaces)
{
	set_texts(c, rows.registries, c->registries, registries);
	set_texts(c, rows.spaces, c->spaces, spaces);
}

void law_set_period(struct law_config *c, int period)
{
	set_integer(c, rows.period, period);
}

void law_set_window(struct law_config *c, int start, int end)
{
	set_clock(c, rows.start, start);
	set_clock(c, rows.end, end);
}

void law_set_on(struct law_config *c, int on)
{
	set_bool(c, rows.on, on);
}

void law_build(struct law_config *out, const struct law_side *side)
{
	look_up();
	memset(&out->c, 0, sizeof(out->c));
	out->c.resource = RESOURCE;
	for (size_t i = 0; i < RESOURCE->field_count; i++)
		out->c.values[i].is_null = true;
	law_set_on(out, side->on);
	set_bool(out, rows.all, side->all);
	set_integer(out, rows.scope, side->scope);
	law_set_window(out, side->start, side->end);
	set_texts(out, rows.types, out->types, side->types);
	law_set_period(out, side->period);
	law_set_bools(out, side->latest, side->running);
	law_set_filters(out, side->registries, side->spaces);
	law_set_marked(out, side);
	law_set_ids(out, side->ids, side->excluded);
}

const char *law_text(const struct law_side *s, char out[LAW_TEXT_SIZE])
{
	snprintf(out, LAW_TEXT_SIZE,
		 "on %d scope %d all %d types %x period %d window %d-%d registries %x spaces %x "
		 "images %x marked %x/%x ids %x excluded %x latest %d running %d",
		 s->on, s->scope, s->all, s->types, s->period, s->start, s->end, s->registries,
		 s->spaces, s->images, s->marked, s->remarked, s->ids, s->excluded, s->latest,
		 s->running);
	return out;
}
