/* SPDX-License-Identifier: Apache-2.0 */
#include "history/commit_message.h"

#include "base/escape.h"
#include "base/utf8.h"

#define COLUMNS      72u
#define CHANGES_TOLD 50u /* of one target */

static void put_line(struct buf *b, struct str line)
{
	struct buf shown = BUF_INIT((size_t)1 << 20);
	struct str s, head;

	escape_terminal(&shown, line);
	s = buf_view(&shown);
	head = utf8_prefix(s, COLUMNS - 3);
	if (utf8_width(s) <= COLUMNS)
		buf_str(b, s);
	else
		buf_printf(b, "%.*s...", STR_ARG(head));
	buf_char(b, '\n');
	buf_free(&shown);
}

static void put_changes(struct buf *b, const struct result *r, struct str target)
{
	size_t count = 0;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (!f->change || !str_eq(f->target, target))
			continue;
		if (count++ < CHANGES_TOLD)
			put_line(b, f->message);
	}
	if (count > CHANGES_TOLD)
		buf_printf(b, "and %zu more\n", count - CHANGES_TOLD);
}

static void put_trailers(struct buf *b, const struct message *m)
{
	if (m->baseline_commit)
		buf_printf(b, "Scandrift-Baseline: %s\n", m->baseline_commit);
	for (size_t i = 0; i < m->part_count; i++) {
		const struct message_part *p = &m->parts[i];

		buf_printf(b, "Scandrift-Target: %s\nScandrift-Digest: %.*s\n", p->target->name.p,
			   STR_ARG(p->digest));
		if (!p->row->request_id.n)
			continue;
		buf_puts(b, "Scandrift-Request-Id: ");
		escape_terminal(b, p->row->request_id);
		buf_char(b, '\n');
	}
}

void message_write(struct buf *b, const struct message *m)
{
	if (m->part_count == 1)
		buf_printf(b, "%s %s\n", m->subject, m->parts[0].target->name.p);
	else
		buf_printf(b, "%s %zu targets\n", m->subject, m->part_count);
	for (size_t i = 0; i < m->part_count; i++) {
		buf_printf(b, "\n%s: %s\n", m->parts[i].target->name.p, m->parts[i].what);
		put_changes(b, m->result, m->parts[i].row->name);
	}
	buf_char(b, '\n');
	put_trailers(b, m);
}
