/* SPDX-License-Identifier: Apache-2.0 */
/* What the environment of a CI system says is to be reviewed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/ci_env.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define M "cccccccccccccccccccccccccccccccccccccccc"
#define T "dddddddddddddddddddddddddddddddddddddddd"
#define Z "0000000000000000000000000000000000000000"

#define PULL                                                                          \
	"{\"number\": 7, \"pull_request\": {\"title\": \"\\u202e /base\", \"base\": " \
	"{\"ref\": \"main\", \"sha\": \"" A "\"}, \"head\": {\"sha\": \"" B "\"}}}"
#define PUSH(before)                                                                            \
	"{\"before\": \"" before "\", \"after\": \"" B "\", \"repository\": {\"name\": \"x\", " \
	"\"default_branch\": \"main\"}}"

/* Lines of NAME=VALUE. */
struct fake {
	const char *lines;
	const char *event_path;
	char value[256];
};

static const char *fake_env(void *ctx, const char *name)
{
	struct fake *f = ctx;
	size_t n = strlen(name);

	if (strcmp(name, "GITHUB_EVENT_PATH") == 0 && f->event_path)
		return f->event_path;
	for (const char *p = f->lines; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (strncmp(p, name, n) != 0 || p[n] != '=')
			continue;
		(void)snprintf(f->value, sizeof(f->value), "%.*s", (int)strcspn(p + n + 1, "\n"),
			       p + n + 1);
		return f->value;
	}
	return NULL;
}

struct row {
	const char *name, *lines, *event, *want; /* want "!...": the error has this */
};

#define GITHUB(event) "GITHUB_ACTIONS=true\nGITHUB_SHA=" M "\nGITHUB_EVENT_NAME=" event "\n"
#define GITLAB(event) "GITLAB_CI=true\nCI_COMMIT_SHA=" B "\nCI_PIPELINE_SOURCE=" event "\n"

static const struct row rows[] = {
	{"no CI", "CI=true\n", NULL, "!give BASE..HEAD"},
	{"not switched on", "GITHUB_ACTIONS=false\nGITLAB_CI=\n", NULL, "!give BASE..HEAD"},

	{"pull request", GITHUB("pull_request") "GITHUB_BASE_REF=main\n", PULL,
	 "base=main head=" B " merge=" M " proposal=" B " id branch"},
	{"review of a pull request", GITHUB("pull_request_review"), PULL,
	 "base=main head=" B " merge=" M " proposal=" B " id branch"},
	{"pull request in the base's context", GITHUB("pull_request_target"), PULL,
	 "base=main head=" B " merge=" M " proposal=" B " id branch"},
	{"pull request in the base's context, without its head", GITHUB("pull_request_target"),
	 "{\"pull_request\": {\"base\": {\"ref\": \"main\"}}}", "!names no base"},
	{"pull request, no event file", GITHUB("pull_request") "GITHUB_BASE_REF=main\n", NULL,
	 "base=main head=" M " id branch"},
	{"no event file and no branch", GITHUB("pull_request"), NULL, "!names no base"},
	{"base's context, no event file", GITHUB("pull_request_target") "GITHUB_BASE_REF=main\n",
	 NULL, "!names no base"},
	{"event without its pull request", GITHUB("pull_request"), "{\"pull_request\": null}",
	 "!names no base for the event 'pull_request'"},
	{"merge queue", GITHUB("merge_group"),
	 "{\"merge_group\": {\"base_sha\": \"" A "\", \"head_sha\": \"" M "\"}}",
	 "base=" A " head=" M " id queue"},
	{"push", GITHUB("push") "GITHUB_REF=refs/heads/topic\n", PUSH(A),
	 "base=main head=" M " id branch"},
	{"push that names no branch", GITHUB("push"), PUSH(A), "base=main head=" M " id branch"},
	{"push of a new branch", GITHUB("push") "GITHUB_REF=refs/heads/topic\n", PUSH(Z),
	 "base=main head=" M " id branch"},
	{"push to the default branch", GITHUB("push") "GITHUB_REF=refs/heads/main\n", PUSH(A),
	 "base=" A " head=" M " id trees"},
	{"push of a tag of that name", GITHUB("push") "GITHUB_REF=refs/tags/main\n", PUSH(A),
	 "base=main head=" M " id branch"},
	{"push to a protected branch",
	 GITHUB("push") "GITHUB_REF=refs/heads/release\nGITHUB_REF_PROTECTED=true\n", PUSH(A),
	 "base=" A " head=" M " id trees"},
	{"push to one that is not",
	 GITHUB("push") "GITHUB_REF=refs/heads/release\nGITHUB_REF_PROTECTED=false\n", PUSH(A),
	 "base=main head=" M " id branch"},
	{"push of a new protected branch",
	 GITHUB("push") "GITHUB_REF=refs/heads/release\nGITHUB_REF_PROTECTED=true\n", PUSH(Z),
	 "base=main head=" M " id branch"},
	{"first push of all", GITHUB("push") "GITHUB_REF=refs/heads/main\n", PUSH(Z),
	 "!main is the default branch"},
	{"a scheduled run", GITHUB("schedule"), "{}", "!names no base for the event 'schedule'"},
	{"event of unknown name, no name given", "GITHUB_ACTIONS=true\nGITHUB_SHA=" M "\n", PULL,
	 "base=main head=" B " merge=" M " proposal=" B " id branch"},
	{"event file that is none", GITHUB("pull_request"),
	 "{\"pull_request\": ", "!GITHUB_EVENT_PATH: line 1"},
	{"the same member twice", GITHUB("push"),
	 "{\"before\": \"" A "\", \"x\": {\"a\": 1}, \"before\": \"" B "\"}",
	 "!duplicate key \"before\""},
	{"an option in place of an id", GITHUB("push"), PUSH("--upload-pack=x"),
	 "!expected the id of a commit"},
	{"a name in place of an id", GITHUB("push"), PUSH("main"), "!expected the id of a commit"},
	{"upper case", GITHUB("push"), PUSH("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
	 "!expected the id of a commit"},
	{"41 digits", GITHUB("push"), PUSH(A "a"), "!expected the id of a commit"},
	{"a number in place of an id", GITHUB("push"), "{\"before\": 7}", "!names no base"},
	{"bad merge id", "GITHUB_ACTIONS=true\nGITHUB_SHA=refs/x\n", PULL,
	 "!GITHUB_SHA: found 'refs/x'"},

	{"merge request",
	 GITLAB("merge_request_event") "CI_MERGE_REQUEST_DIFF_BASE_SHA=" A "\n"
				       "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\n",
	 NULL, "base=main head=" B " merge=" B " id branch"},
	{"merged results",
	 GITLAB("merge_request_event") "CI_MERGE_REQUEST_DIFF_BASE_SHA=" A "\n"
				       "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main\n"
				       "CI_MERGE_REQUEST_TARGET_BRANCH_SHA=" T "\n"
				       "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" M "\n",
	 NULL, "base=main head=" B " merge=" B " proposal=" M " id branch"},
	{"merge request without a target",
	 GITLAB("merge_request_event") "CI_MERGE_REQUEST_DIFF_BASE_SHA=" A "\n"
				       "CI_COMMIT_BEFORE_SHA=" A "\n",
	 NULL, "!names no base"},
	{"push to GitLab",
	 GITLAB("push") "CI_COMMIT_BEFORE_SHA=" A "\nCI_DEFAULT_BRANCH=main\n"
			"CI_COMMIT_BRANCH=topic\n",
	 NULL, "base=main head=" B " id branch"},
	{"push to the default branch at GitLab",
	 GITLAB("push") "CI_COMMIT_BEFORE_SHA=" A "\nCI_DEFAULT_BRANCH=main\n"
			"CI_COMMIT_BRANCH=main\n",
	 NULL, "base=" A " head=" B " id trees"},
	{"push to a protected branch at GitLab",
	 GITLAB("push") "CI_COMMIT_BEFORE_SHA=" A "\nCI_DEFAULT_BRANCH=main\n"
			"CI_COMMIT_BRANCH=release\nCI_COMMIT_REF_PROTECTED=true\n",
	 NULL, "base=" A " head=" B " id trees"},
	{"push to GitLab, no default branch named", GITLAB("push") "CI_COMMIT_BEFORE_SHA=" A "\n",
	 NULL, "!names no base"},
	{"new branch at GitLab",
	 GITLAB("push") "CI_COMMIT_BEFORE_SHA=" Z "\nCI_DEFAULT_BRANCH=main\n"
			"CI_COMMIT_BRANCH=topic\n",
	 NULL, "base=main head=" B " id branch"},
	{"first push to GitLab",
	 GITLAB("push") "CI_COMMIT_BEFORE_SHA=" Z "\nCI_DEFAULT_BRANCH=main\n"
			"CI_COMMIT_BRANCH=main\n",
	 NULL, "!main is the default branch"},
	{"zeros and no branch", GITLAB("push") "CI_COMMIT_BEFORE_SHA=" Z "\n", NULL,
	 "!names no base"},
	{"a branch deleted", "GITLAB_CI=true\nCI_COMMIT_SHA=" Z "\nCI_COMMIT_BEFORE_SHA=" A "\n",
	 NULL, "!was deleted"},
	{"a schedule at GitLab", GITLAB("schedule") "CI_COMMIT_BEFORE_SHA=" A "\n", NULL,
	 "!names no base for the event 'schedule'"},
	{"hostile id at GitLab", GITLAB("push") "CI_COMMIT_BEFORE_SHA=$(id)\n", NULL,
	 "!CI_COMMIT_BEFORE_SHA: found '$(id)'"},
};

static const char *describe(const struct range_wish *w, char *to, size_t size)
{
	(void)snprintf(to, size, "base=%s head=%s%s%s%s%s%s%s%s", w->base,
		       w->head ? w->head : "HEAD", w->merge ? " merge=" : "",
		       w->merge ? w->merge : "", w->proposal ? " proposal=" : "",
		       w->proposal ? w->proposal : "", w->is_id ? " id" : "",
		       w->is_branch ? " branch" : "",
		       w->kind == RANGE_TREES   ? " trees"
		       : w->kind == RANGE_QUEUE ? " queue"
						: "");
	return to;
}

static void check(const struct row *row, const char *event_path)
{
	struct fake fake = {.lines = row->lines, .event_path = event_path};
	struct io io = {.env = fake_env, .env_ctx = &fake};
	struct arena *a = arena_new();
	struct range_wish w = {0};
	char have[400];
	char *text;
	struct err *e;

	assert_non_null(a);
	e = ci_env_range(&io, a, &w);
	text = e ? err_text(e) : NULL;
	if (row->want[0] == '!' ? !text || !strstr(text, row->want + 1)
				: text || strcmp(describe(&w, have, sizeof(have)), row->want) != 0)
		fail_msg("%s: want %s, have %s", row->name, row->want,
			 text ? text : describe(&w, have, sizeof(have)));
	free(text);
	err_free(e);
	arena_free(a);
}

static void test_rows(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char path[] = "/tmp/scandrift-event-XXXXXX";
		int fd = -1;

		if (rows[i].event) {
			fd = mkstemp(path);
			assert_true(fd >= 0);
			assert_int_equal(write(fd, rows[i].event, strlen(rows[i].event)),
					 (ssize_t)strlen(rows[i].event));
			(void)close(fd);
		}
		check(&rows[i], fd >= 0 ? path : NULL);
		if (fd >= 0)
			(void)unlink(path);
	}
	(void)state;
}

/* None of these is waited for or read. */
static void test_event_path(void **state)
{
	static const char *const paths[] = {"-", "/dev/zero", "/tmp", "/nonexistent/event.json"};

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		const struct row row = {paths[i], GITHUB("pull_request"), NULL,
					"!not there, or no file"};

		check(&row, paths[i]);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_event_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
