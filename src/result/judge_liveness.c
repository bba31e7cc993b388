/* SPDX-License-Identifier: Apache-2.0 */
#include "result/judge_liveness.h"

#include "base/timeutil.h"
#include "base/utf8.h"
#include "result/rules.h"

#define DAY_S INT64_C(86400)

/*
 * The vendor's times have no zone. Without the target's, a time may be any of those from 14 hours
 * east of UTC, the largest offset there is.
 */
#define ZONE_SLACK_S (INT64_C(14) * 3600)

/* Clocks differ. TC3 takes a request that is off by five minutes, so a reply may be as well. */
#define SKEW_S INT64_C(300)

/* Of a value in a message. */
#define VALUE_SHOWN 200u

static struct str state_text(const struct reading *r, enum state_kind k)
{
	size_t i = schema_find_state(r->config.resource, k);

	if (i == r->config.resource->field_count || r->config.values[i].is_null)
		return STR("");
	return r->config.values[i].u.text;
}

static bool has_known_period(const struct reading *r)
{
	size_t i = schema_find_dimension(r->config.resource, DIM_PERIOD);

	return i == r->config.resource->field_count ||
	       !value_is_beyond(&r->config.resource->fields[i], &r->config.values[i]);
}

/*
 * A number that is too large for days may be in a smaller unit: then the longest that days can say
 * is all the time that it gets.
 */
static int64_t period_days(const struct reading *r)
{
	const struct resource *res = r->config.resource;
	size_t i = schema_find_dimension(res, DIM_PERIOD);
	const struct value *v = &r->config.values[i];

	if (i == res->field_count || v->is_null || v->u.integer.is_negative)
		return 1;
	return has_known_period(r) ? (int64_t)v->u.integer.magnitude : res->fields[i].most_known;
}

static struct err *add_finding(struct result *r, const struct target *t, struct finding f,
			       enum severity severity, const char *field, struct str message)
{
	f.severity = severity;
	f.path = findings_text(&r->findings, "/%s", field);
	f.message = message;
	f.file = str_from(t->file);
	f.line = t->line;
	if (!f.path.p || !f.message.p)
		return err_nomem();
	return findings_add(&r->findings, &f);
}

static struct err *add(struct result *r, const struct target *t, enum rule_id rule,
		       enum severity severity, const char *field, struct str message)
{
	return add_finding(r, t, finding_from_rule(rule, t->name), severity, field, message);
}

/* The message has a time that is this target's own. */
static struct err *add_own(struct result *r, const struct target *t, enum rule_id rule,
			   enum severity severity, const char *field, struct str message)
{
	struct finding f = finding_from_rule(rule, t->name);

	f.general = f.message;
	return add_finding(r, t, f, severity, field, message);
}

static struct err *judge_outcome(struct result *r, const struct target *t,
				 const struct reading *live)
{
	const struct resource *res = live->config.resource;
	size_t i = schema_find_state(res, STATE_OUTCOME);
	struct str outcome = state_text(live, STATE_OUTCOME);
	const struct field *f = &res->fields[i];

	if (i == res->field_count || live->config.values[i].is_null || str_is(outcome, f->good))
		return NULL;
	return add(r, t, RULE_LIVENESS_SCAN_RESULT,
		   str_is(outcome, f->mild) ? SEVERITY_MEDIUM : SEVERITY_HIGH, f->name,
		   findings_text(&r->findings, "/%s is \"%.*s\"", f->name,
				 STR_ARG(utf8_prefix(outcome, VALUE_SHOWN))));
}

/* The last scan, as seconds of UTC; off by the zone where the target has none. */
static struct err *judge_age(struct result *r, const struct target *t, const struct reading *live,
			     int64_t last_s, int64_t now_s)
{
	const struct field *f =
		&live->config.resource
			 ->fields[schema_find_state(live->config.resource, STATE_LAST_SCAN)];
	struct str text = state_text(live, STATE_LAST_SCAN);
	int64_t limit_s = 2 * period_days(live) * DAY_S, slack_s = t->has_zone ? 0 : ZONE_SLACK_S;
	int64_t age_s = now_s - last_s;
	const char *zone = t->has_zone ? t->zone.p : "no zone set";

	if (age_s < -(slack_s + SKEW_S))
		return add_own(r, t, RULE_LIVENESS_CLOCK, SEVERITY_MEDIUM, f->name,
			       findings_text(&r->findings, "/%s is \"%.*s\" (%s), in the future",
					     f->name, STR_ARG(text), zone));
	if (age_s <= limit_s + slack_s)
		return NULL;
	return add_own(r, t, RULE_LIVENESS_STALE, SEVERITY_HIGH, f->name,
		       findings_text(&r->findings,
				     "/%s is \"%.*s\" (%s): %lld days ago, with a period of %lld%s",
				     f->name, STR_ARG(text), zone, (long long)(age_s / DAY_S),
				     (long long)period_days(live),
				     has_known_period(live) ? "" : " at the most"));
}

/*
 * No time of a last scan: a service that writes what stands for "never" has never scanned; one that
 * writes nothing, or null, may be of an older shape. What is no text has a note of its own.
 */
static struct err *judge_silence(struct result *r, const struct target *t, const struct field *f,
				 const struct value *v)
{
	if (v->is_malformed)
		return NULL;
	if (v->is_unset)
		return add(r, t, RULE_LIVENESS_STALE, SEVERITY_INFO, f->name,
			   findings_text(&r->findings, "/%s is not set: no scan has run yet",
					 f->name));
	return add(r, t, RULE_LIVENESS_UNKNOWN, SEVERITY_INFO, f->name,
		   findings_text(&r->findings, "/%s is null, or not in the reply", f->name));
}

bool liveness_is_legible(const struct reading *r)
{
	struct str last = state_text(r, STATE_LAST_SCAN);
	int64_t ignored;

	return !config_is_on(&r->config) || !last.n || time_parse_vendor(last, &ignored);
}

struct err *judge_liveness(struct result *r, const struct target *t, const struct reading *live,
			   int64_t clock_ahead_s, struct note *unclear)
{
	const struct resource *res = live->config.resource;
	size_t i = schema_find_state(res, STATE_LAST_SCAN);
	struct str last = state_text(live, STATE_LAST_SCAN);
	int64_t last_s;

	*unclear = (struct note){.kind = NOTE_BAD_VALUE};
	if (i == res->field_count || !config_is_on(&live->config))
		return NULL;
	TRY(judge_outcome(r, t, live));
	if (!last.n)
		return judge_silence(r, t, &res->fields[i], &live->config.values[i]);
	if (!time_parse_vendor(last, &last_s)) {
		unclear->path = findings_text(&r->findings, "/%s", res->fields[i].name);
		unclear->message =
			findings_text(&r->findings, "found \"%.*s\", expected YYYY-MM-DD hh:mm:ss",
				      STR_ARG(utf8_prefix(last, VALUE_SHOWN)));
		return unclear->path.p && unclear->message.p ? NULL : err_nomem();
	}
	if (t->has_zone)
		last_s -= t->zone_east_s;
	return judge_age(r, t, live, last_s, r->now_s + (r->is_now_given ? 0 : clock_ahead_s));
}

bool liveness_can_be_excused(const struct finding *f)
{
	return f->rule == RULE_LIVENESS_STALE && f->severity > SEVERITY_INFO;
}

struct err *liveness_switch(const struct reading *r, struct arena *a, struct str *out)
{
	const struct resource *res = r->config.resource;
	size_t i = schema_find_dimension(res, DIM_SWITCH);
	const char *path = arena_printf(a, "/%s", i < res->field_count ? res->fields[i].name : "");

	*out = str_from(path);
	return path ? NULL : err_nomem();
}

struct err *liveness_excuse(struct result *r, struct finding *stale, const struct reading *live,
			    int64_t on_since_s)
{
	char when[TIME_TEXT_SIZE];
	struct str message;

	if (r->now_s - on_since_s > 2 * period_days(live) * DAY_S)
		return NULL;
	message = findings_text(&r->findings, "%.*s; switched on by %s", STR_ARG(stale->message),
				time_format_rfc3339(on_since_s, when));
	if (!message.p)
		return err_nomem();
	stale->severity = SEVERITY_INFO;
	stale->message = message;
	stale->general = STR("No scan has run since it was switched on, less than two periods ago");
	return NULL;
}

bool liveness_is_never_run(const struct finding *f)
{
	return f->rule == RULE_LIVENESS_STALE && f->severity == SEVERITY_INFO;
}

struct err *liveness_end_grace(struct result *r, struct finding *never, const struct reading *live,
			       bool is_cut, int64_t on_since_s)
{
	char when[TIME_TEXT_SIZE];
	struct str message;

	if (!is_cut && r->now_s - on_since_s <= 2 * period_days(live) * DAY_S)
		return NULL;
	message = findings_text(&r->findings, "%.*s; on since %s", STR_ARG(never->message),
				is_cut ? "longer than this history goes back"
				       : time_format_rfc3339(on_since_s, when));
	if (!message.p)
		return err_nomem();
	never->severity = SEVERITY_HIGH;
	never->message = message;
	never->general =
		STR("No scan has run, and the schedule has been on for more than two periods");
	return NULL;
}
