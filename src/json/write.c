/* SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

#include <string.h>

#include "json/plain.h"

static void put_escape(struct buf *b, unsigned char c)
{
	static const char short_forms[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *at = memchr(short_forms, c, sizeof(short_forms) - 1);

	if (at)
		buf_printf(b, "\\%c", letters[at - short_forms]);
	else
		buf_printf(b, "\\u%04x", c);
}

void json_put_string(struct buf *b, struct str s)
{
	size_t run = json_plain_run(s);
	char *all = run == s.n ? buf_claim(b, s.n + 2) : NULL;

	if (all) {
		all[0] = all[s.n + 1] = '"';
		if (s.n)
			memcpy(all + 1, s.p, s.n);
		return;
	}
	buf_char(b, '"');
	while (s.n) {
		buf_add(b, s.p, run);
		if (run < s.n)
			put_escape(b, (unsigned char)s.p[run++]);
		s.p += run;
		s.n -= run;
		run = json_plain_run(s);
	}
	buf_char(b, '"');
}

void json_put_integer(struct buf *b, struct integer i)
{
	if (i.is_negative)
		buf_char(b, '-');
	buf_u64(b, i.magnitude);
}

struct json_writer json_writer_to(struct buf *out)
{
	return (struct json_writer){.out = out};
}

static void new_line(struct json_writer *w)
{
	if (w->inline_from)
		return;
	buf_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		buf_puts(w->out, "  ");
}

static void before_item(struct json_writer *w)
{
	if (w->after_key) {
		w->after_key = false;
		return;
	}
	if (w->has_items)
		buf_puts(w->out, w->inline_from ? ", " : ",");
	if (w->depth)
		new_line(w);
}

static void begin(struct json_writer *w, char c)
{
	before_item(w);
	buf_char(w->out, c);
	w->depth++;
	w->has_items = false;
}

static void end(struct json_writer *w, char c)
{
	w->depth--;
	if (w->has_items)
		new_line(w);
	buf_char(w->out, c);
	w->has_items = true;
}

void json_begin_object(struct json_writer *w)
{
	begin(w, '{');
}

void json_end_object(struct json_writer *w)
{
	end(w, '}');
}

void json_begin_array(struct json_writer *w)
{
	begin(w, '[');
}

void json_end_array(struct json_writer *w)
{
	end(w, ']');
}

void json_begin_inline(struct json_writer *w)
{
	/* The first item still begins a line of its own. */
	if (w->after_key || w->inline_from) {
		w->inline_from++;
		return;
	}
	before_item(w);
	w->after_key = true;
	w->inline_from++;
}

void json_end_inline(struct json_writer *w)
{
	w->inline_from--;
}

void json_key_str(struct json_writer *w, struct str key)
{
	before_item(w);
	json_put_string(w->out, key);
	buf_puts(w->out, ": ");
	w->has_items = true;
	w->after_key = true;
}

void json_key(struct json_writer *w, const char *key)
{
	json_key_str(w, str_from(key));
}

void json_string(struct json_writer *w, struct str s)
{
	before_item(w);
	json_put_string(w->out, s);
	w->has_items = true;
}

void json_text(struct json_writer *w, const char *s)
{
	if (s)
		json_string(w, str_from(s));
	else
		json_null(w);
}

void json_raw(struct json_writer *w, struct str json)
{
	before_item(w);
	buf_str(w->out, json);
	w->has_items = true;
}

void json_boolean(struct json_writer *w, bool v)
{
	json_raw(w, str_from(v ? "true" : "false"));
}

void json_null(struct json_writer *w)
{
	json_raw(w, STR("null"));
}

void json_integer(struct json_writer *w, struct integer v)
{
	before_item(w);
	json_put_integer(w->out, v);
	w->has_items = true;
}

void json_count(struct json_writer *w, uint64_t v)
{
	json_integer(w, integer_from(v));
}

void json_finish(struct json_writer *w)
{
	buf_char(w->out, '\n');
}
