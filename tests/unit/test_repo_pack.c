/* SPDX-License-Identifier: Apache-2.0 */
/* Commits of many files: one pack, which the real git finds good. */
#include "test_repo_lib.h"

#include <stdlib.h>

#define FILES 200u

/* FILES files in ten folders; `round` makes their bytes. */
static void commit_many(struct world *w, unsigned count, unsigned round,
			struct repo_commit_result *out)
{
	struct repo_change changes[FILES];
	struct repo_commit_request req = {
		.expect = tip_of(w, NULL),
		.changes = changes,
		.change_count = count,
		.message = STR("baselines: many\n"),
	};

	for (unsigned i = 0; i < count; i++) {
		const char *text =
			arena_printf(w->arena, "{\"file\": %u, \"round\": %u}\n", i, round);

		changes[i] = (struct repo_change){
			.path = arena_printf(w->arena, "baselines/%u/%u.json", i % 10, i),
			.bytes = str_from(text),
		};
	}
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, out));
	assert_true(out->is_committed);
	assert_null(out->worktree_lag);
	assert_string_equal(output(w, "git rev-parse HEAD"), out->hex);
	assert_string_equal(output(w, "git status --porcelain"), "");
}

static void expect_sound(struct world *w)
{
	run(w, "git fsck --full --strict --no-dangling >../fsck 2>&1 || { cat ../fsck; false; }");
	/* git 2.47 takes the references of a worktree for garbage too; that is its own affair. */
	run(w, "! git count-objects -v 2>&1 | grep 'garbage found: .*/objects/'");
	run(w, "test -z \"$(find \"$(git rev-parse --git-common-dir)\" -name '*tmp*')\"");
}

static const char *count_of(struct world *w, const char *what)
{
	return output(w, "git count-objects -v | sed -n 's/^%s: //p'", what);
}

static void test_many_files_are_one_pack(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out;
	const char *loose = count_of(w, "count");

	reopen(w, "");
	commit_many(w, FILES, 1, &out);
	assert_string_equal(count_of(w, "count"), loose);
	assert_string_equal(count_of(w, "packs"), "1");
	/* The files, ten folders, the one above them, the root, the commit. */
	assert_string_equal(count_of(w, "in-pack"), "213");
	assert_string_equal(output(w, "git show HEAD:baselines/7/17.json"),
			    "{\"file\": 17, \"round\": 1}");
	expect_sound(w);
}

/* What comes behind a pack, in the same process, finds it, and few objects are files again. */
static void test_what_follows_a_pack(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out = {0};

	reopen(w, "");
	commit_many(w, FILES, 1, &out);
	commit_many(w, 1, 2, &out);
	assert_string_equal(count_of(w, "packs"), "1");
	commit_many(w, FILES, 3, &out);
	assert_string_equal(count_of(w, "packs"), "2");
	assert_string_equal(output(w, "git rev-list --count HEAD"), "4");
	expect_sound(w);
}

/* The same commit once more, at the same second, is the same pack. */
static void test_the_same_pack(void **state)
{
	struct world *w = *state;
	struct repo_commit_result first, second;

	reopen(w, "");
	run(w, "git tag start");
	(void)setenv("GIT_COMMITTER_DATE", "1700000000 +0000", 1);
	(void)setenv("GIT_AUTHOR_DATE", "1700000000 +0000", 1);
	commit_many(w, FILES, 1, &first);
	run(w, "git reset -q --hard start");
	reopen(w, "");
	commit_many(w, FILES, 1, &second);
	(void)unsetenv("GIT_COMMITTER_DATE");
	(void)unsetenv("GIT_AUTHOR_DATE");
	assert_string_equal(first.hex, second.hex);
	assert_string_equal(count_of(w, "packs"), "1");
	expect_sound(w);
}

static void test_places(void **state)
{
	static const struct {
		const char *name, *make, *packs;
	} rows[] = {
		{"no folder for packs", "rm -rf .git/objects/pack", "0"},
		{"borrowed objects",
		 "cd .. && git clone -q --shared 'a repo' s && rm -rf 'a repo'/x && "
		 "mv 'a repo' lender && mv s 'a repo' && "
		 "echo \"$PWD/lender/.git/objects\" "
		 ">'a repo/.git/objects/info/alternates' && cd 'a repo' && "
		 "git config user.name A && git config user.email a@b",
		 "1"},
		{"worktree",
		 "git worktree add -q -b other '../w t' && cd .. && mv 'a repo' main && "
		 "mv 'w t' 'a repo' && cd main && "
		 "git worktree repair '../a repo' >/dev/null 2>&1",
		 "1"},
	};
	struct world *w = *state;
	struct repo_commit_result out;
	const char *save = arena_printf(w->arena, "%s/saved", w->dir);

	run(w, "cp -Rp . '%s'", save);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("row: %s\n", rows[i].name);
		run(w, "%s", rows[i].make);
		reopen(w, "");
		commit_many(w, FILES, 1, &out);
		assert_string_equal(count_of(w, "packs"), rows[i].packs);
		expect_sound(w);
		run(w, "cd .. && rm -rf 'a repo' main lender && cp -Rp '%s' 'a repo'", save);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many_files_are_one_pack),
		TEST(test_what_follows_a_pack),
		TEST(test_the_same_pack),
		TEST(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
