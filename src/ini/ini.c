/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drives inih line by line. feed() looks at each line before inih does and says what inih will
 * make of it; on_pair() takes what inih made of it. Both must agree, else the line is refused:
 * no line is ever lost between the two.
 */
#include "ini/ini.h"

#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/grow.h"
#include "base/suggest.h"
#include "ini/line.h"

#define EXPECTED_MAX 4096

struct reader {
	struct arena *a;
	const char *file;
	const struct ini_schema *schema;
	struct str rest;
	size_t number;
	struct err *e; /* the first error; nothing is read after it */

	struct line line;
	bool is_owed; /* inih has not yet said what it made of the line */

	struct ini_section *sections;
	size_t section_count, section_cap;
	size_t *slots; /* by hash of the name: index of the section plus 1; 0 is free */
	size_t slot_count;

	/* The section and the key that are being read; counts in the structs are of what is done. */
	struct ini_section *section;
	struct ini_entry *entries;
	size_t entry_cap;
	struct ini_line *lines;
	size_t line_cap;
};

struct err *ini_error(const char *file, size_t line, const char *fmt, ...)
{
	struct err *e;
	char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return err_nomem();
	e = err_at(err_new(ERR_CONFIG, "%s:%zu: %s", file, line, text), line, 0);
	free(text);
	return e;
}

/* ---- what the table says ---- */

static const struct ini_key *row_at(const struct ini_section_kind *kind, size_t i)
{
	return (const struct ini_key *)((const char *)kind->keys + i * kind->key_size);
}

static const struct ini_key *find_row(const struct ini_section_kind *kind, struct str key)
{
	for (size_t i = 0; kind->keys && i < kind->key_count; i++) {
		if (str_is(key, row_at(kind, i)->name))
			return row_at(kind, i);
	}
	return NULL;
}

static const struct ini_section_kind *find_kind(const struct ini_schema *schema, struct str prefix)
{
	for (size_t i = 0; i < schema->kind_count; i++) {
		if (str_is(prefix, schema->kinds[i].prefix))
			return &schema->kinds[i];
	}
	return NULL;
}

static struct str prefix_of(struct str word)
{
	const char *blank = memchr(word.p, ' ', word.n);

	return (struct str){word.p, blank ? (size_t)(blank - word.p) : word.n};
}

static enum ini_kind kind_of(const struct ini_entry *entry)
{
	return entry->row ? entry->row->kind : INI_VALUE;
}

/* "[target NAME]", or "[target prod]" with the name. */
static void add_header(struct buf *b, const struct ini_section_kind *kind, struct str name)
{
	buf_printf(b, "[%s", kind->prefix);
	if (kind->name_word) {
		buf_char(b, ' ');
		buf_str(b, name);
	}
	buf_char(b, ']');
}

/* The last of several is joined by "or". */
static const char *between(size_t i, size_t count)
{
	if (i == 0)
		return "";
	return i + 1 == count ? " or " : ", ";
}

static struct err *unknown_section(struct reader *r)
{
	struct suggest near = suggest_for(prefix_of(r->line.word));
	struct buf expected = BUF_INIT(EXPECTED_MAX);
	struct err *e;

	for (size_t i = 0; i < r->schema->kind_count; i++) {
		const struct ini_section_kind *kind = &r->schema->kinds[i];

		suggest_offer(&near, str_from(kind->prefix));
		buf_puts(&expected, between(i, r->schema->kind_count));
		add_header(&expected, kind, str_from(kind->name_word));
	}
	if (near.best.n)
		e = ini_error(r->file, r->number,
			      "unknown section [%.*s], did you mean \"%.*s\"? Expected %.*s",
			      STR_ARG(line_shown(r->line.word)), STR_ARG(near.best),
			      STR_ARG(buf_view(&expected)));
	else
		e = ini_error(r->file, r->number, "unknown section [%.*s], expected %.*s",
			      STR_ARG(line_shown(r->line.word)), STR_ARG(buf_view(&expected)));
	buf_free(&expected);
	return e;
}

static struct err *unknown_key(struct reader *r)
{
	const struct ini_section_kind *kind = r->section->kind;
	struct suggest near = suggest_for(r->line.word);
	struct buf header = BUF_INIT(EXPECTED_MAX), expected = BUF_INIT(EXPECTED_MAX);
	struct err *e;

	add_header(&header, kind, r->section->name);
	for (size_t i = 0; i < kind->key_count; i++) {
		suggest_offer(&near, str_from(row_at(kind, i)->name));
		buf_puts(&expected, between(i, kind->key_count));
		buf_puts(&expected, row_at(kind, i)->name);
	}
	if (near.best.n)
		e = ini_error(
			r->file, r->number, "unknown key \"%.*s\" in %.*s, did you mean \"%.*s\"?",
			STR_ARG(r->line.word), STR_ARG(buf_view(&header)), STR_ARG(near.best));
	else
		e = ini_error(r->file, r->number, "unknown key \"%.*s\" in %.*s, expected %.*s",
			      STR_ARG(r->line.word), STR_ARG(buf_view(&header)),
			      STR_ARG(buf_view(&expected)));
	buf_free(&header);
	buf_free(&expected);
	return e;
}

/* ---- names of sections: found by hash, for a file may have thousands ---- */

static size_t hash_of(const struct ini_section_kind *kind, struct str name)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)(uintptr_t)kind;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		h ^= (unsigned char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
		h *= UINT64_C(1099511628211);
	}
	return (size_t)(h ^ h >> 32);
}

/* Where it is, or the free place where it belongs. */
static size_t *slot_of(const struct reader *r, const struct ini_section_kind *kind, struct str name)
{
	size_t at = hash_of(kind, name) & (r->slot_count - 1);

	while (r->slots[at]) {
		const struct ini_section *s = &r->sections[r->slots[at] - 1];

		if (s->kind == kind && str_eq_nocase(s->name, name))
			break;
		at = (at + 1) & (r->slot_count - 1);
	}
	return &r->slots[at];
}

/* At most half full. */
static struct err *grow_slots(struct reader *r)
{
	if (r->section_count * 2 < r->slot_count)
		return NULL;
	r->slot_count = r->slot_count ? r->slot_count * 2 : 16;
	r->slots = arena_array(r->a, r->slot_count, sizeof(*r->slots));
	if (!r->slots)
		return err_nomem();
	for (size_t i = 0; i < r->section_count; i++)
		*slot_of(r, r->sections[i].kind, r->sections[i].name) = i + 1;
	return NULL;
}

/* ---- building the document ---- */

/* The lines of a key with a blank between them. */
static struct err *join(struct reader *r, struct ini_entry *entry)
{
	size_t n = 0, at = 0;
	char *p;

	if (entry->line_count == 1) {
		entry->value = entry->lines[0].text;
		return NULL;
	}
	for (size_t i = 0; i < entry->line_count; i++)
		n += entry->lines[i].text.n + 1;
	p = arena_bytes(r->a, n);
	if (!p)
		return err_nomem();
	for (size_t i = 0; i < entry->line_count; i++) {
		memcpy(p + at, entry->lines[i].text.p, entry->lines[i].text.n);
		at += entry->lines[i].text.n;
		p[at++] = ' ';
	}
	p[n - 1] = '\0';
	entry->value = (struct str){p, n - 1};
	return NULL;
}

static struct ini_entry *last_entry(struct reader *r)
{
	if (!r->section || r->section->entry_count == 0)
		return NULL;
	return &r->entries[r->section->entry_count - 1];
}

static struct err *end_entry(struct reader *r)
{
	struct ini_entry *entry = last_entry(r);

	if (!entry || entry->value.p)
		return NULL;
	if (entry->line_count == 0)
		return ini_error(r->file, entry->line, "key \"%.*s\" has no value",
				 STR_ARG(entry->key));
	entry->lines = r->lines;
	r->lines = NULL;
	r->line_cap = 0;
	return join(r, entry);
}

static struct err *end_section(struct reader *r)
{
	struct ini_section *section = r->section;

	if (!section)
		return NULL;
	TRY(end_entry(r));
	section->entries = r->entries;
	r->entries = NULL;
	r->entry_cap = 0;
	r->section = NULL;
	for (size_t i = 0; section->kind->keys && i < section->kind->key_count; i++) {
		const struct ini_key *row = row_at(section->kind, i);
		struct buf header = BUF_INIT(EXPECTED_MAX);
		struct err *e;

		if (!row->is_required || ini_get(section, row->name))
			continue;
		add_header(&header, section->kind, section->name);
		e = ini_error(r->file, section->line, "%.*s has no key \"%s\", which it needs",
			      STR_ARG(buf_view(&header)), row->name);
		buf_free(&header);
		return e;
	}
	return NULL;
}

static struct err *check_name(struct reader *r, const struct ini_section_kind *kind,
			      struct str name)
{
	if (!kind->name_word && !str_is(r->line.word, kind->prefix))
		return ini_error(r->file, r->number, "[%.*s], expected [%s]",
				 STR_ARG(line_shown(r->line.word)), kind->prefix);
	if (!kind->name_word)
		return NULL;
	if (name.n == 0 || memchr(name.p, ' ', name.n) || memchr(name.p, '\t', name.n))
		return ini_error(r->file, r->number, "[%.*s], expected [%s %s]",
				 STR_ARG(line_shown(r->line.word)), kind->prefix, kind->name_word);
	if (kind->is_name && !kind->is_name(name))
		return ini_error(r->file, r->number, "[%.*s], expected a name of %s",
				 STR_ARG(line_shown(r->line.word)), kind->name_rule);
	return NULL;
}

static struct err *begin_section(struct reader *r)
{
	struct str word = r->line.word, prefix = prefix_of(word), name = {"", 0};
	const struct ini_section_kind *kind = find_kind(r->schema, prefix);
	size_t *slot;

	TRY(end_section(r));
	if (!kind)
		return unknown_section(r);
	if (prefix.n < word.n)
		name = (struct str){word.p + prefix.n + 1, word.n - prefix.n - 1};
	TRY(check_name(r, kind, name));
	if (r->section_count == INI_SECTIONS_MAX)
		return ini_error(r->file, r->number, "more than %d sections", INI_SECTIONS_MAX);
	TRY(grow_slots(r));
	slot = slot_of(r, kind, name);
	if (*slot)
		return ini_error(r->file, r->number,
				 "duplicate section [%.*s], it stands on line %zu already%s",
				 STR_ARG(word), r->sections[*slot - 1].line,
				 str_eq(r->sections[*slot - 1].name, name)
					 ? ""
					 : "; case makes no difference");
	r->sections =
		grow_in(r->a, r->sections, r->section_count, &r->section_cap, sizeof(*r->sections));
	name = arena_str(r->a, name);
	if (!r->sections || !name.p)
		return err_nomem();
	*slot = r->section_count + 1;
	r->section = &r->sections[r->section_count++];
	*r->section = (struct ini_section){.kind = kind, .name = name, .line = r->number};
	return NULL;
}

static struct err *check_key(struct reader *r)
{
	struct ini_section *section = r->section;
	struct str key = r->line.word;

	TRY(end_entry(r));
	if (!section)
		return ini_error(r->file, r->number, "key \"%.*s\" before the first [SECTION]",
				 STR_ARG(key));
	if (section->kind->keys && !find_row(section->kind, key))
		return unknown_key(r);
	if (!section->kind->keys && section->kind->is_free_key && !section->kind->is_free_key(key))
		return ini_error(r->file, r->number, "key \"%.*s\" in [%s], expected %s",
				 STR_ARG(key), section->kind->prefix, section->kind->free_key_rule);
	for (size_t i = 0; i < section->entry_count; i++) {
		if (str_eq(r->entries[i].key, key))
			return ini_error(r->file, r->number,
					 "duplicate key \"%.*s\", it stands on line %zu already",
					 STR_ARG(key), r->entries[i].line);
	}
	if (section->entry_count == INI_SECTION_KEYS_MAX)
		return ini_error(r->file, r->number, "more than %d keys in a section",
				 INI_SECTION_KEYS_MAX);
	return NULL;
}

/* A line that was indented by mistake must not vanish in the key above. */
static struct err *check_more(struct reader *r)
{
	struct str text = r->line.text;
	const struct ini_entry *entry = last_entry(r);
	const char *equals = memchr(text.p, '=', text.n);
	struct str head = {text.p, equals ? (size_t)(equals - text.p) : 0};

	head = str_trim(head);
	if (equals && find_row(r->section->kind, head))
		return ini_error(
			r->file, r->number,
			"\"%.*s =\" is indented and would go on with \"%.*s\", expected it "
			"at the start of the line",
			STR_ARG(head), STR_ARG(entry->key));
	if (text.p[0] == '[' && text.p[text.n - 1] == ']' &&
	    find_kind(r->schema, prefix_of((struct str){text.p + 1, text.n - 2})))
		return ini_error(r->file, r->number,
				 "\"%.*s\" is indented and would go on with \"%.*s\", expected it "
				 "at the start of the line",
				 STR_ARG(line_shown(text)), STR_ARG(entry->key));
	if (kind_of(entry) == INI_VALUE)
		return ini_error(r->file, r->number,
				 "\"%.*s\" is indented and would go on with \"%.*s\", which is one "
				 "line",
				 STR_ARG(line_shown(text)), STR_ARG(entry->key));
	return NULL;
}

static struct err *add_line(struct reader *r, struct ini_entry *entry, const char *text)
{
	struct str copy = arena_str(r->a, str_from(text));

	/* Nearly every value is one line, and there may be hundreds of thousands. */
	if (entry->line_count == 0 && r->line_cap == 0) {
		r->lines = arena_array(r->a, 1, sizeof(*r->lines));
		r->line_cap = 1;
	}
	r->lines = grow_in(r->a, r->lines, entry->line_count, &r->line_cap, sizeof(*r->lines));
	if (!r->lines || !copy.p)
		return err_nomem();
	r->lines[entry->line_count++] = (struct ini_line){copy, r->number};
	return NULL;
}

static struct err *add_entry(struct reader *r, const char *value)
{
	struct ini_section *section = r->section;
	const struct ini_key *row = find_row(section->kind, r->line.word);
	struct str key = row ? str_from(row->name) : arena_str(r->a, r->line.word);
	struct ini_entry *entry;

	r->entries =
		grow_in(r->a, r->entries, section->entry_count, &r->entry_cap, sizeof(*r->entries));
	if (!r->entries || !key.p)
		return err_nomem();
	entry = &r->entries[section->entry_count++];
	*entry = (struct ini_entry){.key = key, .row = row, .line = r->number};
	if (*value)
		return add_line(r, entry, value);
	if (kind_of(entry) == INI_VALUE)
		return end_entry(r);
	return NULL;
}

/* ---- inih's two callbacks ---- */

static int on_pair(void *ctx, const char *section, const char *name, const char *value)
{
	struct reader *r = ctx;
	struct ini_entry *entry = last_entry(r);

	(void)section;
	if (r->e || !r->is_owed)
		return 0;
	if (r->line.kind == LINE_KEY && str_is(r->line.word, name))
		r->e = add_entry(r, value);
	else if (r->line.kind == LINE_MORE && str_is(entry->key, name) &&
		 str_is(r->line.text, value))
		r->e = add_line(r, entry, value);
	else
		return 0;
	r->is_owed = false;
	return !r->e;
}

static struct err *next_line(struct reader *r)
{
	const char *end = memchr(r->rest.p, '\n', r->rest.n);
	struct str raw = {r->rest.p, end ? (size_t)(end - r->rest.p) : r->rest.n};

	r->rest.p += raw.n + (end != NULL);
	r->rest.n -= raw.n + (end != NULL);
	if (end && raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	r->number++;
	TRY(line_scan(r->file, r->number, raw, last_entry(r) != NULL, &r->line));
	r->is_owed = r->line.kind == LINE_KEY || r->line.kind == LINE_MORE;
	switch (r->line.kind) {
	case LINE_EMPTY:
		return NULL;
	case LINE_HEADER:
		return begin_section(r);
	case LINE_KEY:
		return check_key(r);
	case LINE_MORE:
		return check_more(r);
	}
	return NULL;
}

static struct err *check_paid(const struct reader *r)
{
	if (!r->is_owed)
		return NULL;
	return ini_error(r->file, r->number, "inih reads this line in another way than expected");
}

static char *feed(char *out, int room, void *ctx)
{
	struct reader *r = ctx;

	if (!r->e)
		r->e = check_paid(r);
	if (r->e || r->rest.n == 0)
		return NULL;
	r->e = next_line(r);
	/* One for the line end, one for the NUL. */
	if (!r->e && (room < 2 || r->line.feed.n > (size_t)room - 2))
		r->e = ini_error(r->file, r->number, "line of %zu bytes, inih takes %d",
				 r->line.feed.n, room);
	if (r->e)
		return NULL;
	if (r->line.feed.n)
		memcpy(out, r->line.feed.p, r->line.feed.n);
	out[r->line.feed.n] = '\n';
	out[r->line.feed.n + 1] = '\0';
	return out;
}

struct err *ini_read(struct arena *a, const char *file, struct str bytes,
		     const struct ini_schema *schema, struct ini_doc *out)
{
	struct reader r = {.a = a, .schema = schema, .rest = bytes};
	struct str name = arena_str(a, str_from(file));

	if (!name.p)
		return err_nomem();
	r.file = name.p;
	if (bytes.n > INI_FILE_MAX)
		return ini_error(r.file, 1, "file of %zu bytes, expected at most %d", bytes.n,
				 INI_FILE_MAX);
	/* A global that the library forces: its default cuts lines at 200 bytes. */
	if (ini_max_line < INI_LINE_MAX + 2)
		ini_max_line = INI_LINE_MAX + 2;
	if (ini_parse_stream(feed, &r, on_pair, &r) != 0 && !r.e)
		r.e = ini_error(r.file, r.number ? r.number : 1, "inih cannot read this line");
	if (!r.e)
		r.e = check_paid(&r);
	if (!r.e)
		r.e = end_section(&r);
	if (r.e)
		return r.e;
	*out = (struct ini_doc){r.file, r.sections, r.section_count};
	return NULL;
}

const struct ini_entry *ini_get(const struct ini_section *section, const char *key)
{
	for (size_t i = 0; i < section->entry_count; i++) {
		if (str_is(section->entries[i].key, key))
			return &section->entries[i];
	}
	return NULL;
}

const struct ini_section *ini_find(const struct ini_doc *doc, const char *prefix)
{
	for (size_t i = 0; i < doc->section_count; i++) {
		if (strcmp(doc->sections[i].kind->prefix, prefix) == 0)
			return &doc->sections[i];
	}
	return NULL;
}

void ini_describe_library(struct buf *b)
{
	buf_puts(b, "inih " INIH_VERSION);
}
