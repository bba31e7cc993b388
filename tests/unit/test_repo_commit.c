/* SPDX-License-Identifier: Apache-2.0 */
/* One commit on a branch, judged by the real git. */
#include "test_repo_lib.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fs.h"

static const char path[] = "baselines/prod.json";

/* What must hold after every commit. */
static void expect_sound(struct world *w)
{
	run(w, "git fsck --full --strict --no-dangling >/dev/null 2>../fsck || "
	       "{ cat ../fsck; false; }");
	run(w,
	    "test -z \"$(find . .git -name '*.lock' -o -name '*.tmp-*' -o -name '*-half' -o -name "
	    "'scandrift-follow')\"");
}

static struct repo_commit_result committed(struct world *w, const char *file, const char *text)
{
	struct repo_commit_result out = {0};

	expect_ok(commit_file(w, file, text, &out));
	assert_true(out.is_committed);
	if (out.worktree_lag)
		print_error("%s\n", out.worktree_lag);
	assert_null(out.worktree_lag);
	return out;
}

static void test_commit_looks_right(void **state)
{
	struct world *w = *state;
	const char *before = output(w, "git rev-parse HEAD");
	struct repo_commit_result out;

	reopen(w, "");
	out = committed(w, path, "{}\n");
	assert_string_equal(output(w, "git rev-parse HEAD"), out.hex);
	assert_string_equal(output(w, "git rev-parse HEAD^"), before);
	assert_string_equal(out.parent_hex, before);
	assert_string_equal(out.ref, "refs/heads/main");
	assert_string_equal(output(w, "git log -1 --format='%%an <%%ae> %%cn <%%ce>'"),
			    "Ada L <ada@example.com> Ada L <ada@example.com>");
	assert_string_equal(output(w, "git log -1 --format=%%B"),
			    "scandrift: accept prod\n\nBody.\n\nScandrift-Target: prod\n");
	assert_string_equal(output(w, "git log -1 --format=%%B | git interpret-trailers --parse"),
			    "Scandrift-Target: prod");
	assert_string_equal(output(w, "git show --name-status --format= HEAD"),
			    "M\tbaselines/prod.json");
	assert_string_equal(output(w, "git status --porcelain"), "");
	run(w, "git diff-index --quiet --cached HEAD && git diff-files --quiet");
	assert_string_equal(output(w, "cat baselines/prod.json"), "{}");
	assert_string_equal(output(w, "git log -g -1 --format=%%gs HEAD"),
			    "commit: scandrift: accept prod");
	assert_string_equal(output(w, "git log -g -1 --format=%%gs main"),
			    "commit: scandrift: accept prod");
	assert_string_equal(output(w, "git log -g -1 --format='%%gn <%%ge>'"),
			    "Ada L <ada@example.com>");
	expect_sound(w);
}

static void test_commit_nothing_to_do(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out = {0};
	const char *before = output(w, "find .git -type f | sort; git rev-parse HEAD");

	reopen(w, "");
	expect_ok(commit_file(w, path, "{\"Enable\": true}\n", &out));
	assert_false(out.is_committed);
	assert_string_equal(out.hex, output(w, "git rev-parse HEAD"));
	assert_string_equal(output(w, "find .git -type f | sort; git rev-parse HEAD"), before);
}

/* Each row: a new place, how it is made, the file that is committed there. */
static void test_commit_places(void **state)
{
	static const struct {
		const char *name, *make, *file;
		bool is_root;
	} rows[] = {
		{"new file", "true", "baselines/new.json", false},
		{"new folders", "true", "a/b/c/d.json", false},
		{"space and UTF-8", "true", "base lines/\xe5\x9f\xba.json", false},
		{"unborn branch",
		 "rm -rf .git && git init -q -b trunk . && git config user.name A && "
		 "git config user.email a@b && rm -r baselines",
		 "baselines/prod.json", true},
		{"packed references", "git pack-refs --all", "baselines/prod.json", false},
		{"worktree",
		 "git worktree add -q -b other '../w t' && cd .. && mv 'a repo' main && "
		 "mv 'w t' 'a repo' && cd main && git worktree repair '../a repo' "
		 ">/dev/null 2>&1",
		 "baselines/prod.json", false},
		{"branch with a slash", "git switch -q -c x/y/z", "baselines/prod.json", false},
		{"autocrlf under -text", "git config core.autocrlf true", "baselines/prod.json",
		 false},
		{"autocrlf converts", "git config core.autocrlf true", "other/prod.json", false},
		{"text eol=crlf",
		 "echo 'other/* text eol=crlf' >>.gitattributes && "
		 "git commit -q -a -m eol",
		 "other/prod.json", false},
		{"ident", "echo 'other/* ident' >>.gitattributes && git commit -q -a -m ident",
		 "other/prod.json", false},
		{"executable", "chmod +x baselines/prod.json && git commit -q -a -m x",
		 "baselines/prod.json", false},
		{"ignored", "echo '*.json' >.gitignore && git add . && git commit -q -m i",
		 "baselines/n.json", false},
		{"no folder", "git rm -q -r baselines && git commit -q -m none",
		 "baselines/prod.json", false},
		{"shallow",
		 "cd .. && git clone -q --depth 1 \"file://$PWD/a repo\" s && "
		 "cd s && git config user.name A && git config user.email a@b && cd .. && "
		 "rm -rf 'a repo' && mv s 'a repo'",
		 "baselines/prod.json", false},
		{"index version 4", "git update-index --index-version 4", "baselines/prod.json",
		 false},
		{"sharedRepository", "git config core.sharedRepository group",
		 "baselines/prod.json", false},
	};
	struct world *w = *state;
	const char *text = "{\n\t\"Id$Id$\": 1\n}\n";
	const char *save = arena_printf(w->arena, "%s/saved", w->dir);

	run(w, "cp -Rp . '%s'", save);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct repo_commit_result out;

		print_message("row: %s\n", rows[i].name);
		run(w, "%s", rows[i].make);
		reopen(w, "");
		out = committed(w, rows[i].file, text);
		assert_string_equal(output(w, "git rev-parse HEAD"), out.hex);
		assert_int_equal(*out.parent_hex == '\0', rows[i].is_root);
		assert_string_equal(output(w, "git cat-file blob 'HEAD:%s'", rows[i].file),
				    "{\n\t\"Id$Id$\": 1\n}");
		if (!rows[i].is_root)
			assert_string_equal(output(w, "git status --porcelain -uall"), "");
		else
			assert_string_equal(output(w, "git status --porcelain -uno"), "");
		/* The file is what git itself would have checked out. */
		run(w, "cp -p '%s' ../got && rm '%s' && git checkout -q -- '%s' && cmp ../got '%s'",
		    rows[i].file, rows[i].file, rows[i].file, rows[i].file);
		assert_string_equal(output(w, "stat -c %%A '%s'", rows[i].file),
				    output(w, "stat -c %%A ../got"));
		expect_sound(w);
		run(w, "cd .. && rm -rf 'a repo' main 'w t' && cp -Rp '%s' 'a repo'", save);
	}
}

static void test_commit_leaves_the_users_work_alone(void **state)
{
	struct world *w = *state;

	run(w,
	    "echo s >policies/a.ini && git add policies/a.ini && echo m >>policies/b.ini && "
	    "echo u >untracked && echo n >new && git add new && git rm -q --cached .gitattributes");
	reopen(w, "");
	(void)committed(w, path, "{}\n");
	assert_string_equal(output(w, "git status --porcelain"),
			    "D  .gitattributes\nA  new\nM  policies/a.ini\n M policies/b.ini\n"
			    "?? .gitattributes\n?? untracked");
	assert_string_equal(output(w, "git show --name-only --format= HEAD"), path);
	expect_sound(w);
}

static void test_commit_sees_later_staging(void **state)
{
	struct world *w = *state;

	/* The index is read before another git changes it. */
	reopen(w, "");
	(void)committed(w, path, "{}\n");
	run(w, "echo n >new && git add new");
	(void)committed(w, path, "{ }\n");
	assert_string_equal(output(w, "git status --porcelain"), "A  new");
}

static void test_commit_delete(void **state)
{
	struct world *w = *state;
	struct repo_change changes[] = {
		{.path = path, .is_delete = true},
		{.path = "policies/a.ini", .is_delete = true},
		{.path = "policies/none.ini", .is_delete = true},
		{.path = "baselines.json", .bytes = STR("{}\n")},
		{.path = "policies/sub/x", .bytes = STR("x")},
	};
	struct repo_commit_request req = {
		.changes = changes, .change_count = ARRAY_LEN(changes), .message = STR("d")};
	struct repo_commit_result out;

	reopen(w, "");
	req.expect = tip_of(w, NULL);
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, &out));
	assert_null(out.worktree_lag);
	assert_string_equal(output(w, "git ls-tree -r -t --name-only HEAD"),
			    ".gitattributes\nbaselines.json\npolicies\npolicies/b.ini\n"
			    "policies/sub\npolicies/sub/x");
	assert_string_equal(output(w, "git status --porcelain"), "");
	run(w, "test ! -e baselines");
	expect_sound(w);
}

/* Each row is refused, and nothing at all changes. */
static void test_commit_refuses(void **state)
{
	static const struct {
		const char *name, *make, *file;
		enum err_kind kind;
		const char *want;
	} rows[] = {
		{"modified", "echo x >>baselines/prod.json", "baselines/prod.json", ERR_REPO,
		 "modified in the work tree"},
		{"staged", "echo x >>baselines/prod.json && git add .", "baselines/prod.json",
		 ERR_REPO, "changed in the index"},
		{"deleted", "rm baselines/prod.json", "baselines/prod.json", ERR_REPO,
		 "deleted in the work tree"},
		{"untracked", "echo x >baselines/n.json", "baselines/n.json", ERR_REPO,
		 "not in git"},
		{"detached", "git checkout -q --detach", "baselines/prod.json", ERR_REPO,
		 "--branch"},
		{"no name", "git config --unset user.name", "baselines/prod.json", ERR_REPO,
		 "user.name"},
		{"no address", "git config --unset user.email", "baselines/prod.json", ERR_REPO,
		 "user.email"},
		{"empty name", "git config user.name ' <> '", "baselines/prod.json", ERR_REPO,
		 "user.name"},
		{"signing", "git config commit.gpgsign true && git config gpg.program /none",
		 "baselines/prod.json", ERR_REPO, "gpgsign"},
		{"a link stands there", "ln -s x baselines/l && git add . && git commit -q -m l",
		 "baselines/l", ERR_REPO, "symbolic link"},
		{"a folder stands there", "true", "baselines", ERR_REPO, "a folder"},
		{"a file in the way", "true", "baselines/prod.json/x", ERR_REPO, "no folder"},
		{"a link in the way", "mv baselines ../o && ln -s ../o baselines",
		 "baselines/new.json", ERR_REPO, "links are not followed"},
		{"LFS", "echo 'baselines/* filter=lfs' >.gitattributes && git commit -q -a -m l",
		 "baselines/prod.json", ERR_REPO, "filter=lfs"},
		{"encoding",
		 "echo 'n/* working-tree-encoding=UTF-16' >.gitattributes && git commit -qam l",
		 "n/prod.json", ERR_REPO, "working-tree-encoding"},
		{"git's own folder", "true", "a/.GIT/hooks", ERR_REPO, "git keeps"},
		{"git's folder as NTFS reads it", "true", "a/git~1/x", ERR_REPO, "cannot stand"},
		{"leaves the repository", "true", "../x", ERR_REPO, "plain path"},
		{"index.lock", ": >.git/index.lock", "baselines/prod.json", ERR_OUTPUT,
		 ".git/index.lock"},
		{"HEAD.lock", ": >.git/HEAD.lock", "baselines/prod.json", ERR_OUTPUT,
		 ".git/HEAD.lock"},
		{"reference lock", ": >.git/refs/heads/main.lock", "baselines/prod.json",
		 ERR_OUTPUT, ".git/refs/heads/main.lock"},
		{"merge going on",
		 "git checkout -q -b o && echo o >policies/a.ini && git commit -q -a -m o && "
		 "git checkout -q main && echo m >policies/a.ini && git commit -q -a -m m && "
		 "! git merge -q o >/dev/null",
		 "baselines/prod.json", ERR_REPO, "in progress"},
		{"split index", "git update-index --split-index", "baselines/prod.json", ERR_REPO,
		 "--no-split-index"},
		{"damaged index", "echo x >.git/index", "baselines/prod.json", ERR_REPO, "index"},
	};
	struct world *w = *state;
	const char *save = arena_printf(w->arena, "%s/saved", w->dir);
	const char *shape = "git for-each-ref; git status --porcelain 2>&1; cat baselines/* 2>&1; "
			    "git config -l; ls .git; find .git -name '*.lock'";

	run(w, "cp -Rp . '%s'", save);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct repo_commit_result out = {0};
		const char *before;

		print_message("row: %s\n", rows[i].name);
		run(w, "%s", rows[i].make);
		before = output(w, "{ %s; } || true", shape);
		reopen(w, "");
		expect_err(commit_file(w, rows[i].file, "{}\n", &out), rows[i].kind, rows[i].want);
		assert_false(out.is_committed);
		if (strstr(rows[i].name, "lock") == NULL)
			assert_string_equal(output(w, "{ %s; } || true", shape), before);
		run(w, "cd .. && rm -rf 'a repo' o && cp -Rp '%s' 'a repo'", save);
	}
}

static void test_commit_bad_requests(void **state)
{
	struct world *w = *state;
	struct repo_change twice[] = {{.path = path}, {.path = path}};
	struct repo_commit_request req = {.changes = twice, .change_count = 2, .message = STR("m")};
	struct repo_commit_result out;

	reopen(w, "");
	req.expect = tip_of(w, NULL);
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO, "twice");
	req.change_count = 1;
	req.message = STR(" \n\n");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO, "empty");
	req.message = STR("a\xff");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO, "UTF-8");
	req.message = STR("a\033[31m\r  \n\n\n\nb\x01");
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, &out));
	assert_string_equal(output(w, "git log -1 --format=%%B"), "a[31m\n\nb\n");
}

static void test_identity(void **state)
{
	static const struct {
		const char *name, *value;
	} variables[] = {
		{"GIT_AUTHOR_NAME", " Grace <H>, "},
		{"GIT_AUTHOR_EMAIL", "grace@example.com"},
		{"GIT_AUTHOR_DATE", "1700000000 +0800"},
		{"GIT_COMMITTER_NAME", "Com"},
		{"GIT_COMMITTER_EMAIL", "com@example.com"},
		{"GIT_COMMITTER_DATE", "2026-11-24T02:00:03-03:30"},
	};
	struct world *w = *state;
	const char *format = "git log -1 --format='%an <%ae> %ad|%cn <%ce> %cd' --date=raw";
	struct repo_commit_result out;
	const char *ours;

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		(void)setenv(variables[i].name, variables[i].value, 1);
	reopen(w, "");
	(void)committed(w, path, "{}\n");
	ours = output(w, "%s", format);
	run(w, "git commit -q --allow-empty -m git");
	assert_string_equal(ours, output(w, "%s", format));

	(void)setenv("GIT_AUTHOR_DATE", "yesterday", 1);
	expect_err(commit_file(w, path, "{ }\n", &out), ERR_REPO, "GIT_AUTHOR_DATE");
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		(void)unsetenv(variables[i].name);

	run(w, "git config author.name Writer && git config committer.email c@d && "
	       "git config --unset user.email");
	(void)setenv("EMAIL", "env@example.com", 1);
	(void)committed(w, path, "{  }\n");
	assert_string_equal(output(w, "git log -1 --format='%%an %%ae %%cn %%ce'"),
			    "Writer env@example.com Ada L c@d");

	(void)setenv("GIT_CONFIG_COUNT", "2", 1);
	(void)setenv("GIT_CONFIG_KEY_1", "gpg.program", 1);
	(void)setenv("GIT_CONFIG_VALUE_1", "/none", 1);
	(void)setenv("GIT_CONFIG_KEY_0", "Commit.GpgSign", 1);
	(void)setenv("GIT_CONFIG_VALUE_0", "yes", 1);
	expect_err(commit_file(w, path, "{}\n", &out), ERR_REPO, "gpgsign");
	(void)unsetenv("GIT_CONFIG_COUNT");
	(void)unsetenv("EMAIL");
}

static void test_commit_to_another_branch(void **state)
{
	struct world *w = *state;
	struct repo_change change = {.path = path, .bytes = STR("{}\n")};
	struct repo_commit_request req = {
		.changes = &change, .change_count = 1, .message = STR("other")};
	struct repo_commit_result out;

	run(w, "git branch side && git checkout -q --detach && echo x >>baselines/prod.json");
	reopen(w, "");
	req.expect = tip_of(w, "side");
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, &out));
	assert_true(out.is_committed);
	assert_string_equal(out.ref, "refs/heads/side");
	assert_string_equal(output(w, "git rev-parse side"), out.hex);
	assert_string_equal(output(w, "git rev-parse side^"), output(w, "git rev-parse main"));
	assert_string_equal(output(w, "git status --porcelain"), " M baselines/prod.json");

	req.expect = tip_of(w, "brand/new");
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, &out));
	assert_string_equal(output(w, "git rev-list --count brand/new"), "1");
	req.expect = tip_of(w, "brand");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO, "cannot be");
	req.expect = tip_of(w, "brand/new/er");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO, "cannot be");

	run(w, "git worktree add -q ../other main");
	req.expect = tip_of(w, "main");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_REPO,
		   "another work tree");
	expect_sound(w);
}

static void test_commit_bare(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out;
	const char *bare = arena_printf(w->arena, "%s/bare", w->dir);

	run(w, "git clone -q --bare . ../bare && cd ../bare && git config user.name B && "
	       "git config user.email b@c");
	reopen(w, bare);
	out = committed(w, path, "{}\n");
	assert_string_equal(output(w, "git -C ../bare rev-parse HEAD"), out.hex);
	run(w, "git -C ../bare fsck --strict --no-dangling && test ! -e ../bare/index");
}

static void test_commit_sparse(void **state)
{
	struct world *w = *state;

	run(w, "git sparse-checkout set --cone policies && test ! -e baselines");
	reopen(w, "");
	(void)committed(w, path, "{}\n");
	assert_string_equal(output(w, "git status --porcelain"), "");
	assert_string_equal(output(w, "git ls-files -t baselines"), "S baselines/prod.json");
	run(w, "test ! -e baselines && git sparse-checkout disable && test -e baselines");
	assert_string_equal(output(w, "cat baselines/prod.json"), "{}");
}

/* Somebody else's commit came between looking and committing. */
static void test_race(void **state)
{
	struct world *w = *state;
	struct repo_change change = {.path = path, .bytes = STR("{}\n")};
	struct repo_commit_request req = {
		.changes = &change, .change_count = 1, .message = STR("ours")};
	struct repo_commit_result out;
	const char *theirs;

	reopen(w, "");
	req.expect = tip_of(w, NULL);
	run(w, "echo n >new && git add new && git commit -q -m theirs");
	theirs = output(w, "git rev-parse HEAD");
	expect_ok(repo_commit_changes(w->repo, &req, w->arena, &out));
	assert_string_equal(out.parent_hex, theirs);
	assert_string_equal(output(w, "git status --porcelain"), "");

	req.expect = tip_of(w, NULL);
	run(w, "echo '[]' >baselines/prod.json && git commit -q -a -m theirs");
	theirs = output(w, "git rev-parse HEAD");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_OUTPUT, "meanwhile");
	assert_string_equal(output(w, "git rev-parse HEAD"), theirs);

	/* A branch that was expected to be new is there meanwhile. */
	req.expect = tip_of(w, "fresh");
	run(w, "git branch fresh HEAD");
	expect_err(repo_commit_changes(w->repo, &req, w->arena, &out), ERR_OUTPUT, "meanwhile");
	expect_sound(w);
}

static void write_many(struct world *w, const char *dir, int writer, int count)
{
	reopen(w, dir);
	for (int i = 0; i < count; i++) {
		struct repo_commit_result out = {0};

		expect_ok(commit_file(w, arena_printf(w->arena, "w/%d.json", writer),
				      arena_printf(w->arena, "%d\n", i), &out));
		if (!out.is_committed || out.worktree_lag)
			_exit(1);
	}
	_exit(0);
}

static void race_in(struct world *w, const char *dir, int writers, int each)
{
	pid_t children[8];

	for (int i = 0; i < writers; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			write_many(w, dir, i, each);
	}
	for (int i = 0; i < writers; i++) {
		int status = -1;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
}

static void test_many_writers(void **state)
{
	struct world *w = *state;

	race_in(w, w->work, 4, 6);
	assert_string_equal(output(w, "git rev-list --count HEAD"), "25");
	assert_string_equal(output(w, "git rev-list --merges --count HEAD"), "0");
	assert_string_equal(output(w, "git status --porcelain"), "");
	expect_sound(w);

	run(w, "git clone -q --bare . ../bare && git -C ../bare config user.name B && "
	       "git -C ../bare config user.email b@c");
	(void)setenv("GIT_AUTHOR_NAME", "x", 1);
	race_in(w, arena_printf(w->arena, "%s/bare", w->dir), 4, 6);
	(void)unsetenv("GIT_AUTHOR_NAME");
	/* The first value of each of the four files is what the clone already held for none. */
	assert_string_equal(output(w, "git -C ../bare rev-list --count HEAD"), "49");
	run(w, "git -C ../bare fsck --strict --no-dangling");
}

/* The state that a run leaves when it is killed between the branch and the files. */
static void test_repairs_what_lags(void **state)
{
	static const struct {
		const char *name, *make, *want;
	} rows[] = {
		{"branch moved, nothing followed", "git update-ref refs/heads/main $new", ""},
		{"file followed, index not",
		 "git update-ref refs/heads/main $new && git cat-file blob $new:baselines/prod.json "
		 ">baselines/prod.json",
		 ""},
		{"branch did not move", "true", ""},
		{"the user has edited since",
		 "git update-ref refs/heads/main $new && echo mine >baselines/prod.json",
		 " M baselines/prod.json"},
	};
	struct world *w = *state;
	const char *save = arena_printf(w->arena, "%s/saved", w->dir);

	run(w, "cp -Rp . '%s'", save);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("row: %s\n", rows[i].name);
		run(w,
		    "old=$(git rev-parse HEAD) && printf '{\"v\": 2}\\n' >baselines/prod.json && "
		    "git commit -q -a -m second && new=$(git rev-parse HEAD) && "
		    "git reset -q --hard $old && "
		    "printf 'refs/heads/main\\n%%s\\nbaselines/prod.json\\n' $old "
		    ">.git/scandrift-follow && %s",
		    rows[i].make);
		reopen(w, "");
		(void)committed(w, "other.json", "{}\n");
		assert_string_equal(output(w, "git status --porcelain"), rows[i].want);
		expect_sound(w);
		run(w, "cd .. && rm -rf 'a repo' && cp -Rp '%s' 'a repo'", save);
	}
}

/* Where the file of that name is written, the disk is full. */
static const char *full_disk_at;

struct err *__real_fs_write(const char *path_, struct str content, enum fs_write_mode mode);
struct err *__wrap_fs_write(const char *path_, struct str content, enum fs_write_mode mode);

struct err *__wrap_fs_write(const char *path_, struct str content, enum fs_write_mode mode)
{
	if (full_disk_at && strstr(path_, full_disk_at))
		return err_errno(ERR_OUTPUT, ENOSPC, "%s", path_);
	return __real_fs_write(path_, content, mode);
}

int __real_fs_write_all(int fd, const char *p, size_t n);
int __wrap_fs_write_all(int fd, const char *p, size_t n);

int __wrap_fs_write_all(int fd, const char *p, size_t n)
{
	char link_name[64], name[4096];
	ssize_t length;

	(void)snprintf(link_name, sizeof(link_name), "/proc/self/fd/%d", fd);
	length = readlink(link_name, name, sizeof(name) - 1);
	name[length < 0 ? 0 : length] = '\0';
	if (full_disk_at && strstr(name, full_disk_at))
		return ENOSPC;
	return __real_fs_write_all(fd, p, n);
}

static void test_work_tree_cannot_follow(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out = {0};

	reopen(w, "");
	full_disk_at = path;
	expect_ok(commit_file(w, path, "{}\n", &out));
	full_disk_at = NULL;
	assert_true(out.is_committed);
	assert_non_null(strstr(out.worktree_lag, "No space left"));
	assert_string_equal(output(w, "git rev-parse HEAD"), out.hex);
	(void)committed(w, "other.json", "{}\n");
	assert_string_equal(output(w, "git status --porcelain"), "");
}

static void test_note_cannot_be_written(void **state)
{
	struct world *w = *state;
	struct repo_commit_result out = {0};
	const char *before = output(w, "git rev-parse HEAD; git status --porcelain");

	reopen(w, "");
	full_disk_at = "scandrift-follow";
	expect_err(commit_file(w, path, "{}\n", &out), ERR_OUTPUT, "No space left");
	full_disk_at = NULL;
	assert_string_equal(output(w, "git rev-parse HEAD; git status --porcelain"), before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_commit_looks_right),
		TEST(test_commit_nothing_to_do),
		TEST(test_commit_places),
		TEST(test_commit_leaves_the_users_work_alone),
		TEST(test_commit_sees_later_staging),
		TEST(test_commit_delete),
		TEST(test_commit_refuses),
		TEST(test_commit_bad_requests),
		TEST(test_identity),
		TEST(test_commit_to_another_branch),
		TEST(test_commit_bare),
		TEST(test_commit_sparse),
		TEST(test_race),
		TEST(test_many_writers),
		TEST(test_repairs_what_lags),
		TEST(test_work_tree_cannot_follow),
		TEST(test_note_cannot_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
