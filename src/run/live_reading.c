/* SPDX-License-Identifier: Apache-2.0 */
/* From what came to the side of a comparison, or to why there is none. */
#include "run/config_digest.h"
#include "run/live_parts.h"

static struct err *refuse(const struct target *t, const struct live_side *side)
{
	struct str code = side->failure.api_code, id = side->failure.request_id;

	return err_new(ERR_NET, "%s: %s: %.*s%s%.*s%s%s%.*s%s", t->name.p,
		       reason_word(side->failure.reason, side->failure.foreign),
		       STR_ARG(side->failure.message), code.n || id.n ? " (" : "", STR_ARG(code),
		       code.n && id.n ? ", " : "", id.n ? "RequestId " : "", STR_ARG(id),
		       code.n || id.n ? ")" : "");
}

struct err *live_require(const struct target *t, const struct live_side *side)
{
	const struct reading *r = side->reading;

	if (side->failure.reason)
		return refuse(t, side);
	for (size_t i = 0; i < r->note_count; i++) {
		const struct note *n = &r->notes[i];

		if (n->kind == NOTE_TYPE_CHANGED || n->kind == NOTE_BAD_VALUE ||
		    n->kind == NOTE_REQUIRED)
			return err_new(ERR_REPLY, "%s: the reply is not whole: %.*s: %.*s",
				       t->name.p, STR_ARG(n->path), STR_ARG(n->message));
	}
	/* Of notes without end only the first ones are kept. */
	return reading_is_whole(r) ? NULL
				   : err_new(ERR_REPLY, "%s: the reply is not whole", t->name.p);
}

static void take_failure(struct live_side *side, const struct fetch_outcome *o)
{
	side->failure.reason = o->failure.reason;
	side->failure.foreign = o->failure.foreign;
	side->failure.message = str_from(o->failure.message);
	side->failure.api_code = str_from(o->failure.api_code);
	side->failure.request_id = str_from(o->failure.request_id);
	side->failure.next = str_from(o->failure.hint);
}

/* A reply came and is no JSON that we take: the target's failure, not the run's. */
static struct err *unusable(struct arena *a, struct live_side *out, struct err *e)
{
	bool has_place = e->line > 0;
	enum reason reason = e->reason;
	const char *text;

	TRY(err_become_text(e, a, &out->failure.message));
	out->failure.reason = reason ? reason : REASON_BAD_REPLY;
	if (!has_place)
		return NULL;
	/* The finding shows the target's line as well, which is in another file. */
	text = arena_printf(a, "the reply, %.*s", STR_ARG(out->failure.message));
	if (!text)
		return err_nomem();
	out->failure.message = str_from(text);
	return NULL;
}

struct err *live_read_side(struct live *l, const struct target *t, const struct fetch_outcome *o,
			   struct arena *a, struct live_side *out)
{
	struct normalize_options opt = workspace_reading(l->w, READ_REPLY, ERR_REPLY);
	struct reading *r = NULL;
	struct err *e;

	*out = (struct live_side){
		.is_fetched = o->is_fetched,
		.account = str_from(o->account ? o->account : ""),
		.credential = str_from(o->credential ? o->credential : ""),
		.unnamed = str_from(o->unnamed && o->unnamed->reason ? o->unnamed->message : ""),
		.clock_ahead_s = o->clock_ahead_s,
		.fetched_s = o->has_reply ? o->arrived_s : 0,
		.is_replayed = l->net->replay != NULL,
		.endpoint = str_from(o->endpoint ? o->endpoint : ""),
		/* A recording's may be another machine. */
		.now_ahead_s = l->net->replay ? 0 : o->clock_ahead_s};
	if (!fetch_is_ok(o)) {
		take_failure(out, o);
		return NULL;
	}
	e = normalize_read(&schema_registry_scan, o->body, &opt, a, &r);
	if (e)
		return unusable(a, out, e);
	out->reading = r;
	if (r->has_error) {
		out->failure.reason = REASON_API_ERROR;
		out->failure.message = r->error_message;
		out->failure.api_code = r->error_code;
		return NULL;
	}
	if (reading_text(r, "DeprecatedWarning").n)
		log_note(&l->io->log, "%s: the API says: %.*s", t->name.p,
			 STR_ARG(reading_text(r, "DeprecatedWarning")));
	return digest_config(&r->config, a, &out->digest);
}
