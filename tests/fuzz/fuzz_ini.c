/* SPDX-License-Identifier: Apache-2.0 */
/* What was read, written as INI again, reads as the same; targets.ini reads or is refused. */
#include <assert.h>

#include "base/buf.h"
#include "ini/ini.h"
#include "policy/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ini_key keys[] = {
	{"id", INI_VALUE, false}, {"list", INI_LIST, false}, {"text", INI_TEXT, false}};
static const struct ini_section_kind kinds[] = {
	{.prefix = "a", .keys = keys, .key_count = 3, .key_size = sizeof(keys[0])},
	{.prefix = "n",
	 .name_word = "NAME",
	 .keys = keys,
	 .key_count = 3,
	 .key_size = sizeof(keys[0])},
	{.prefix = "free"}};
static const struct ini_schema schema = {kinds, ARRAY_LEN(kinds)};

/* Each line where it was, for a continuation may not hold all that a first line may. */
static void write_entry(const struct ini_entry *e, struct buf *out)
{
	size_t at = e->line;

	buf_printf(out, "%s=%s", e->key.p, e->lines[0].line == at ? "" : "\n");
	for (size_t i = 0; i < e->line_count; i++)
		buf_printf(out, "%s%s\n", e->lines[i].line == at ? "" : " ", e->lines[i].text.p);
}

/* False where it is refused. */
static bool rewrite(struct str bytes, struct buf *out)
{
	struct arena *a = arena_new();
	struct ini_doc doc = {0};
	struct err *e = ini_read(a, "f", bytes, &schema, &doc);

	for (size_t k = 0; k < doc.section_count; k++) {
		const struct ini_section *s = &doc.sections[k];

		buf_printf(out, "[%s%s%s]\n", s->kind->prefix, s->name.n ? " " : "", s->name.p);
		for (size_t i = 0; i < s->entry_count; i++)
			write_entry(&s->entries[i], out);
	}
	arena_free(a);
	err_free(e);
	return !e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size};
	struct buf once = BUF_INIT(1 << 24), twice = BUF_INIT(1 << 24);
	struct arena *a = arena_new();
	struct targets all = {0};

	if (rewrite(bytes, &once)) {
		assert(rewrite(buf_view(&once), &twice));
		assert(str_eq(buf_view(&once), buf_view(&twice)));
	}
	err_free(targets_parse(a, TARGETS_FILE, bytes, &all));
	buf_free(&once);
	buf_free(&twice);
	arena_free(a);
	return 0;
}
