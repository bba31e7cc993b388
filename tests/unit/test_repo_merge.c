/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The merge by path against git's own, which looks for renames of files and of folders: where both have
 * a result it is the same tree. Where git has a conflict nothing is merged, whatever is said here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "repo/merge.h"
#include "test_repo_lib.h"

#define ROUNDS 40u

static const char *const paths[] = {
	"baselines/a.json",   "baselines/b.json", "baselines/d/x.json", "baselines/d/y.json",
	"baselines/e/z.json", "policies/p.ini",   "policies/s/q.ini",   "policies/s/r.ini",
};

static uint32_t seed = 20261130;

static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % n;
}

/* Alike enough that git takes one for the other, and with a line of its own. */
static void write_file(struct world *w, const char *path, unsigned content)
{
	run(w, "mkdir -p $(dirname %s) && { seq 1 30; echo %u; seq 40 60; } >%s", path, content,
	    path);
}

static void edit(struct world *w, unsigned round)
{
	for (uint32_t n = 1 + chance(3); n > 0; n--) {
		const char *path = paths[chance(ARRAY_LEN(paths))];
		const char *other = paths[chance(ARRAY_LEN(paths))];

		switch (chance(5)) {
		case 0:
			run(w, "rm -f %s", path);
			break;
		case 1:
			run(w, "rm -rf $(dirname %s)", path);
			break;
		case 2:
			run(w,
			    "[ ! -f %s ] || [ %s = %s ] || { mkdir -p $(dirname %s) && mv %s %s; }",
			    path, path, other, other, path, other);
			break;
		default:
			write_file(w, path, 100 * round + chance(2));
			break;
		}
	}
	run(w, "git add -A && git commit -q --allow-empty -m 'edit %u'", round);
}

static void start(struct world *w)
{
	run(w, "git checkout -q --orphan fresh && git rm -rqf . 2>/dev/null; true");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (chance(4))
			write_file(w, paths[i], (unsigned)i);
	}
	run(w, "git add -A && git commit -q --allow-empty -m start && git branch -M fresh ours");
}

/* The tree that is read through the merge, as `git ls-tree -r` writes one. */
static const char *merged(struct world *w, const struct range *range, const struct repo_merge *m)
{
	const char *all = "";

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct repo_entry entry;
		enum repo_side side;

		expect_ok(repo_merge_side(w->repo, m, paths[i], &side));
		expect_ok(repo_find_entry(w->repo,
					  side == REPO_SIDE_BASE ? &range->base : &range->head,
					  paths[i], &entry));
		if (entry.kind == REPO_ENTRY_FILE)
			all = arena_printf(w->arena, "%s%s %s\n", all, entry.hex, paths[i]);
		assert_non_null(all);
	}
	return all;
}

/* "" where git has a conflict. */
static const char *by_git(struct world *w, const char *options)
{
	const char *text =
		output(w,
		       "t=$(git %s merge-tree --write-tree ours theirs 2>/dev/null) && "
		       "git ls-tree -r --format='%%(objectname) %%(path)' $t || echo conflict",
		       options);

	return strcmp(text, "conflict") == 0
		       ? NULL
		       : arena_printf(w->arena, "%s%s", text, *text ? "\n" : "");
}

static void test_against_git(void **state)
{
	/* git merge-tree looks for renames whatever merge.renames says. */
	static const char *const ways[] = {
		"-c merge.directoryRenames=false",
		"-c merge.directoryRenames=true",
	};
	struct world *w = *state;
	unsigned results = 0, refused = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct range_wish wish = {.kind = RANGE_PROPOSAL, .base = "ours", .head = "theirs"};
		struct range range = {0};
		struct repo_merge m;
		struct err *e;

		start(w);
		run(w, "git checkout -q -B theirs ours");
		edit(w, 2 * round + 10);
		run(w, "git checkout -q ours");
		edit(w, 2 * round + 11);
		reopen(w, "");
		expect_ok(range_find(w->repo, &wish, &range));
		expect_ok(repo_merge_new(w->repo, &range, w->arena, &m));
		e = repo_merge_check(w->repo, &m, w->arena);
		if (e) {
			refused++;
			err_free(e);
			run(w, "git checkout -q --detach && git branch -D ours theirs >/dev/null");
			continue;
		}
		results++;
		for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
			const char *want = by_git(w, ways[i]), *have = merged(w, &range, &m);

			if (want && strcmp(want, have) != 0)
				fail_msg("round %u, %s: git has\n%sand we\n%s", round, ways[i],
					 want, have);
		}
		run(w, "git checkout -q --detach && git branch -D ours theirs >/dev/null");
	}
	print_message("%u results as git's, %u refused\n", results, refused);
	assert_true(results >= ROUNDS / 4 && refused >= ROUNDS / 10);
}

/* Two merge bases: what they disagree about has no result. */
static void test_criss_cross(void **state)
{
	struct world *w = *state;
	struct range_wish wish = {.kind = RANGE_PROPOSAL, .base = "ours", .head = "theirs"};
	struct range range = {0};
	struct repo_merge m;

	run(w,
	    "mkdir -p baselines && echo 0 >baselines/a.json && echo 0 >baselines/b.json && git add -A &&"
	    " git commit -qm start && git branch theirs && git branch ours &&"
	    " git checkout -q ours && echo 1 >baselines/a.json && git commit -qam one &&"
	    " git checkout -q theirs && echo 2 >baselines/b.json && git commit -qam two &&"
	    " git branch two && git merge -q --no-edit ours && git checkout -q ours &&"
	    " git merge -q --no-edit two && echo 3 >baselines/a.json && git commit -qam three");
	reopen(w, "");
	expect_ok(range_find(w->repo, &wish, &range));
	assert_int_equal(range.ancestor_count, 2);
	expect_ok(repo_merge_new(w->repo, &range, w->arena, &m));
	expect_err(repo_merge_check(w->repo, &m, w->arena), ERR_REPO, "baselines/a.json");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_against_git),
		TEST(test_criss_cross),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
