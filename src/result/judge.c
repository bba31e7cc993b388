/* SPDX-License-Identifier: Apache-2.0 */
#include "result/judge.h"

#include "base/utf8.h"
#include "model/altered.h"
#include "model/canonical.h"
#include "result/judge_liveness.h"
#include "result/rules.h"

/* Of a list, and of a value or a path, in a message; all of it is in the result. */
#define ITEMS_SHOWN 3u
#define VALUE_SHOWN 200u

/* Of an element that changed: its keys, and members with two values each. */
#define ALTERED_SHOWN 600u

/* The first bytes of a text that may be as large as a reply: more than is shown, to tell a cut. */
struct excerpt {
	struct buf b;
	char text[ALTERED_SHOWN + 1];
	size_t n;
};

static struct err *add(struct result *r, struct finding *f)
{
	if (!f->message.p)
		return err_nomem();
	return findings_add(&r->findings, f);
}

static void put_cut(struct buf *b, struct str s)
{
	struct str shown = utf8_prefix(s, VALUE_SHOWN);

	buf_str(b, shown);
	if (shown.n < s.n)
		buf_puts(b, "...");
}

static bool take_excerpt(void *ctx, const char *p, size_t n)
{
	struct excerpt *x = ctx;
	size_t room = sizeof(x->text) - x->n;

	if (n > room)
		n = room;
	memcpy(x->text + x->n, p, n);
	x->n += n;
	return x->n < sizeof(x->text);
}

/* Write the text to x->b. */
static void begin_excerpt(struct excerpt *x)
{
	x->n = 0;
	x->b = buf_stream(take_excerpt, x);
}

static struct str end_excerpt(struct excerpt *x, struct buf *into)
{
	buf_flush(&x->b);
	into->failed_memory |= x->b.failed_memory;
	buf_free(&x->b);
	return (struct str){x->text, x->n};
}

/* "lost \"VIRUS\" and 3 more" */
static void put_items(struct buf *b, const char *verb, const struct change *c,
		      const struct value *side, const size_t *items, size_t n)
{
	if (n == 0)
		return;
	if (b->n)
		buf_puts(b, ", ");
	buf_puts(b, verb);
	for (size_t i = 0; i < n && i < ITEMS_SHOWN; i++) {
		struct excerpt item;

		buf_puts(b, i ? ", " : " ");
		begin_excerpt(&item);
		canonical_name_item(&item.b, c->field, side, items[i]);
		put_cut(b, end_excerpt(&item, b));
	}
	if (n > ITEMS_SHOWN)
		buf_printf(b, " and %zu more", n - ITEMS_SHOWN);
}

/* "altered {...}: \"X\" was 1, is 2": what is inside of elements that both sides have. */
static struct err *put_altered(struct buf *b, const struct change *c)
{
	size_t n = c->altered_count;

	for (size_t i = 0; i < n && i < ITEMS_SHOWN; i++) {
		struct excerpt item;
		struct str text;
		struct err *e;

		begin_excerpt(&item);
		e = altered_describe(&item.b, c->field,
				     c->before->u.elements.v[c->altered[i].before],
				     c->after->u.elements.v[c->altered[i].after]);
		text = end_excerpt(&item, b);
		TRY(e);
		buf_puts(b, i ? ", " : b->n ? ", altered " : "altered ");
		buf_str(b, utf8_prefix(text, ALTERED_SHOWN));
		buf_puts(b, text.n > ALTERED_SHOWN ? "..." : "");
	}
	if (n > ITEMS_SHOWN)
		buf_printf(b, " and %zu more", n - ITEMS_SHOWN);
	return NULL;
}

static void put_side(struct buf *b, const struct change *c, bool is_before)
{
	const struct unknown *u = is_before ? c->unknown_before : c->unknown_after;
	struct excerpt value;

	if (!c->field) {
		put_cut(b, u ? u->json : STR("absent"));
		return;
	}
	begin_excerpt(&value);
	canonical_write_value(&value.b, c->field, is_before ? c->before : c->after);
	put_cut(b, end_excerpt(&value, b));
}

/* ->p is NULL if out of memory. */
static struct err *describe_change(const struct findings *list, const struct change *c,
				   struct str *text)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING), path = b;
	struct err *e = NULL;

	*text = (struct str){NULL, 0};

	if (c->field && schema_is_set(c->field->kind)) {
		put_items(&b, "lost", c, c->before, c->removed, c->removed_count);
		put_items(&b, "gained", c, c->after, c->added, c->added_count);
		e = put_altered(&b, c);
	} else {
		buf_puts(&b, "was ");
		put_side(&b, c, true);
		buf_puts(&b, ", is ");
		put_side(&b, c, false);
	}
	put_cut(&path, c->path);
	if (!b.failed_memory && !path.failed_memory)
		*text = findings_text(list, "%.*s %.*s (%s)", STR_ARG(buf_view(&path)),
				      STR_ARG(buf_view(&b)), direction_name(c->direction));
	buf_free(&b);
	buf_free(&path);
	return e;
}

static uint32_t line_of(const struct change *c, bool is_before)
{
	const struct unknown *u = is_before ? c->unknown_before : c->unknown_after;

	if (c->field)
		return is_before ? c->before->line : c->after->line;
	return u ? u->line : 0;
}

size_t change_line_after(const struct change *c)
{
	uint32_t line = line_of(c, false);

	return line ? line : 1;
}

#define NEXT_DRIFT                                                                                \
	"If it was intended, scandrift accept; if not, set it back in the console: Image risk > " \
	"Registry images > Scheduled scan"

/* Of a change that somebody proposes. */
static void propose(struct finding *f, const struct change *c)
{
	if (c->bits.lose) {
		f->next = STR("Take it back, or have it approved");
		return;
	}
	f->severity = SEVERITY_INFO;
	f->next = STR("Nothing");
}

struct err *judge_change(struct result *r, struct str target, const struct change *c,
			 bool is_switched_off, struct str file)
{
	bool off = is_switched_off && c->field && c->field->dimension == DIM_SWITCH;
	const struct direction_rule *d = rule_for_direction(c->direction, off);
	uint32_t line = line_of(c, !r->is_review);
	struct finding f = {
		.rule = RULE_DRIFT,
		.part = c->name,
		.class = CLASS_DRIFT,
		.severity = d->severity,
		.target = target,
		.path = c->path,
		.meaning = str_from(d->meaning),
		/* Of two files nobody said that one is live. */
		.next = r->has_verdict ? STR(NEXT_DRIFT) : STR(""),
		.file = file,
		.change = c,
	};

	TRY(describe_change(&r->findings, c, &f.message));
	if (r->is_review)
		propose(&f, c);
	/* What the file does not name is shown at its first line. */
	if (file.n)
		f.line = line ? line : 1;
	return add(r, &f);
}

static struct err *judge_changes(struct result *r, struct str name, const struct config *before,
				 const struct config *after, struct str file,
				 struct result_target *row)
{
	TRY(diff_configs(before, after, r->arena, &row->diff));
	row->has_diff = true;
	row->outcome = row->diff.change_count ? OUTCOME_DRIFTED : OUTCOME_EQUAL;
	for (size_t i = 0; i < row->diff.change_count; i++)
		TRY(judge_change(r, name, &row->diff.changes[i],
				 row->diff.judgement.is_switched_off, file));
	return NULL;
}

struct err *judge_pair(struct result *r, struct str name, const struct reading *before,
		       const struct reading *after, struct str file, struct result_target *row)
{
	TRY(coverage_describe(&before->config, r->arena, &row->coverage_before));
	TRY(coverage_describe(&after->config, r->arena, &row->coverage_after));
	return judge_changes(r, name, &before->config, &after->config, file, row);
}

/* What a note of a reply becomes. */
static const enum rule_id live_rules[NOTE_KINDS] = {
	[NOTE_UNKNOWN_FIELD] = RULE_SCHEMA_UNKNOWN_FIELD,
	[NOTE_UNKNOWN_VALUE] = RULE_SCHEMA_UNKNOWN_VALUE,
	[NOTE_TYPE_CHANGED] = RULE_SCHEMA_TYPE_CHANGED,
	[NOTE_BAD_VALUE] = RULE_SCHEMA_BAD_VALUE,
	[NOTE_REQUIRED] = RULE_INCOMPLETE_MISSING_FIELD,
};

/* What a malformed state means: it is no part of the setting. */
#define STATE_UNCLEAR "Whether scans run is not known; the setting itself was judged"

/* What a malformed field means where the schedule is off all the same. */
#define OFF_ALL_THE_SAME \
	"The schedule is off, and that was compared; the rest of the setting is not known"

/* `meaning`: where it is not what the rule says; NULL. */
static struct err *add_note(struct result *r, const struct target *t, const struct note *n,
			    struct str request_id, const char *meaning)
{
	struct finding f = finding_of_reply(live_rules[n->kind], t->name, request_id);
	struct str path = utf8_prefix(n->path, VALUE_SHOWN);

	if (meaning)
		f.meaning = str_from(meaning);
	f.path = n->path;
	f.message = findings_text(&r->findings, "%.*s%s: %.*s", STR_ARG(path),
				  path.n < n->path.n ? "..." : "", STR_ARG(n->message));
	f.file = str_from(t->file);
	f.line = t->line;
	return add(r, &f);
}

/* Notes that were counted and not kept are told by their number. */
static struct err *add_dropped(struct result *r, const struct target *t,
			       const struct reading *reading, struct str request_id)
{
	size_t kept[NOTE_KINDS] = {0};

	for (size_t i = 0; i < reading->note_count; i++)
		kept[reading->notes[i].kind]++;
	for (size_t k = 0; k < NOTE_KINDS; k++) {
		struct finding f = finding_of_reply(live_rules[k], t->name, request_id);

		if (reading->totals[k] == kept[k])
			continue;
		f.message = findings_text(&r->findings, "and %zu more of the same kind",
					  reading->totals[k] - kept[k]);
		f.file = str_from(t->file);
		f.line = t->line;
		TRY(add(r, &f));
	}
	return NULL;
}

static struct err *judge_notes(struct result *r, const struct target *t,
			       const struct reading *reading, struct str request_id)
{
	const char *meaning = reading_has_config(reading) ? STATE_UNCLEAR
			      : reading_is_off(reading)   ? OFF_ALL_THE_SAME
							  : NULL;

	for (size_t i = 0; i < reading->note_count; i++) {
		const struct note *n = &reading->notes[i];
		bool is_trouble = n->kind == NOTE_TYPE_CHANGED || n->kind == NOTE_BAD_VALUE;

		TRY(add_note(r, t, n, request_id, is_trouble ? meaning : NULL));
	}
	return add_dropped(r, t, reading, request_id);
}

static struct err *add_incomplete(struct result *r, const struct target *t,
				  const struct live_side *live)
{
	struct finding f = finding_of_reply(RULE_INCOMPLETE, t->name, live->failure.request_id);

	f.part = str_from(reason_word(live->failure.reason, live->failure.foreign));
	if (live->failure.message.n)
		f.message = findings_text(&r->findings, "%.*s", STR_ARG(live->failure.message));
	f.api_code = live->failure.api_code;
	if (live->failure.next.n)
		f.next = live->failure.next;
	f.file = str_from(t->file);
	f.line = t->line;
	return add(r, &f);
}

struct err *judge_baseline(struct result *r, const struct target *t,
			   const struct baseline_side *base)
{
	struct finding f;

	if (base->uncommitted.n) {
		f = finding_from_rule(RULE_BASELINE_UNCOMMITTED, t->name);
		f.message = findings_text(&r->findings, "%.*s is %.*s", STR_ARG(t->baseline),
					  STR_ARG(base->uncommitted));
		f.general = findings_text(&r->findings, "The baseline is %.*s",
					  STR_ARG(base->uncommitted));
		f.file = t->baseline;
		f.line = 1;
		TRY(add(r, &f));
	}
	switch (base->state) {
	case BASELINE_MISSING:
		f = finding_from_rule(RULE_BASELINE_MISSING, t->name);
		f.general = f.message;
		f.message =
			findings_text(&r->findings, "%.*s is not in the %s", STR_ARG(t->baseline),
				      r->is_worktree ? "working tree" : "commit");
		f.file = str_from(t->file);
		f.line = t->line;
		return add(r, &f);
	case BASELINE_MALFORMED:
		f = finding_from_rule(RULE_BASELINE_MALFORMED, t->name);
		f.general = base->problem;
		f.message = findings_text(&r->findings, "%.*s: %.*s", STR_ARG(t->baseline),
					  STR_ARG(base->problem));
		f.file = t->baseline;
		f.line = base->problem_line ? base->problem_line : 1;
		return add(r, &f);
	case BASELINE_READ:
		break;
	}
	if (base->is_canonical)
		return NULL;
	f = finding_from_rule(RULE_BASELINE_NOT_CANONICAL, t->name);
	f.general = f.message;
	f.message = findings_text(&r->findings, "%.*s is not what scandrift normalize prints",
				  STR_ARG(t->baseline));
	f.file = t->baseline;
	f.line = 1;
	return add(r, &f);
}

/* A scalar that the baseline sets and the reply does not even name. */
static struct err *judge_vanished(struct result *r, const struct target *t,
				  const struct reading *base, const struct reading *live)
{
	const struct resource *res = base->config.resource;

	for (size_t i = 0; i < res->field_count; i++) {
		struct finding f = finding_from_rule(RULE_SCHEMA_MISSING_FIELD, t->name);

		if (res->fields[i].role != ROLE_CONFIG || schema_is_set(res->fields[i].kind) ||
		    base->config.values[i].is_null || live->config.values[i].is_present)
			continue;
		f.path = findings_text(&r->findings, "/%s", res->fields[i].name);
		f.message =
			findings_text(&r->findings, "/%s is not in the reply", res->fields[i].name);
		f.file = t->baseline;
		f.line = base->config.values[i].line;
		TRY(add(r, &f));
	}
	return NULL;
}

static void fill_live(struct result_target *row, const struct live_side *live,
		      const struct resource *res)
{
	const struct reading *reading = live->reading;

	row->live_digest = live->digest;
	if (!reading)
		return;
	for (size_t i = 0; i < res->field_count; i++) {
		const struct value *v = &reading->config.values[i];

		if (res->fields[i].role == ROLE_RUN && res->fields[i].need == NEED_ALWAYS &&
		    !v->is_null)
			row->request_id = v->u.text;
	}
}

/* A recording may be a reply alone, or one of a run that could not ask whose it is. */
static struct err *add_unverified(struct result *r, const struct target *t,
				  const struct live_side *live)
{
	struct finding f = finding_from_rule(RULE_TARGET_UNPINNED, t->name);

	f.general = STR("Its uin was not verified: the recording does not say which account it is "
			"of");
	f.message = findings_text(&r->findings,
				  "Its uin, %.*s, was not verified: the recording does not say "
				  "which account it is of",
				  STR_ARG(t->uin));
	f.next = live->is_fetched ? STR("Record it while STS can be reached")
				  : STR("Keep NAME.meta.json, which --record writes, beside "
					"NAME.json");
	f.file = str_from(t->file);
	f.line = t->line;
	return add(r, &f);
}

static struct err *add_unpinned(struct result *r, const struct target *t,
				const struct live_side *live)
{
	struct finding f = finding_from_rule(RULE_TARGET_UNPINNED, t->name);
	struct str account = live->account;

	if (!account.n) {
		f.message = findings_text(&r->findings, "%.*s, and it is not known%s%.*s",
					  STR_ARG(f.message), live->unnamed.n ? ": " : "",
					  STR_ARG(live->unnamed));
	} else {
		f.general = f.message;
		f.general_next = f.next;
		f.message = findings_text(&r->findings, "%.*s; it was account %.*s",
					  STR_ARG(f.message), STR_ARG(account));
		f.next = findings_text(&r->findings, "Set uin = %.*s in baselines/targets.ini",
				       STR_ARG(account));
		if (!f.next.p)
			return err_nomem();
	}
	f.file = str_from(t->file);
	f.line = t->line;
	return add(r, &f);
}

/* A difference that the API takes is corrected nowhere, and of no account here either. */
static struct err *add_clock(struct result *r, const struct target *t, int64_t ahead_s)
{
	struct finding f = finding_from_rule(RULE_TARGET_CLOCK, t->name);

	f.general = f.message;
	f.message = findings_text(&r->findings,
				  "The clock of the machine that asked is %lld s %s the "
				  "server's; the server's was used",
				  (long long)(ahead_s < 0 ? -ahead_s : ahead_s),
				  ahead_s < 0 ? "ahead of" : "behind");
	f.file = str_from(t->file);
	f.line = t->line;
	return add(r, &f);
}

struct err *judge_orphan(struct result *r, struct str path)
{
	struct finding f = finding_from_rule(RULE_BASELINE_ORPHAN, STR(""));

	f.message = findings_text(&r->findings, "%.*s is named by no target", STR_ARG(path));
	f.file = path;
	f.line = 1;
	return add(r, &f);
}

struct err *judge_unlisted_orphans(struct result *r, const struct unlisted_orphans *o)
{
	struct finding f = finding_from_rule(RULE_BASELINE_ORPHAN, STR(""));

	f.file = STR(TARGETS_FILE);
	f.line = 1;
	if (!o->is_cut) {
		f.message = findings_text(&r->findings,
					  "%zu more files below %s are named by no target",
					  o->count, o->folder);
		return add(r, &f);
	}
	f.message = findings_text(
		&r->findings,
		"%s has more than %u entries, or more than %u folders in each other: the rest was "
		"not looked at; %zu more files of those that were are named by no target",
		o->folder, o->entries_max, o->depth_max, o->count);
	f.next = STR("Remove what is no baseline from that folder");
	return add(r, &f);
}

/* One digest, one config, the same words: in memory once. */
static struct err *describe(struct result *r, const struct reading *reading, struct str digest,
			    struct coverage *out)
{
	bool is_short = digest.n && digest.n < sizeof(r->described_digest);

	if (is_short && str_is(digest, r->described_digest)) {
		*out = r->described;
		return NULL;
	}
	TRY(coverage_describe(&reading->config, r->arena, out));
	if (!is_short)
		return NULL;
	memcpy(r->described_digest, digest.p, digest.n);
	r->described_digest[digest.n] = '\0';
	r->described = *out;
	return NULL;
}

/*
 * The reply cannot be read in whole, and yet says that the schedule is off: then that alone is
 * compared, as if all else were what the baseline has. The target stays incomplete.
 */
static struct err *judge_off(struct result *r, const struct target *t, const struct reading *live,
			     const struct baseline_side *base, struct result_target *row)
{
	size_t i = schema_find_dimension(live->config.resource, DIM_SWITCH);
	struct config *off = arena_alloc(r->arena, sizeof(*off));

	if (!off)
		return err_nomem();
	*off = base->state == BASELINE_READ ? base->reading->config : live->config;
	off->values[i] = live->config.values[i];
	TRY(coverage_describe(off, r->arena, &row->coverage_after));
	if (base->state == BASELINE_READ)
		TRY(judge_changes(r, t->name, &base->reading->config, off, t->baseline, row));
	row->outcome = OUTCOME_INCOMPLETE;
	return NULL;
}

struct err *judge_target(struct result *r, const struct target *t, const struct live_side *live,
			 const struct baseline_side *base)
{
	struct result_target *row = &r->targets[r->target_count++];
	bool is_live_known = live->reading && !live->failure.reason;
	struct note unclear = {0};

	*row = (struct result_target){
		.name = t->name,
		.baseline_path = t->baseline,
		.baseline_digest = base->digest,
		.request_id = live->failure.request_id,
		.account = live->account,
	};
	/* Of the wrong account it is told already, and the credential is that of another target. */
	if (live->failure.reason != REASON_WRONG_ACCOUNT)
		row->credential = live->credential;
	if (live->reading)
		fill_live(row, live, live->reading->config.resource);
	TRY(judge_baseline(r, t, base));
	if (base->reading)
		TRY(describe(r, base->reading, base->digest, &row->coverage_before));
	if (live->failure.reason)
		TRY(add_incomplete(r, t, live));
	if (is_live_known)
		TRY(judge_notes(r, t, live->reading, row->request_id));
	if (live->is_fetched && !t->uin.n)
		TRY(add_unpinned(r, t, live));
	else if (live->reading && t->uin.n && !str_eq(t->uin, live->account))
		TRY(add_unverified(r, t, live));
	if (live->clock_ahead_s)
		TRY(add_clock(r, t, live->clock_ahead_s));
	if (is_live_known)
		TRY(judge_liveness(r, t, live->reading, live->now_ahead_s, &unclear));
	if (unclear.message.n)
		TRY(add_note(r, t, &unclear, row->request_id, STATE_UNCLEAR));
	if (!is_live_known || !reading_has_config(live->reading)) {
		row->outcome = OUTCOME_INCOMPLETE;
		/* Of what could not be read there is no digest. */
		row->live_digest = STR("");
		return is_live_known && reading_is_off(live->reading)
			       ? judge_off(r, t, live->reading, base, row)
			       : NULL;
	}
	row->live = &live->reading->config;
	TRY(describe(r, live->reading, live->digest, &row->coverage_after));
	if (base->state == BASELINE_READ) {
		TRY(judge_vanished(r, t, base->reading, live->reading));
		TRY(judge_changes(r, t->name, &base->reading->config, &live->reading->config,
				  t->baseline, row));
	} else {
		row->outcome = OUTCOME_NO_BASELINE;
	}
	if (unclear.message.n || !reading_is_whole(live->reading))
		row->outcome = OUTCOME_INCOMPLETE;
	return NULL;
}
