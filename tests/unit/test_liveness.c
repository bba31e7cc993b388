/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the state of a schedule that is on says about its scans: how the last one ended, how long
 * ago it was, and to the second where that begins to matter.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeutil.h"
#include "result/judge.h"

#define ON(days) "\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":" days ","
#define OFF      "\"Enable\":false,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,"

#define OK         "\"ScanResult\":\"Success\","
#define AT(time)   "\"LastScanTime\":\"" time "\","
#define END(word)  "\"ScanResult\":\"" word "\","
#define LAST       AT("2026-11-20 03:00:00")
#define SOON_AFTER "2026-11-20T20:00:00Z"

/*
 * LAST is 2026-11-19T19:00:00Z at +08:00, 21:30 at +05:30, 13:00 at +14:00, and
 * 2026-11-20T15:00:00Z at -12:00. Without a zone it may be up to 14 hours later or earlier than
 * it would be in UTC.
 */
/* clang-format off */
static const struct row {
	const char *name, *zone, *now, *reply;
	const char *want; /* severity and rule of each finding */
} rows[] = {
	{ "all well", "+08:00", SOON_AFTER, ON("1") OK LAST, "" },
	{ "all well, no zone", NULL, SOON_AFTER, ON("1") OK LAST, "" },

	/* How the last scan ended. */
	{ "no licence", "+08:00", SOON_AFTER, ON("1") END("InsufficientLicense") LAST, "high liveness/scan-result" },
	{ "an error", "+08:00", SOON_AFTER, ON("1") END("InternalError") LAST, "high liveness/scan-result" },
	{ "nothing to scan", "+08:00", SOON_AFTER, ON("1") END("ImageNeedIsEmpty") LAST, "medium liveness/scan-result" },
	{ "a word that is not known", "+08:00", SOON_AFTER, ON("1") END("Paused") LAST, "high liveness/scan-result" },
	{ "success in another case", "+08:00", SOON_AFTER, ON("1") END("success") LAST, "high liveness/scan-result" },
	{ "an empty result of a scan", "+08:00", SOON_AFTER, ON("1") END("") LAST, "" },
	{ "no result of a scan", "+08:00", SOON_AFTER, ON("1") "\"ScanResult\":null," LAST, "" },
	{ "an error, long ago", "+08:00", "2027-01-01T00:00:00Z", ON("1") END("InternalError") LAST, "high liveness/scan-result, high liveness/stale" },

	/* Off: the state says nothing. */
	{ "off, an error", "+08:00", SOON_AFTER, OFF END("InternalError") LAST, "" },
	{ "off, long ago", "+08:00", "2036-01-01T00:00:00Z", OFF OK LAST, "" },
	{ "off, in the future", "+08:00", "2016-01-01T00:00:00Z", OFF OK LAST, "" },
	{ "off, never run", "+08:00", SOON_AFTER, OFF END("") AT(""), "" },
	{ "off, malformed", "+08:00", SOON_AFTER, OFF OK AT("-"), "" },

	/* Never run. */
	{ "never run, empty texts", "+08:00", SOON_AFTER, ON("1") END("") AT(""), "info liveness/stale" },
	{ "never run, null and empty", NULL, SOON_AFTER, ON("1") "\"ScanResult\":null," AT(""), "info liveness/stale" },
	{ "never run, zeros", NULL, SOON_AFTER, ON("1") END("") AT("0000-00-00 00:00:00"), "info liveness/stale" },
	{ "never run, the first year", NULL, SOON_AFTER, ON("1") END("") AT("0001-01-01 00:00:00"), "info liveness/stale" },
	{ "never run, and why", "+08:00", SOON_AFTER, ON("1") END("InsufficientLicense") AT(""), "high liveness/scan-result, info liveness/stale" },
	/* Not said: null and absent alike. */
	{ "a reply that names no state", "+08:00", SOON_AFTER, ON("1"), "info liveness/unknown" },
	{ "all null", "+08:00", SOON_AFTER, ON("1") "\"ScanResult\":null,\"LastScanTime\":null,", "info liveness/unknown" },
	{ "empty and null", NULL, SOON_AFTER, ON("1") END("") "\"LastScanTime\":null,", "info liveness/unknown" },
	{ "a good end, and no time", NULL, SOON_AFTER, ON("1") OK, "info liveness/unknown" },
	{ "a bad end, and no time", NULL, SOON_AFTER, ON("1") END("InternalError"), "high liveness/scan-result, info liveness/unknown" },
	{ "off, not said", NULL, SOON_AFTER, OFF, "" },
	/* A time that is none. */
	{ "malformed", "+08:00", SOON_AFTER, ON("1") OK AT("-"), "high schema/bad-value" },
	{ "malformed, half of the zeros", NULL, SOON_AFTER, ON("1") OK AT("0000-00-00"), "high schema/bad-value" },
	{ "malformed, a number", "+08:00", SOON_AFTER, ON("1") OK "\"LastScanTime\":1,", "high schema/type-changed" },
	{ "malformed, both", "+08:00", SOON_AFTER, ON("1") "\"ScanResult\":5,\"LastScanTime\":[],", "high schema/type-changed, high schema/type-changed" },
	{ "malformed, and why", "+08:00", SOON_AFTER, ON("1") END("InternalError") AT("2026-11-20T03:00:00Z"), "high liveness/scan-result, high schema/bad-value" },

	/* Older than two periods, to the second. */
	{ "+08:00, a day, before", "+08:00", "2026-11-21T18:59:59Z", ON("1") OK LAST, "" },
	{ "+08:00, a day, at", "+08:00", "2026-11-21T19:00:00Z", ON("1") OK LAST, "" },
	{ "+08:00, a day, after", "+08:00", "2026-11-21T19:00:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "+08:00, a week, before", "+08:00", "2026-12-03T18:59:59Z", ON("7") OK LAST, "" },
	{ "+08:00, a week, at", "+08:00", "2026-12-03T19:00:00Z", ON("7") OK LAST, "" },
	{ "+08:00, a week, after", "+08:00", "2026-12-03T19:00:01Z", ON("7") OK LAST, "high liveness/stale" },
	{ "-12:00, a day, before", "-12:00", "2026-11-22T14:59:59Z", ON("1") OK LAST, "" },
	{ "-12:00, a day, at", "-12:00", "2026-11-22T15:00:00Z", ON("1") OK LAST, "" },
	{ "-12:00, a day, after", "-12:00", "2026-11-22T15:00:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "-12:00, a week, before", "-12:00", "2026-12-04T14:59:59Z", ON("7") OK LAST, "" },
	{ "-12:00, a week, at", "-12:00", "2026-12-04T15:00:00Z", ON("7") OK LAST, "" },
	{ "-12:00, a week, after", "-12:00", "2026-12-04T15:00:01Z", ON("7") OK LAST, "high liveness/stale" },
	{ "+14:00, a day, before", "+14:00", "2026-11-21T12:59:59Z", ON("1") OK LAST, "" },
	{ "+14:00, a day, at", "+14:00", "2026-11-21T13:00:00Z", ON("1") OK LAST, "" },
	{ "+14:00, a day, after", "+14:00", "2026-11-21T13:00:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "+14:00, a week, before", "+14:00", "2026-12-03T12:59:59Z", ON("7") OK LAST, "" },
	{ "+14:00, a week, at", "+14:00", "2026-12-03T13:00:00Z", ON("7") OK LAST, "" },
	{ "+14:00, a week, after", "+14:00", "2026-12-03T13:00:01Z", ON("7") OK LAST, "high liveness/stale" },
	{ "+05:30, a day, at", "+05:30", "2026-11-21T21:30:00Z", ON("1") OK LAST, "" },
	{ "+05:30, a day, after", "+05:30", "2026-11-21T21:30:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "no zone, a day, before", NULL, "2026-11-22T16:59:59Z", ON("1") OK LAST, "" },
	{ "no zone, a day, at", NULL, "2026-11-22T17:00:00Z", ON("1") OK LAST, "" },
	{ "no zone, a day, after", NULL, "2026-11-22T17:00:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "no zone, a week, before", NULL, "2026-12-04T16:59:59Z", ON("7") OK LAST, "" },
	{ "no zone, a week, at", NULL, "2026-12-04T17:00:00Z", ON("7") OK LAST, "" },
	{ "no zone, a week, after", NULL, "2026-12-04T17:00:01Z", ON("7") OK LAST, "high liveness/stale" },
	{ "UTC has no slack", "+00:00", "2026-11-22T03:00:01Z", ON("1") OK LAST, "high liveness/stale" },
	{ "over a leap day", "+00:00", "2028-03-01T03:00:01Z", ON("1") OK AT("2028-02-28 03:00:00"), "high liveness/stale" },
	{ "on a leap day", "+00:00", "2028-03-02T03:00:00Z", ON("1") OK AT("2028-02-29 03:00:00"), "" },
	{ "a period of a year, at", "+00:00", "2028-11-21T03:00:00Z", ON("366") OK LAST, "" },
	{ "a period of a year, after", "+00:00", "2028-11-21T03:00:01Z", ON("366") OK LAST, "high liveness/stale" },
	{ "a period that may not be in days, at", "+00:00", "2028-11-21T03:00:00Z", ON("3600") OK LAST, "" },
	{ "a period that may not be in days, after", "+00:00", "2028-11-21T03:00:01Z", ON("3600") OK LAST, "high liveness/stale" },
	{ "the longest period", "+08:00", "9999-12-31T23:59:59Z", ON("18446744073709551615") OK AT("9900-01-01 00:00:00"), "high liveness/stale" },
	{ "the second year", "+08:00", SOON_AFTER, ON("18446744073709551615") OK AT("0002-01-01 00:00:00"), "high liveness/stale" },

	/* In the future, by more than clocks differ. */
	{ "+08:00, a second ahead", "+08:00", "2026-11-19T18:59:59Z", ON("1") OK LAST, "" },
	{ "+08:00, 300 seconds ahead", "+08:00", "2026-11-19T18:55:00Z", ON("1") OK LAST, "" },
	{ "+08:00, 301 seconds ahead", "+08:00", "2026-11-19T18:54:59Z", ON("1") OK LAST, "medium liveness/clock" },
	{ "-12:00, 300 seconds ahead", "-12:00", "2026-11-20T14:55:00Z", ON("1") OK LAST, "" },
	{ "-12:00, 301 seconds ahead", "-12:00", "2026-11-20T14:54:59Z", ON("1") OK LAST, "medium liveness/clock" },
	{ "+14:00, 300 seconds ahead", "+14:00", "2026-11-19T12:55:00Z", ON("1") OK LAST, "" },
	{ "+14:00, 301 seconds ahead", "+14:00", "2026-11-19T12:54:59Z", ON("1") OK LAST, "medium liveness/clock" },
	{ "no zone, 14 hours and 300 seconds ahead", NULL, "2026-11-19T12:55:00Z", ON("1") OK LAST, "" },
	{ "no zone, 14 hours and 301 seconds ahead", NULL, "2026-11-19T12:54:59Z", ON("1") OK LAST, "medium liveness/clock" },
	{ "the last year", "+08:00", SOON_AFTER, ON("7") OK AT("9999-12-31 23:59:59"), "medium liveness/clock" },
};
/* clang-format on */

/* How the program itself works under another TZ: tests/e2e/liveness.sh. */
static int64_t clock_ahead_s; /* of the server, for the next judge() */

static void judge(const struct row *row, struct result *r)
{
	const struct normalize_options opt = {.form = READ_REPLY,
					      .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY}};
	const struct baseline_side base = {.state = BASELINE_MISSING};
	struct target t = {
		.name = STR("prod"), .line = 3, .file = TARGETS_FILE, .uin = STR("100000000001")};
	struct reading *live = NULL;
	char *text =
		arena_printf(r->arena, "{\"Response\":{%s\"RequestId\":\"id-1\"}}", row->reply);

	if (row->zone) {
		t.zone = str_from(row->zone);
		t.has_zone = true;
		assert_true(time_parse_zone(t.zone, &t.zone_east_s));
	}
	assert_true(time_parse_rfc3339(str_from(row->now), &r->now_s));
	assert_null(normalize_read(&schema_registry_scan, str_from(text), &opt, r->arena, &live));
	assert_null(judge_target(r, &t,
				 &(struct live_side){.reading = live,
						     .digest = STR("sha256:live"),
						     .clock_ahead_s = clock_ahead_s,
						     .now_ahead_s = clock_ahead_s},
				 &base));
	assert_null(result_finish(r));
}

/* Severity and rule of each finding about the scans, as rows have them. */
static void put_told(struct buf *b, const struct findings *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct finding *f = &list->v[i];

		if (f->class != CLASS_LIVENESS && f->class != CLASS_INCOMPLETE)
			continue;
		assert_true(f->path.n && f->message.n && f->meaning.n && f->next.n && f->line == 3);
		buf_printf(b, "%s%s %.*s", b->n ? ", " : "", severity_name(f->severity),
			   STR_ARG(f->rule_text));
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		struct result_target targets[1];
		struct result r = {.arena = a,
				   .command = "check",
				   .targets = targets,
				   .findings = {.arena = a},
				   .has_verdict = true};
		struct buf told = BUF_INIT(1024);

		judge(&rows[i], &r);
		put_told(&told, &r.findings);
		if (!str_is(buf_view(&told), rows[i].want))
			fail_msg("%s: want \"%s\", have \"%.*s\"", rows[i].name, rows[i].want,
				 STR_ARG(buf_view(&told)));
		buf_free(&told);
		free(r.findings.v);
		arena_free(a);
	}
}

/* The vendor's times are by the server's clock, unless somebody has said what time it is. */
static void test_corrected_clock(void **state)
{
	static const struct {
		struct row row;
		int64_t ahead_s;
		bool is_now_given;
	} clocks[] = {
		/* The scan began at 19:00:00Z of the day before. */
		{{"ahead", "+08:00", "2026-11-19T18:54:59Z", ON("1") OK LAST, ""}, 600, false},
		{{"given", "+08:00", "2026-11-19T18:54:59Z", ON("1") OK LAST,
		  "medium liveness/clock"},
		 600,
		 true},
		{{"behind", "+08:00", "2026-11-19T18:55:00Z", ON("1") OK LAST,
		  "medium liveness/clock"},
		 -600,
		 false},
		{{"stale", "+08:00", "2026-11-21T18:55:00Z", ON("1") OK LAST,
		  "high liveness/stale"},
		 600,
		 false},
		{{"fresh", "+08:00", "2026-11-21T19:05:00Z", ON("1") OK LAST, ""}, -600, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
		struct arena *a = arena_new();
		struct result_target targets[1];
		struct result r = {.arena = a,
				   .command = "check",
				   .targets = targets,
				   .findings = {.arena = a},
				   .is_now_given = clocks[i].is_now_given,
				   .has_verdict = true};
		struct buf told = BUF_INIT(1024);
		size_t corrected = 0;

		clock_ahead_s = clocks[i].ahead_s;
		judge(&clocks[i].row, &r);
		clock_ahead_s = 0;
		put_told(&told, &r.findings);
		if (!str_is(buf_view(&told), clocks[i].row.want))
			fail_msg("%s: have \"%.*s\"", clocks[i].row.name, STR_ARG(buf_view(&told)));
		for (size_t k = 0; k < r.findings.n; k++)
			corrected += str_is(r.findings.v[k].rule_text, "target/clock");
		assert_int_equal(corrected, 1);
		buf_free(&told);
		free(r.findings.v);
		arena_free(a);
	}
}

/* What a person reads: the value, the zone it was taken in, and what it was held against. */
static void test_messages(void **state)
{
	static const struct {
		struct row row;
		const char *rule, *message;
	} said[] = {
		{{"", "+08:00", "2026-11-22T19:00:01Z", ON("1") OK LAST, NULL},
		 "liveness/stale",
		 "/LastScanTime is \"2026-11-20 03:00:00\" (+08:00): 3 days ago, with a period of 1"},
		{{"", NULL, "2016-11-22T19:00:01Z", ON("1") OK LAST, NULL},
		 "liveness/clock",
		 "/LastScanTime is \"2026-11-20 03:00:00\" (no zone set), in the future"},
		{{"", NULL, SOON_AFTER, ON("1") END("") AT(""), NULL},
		 "liveness/stale",
		 "/LastScanTime is not set: no scan has run yet"},
		{{"", NULL, SOON_AFTER, ON("1"), NULL},
		 "liveness/unknown",
		 "/LastScanTime is null, or not in the reply"},
		{{"", "+08:00", "2036-11-22T19:00:01Z", ON("3600") OK LAST, NULL},
		 "liveness/stale",
		 "/LastScanTime is \"2026-11-20 03:00:00\" (+08:00): 3656 days ago, with a period of 366 "
		 "at the most"},
		{{"", NULL, SOON_AFTER, ON("1") END("Paused") LAST, NULL},
		 "liveness/scan-result",
		 "/ScanResult is \"Paused\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		struct arena *a = arena_new();
		struct result_target targets[1];
		struct result r = {.arena = a, .targets = targets, .findings = {.arena = a}};
		size_t found = 0;

		judge(&said[i].row, &r);
		for (size_t k = 0; k < r.findings.n; k++)
			found += str_is(r.findings.v[k].rule_text, said[i].rule) &&
				 str_is(r.findings.v[k].message, said[i].message);
		if (found != 1)
			fail_msg("not said once: %s", said[i].message);
		free(r.findings.v);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_corrected_clock),
		cmocka_unit_test(test_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
