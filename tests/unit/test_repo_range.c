/* SPDX-License-Identifier: Apache-2.0 */
/* The two commits of a review, in clones as CI systems make them. */
#include "test_repo_lib.h"

#include <string.h>

#include "repo/range.h"

/*
 *   first -- base -- later           main
 *                 \       \
 *                  one --- merge     (as a CI system makes it)
 *                  topic
 */
static void make_history(struct world *w)
{
	run(w, "at() { export GIT_COMMITTER_DATE=2026-01-0$1T00:00:00Z; }\n"
	       "at 1 && git commit -q --allow-empty -m base && git tag b &&\n"
	       "git switch -q -c topic && at 2 && git commit -q --allow-empty -m one &&\n"
	       "git switch -q main && at 3 && git commit -q --allow-empty -m later &&\n"
	       "git switch -q --detach && at 4 && git merge -q --no-ff -m merge topic &&\n"
	       "git tag m && git switch -q main");
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *base, *head;
		bool is_merge_base;
	} rows[] = {
		{"main", "main", NULL, false},
		{"main..topic", "main", "topic", false},
		{"main...topic", "main", "topic", true},
		{"main..", "main", "HEAD", false},
		{"main...", "main", "HEAD", true},
		{"..topic", "HEAD", "topic", false},
		{"HEAD~2..HEAD@{1}", "HEAD~2", "HEAD@{1}", false},
	};
	static const char *const bad[] = {"", "..", "...", "a..b..c", "a....b", "a...b..c"};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range_wish wish;

		print_message("row: %s\n", rows[i].text);
		expect_ok(range_parse(rows[i].text, w->arena, &wish));
		assert_string_equal(wish.base, rows[i].base);
		assert_string_equal(wish.head ? wish.head : "", rows[i].head ? rows[i].head : "");
		assert_int_equal(wish.is_merge_base, rows[i].is_merge_base);
		assert_false(wish.is_id || wish.is_branch || wish.merge);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct range_wish wish;

		print_message("row: %s\n", bad[i]);
		expect_err(range_parse(bad[i], w->arena, &wish), ERR_USAGE, "expected BASE..HEAD");
	}
}

static const char *id(struct world *w, const char *rev)
{
	return output(w, "git rev-parse %s", rev);
}

/* The revisions stand for what is found; "!..." is the error. */
static void expect_range(struct world *w, const struct range_wish *wish, const char *base,
			 const char *head)
{
	struct range range = {0};
	struct err *e = range_find(w->repo, wish, &range);

	if (base[0] == '!') {
		expect_err(e, ERR_REPO, base + 1);
		return;
	}
	expect_ok(e);
	assert_string_equal(range.base.hex, id(w, base));
	assert_string_equal(range.head.hex, id(w, head));
}

static void test_arguments(void **state)
{
	static const struct {
		const char *text, *base, *head;
	} rows[] = {
		{"b", "b", "main"},
		{"main..topic", "main", "topic"},
		{"main...topic", "b", "topic"},
		{"topic...main", "b", "main"},
		{"main...main", "main", "main"},
		{"m^..m", "main", "m"},
		{"nowhere..topic", "!nowhere: no such revision", ""},
		{"-x..topic", "!is no revision", ""},
		{"HEAD^{tree}..topic", "!expected a commit", ""},
		{"main...other", "!no merge base", ""},
	};
	struct world *w = *state;

	make_history(w);
	run(w, "git switch -q --orphan other && git commit -q --allow-empty -m x && "
	       "git switch -q main");
	reopen(w, "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range_wish wish;

		print_message("row: %s\n", rows[i].text);
		expect_ok(range_parse(rows[i].text, w->arena, &wish));
		expect_range(w, &wish, rows[i].base, rows[i].head);
	}
}

static void test_two_merge_bases(void **state)
{
	const struct range_wish wish = {.base = "x", .head = "y", .is_merge_base = true};
	struct world *w = *state;

	run(w, "git branch x && git branch y &&\n"
	       "git switch -q x && git commit -q --allow-empty -m x1 && git tag x1 &&\n"
	       "git switch -q y && git commit -q --allow-empty -m y1 &&\n"
	       "git merge -q --no-ff -m y2 x1 && git switch -q x && git merge -q --no-ff -m x2 y^");
	reopen(w, "");
	expect_range(w, &wish, "!have 2 merge bases; name the one", "");
}

/* What a CI system names is an id, and never a reference that has the id as its name. */
static void test_ids(void **state)
{
	static const char gone[] = "1234567890123456789012345678901234567890";
	struct range_wish wish = {.named_by = "GitHub", .is_id = true};
	struct world *w = *state;

	make_history(w);
	run(w, "git update-ref refs/heads/%s HEAD && git update-ref refs/tags/%s HEAD", gone, gone);
	reopen(w, "");
	wish.base = id(w, "main");
	wish.head = id(w, "topic");
	expect_range(w, &wish, "main", "topic");
	wish.base = gone;
	expect_range(w, &wish,
		     "!GitHub names base 1234567890123456789012345678901234567890, which "
		     "is not in this clone; fetch it: git fetch origin 12345",
		     "");
	wish.base = id(w, "main");
	wish.head = gone;
	expect_range(w, &wish, "!GitHub names head 12345", "");
}

/* The merge that the CI system made; not one that a proposal brings itself. */
static void test_merge_commit(void **state)
{
	struct world *w = *state;
	struct range_wish wish;

	make_history(w);
	reopen(w, "");
	wish = (struct range_wish){.named_by = "GitHub",
				   .is_id = true,
				   .base = id(w, "b"),
				   .head = id(w, "topic"),
				   .merge = id(w, "m"),
				   .proposal = id(w, "topic")};
	expect_range(w, &wish, "main", "m");
	/* Its second parent is not what was proposed. */
	wish.proposal = wish.head = wish.merge;
	expect_range(w, &wish, "b", "m");
	/* No merge at all, and one that is not here. */
	wish.merge = wish.head = wish.proposal = id(w, "topic");
	expect_range(w, &wish, "b", "topic");
	wish.merge = "1234567890123456789012345678901234567890";
	expect_range(w, &wish, "b", "topic");
}

static void test_branch(void **state)
{
	struct range_wish wish = {
		.named_by = "GitLab", .base = "main", .is_branch = true, .is_merge_base = true};
	struct world *w = *state;

	make_history(w);
	run(w, "git switch -q topic");
	reopen(w, "");
	expect_range(w, &wish, "b", "topic");
	/* The remote's is the one. */
	run(w, "git update-ref refs/remotes/origin/main topic");
	reopen(w, "");
	expect_range(w, &wish, "topic", "topic");
	wish.base = "gone";
	expect_range(w, &wish, "!GitLab names branch gone, which is not in this clone; fetch it",
		     "");
	wish.base = "../../x";
	expect_range(w, &wish, "!refs/remotes/origin/../../x", "");
	wish.base = "a\nb";
	expect_range(w, &wish, "!refs/remotes/origin/a", "");
}

#define SHALLOW "fetch-depth: 0, GIT_DEPTH: 0"

static void test_shallow(void **state)
{
	static const struct {
		const char *name, *clone;
		struct range_wish wish; /* ids as revisions of the whole repository */
		const char *base, *head;
	} rows[] = {
		{"no base", "--depth 1 -b topic", {.base = "b", .head = "topic"}, "!" SHALLOW, ""},
		{"merge without its parents",
		 "--depth 1 -b m",
		 {.base = "b", .head = "topic", .merge = "m", .proposal = "topic"},
		 "!names base",
		 ""},
		{"merge with its parents",
		 "--depth 2 -b m",
		 {.base = "b", .head = "topic", .merge = "m", .proposal = "topic"},
		 "main",
		 "m"},
		{"named and there",
		 "--depth 2 -b topic",
		 {.base = "b", .head = "topic"},
		 "b",
		 "topic"},
		{"no merge base",
		 "--depth 1 --no-single-branch -b topic",
		 {.base = "main", .head = "topic", .is_merge_base = true},
		 "!the merge base of",
		 ""},
		{"merge base within the depth",
		 "--depth 3 --no-single-branch -b topic",
		 {.base = "main", .head = "topic", .is_merge_base = true},
		 "b",
		 "topic"},
	};
	struct world *w = *state;

	make_history(w);
	run(w, "git config uploadpack.allowAnySHA1InWant true");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range_wish wish = rows[i].wish;

		print_message("row: %s\n", rows[i].name);
		wish.named_by = "GitHub";
		wish.is_id = true;
		wish.base = id(w, wish.base);
		wish.head = id(w, wish.head);
		wish.merge = wish.merge ? id(w, wish.merge) : NULL;
		wish.proposal = wish.proposal ? id(w, wish.proposal) : NULL;
		run(w, "rm -rf ../x && git clone -q %s \"file://$PWD\" ../x 2>/dev/null",
		    rows[i].clone);
		reopen(w, arena_printf(w->arena, "%s/x", w->dir));
		expect_range(w, &wish, rows[i].base, rows[i].head);
	}
}

static void test_unborn(void **state)
{
	const struct range_wish wish = {.base = "HEAD"};
	struct world *w = *state;

	run(w, "git init -q ../x");
	reopen(w, arena_printf(w->arena, "%s/x", w->dir));
	expect_range(w, &wish, "!there is no commit yet", "");
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(test_parse),  ROW(test_arguments), ROW(test_two_merge_bases), ROW(test_ids),
		ROW(test_branch), ROW(test_shallow),   ROW(test_merge_commit),    ROW(test_unborn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
