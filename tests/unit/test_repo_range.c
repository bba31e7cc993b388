/* SPDX-License-Identifier: Apache-2.0 */
/* The two commits of a review, in clones as CI systems make them. */
#include "test_repo_lib.h"

#include <stdio.h>
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
	} rows[] = {
		{"main", "main", NULL},
		{"main..topic", "main", "topic"},
		{"main...topic", "main", "topic"},
		{"main..", "main", "HEAD"},
		{"main...", "main", "HEAD"},
		{"..topic", "HEAD", "topic"},
		{"HEAD~2..HEAD@{1}", "HEAD~2", "HEAD@{1}"},
	};
	static const char *const bad[] = {"", "..", "...", "a..b..c", "a....b", "a...b..c"};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct range_wish wish;

		print_message("row: %s\n", rows[i].text);
		expect_ok(range_parse(rows[i].text, w->arena, &wish));
		assert_string_equal(wish.base, rows[i].base);
		assert_string_equal(wish.head ? wish.head : "", rows[i].head ? rows[i].head : "");
		assert_int_equal(wish.kind, RANGE_PROPOSAL);
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

/* The revisions stand for what is found; "!..." is the error. The rest is in `found`. */
static struct range found;

static void expect_range(struct world *w, const struct range_wish *wish, const char *base,
			 const char *head)
{
	struct range range = {0};
	struct err *e = range_find(w->repo, wish, &range);

	found = range;
	if (base[0] == '!') {
		expect_err(e, ERR_REPO, base + 1);
		return;
	}
	expect_ok(e);
	assert_string_equal(range.base.hex, id(w, base));
	assert_string_equal(range.head.hex, id(w, head));
}

/* "b" or "x y", as revisions; "" is none. */
static void expect_ancestors(struct world *w, const char *revs)
{
	const char *want = *revs ? output(w, "git rev-parse %s | sort | xargs", revs) : "";
	char have[RANGE_ANCESTORS_MAX * REPO_HEX_SIZE] = "";
	size_t n = 0;

	for (size_t i = 0; i < found.ancestor_count; i++)
		n += (size_t)snprintf(have + n, sizeof(have) - n, "%s\n", found.ancestors[i].hex);
	assert_string_equal(*have ? output(w, "printf '%%s' '%s' | sort | xargs", have) : "", want);
}

static void test_arguments(void **state)
{
	static const struct {
		const char *text, *base, *head, *ancestors;
	} rows[] = {
		{"b..topic", "b", "topic", ""},
		{"m^..m", "main", "m", ""},
		{"m^", "main", "HEAD", ""},
		{"main..topic", "main", "topic", "b"},
		{"main...topic", "main", "topic", "b"},
		{"topic...main", "topic", "main", "b"},
		{"topic", "topic", "main", "b"},
		{"main...main", "main", "main", ""},
		{"main..b",
		 "!main..b: the range is reversed, since b is an ancestor of main; did "
		 "you mean b..main?",
		 "", ""},
		{"m...topic", "!did you mean topic..m?", "", ""},
		{"nowhere..topic", "!nowhere: no such revision", "", ""},
		{"-x..topic", "!is no revision", "", ""},
		{"HEAD^{tree}..topic", "!expected a commit", "", ""},
		{"main...other", "!no merge base", "", ""},
		{"main..other", "!no merge base", "", ""},
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
		if (rows[i].base[0] != '!')
			expect_ancestors(w, rows[i].ancestors);
	}
}

/* Two trees as they are, and what a merge queue has on top of its base. */
static void test_kinds(void **state)
{
	static const struct {
		enum range_kind kind;
		const char *base, *head, *want;
	} rows[] = {
		{RANGE_TREES, "main", "b", "main"},
		{RANGE_TREES, "main", "topic", "main"},
		{RANGE_TREES, "other", "main", "other"},
		{RANGE_QUEUE, "b", "topic", "b"},
		{RANGE_QUEUE, "main", "m", "main"},
		{RANGE_QUEUE, "main", "topic", "!no ancestor"},
		{RANGE_QUEUE, "main", "b", "!no ancestor"},
	};
	struct world *w = *state;

	make_history(w);
	run(w, "git switch -q --orphan other && git commit -q --allow-empty -m x && "
	       "git switch -q main");
	reopen(w, "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct range_wish wish = {.kind = rows[i].kind,
						.named_by = "GitHub",
						.base = rows[i].base,
						.head = rows[i].head};

		print_message("row: %zu\n", i);
		expect_range(w, &wish, rows[i].want, rows[i].head);
		if (rows[i].want[0] != '!')
			expect_ancestors(w, "");
	}
}

static void test_two_merge_bases(void **state)
{
	const struct range_wish wish = {.base = "x", .head = "y"};
	struct world *w = *state;

	run(w, "git branch x && git branch y &&\n"
	       "git switch -q x && git commit -q --allow-empty -m x1 && git tag x1 &&\n"
	       "git switch -q y && git commit -q --allow-empty -m y1 && git tag y1 &&\n"
	       "git merge -q --no-ff -m y2 x1 && git switch -q x && git merge -q --no-ff -m x2 y^");
	reopen(w, "");
	expect_range(w, &wish, "x", "y");
	expect_ancestors(w, "x1 y1");
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

/* The merge that the CI system made and checked out; not one that a proposal brings itself. */
static void test_merge_commit(void **state)
{
	struct world *w = *state;
	struct range_wish wish;

	make_history(w);
	run(w, "git switch -q --detach m && git update-ref refs/remotes/origin/main b");
	reopen(w, "");
	wish = (struct range_wish){.named_by = "GitHub",
				   .is_id = true,
				   .is_branch = true,
				   .base = "main",
				   .head = id(w, "topic"),
				   .merge = id(w, "m"),
				   .proposal = id(w, "topic")};
	expect_range(w, &wish, "main", "m");
	expect_ancestors(w, "");
	/* Its second parent is not what was proposed. */
	wish.proposal = wish.head = wish.merge;
	expect_range(w, &wish, "b", "m");
	/* No merge at all, and one that is not here, or not checked out. */
	wish.merge = wish.head = wish.proposal = id(w, "topic");
	expect_range(w, &wish, "b", "topic");
	wish.merge = "1234567890123456789012345678901234567890";
	expect_range(w, &wish, "b", "topic");
	wish.merge = id(w, "m");
	run(w, "git switch -q --detach topic");
	reopen(w, "");
	expect_range(w, &wish, "b", "topic");
}

static void test_branch(void **state)
{
	struct range_wish wish = {.named_by = "GitLab", .base = "main", .is_branch = true};
	struct world *w = *state;

	make_history(w);
	run(w, "git switch -q topic && git tag origin/main b");
	reopen(w, "");
	/* A local branch of that name, or a tag, is not the remote's. */
	expect_range(
		w, &wish,
		"!GitLab names branch main, whose tip at the remote is not in this clone; fetch "
		"it: git fetch origin +refs/heads/main:refs/remotes/origin/main",
		"");
	run(w, "git update-ref refs/remotes/origin/main main");
	reopen(w, "");
	expect_range(w, &wish, "main", "topic");
	expect_ancestors(w, "b");
	/* All of it is merged. */
	run(w, "git update-ref refs/remotes/origin/main m");
	reopen(w, "");
	expect_range(w, &wish, "!GitLab names head HEAD, which is an ancestor of main", "");
	wish.base = "$(id)";
	expect_range(w, &wish, "!is not in this clone; fetch it", "");
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
		const char *base, *head, *ancestors;
	} rows[] = {
		{"no base",
		 "--depth 1 -b topic",
		 {.base = "b", .head = "topic"},
		 "!" SHALLOW,
		 "",
		 ""},
		{"merge without its parents",
		 "--depth 1 -b m",
		 {.base = "b", .head = "topic", .merge = "m", .proposal = "topic"},
		 "!names base",
		 "",
		 ""},
		{"merge with its parents",
		 "--depth 2 -b m",
		 {.base = "b", .head = "topic", .merge = "m", .proposal = "topic"},
		 "main",
		 "m",
		 ""},
		{"two trees",
		 "--depth 1 --no-single-branch -b topic",
		 {.kind = RANGE_TREES, .base = "main", .head = "topic"},
		 "main",
		 "topic",
		 ""},
		{"no merge base",
		 "--depth 1 --no-single-branch -b topic",
		 {.base = "main", .head = "topic"},
		 "!the merge base of",
		 "",
		 ""},
		{"merge base within the depth",
		 "--depth 3 --no-single-branch -b topic",
		 {.base = "main", .head = "topic"},
		 "main",
		 "topic",
		 "b"},
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
		if (rows[i].base[0] != '!')
			expect_ancestors(w, rows[i].ancestors);
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
		ROW(test_parse),        ROW(test_arguments), ROW(test_two_merge_bases),
		ROW(test_ids),          ROW(test_branch),    ROW(test_shallow),
		ROW(test_merge_commit), ROW(test_unborn),    ROW(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
