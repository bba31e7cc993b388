/* SPDX-License-Identifier: Apache-2.0 */
/* Where two commits differ: against what git says of the same, and what may be asked of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/changed.h"
#include "test_repo_lib.h"

static struct repo_changed changed_between(struct world *w, const char *a, const char *b)
{
	struct repo_commit x = resolved(w, a), y = resolved(w, b);
	struct repo_changed c;

	expect_ok(repo_find_changed(w->repo, &x, &y, w->arena, &c));
	return c;
}

static const char *joined(struct world *w, const struct repo_changed *c)
{
	const char *all = "";

	for (size_t i = 0; i < c->count; i++) {
		all = arena_printf(w->arena, "%s%s%s", all, i ? " " : "", c->paths[i]);
		assert_non_null(all);
	}
	return all;
}

static const struct {
	const char *edit, *paths;
} rows[] = {
	{"true", ""},
	{"echo y >d/e/f", "d/e/f"},
	{"echo y >d/e/f; echo y >d/a; echo y >z", "d/a d/e/f z"},
	{"git rm -q d/a", "d/a"},
	{"git mv d/a d/b", "d/a d/b"},
	{"chmod +x d/a", "d/a"},
	{"ln -sf x d/a", "d/a"},
	/* One side alone has it: as a whole. */
	{"git rm -qr d/e", "d/e"},
	{"mkdir -p n/m; echo y >n/m/o", "n"},
	/* A file for a folder, whose place in a tree is another one. */
	{"git rm -qr d/e; echo y >d/e", "d/e"},
	{"git rm -q d/a; mkdir d/a; echo y >d/a/b", "d/a"},
	/* What sorts between a folder and what is in it. */
	{"echo y >d.x; echo y >d-x; echo y >d/e/f", "d-x d.x d/e/f"},
};

static void test_paths(void **state)
{
	struct world *w = *state;

	run(w, "mkdir -p d/e && echo x >d/e/f && echo x >d/e/g && echo x >d/a && echo x >z &&"
	       " git add -A && git commit -qm start && git branch start");
	reopen(w, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct repo_changed there, back;

		run(w, "git checkout -qf -B edit start && git clean -qfd");
		run(w, "%s", rows[i].edit);
		run(w, "git add -A && git commit -qm edit --allow-empty");
		there = changed_between(w, "start", "edit");
		back = changed_between(w, "edit", "start");
		if (strcmp(joined(w, &there), rows[i].paths) != 0 || there.is_all)
			fail_msg("%s:\nhave %s\nwant %s", rows[i].edit, joined(w, &there),
				 rows[i].paths);
		assert_string_equal(joined(w, &back), rows[i].paths);
	}
}

static void test_asked(void **state)
{
	const char *paths[] = {"a", "d.x", "d/e", "d/ef/g", "policies.old"};
	struct repo_changed c = {paths, sizeof(paths) / sizeof(paths[0]), false};
	struct repo_changed all = {NULL, 0, true};

	(void)state;
	assert_true(repo_may_differ(&c, "a"));
	assert_true(repo_may_differ(&c, "a/b/c"));
	assert_true(repo_may_differ(&c, "d/e/f"));
	assert_true(repo_may_differ(&c, "d/ef/g"));
	assert_false(repo_may_differ(&c, "d"));
	assert_false(repo_may_differ(&c, "d/ef"));
	assert_false(repo_may_differ(&c, "d/ef/gh"));
	assert_false(repo_may_differ(&c, "aa"));
	assert_false(repo_may_differ(&c, "d/"));
	assert_true(repo_may_differ_below(&c, "d"));
	assert_true(repo_may_differ_below(&c, "d/e"));
	assert_true(repo_may_differ_below(&c, "a/b"));
	assert_false(repo_may_differ_below(&c, "policies"));
	assert_true(repo_may_differ(&all, "a"));
	assert_true(repo_may_differ_below(&all, "a"));
}

/* Without a commit there is nothing to compare with. */
static void test_unborn(void **state)
{
	struct repo_commit none = {.is_unborn = true}, head;
	struct world *w = *state;
	struct repo_changed c;

	reopen(w, "");
	head = resolved(w, "HEAD");
	expect_ok(repo_find_changed(w->repo, &none, &head, w->arena, &c));
	assert_true(c.is_all);
}

/* Trees that name each other over and over are not walked to the end. */
static void test_bomb(void **state)
{
	struct world *w = *state;

	run(w, "for side in x y; do t=$(printf \"100644 blob $(echo $side | git hash-object -w "
	       "--stdin)\\ta\\n\" | git mktree); for i in 1 2 3 4 5 6 7 8; do t=$(for n in 0 1 2 3 "
	       "4 5 6 7 8 9; do printf \"040000 tree $t\\t$n\\n\"; done | git mktree); done; git "
	       "branch -f bomb-$side $(git commit-tree -m b $t); done");
	reopen(w, "");
	assert_true(changed_between(w, "bomb-x", "bomb-y").is_all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_paths, world_setup, world_teardown),
		cmocka_unit_test(test_asked),
		cmocka_unit_test_setup_teardown(test_unborn, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_bomb, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
