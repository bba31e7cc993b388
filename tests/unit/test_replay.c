/* SPDX-License-Identifier: Apache-2.0 */
/* What is recorded is what is replayed; a folder is not trusted; no old file speaks for a new run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "cloud/replay.h"

#define MAX  65536u
#define GOOD "{\"Response\":{\"Enable\":true,\"RequestId\":\"r-0\"}}"
#define WRONG \
	"{\"Response\":{\"Error\":{\"Code\":\"AuthFailure\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}"

struct place {
	char dir[64];
	struct arena *a;
};

static int begin(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	(void)snprintf(p->dir, sizeof(p->dir), "/tmp/scandrift-replay-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->a = arena_new();
	*state = p;
	return 0;
}

static int end(void **state)
{
	struct place *p = *state;
	char command[128];

	(void)snprintf(command, sizeof(command), "rm -rf %s", p->dir);
	assert_int_equal(system(command), 0);
	arena_free(p->a);
	free(p);
	return 0;
}

static void path_of(const struct place *p, const char *name, char out[256])
{
	(void)snprintf(out, 256, "%s/%s", p->dir, name);
}

static void put(const struct place *p, const char *name, const char *text)
{
	char path[256];

	path_of(p, name, path);
	assert_null(fs_write(path, str_from(text), FS_REPLACE));
}

static bool has(const struct place *p, const char *name)
{
	char path[256];

	path_of(p, name, path);
	return access(path, F_OK) == 0;
}

static void assert_file(const struct place *p, const char *name, const char *want)
{
	char path[256];
	struct buf b;

	path_of(p, name, path);
	assert_null(fs_read(path, MAX, &b));
	assert_int_equal(b.n, strlen(want));
	assert_memory_equal(b.p ? b.p : "", want, b.n);
	buf_free(&b);
}

static struct err *read_back(const struct place *p, struct fetch_outcome *o)
{
	return replay_read(p->dir, "prod", "tcss", MAX, p->a, o);
}

static struct fetch_outcome good(const char *body)
{
	return (struct fetch_outcome){
		.has_reply = true,
		.body = str_from(body),
		.status = 200,
		.content_type = "application/json",
		.date = "Tue, 24 Nov 2026 02:00:03 GMT",
		.time = 1795485603,
		.elapsed_ms = 123,
		.tries = 2,
	};
}

static struct fetch_outcome failed(const char *word, bool has_reply)
{
	struct fetch_outcome o = good("<html>");

	o.has_reply = has_reply;
	o.status = has_reply ? 503 : 0;
	o.failure = (struct fetch_failure){
		.reason = reason_find(str_from(word)),
		.message = "host: \"quoted\"\nline\x01",
		.api_code = "",
		.request_id = "",
		.hint = "hint",
		.foreign = word,
	};
	return o;
}

static const char *word_of(const struct fetch_outcome *o)
{
	return reason_word(o->failure.reason, o->failure.foreign);
}

static void assert_same(const struct fetch_outcome *got, const struct fetch_outcome *want)
{
	assert_int_equal(got->has_reply, want->has_reply);
	assert_int_equal(got->time, want->time);
	assert_int_equal(got->elapsed_ms, want->elapsed_ms);
	assert_int_equal(got->tries, want->tries);
	if (want->has_reply) {
		assert_true(str_eq(got->body, want->body));
		assert_int_equal(got->status, want->status);
		assert_string_equal(got->content_type, want->content_type);
		assert_string_equal(got->date, want->date);
	}
	assert_int_equal(fetch_is_ok(got), fetch_is_ok(want));
	if (fetch_is_ok(want))
		return;
	assert_string_equal(word_of(got), word_of(want));
	assert_string_equal(got->failure.message, want->failure.message);
	assert_string_equal(got->failure.api_code, want->failure.api_code);
	assert_string_equal(got->failure.request_id, want->failure.request_id);
	assert_string_equal(got->failure.hint, want->failure.hint);
}

static void what_is_recorded_is_replayed(void **state)
{
	const struct fetch_outcome outcomes[] = {
		good(GOOD),
		good("not JSON \xff"),
		failed("timeout", false),
		failed("http-status", true),
		failed("of-tomorrow", false),
		good(""),
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		struct fetch_outcome got;

		assert_null(replay_record(p->dir, "prod", i ? "abc123" : NULL, &outcomes[i]));
		assert_int_equal(has(p, "prod.json"), outcomes[i].has_reply);
		assert_true(has(p, "prod.meta.json"));
		assert_null(read_back(p, &got));
		assert_same(&got, &outcomes[i]);
		if (i)
			assert_string_equal(got.commit, "abc123");
		else
			assert_null(got.commit);
	}
}

static void body_is_kept_byte_for_byte(void **state)
{
	static const char bytes[] = "\xef\xbb\xbf{\r\n\"a\":\0 1}";
	struct fetch_outcome o = good(""), got;
	struct place *p = *state;

	o.body = (struct str){bytes, sizeof(bytes) - 1};
	assert_null(replay_record(p->dir, "prod", NULL, &o));
	assert_null(read_back(p, &got));
	assert_true(str_eq(got.body, o.body));
}

static void a_body_alone_is_enough(void **state)
{
	struct fetch_outcome got;
	struct place *p = *state;

	put(p, "prod.json", GOOD);
	assert_null(read_back(p, &got));
	assert_true(fetch_is_ok(&got) && got.has_reply);
	assert_true(str_is(got.body, GOOD));
	assert_int_equal(got.status, 200);
	assert_int_equal(got.time, 0);
}

static void an_error_in_the_body_is_a_failure(void **state)
{
	struct fetch_outcome got;
	struct place *p = *state;

	put(p, "prod.json", WRONG);
	assert_null(read_back(p, &got));
	assert_string_equal(word_of(&got), "credentials");
	assert_string_equal(got.failure.api_code, "AuthFailure");
	assert_string_equal(got.failure.request_id, "r-1");
}

static void no_file_is_no_reply(void **state)
{
	struct fetch_outcome got;
	struct place *p = *state;

	put(p, "other.json", GOOD);
	assert_null(read_back(p, &got));
	assert_string_equal(word_of(&got), "no-reply");
	assert_false(got.has_reply);
	/* A meta file that speaks of a good reply does not stand in for one. */
	put(p, "prod.meta.json",
	    "{\"format\":\"scandrift-reply/1\",\"status\":200,\"failure\":null}");
	assert_null(read_back(p, &got));
	assert_string_equal(word_of(&got), "no-reply");
}

static void a_large_file_is_too_large(void **state)
{
	struct fetch_outcome got;
	struct place *p = *state;
	size_t n = strlen(GOOD);

	put(p, "prod.json", GOOD);
	assert_null(replay_read(p->dir, "prod", "tcss", n, p->a, &got));
	assert_true(fetch_is_ok(&got));
	assert_null(replay_read(p->dir, "prod", "tcss", n - 1, p->a, &got));
	assert_string_equal(word_of(&got), "too-large");
}

static void a_failure_outlives_its_body(void **state)
{
	const struct fetch_outcome before = good(GOOD), now = failed("http-status", true);
	struct fetch_outcome got;
	struct place *p = *state;

	/* As if cut off between the two files: last night's good body under tonight's failure. */
	assert_null(replay_record(p->dir, "prod", NULL, &now));
	put(p, "prod.json", GOOD);
	assert_null(read_back(p, &got));
	assert_string_equal(word_of(&got), "http-status");
	/* A fetch without a reply takes the old body away; a good one the old failure. */
	assert_null(replay_record(p->dir, "prod", NULL, &before));
	assert_null(read_back(p, &got));
	assert_true(fetch_is_ok(&got));
}

static const struct {
	const char *name, *meta, *want;
} metas[] = {
	{"no JSON", "x", "line 1"},
	{"no object", "[]", "expected an object"},
	{"nothing in it", "", "line 1"},
	{"no format", "{}", "format"},
	{"another format", "{\"format\":\"scandrift-reply/2\"}", "scandrift-reply/1"},
	{"format twice", "{\"format\":\"scandrift-reply/1\",\"format\":\"scandrift-reply/1\"}",
	 "format"},
	{"bytes behind", "{\"format\":\"scandrift-reply/1\"} {}", "line 1"},
	{"status as text", "{\"format\":\"scandrift-reply/1\",\"status\":\"200\"}", "number"},
	{"status out of range", "{\"format\":\"scandrift-reply/1\",\"status\":1000}", "999"},
	{"time of no form", "{\"format\":\"scandrift-reply/1\",\"time\":\"now\"}", "time"},
	{"failure of no form", "{\"format\":\"scandrift-reply/1\",\"failure\":true}", "object"},
	{"failure without reason", "{\"format\":\"scandrift-reply/1\",\"failure\":{}}", "reason"},
	{"reason that is no word",
	 "{\"format\":\"scandrift-reply/1\",\"failure\":{\"reason\":\"a/../b\"}}", "reason"},
};

static void a_broken_meta_file_is_one_targets_failure(void **state)
{
	struct place *p = *state;

	put(p, "prod.json", GOOD);
	for (size_t i = 0; i < ARRAY_LEN(metas); i++) {
		struct fetch_outcome got;

		print_message("%s\n", metas[i].name);
		put(p, "prod.meta.json", metas[i].meta);
		assert_null(read_back(p, &got));
		assert_string_equal(word_of(&got), "bad-recording");
		assert_non_null(strstr(got.failure.message, "prod.meta.json"));
		assert_non_null(strstr(got.failure.message, metas[i].want));
	}
}

static void unknown_members_are_passed_over(void **state)
{
	struct fetch_outcome got;
	struct place *p = *state;

	put(p, "prod.json", GOOD);
	put(p, "prod.meta.json",
	    "{\"later\":{\"a\":[1]},\"format\":\"scandrift-reply/1\",\"headers\":{\"x\":\"y\"},"
	    "\"status\":200,\"failure\":null}");
	assert_null(read_back(p, &got));
	assert_true(fetch_is_ok(&got));
}

static void assert_refused(struct err *e)
{
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_CONFIG);
	err_free(e);
}

static void assert_unreadable(struct place *p)
{
	struct fetch_outcome got;

	assert_null(read_back(p, &got));
	assert_string_equal(word_of(&got), "bad-recording");
}

static void links_and_others_are_refused(void **state)
{
	struct place *p = *state;
	char path[256], meta[256];

	path_of(p, "prod.json", path);
	path_of(p, "prod.meta.json", meta);
	put(p, "elsewhere", GOOD);
	assert_int_equal(symlink("elsewhere", path), 0);
	assert_unreadable(p);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/nowhere/at/all", path), 0);
	assert_unreadable(p);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_unreadable(p);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_unreadable(p);
	assert_int_equal(rmdir(path), 0);
	put(p, "prod.json", GOOD);
	assert_int_equal(symlink("/dev/zero", meta), 0);
	assert_unreadable(p);
}

static void a_folder_must_be_there(void **state)
{
	struct place *p = *state;
	struct fetch_outcome got;
	char path[256];

	path_of(p, "none", path);
	assert_refused(replay_read(path, "prod", "tcss", MAX, p->a, &got));
	put(p, "file", "x");
	path_of(p, "file", path);
	assert_refused(replay_read(path, "prod", "tcss", MAX, p->a, &got));
}

static void names_cannot_leave_or_clash(void **state)
{
	static const char *const names[] = {"..", "../x", "a/b", "", "a.meta", "A.META", "/etc/x"};
	const struct fetch_outcome o = good(GOOD);
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct fetch_outcome got;

		print_message("%s\n", names[i]);
		assert_refused(replay_record(p->dir, names[i], NULL, &o));
		assert_refused(replay_read(p->dir, names[i], "tcss", MAX, p->a, &got));
	}
}

static void record_makes_its_folder_and_reports_failure(void **state)
{
	struct place *p = *state;
	const struct fetch_outcome o = good(GOOD);
	char path[256];
	struct err *e;

	path_of(p, "a/b/c", path);
	assert_null(replay_record(path, "prod", NULL, &o));
	assert_file(p, "a/b/c/prod.json", GOOD);
	put(p, "file", "x");
	path_of(p, "file", path);
	e = replay_record(path, "prod", NULL, &o);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_OUTPUT);
	err_free(e);
}

static void text_that_is_not_utf8_is_recorded(void **state)
{
	struct place *p = *state;
	struct fetch_outcome o = failed("http", false), got;

	o.failure.message = "a\xff\xfe\xc3z";
	assert_null(replay_record(p->dir, "prod", NULL, &o));
	assert_null(read_back(p, &got));
	assert_string_equal(got.failure.message, "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_recorded_is_replayed),
		TEST(body_is_kept_byte_for_byte),
		TEST(a_body_alone_is_enough),
		TEST(an_error_in_the_body_is_a_failure),
		TEST(no_file_is_no_reply),
		TEST(a_large_file_is_too_large),
		TEST(a_failure_outlives_its_body),
		TEST(a_broken_meta_file_is_one_targets_failure),
		TEST(unknown_members_are_passed_over),
		TEST(links_and_others_are_refused),
		TEST(a_folder_must_be_there),
		TEST(names_cannot_leave_or_clash),
		TEST(record_makes_its_folder_and_reports_failure),
		TEST(text_that_is_not_utf8_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
