/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a repository as git does, and reading from its commits. */
#include "test_repo_lib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"

static void test_open_finds_upward(void **state)
{
	struct world *w = *state;
	const char *want = output(w, "pwd -P");

	reopen(w, arena_printf(w->arena, "%s/baselines", w->work));
	assert_string_equal(repo_workdir(w->repo), arena_printf(w->arena, "%s/", want));
	assert_string_equal(repo_git_dir(w->repo), arena_printf(w->arena, "%s/.git/", want));
}

static void test_open_git_dir_variable(void **state)
{
	struct world *w = *state;

	(void)setenv("GIT_DIR", arena_printf(w->arena, "%s/.git", w->work), 1);
	reopen(w, "/");
	(void)unsetenv("GIT_DIR");
	assert_false(resolved(w, "HEAD").is_unborn);
}

static void test_open_refuses(void **state)
{
	static const struct {
		const char *name, *make, *want;
	} rows[] = {
		{"none", "mkdir ../x", "no git repository"},
		{"sha256", "git init -q --object-format=sha256 ../x", "format"},
		{"reftable",
		 "git init -q ../x && cd ../x && git config core.repositoryformatversion 1 && git "
		 "config extensions.refStorage reftable",
		 "refstorage"},
		{"reftable v0",
		 "git init -q ../x && cd ../x && git config extensions.refStorage reftable",
		 "reference storage"},
		{"future extension",
		 "git init -q ../x && cd ../x && git config core.repositoryformatversion 1 && git "
		 "config extensions.later true",
		 "later"},
		{"future version",
		 "git init -q ../x && cd ../x && git config core.repositoryformatversion 9",
		 "version"},
		{"broken config", "git init -q ../x && echo '[core' >>../x/.git/config", "config"},
	};
	struct world *w = *state;
	const char *dir = arena_printf(w->arena, "%s/x", w->dir);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct repo *r = NULL;

		print_message("row: %s\n", rows[i].name);
		run(w, "%s", rows[i].make);
		expect_err(repo_open(dir, &r), ERR_REPO, rows[i].want);
		run(w, "rm -rf ../x");
	}
}

static void test_open_checks_the_owner(void **state)
{
	struct world *w = *state;
	struct repo *r = NULL;

	/* Only root can make a repository of another user: an ordinary one has no such case to try. */
	if (geteuid() != 0) {
		print_message("not root: no repository of another user\n");
		return;
	}
	run(w, "chown -R 12345:12345 .");
	expect_err(repo_open(w->work, &r), ERR_REPO, "safe.directory");
	/* git's own verdict, for comparison */
	run(w, "! git log -1 >/dev/null 2>&1");

	(void)setenv("GIT_CONFIG_COUNT", "1", 1);
	(void)setenv("GIT_CONFIG_KEY_0", "safe.directory", 1);
	(void)setenv("GIT_CONFIG_VALUE_0", "/elsewhere", 1);
	expect_err(repo_open(w->work, &r), ERR_REPO, "safe.directory");
	(void)setenv("GIT_CONFIG_VALUE_0", "*", 1);
	reopen(w, "");
	(void)setenv("GIT_CONFIG_VALUE_0", w->work, 1);
	reopen(w, "");
	run(w, "git log -1 >/dev/null");
	(void)unsetenv("GIT_CONFIG_COUNT");

	/* The repository cannot vouch for itself, the user's file can. */
	run(w, "printf '[safe]\\n\\tdirectory = *\\n' >>.git/config");
	expect_err(repo_open(w->work, &r), ERR_REPO, "safe.directory");
	run(w, "printf '[safe]\\n\\tdirectory = %s\\n' >../user.ini", w->work);
	(void)setenv("GIT_CONFIG_GLOBAL", arena_printf(w->arena, "%s/user.ini", w->dir), 1);
	reopen(w, "");
	run(w, "printf '\\tdirectory =\\n' >>../user.ini");
	expect_err(repo_open(w->work, &r), ERR_REPO, "safe.directory");
}

static void test_open_ci_shapes(void **state)
{
	static const struct {
		const char *name, *make;
	} rows[] = {
		{"bare", "git clone -q --bare . ../x"},
		{"shallow", "git clone -q --depth 1 \"file://$PWD\" ../x"},
		{"alternates", "git clone -q --shared . ../x"},
		{"partial",
		 "git config uploadpack.allowFilter true && git clone -q --filter=blob:limit=1m "
		 "\"file://$PWD\" ../x"},
		{"sparse", "git clone -q . ../x && cd ../x && git sparse-checkout set policies"},
		{"worktree", "git worktree add -q ../x -b other"},
		{"separate git dir", "git clone -q --separate-git-dir=../x.git . ../x"},
		{"packed", "git clone -q . ../x && cd ../x && git gc -q"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("row: %s\n", rows[i].name);
		run(w, "%s", rows[i].make);
		reopen(w, arena_printf(w->arena, "%s/x", w->dir));
		assert_string_equal(entry_of(w, "HEAD", "baselines/prod.json").bytes.p,
				    "{\"Enable\": true}\n");
		assert_int_equal(repo_workdir(w->repo) == NULL, i == 0);
		run(w, "rm -rf ../x ../x.git && git worktree prune");
	}
}

static void test_resolve(void **state)
{
	struct world *w = *state;
	struct repo_commit c;
	const char *head = output(w, "git rev-parse HEAD");

	run(w, "git tag -a -m t v1 && git branch 'with/slash'");
	reopen(w, "");
	assert_string_equal(resolved(w, "HEAD").hex, head);
	assert_string_equal(resolved(w, "@").hex, head);
	assert_string_equal(resolved(w, "main").hex, head);
	assert_string_equal(resolved(w, "v1").hex, head);
	assert_string_equal(resolved(w, "with/slash").hex, head);
	assert_string_equal(resolved(w, head).hex, head);
	assert_string_equal(resolved(w, "HEAD").tree_hex, output(w, "git rev-parse HEAD^{tree}"));
	assert_int_equal(resolved(w, "HEAD").time_s, atoll(output(w, "git log -1 --format=%%ct")));
	expect_err(repo_resolve(w->repo, "nosuch", &c), ERR_REPO, "no such revision");
	expect_err(repo_resolve(w->repo, "", &c), ERR_REPO, "no revision");
	expect_err(repo_resolve(w->repo, "--all", &c), ERR_REPO, "no revision");
	expect_err(repo_resolve(w->repo, "HEAD^{tree}", &c), ERR_REPO, "is a tree");
	expect_err(repo_resolve(w->repo, "HEAD~1", &c), ERR_REPO, "HEAD~1");
}

static void test_resolve_shallow_hint(void **state)
{
	struct world *w = *state;
	struct repo_commit c;

	run(w,
	    "git commit -q --allow-empty -m second && git clone -q --depth 1 \"file://$PWD\" ../x");
	reopen(w, arena_printf(w->arena, "%s/x", w->dir));
	expect_err(repo_resolve(w->repo, "HEAD~1", &c), ERR_REPO, "fetch-depth: 0");
}

static void test_unborn_and_detached(void **state)
{
	struct world *w = *state;
	struct repo_commit c;
	struct repo_tip tip;

	run(w, "git init -q -b trunk ../x");
	reopen(w, arena_printf(w->arena, "%s/x", w->dir));
	assert_true(resolved(w, "HEAD").is_unborn);
	assert_int_equal(entry_of(w, "HEAD", "baselines/prod.json").kind, REPO_ENTRY_MISSING);
	assert_string_equal(tip_of(w, NULL).ref, "refs/heads/trunk");
	assert_true(tip_of(w, NULL).commit.is_unborn);
	expect_err(repo_resolve(w->repo, "trunk", &c), ERR_REPO, "trunk");

	reopen(w, "");
	assert_string_equal(tip_of(w, NULL).ref, "refs/heads/main");
	assert_string_equal(tip_of(w, "refs/heads/main").ref, "refs/heads/main");
	assert_true(tip_of(w, "new/one").commit.is_unborn);
	expect_err(repo_resolve_tip(w->repo, "-x", w->arena, &tip), ERR_REPO, "name of a branch");
	expect_err(repo_resolve_tip(w->repo, "a..b", w->arena, &tip), ERR_REPO, "name of a branch");
	run(w, "git checkout -q --detach");
	reopen(w, "");
	expect_err(repo_resolve_tip(w->repo, NULL, w->arena, &tip), ERR_REPO, "--branch");
	assert_false(tip_of(w, "main").commit.is_unborn);
}

static void test_read_is_of_the_commit(void **state)
{
	struct world *w = *state;
	struct repo_entry entry;

	run(w, "git config core.autocrlf true && echo dirty >baselines/prod.json && git add . && "
	       "rm baselines/prod.json");
	reopen(w, "");
	entry = entry_of(w, "HEAD", "baselines/prod.json");
	assert_int_equal(entry.kind, REPO_ENTRY_FILE);
	assert_string_equal(entry.bytes.p, "{\"Enable\": true}\n");
	assert_int_equal(entry.size, 17);
	assert_string_equal(entry.hex, output(w, "git rev-parse HEAD:baselines/prod.json"));
	assert_false(entry.is_lfs_pointer);
}

static void test_read_kinds(void **state)
{
	static const struct {
		const char *path;
		enum repo_entry_kind kind;
		bool is_lfs;
	} rows[] = {
		{"no", REPO_ENTRY_MISSING, false},
		{"no/such", REPO_ENTRY_MISSING, false},
		{"baselines", REPO_ENTRY_TREE, false},
		{"baselines/prod.json/x", REPO_ENTRY_MISSING, false},
		{"link", REPO_ENTRY_LINK, false},
		{"link/prod.json", REPO_ENTRY_MISSING, false},
		{"sub", REPO_ENTRY_SUBMODULE, false},
		{"large", REPO_ENTRY_TOO_LARGE, false},
		{"exact", REPO_ENTRY_FILE, false},
		{"pointer", REPO_ENTRY_FILE, true},
		{"empty", REPO_ENTRY_FILE, false},
		{"exec", REPO_ENTRY_FILE, false},
		{"crlf", REPO_ENTRY_FILE, false},
	};
	struct world *w = *state;

	run(w, "ln -s baselines link && head -c 1001 /dev/zero >large && "
	       "head -c 1000 /dev/zero >exact && : >empty && echo x >exec && chmod +x exec && "
	       "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:0\\n' >pointer && "
	       "printf 'a\\r\\n' >crlf && git add . && "
	       "git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub && "
	       "git commit -q -m kinds");
	reopen(w, "");
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct repo_entry entry = entry_of(w, "HEAD", rows[i].path);

		print_message("row: %s\n", rows[i].path);
		assert_int_equal(entry.kind, rows[i].kind);
		assert_int_equal(entry.is_lfs_pointer, rows[i].is_lfs);
		assert_int_equal(entry.bytes.p != NULL, rows[i].kind == REPO_ENTRY_FILE);
	}
	assert_int_equal(entry_of(w, "HEAD", "large").size, 1001);
	assert_string_equal(entry_of(w, "HEAD", "crlf").bytes.p, "a\r\n");
	assert_int_equal(entry_of(w, "HEAD", "empty").bytes.n, 0);
}

static void test_read_unsafe_path(void **state)
{
	static const char *const paths[] = {"../x", "/etc/passwd", "a//b", "a\\b", "./a", "a\n"};
	struct world *w = *state;
	struct repo_entry entry;
	struct repo_commit c;

	reopen(w, "");
	c = resolved(w, "HEAD");
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		expect_err(repo_read_entry(w->repo, &c, paths[i], 10, w->arena, &entry), ERR_REPO,
			   "plain path");
}

static void test_read_missing_object(void **state)
{
	struct world *w = *state;
	struct repo_entry entry;
	struct repo_commit c;

	run(w, "h=$(git rev-parse HEAD:baselines/prod.json) && rm -f .git/objects/${h%%??????"
	       "????????????????????????????????}/${h#??}");
	reopen(w, "");
	c = resolved(w, "HEAD");
	expect_err(repo_read_entry(w->repo, &c, "baselines/prod.json", 1000, w->arena, &entry),
		   ERR_REPO, "is missing; see git fsck");
	run(w, "h=$(git rev-parse HEAD:baselines) && rm -f .git/objects/${h%%??????"
	       "????????????????????????????????}/${h#??}");
	reopen(w, "");
	/* not "no such path" */
	expect_err(repo_read_entry(w->repo, &c, "baselines/prod.json", 1000, w->arena, &entry),
		   ERR_REPO, "is missing; see git fsck");
	run(w, "cp -f .git/objects/$(git rev-parse HEAD | sed 's,^..,&/,') x.tmp && "
	       "h=$(git rev-parse HEAD:policies | sed 's,^..,&/,') && "
	       "chmod u+w .git/objects/$h && mv -f x.tmp .git/objects/$h");
	reopen(w, "");
	expect_err(repo_read_entry(w->repo, &c, "policies/a.ini", 1000, w->arena, &entry), ERR_REPO,
		   "is damaged; see git fsck");
}

/* The command that an error names brings what is missing, and all that stands beside it. */
static void test_read_partial_clone(void **state)
{
	static const char first[] = "HEAD~1", path[] = "policies/a.ini";
	struct world *w = *state;
	struct repo_entry entry;
	struct repo_commit c;
	struct err *e;
	char *text;

	run(w, "mkdir 'a;b' && printf 1 >'a;b/f' && git add . && git commit -q --amend -m first && "
	       "printf 2 >'a;b/f' && printf z >policies/a.ini && printf z >policies/b.ini && "
	       "git commit -qam second && "
	       "git config uploadpack.allowFilter true && "
	       "git config uploadpack.allowAnySHA1InWant true && "
	       "git clone -q --filter=blob:none \"file://$PWD\" ../x");
	reopen(w, arena_printf(w->arena, "%s/x", w->dir));
	c = resolved(w, first);
	e = repo_read_entry(w->repo, &c, path, 1000, w->arena, &entry);
	assert_non_null(e);
	text = strstr(e->msg, "git ls-tree -rl ");
	assert_non_null(text);
	run(w, "cd ../x && %s >/dev/null 2>&1", text);
	err_free(e);
	reopen(w, arena_printf(w->arena, "%s/x", w->dir));
	assert_int_equal(entry_of(w, first, path).bytes.p[0], 'y');
	assert_int_equal(entry_of(w, first, "policies/b.ini").bytes.p[0], 'x');
	/* It may be pasted into a shell: a name that is not plain does not stand in it. */
	e = repo_read_entry(w->repo, &c, "a;b/f", 1000, w->arena, &entry);
	assert_non_null(e);
	text = strstr(e->msg, "git ls-tree -rl ");
	assert_non_null(text);
	assert_string_equal(text, arena_printf(w->arena, "git ls-tree -rl %s", c.hex));
	err_free(e);
}

/* A small file that is stored as its difference to a large one is as bad as that one. */
static void test_limit_memory(void **state)
{
	struct world *w = *state;
	struct repo_entry entry;
	struct repo_commit c;

	run(w, "seq 1 400000 >b && head -c 1500000 b >a && git add . && "
	       "git commit -q -m large && git repack -qadf && "
	       "git verify-pack -v .git/objects/pack/*.idx | grep -q \"^$(git rev-parse HEAD:a) "
	       "blob .* 1 $(git rev-parse HEAD:b)\"");
	reopen(w, "");
	c = resolved(w, "HEAD");
	expect_ok(repo_read_entry(w->repo, &c, "a", 2000000, w->arena, &entry));
	assert_int_equal(entry.size, 1500000);
	expect_ok(repo_limit_memory(2000000));
	reopen(w, "");
	expect_err(repo_read_entry(w->repo, &c, "a", 2000000, w->arena, &entry), ERR_REPO,
		   "is too large");
	expect_err(repo_read_entry(w->repo, &c, "b", 10000000, w->arena, &entry), ERR_REPO,
		   "is too large");
	expect_ok(repo_limit_memory(SIZE_MAX));
	reopen(w, "");
	expect_ok(repo_read_entry(w->repo, &c, "b", 10000000, w->arena, &entry));
	assert_int_equal(entry.kind, REPO_ENTRY_FILE);
}

static void test_list(void **state)
{
	struct world *w = *state;
	struct repo_names names;
	struct repo_commit c;

	run(w, "mkdir policies/a && touch policies/a/x policies/a.b && ln -s x policies/l && "
	       "git add . && git commit -q -m more && touch policies/untracked");
	reopen(w, "");
	c = resolved(w, "HEAD");
	expect_ok(repo_list_folder(w->repo, &c, "policies", w->arena, &names));
	assert_int_equal(names.folder, REPO_ENTRY_TREE);
	assert_int_equal(names.count, 5);
	assert_string_equal(names.items[0].name, "a");
	assert_int_equal(names.items[0].kind, REPO_ENTRY_TREE);
	assert_string_equal(names.items[1].name, "a.b");
	assert_string_equal(names.items[2].name, "a.ini");
	assert_string_equal(names.items[3].name, "b.ini");
	assert_int_equal(names.items[4].kind, REPO_ENTRY_LINK);
	expect_ok(repo_list_folder(w->repo, &c, "", w->arena, &names));
	assert_int_equal(names.count, 3);
	expect_ok(repo_list_folder(w->repo, &c, "nothing", w->arena, &names));
	assert_int_equal(names.folder, REPO_ENTRY_MISSING);
	assert_int_equal(names.count, 0);
	expect_ok(repo_list_folder(w->repo, &c, "policies/a.ini", w->arena, &names));
	assert_int_equal(names.folder, REPO_ENTRY_FILE);
}

static void test_spec_split(void **state)
{
	static const struct {
		const char *text, *rev, *path, *error;
	} rows[] = {
		{"HEAD:baselines/prod.json", "HEAD", "baselines/prod.json", NULL},
		{"main~2:a b", "main~2", "a b", NULL},
		{"HEAD@{2026-01-01 10:00}:x", "HEAD@{2026-01-01 10:00}", "x", NULL},
		{"HEAD^{/fix: it}:x", "HEAD^{/fix: it}", "x", NULL},
		{"HEAD:a:b", "HEAD", "a:b", NULL},
		{"file.json", NULL, NULL, NULL},
		{"HEAD@{10:00}", NULL, NULL, NULL},
		{":x", NULL, NULL, "index"},
		{":0:x", NULL, NULL, "index"},
		{"HEAD:./x", NULL, NULL, "relative"},
		{"HEAD:../x", NULL, NULL, "relative"},
		{"HEAD:", NULL, NULL, "plain path"},
		{"HEAD:/etc", NULL, NULL, "plain path"},
		{"-x:y", NULL, NULL, "begin with"},
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct repo_spec spec = {0};
		struct err *e = repo_spec_split(rows[i].text, w->arena, &spec);

		print_message("row: %s\n", rows[i].text);
		if (rows[i].error) {
			expect_err(e, ERR_USAGE, rows[i].error);
			continue;
		}
		expect_ok(e);
		assert_int_equal(spec.rev != NULL, rows[i].rev != NULL);
		if (spec.rev) {
			assert_string_equal(spec.rev, rows[i].rev);
			assert_string_equal(spec.path, rows[i].path);
		}
	}
}

static void test_states(void **state)
{
	static const char path[] = "baselines/prod.json";
	static const struct {
		const char *name, *path, *make;
		enum repo_state want;
	} rows[] = {
		{"same", path, "true", REPO_STATE_SAME},
		{"touched", path, "touch baselines/prod.json", REPO_STATE_SAME},
		{"modified", path, "echo x >baselines/prod.json", REPO_STATE_MODIFIED},
		{"same size, old time", path,
		 "printf '{\"Enable\": tRue}\\n' >x && touch -r baselines/prod.json x && "
		 "cp -p x baselines/prod.json && rm x",
		 REPO_STATE_MODIFIED},
		{"assumed unchanged", path,
		 "git update-index --assume-unchanged baselines/prod.json && "
		 "echo x >baselines/prod.json",
		 REPO_STATE_MODIFIED},
		{"mode", path, "chmod +x baselines/prod.json", REPO_STATE_MODIFIED},
		{"mode ignored", path,
		 "git config core.filemode false && chmod +x baselines/prod.json", REPO_STATE_SAME},
		{"a link now", path, "cp baselines/prod.json x && ln -sf ../x baselines/prod.json",
		 REPO_STATE_MODIFIED},
		{"a folder now", path, "rm baselines/prod.json && mkdir baselines/prod.json",
		 REPO_STATE_MODIFIED},
		{"deleted", path, "rm baselines/prod.json", REPO_STATE_DELETED},
		{"folder deleted", path, "rm -r baselines", REPO_STATE_DELETED},
		{"staged", path, "echo x >baselines/prod.json && git add .", REPO_STATE_STAGED},
		{"staged, file put back", path,
		 "cp baselines/prod.json x && echo y >baselines/prod.json && git add baselines && "
		 "mv x baselines/prod.json",
		 REPO_STATE_STAGED},
		{"removed from index", path, "git rm -q --cached baselines/prod.json",
		 REPO_STATE_STAGED},
		{"intent to add", "baselines/n", "touch baselines/n && git add -N baselines/n",
		 REPO_STATE_STAGED},
		{"added", "baselines/n", "echo n >baselines/n && git add .", REPO_STATE_STAGED},
		{"untracked", "baselines/n", "echo n >baselines/n", REPO_STATE_UNTRACKED},
		{"ignored", "baselines/n", "echo n >.gitignore && echo n >baselines/n",
		 REPO_STATE_UNTRACKED},
		{"absent", "baselines/n", "true", REPO_STATE_ABSENT},
		{"absent deep", "x/y/z", "true", REPO_STATE_ABSENT},
		{"sparse", path,
		 "git update-index -q --refresh && git sparse-checkout set --cone policies",
		 REPO_STATE_SAME},
		{"conflict", path,
		 "git checkout -q -b o && echo o >baselines/prod.json && git commit -q -a -m o && "
		 "git checkout -q main && echo m >baselines/prod.json && git commit -q -a -m m && "
		 "! git merge -q o >/dev/null",
		 REPO_STATE_CONFLICTED},
		{"converted line ends", "t.txt",
		 "git config core.autocrlf true && printf 'a\\nb\\n' >t.txt && "
		 "git add t.txt 2>/dev/null && git commit -q -m t && printf 'a\\r\\nb\\r\\n' >t.txt",
		 REPO_STATE_SAME},
		{"CRLF under -text", path,
		 "git config core.autocrlf true && printf '{\"Enable\": true}\\r\\n' "
		 ">baselines/prod.json",
		 REPO_STATE_MODIFIED},
	};
	struct world *w = *state;
	char plain[sizeof(w->work)];

	memcpy(plain, w->work, sizeof(plain));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum repo_state got = REPO_STATE_NO_WORKTREE;
		struct repo_commit c;

		print_message("row: %s\n", rows[i].name);
		run(w, "cp -Rp '%s' '%s/c'", plain, w->dir);
		(void)snprintf(w->work, sizeof(w->work), "%s/c", w->dir);
		run(w, "%s", rows[i].make);
		reopen(w, "");
		c = resolved(w, "HEAD");
		expect_ok(repo_read_state(w->repo, &c, rows[i].path, &got));
		assert_string_equal(repo_state_text(got), repo_state_text(rows[i].want));
		memcpy(w->work, plain, sizeof(plain));
		run(w, "rm -rf ../c");
	}
}

static void test_state_special(void **state)
{
	struct world *w = *state;
	enum repo_state got;
	struct repo_commit c;

	run(w, "git clone -q --bare . ../bare");
	reopen(w, arena_printf(w->arena, "%s/bare", w->dir));
	c = resolved(w, "HEAD");
	expect_ok(repo_read_state(w->repo, &c, "baselines/prod.json", &got));
	assert_int_equal(got, REPO_STATE_NO_WORKTREE);

	run(w, "mv baselines ../outside && ln -s ../outside baselines");
	reopen(w, "");
	expect_err(repo_read_state(w->repo, &c, "baselines/prod.json", &got), ERR_REPO,
		   "links are not followed");
	expect_err(repo_read_state(w->repo, &c, "../x", &got), ERR_REPO, "plain path");
}

static const char state_letters[] = {
	[REPO_STATE_SAME] = '=',   [REPO_STATE_MODIFIED] = 'M',    [REPO_STATE_DELETED] = 'D',
	[REPO_STATE_STAGED] = 'S', [REPO_STATE_CONFLICTED] = 'C',  [REPO_STATE_UNTRACKED] = 'U',
	[REPO_STATE_ABSENT] = '-', [REPO_STATE_NO_WORKTREE] = 'N',
};

/* "M baselines/prod.json", a line each, of what is below the folders or at the path. */
static const char *uncommitted_in(struct world *w)
{
	static const char *const paths[] = {"baselines", "policies", "golden/a.json"};
	const struct repo_commit c = resolved(w, "HEAD");
	const struct repo_uncommitted *list = NULL;
	const char *text = "";
	size_t n = 0;

	expect_ok(repo_find_uncommitted(w->repo, &c, paths, ARRAY_LEN(paths), w->arena, &list, &n));
	for (size_t i = 0; i < n; i++)
		text = arena_printf(w->arena, "%s%c %s\n", text, state_letters[list[i].state],
				    list[i].path);
	return text;
}

static void test_uncommitted(void **state)
{
	static const struct {
		const char *name, *make, *want;
	} rows[] = {
		{"nothing", "true", ""},
		{"touched", "touch -d 2020-01-01 baselines/prod.json", ""},
		{"elsewhere", "echo x >t && mkdir golden && echo x >golden/b.json", ""},
		{"modified", "echo x >baselines/prod.json", "M baselines/prod.json\n"},
		{"edited twice over, sorted",
		 "echo x >policies/b.ini && echo x >policies/a.ini && echo x >baselines/prod.json",
		 "M baselines/prod.json\nM policies/a.ini\nM policies/b.ini\n"},
		{"staged", "echo x >policies/a.ini && git add .", "S policies/a.ini\n"},
		{"staged, file put back",
		 "cp policies/a.ini x && echo y >policies/a.ini && git add policies && "
		 "mv x policies/a.ini",
		 "S policies/a.ini\n"},
		{"added", "echo n >baselines/n && git add .", "S baselines/n\n"},
		{"intent to add", "touch baselines/n && git add -N baselines/n", "S baselines/n\n"},
		{"removed from index", "git rm -q --cached policies/a.ini", "S policies/a.ini\n"},
		{"deleted", "rm policies/a.ini", "D policies/a.ini\n"},
		{"folder deleted", "rm -r policies", "D policies/a.ini\nD policies/b.ini\n"},
		{"untracked, in folders",
		 "mkdir -p baselines/x/y && echo n >baselines/x/y/n && echo n >baselines/x/m",
		 "U baselines/x/m\nU baselines/x/y/n\n"},
		{"empty folder", "mkdir baselines/x", ""},
		{"ignored", "echo n >.git/info/exclude && echo n >baselines/n", ""},
		{"named path", "mkdir golden && echo x >golden/a.json", "U golden/a.json\n"},
		{"a name is no pattern", "mkdir golden && echo x >'golden/*.json'", ""},
		{"renamed", "git mv policies/a.ini policies/c.ini",
		 "S policies/a.ini\nS policies/c.ini\n"},
		{"conflict",
		 "git checkout -q -b o && echo o >policies/a.ini && git commit -q -a -m o && "
		 "git checkout -q main && echo m >policies/a.ini && git commit -q -a -m m && "
		 "! git merge -q o >/dev/null",
		 "C policies/a.ini\n"},
		{"sparse",
		 "git update-index -q --refresh && git sparse-checkout set --cone policies", ""},
		{"left out, and there again",
		 "git update-index --skip-worktree policies/a.ini && echo x >policies/a.ini", ""},
		{"assumed unchanged",
		 "git update-index --assume-unchanged policies/a.ini && echo x >policies/a.ini",
		 ""},
		{"a link now", "cp policies/a.ini x && ln -sf ../x policies/a.ini",
		 "M policies/a.ini\n"},
		{"a folder now",
		 "rm policies/a.ini && mkdir policies/a.ini && echo x >policies/a.ini/x",
		 "M policies/a.ini\nU policies/a.ini/x\n"},
		{"mode", "chmod +x policies/a.ini", "M policies/a.ini\n"},
		{"mode ignored", "git config core.filemode false && chmod +x policies/a.ini", ""},
		{"same size, in the tick of the index",
		 "git config core.trustctime false && touch -d 2026-01-01 policies/a.ini && "
		 "git update-index -q --refresh && printf z >policies/a.ini && "
		 "touch -d 2026-01-01 policies/a.ini .git/index",
		 "M policies/a.ini\n"},
		{"same size, old time",
		 "printf z >x && touch -r policies/a.ini x && cp -p x policies/a.ini && rm x",
		 "M policies/a.ini\n"},
		{"converted line ends",
		 "git config core.autocrlf true && printf 'a\\nb\\n' >policies/a.ini && "
		 "git add policies 2>/dev/null && git commit -q -m t && "
		 "printf 'a\\r\\nb\\r\\n' >policies/a.ini",
		 ""},
		{"a link in place of the folder", "mv policies ../p && ln -s ../p policies",
		 "U policies\nD policies/a.ini\nD policies/b.ini\n"},
		{"a file in place of the folder", "rm -r policies && echo x >policies",
		 "U policies\nD policies/a.ini\nD policies/b.ini\n"},
		{"a repository inside", "git init -q policies/r && touch policies/r/c.ini",
		 "U policies/r/\n"},
		{"a name with a line end", "touch 'policies/x\ny'", "U policies/x\ny\n"},
		{"a pipe", "mkfifo policies/p", ""},
		{"no commit", "git checkout -q --orphan o",
		 "S baselines/prod.json\nS policies/a.ini\nS policies/b.ini\n"},
		{"no commit, nothing staged",
		 "git checkout -q --orphan o && git rm -q -r --cached .",
		 "U baselines/prod.json\nU policies/a.ini\nU policies/b.ini\n"},
		{"detached", "git checkout -q --detach && echo x >policies/a.ini",
		 "M policies/a.ini\n"},
	};
	struct world *w = *state;
	char plain[sizeof(w->work)];

	memcpy(plain, w->work, sizeof(plain));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("row: %s\n", rows[i].name);
		run(w, "cp -Rp '%s' '%s/c'", plain, w->dir);
		(void)snprintf(w->work, sizeof(w->work), "%s/c", w->dir);
		run(w, "%s", rows[i].make);
		reopen(w, "");
		assert_string_equal(uncommitted_in(w), rows[i].want);
		memcpy(w->work, plain, sizeof(plain));
		run(w, "rm -rf ../c ../p");
	}
}

/* An index in a form that libgit2 cannot read: what to do about it is said. */
static void test_uncommitted_refuses(void **state)
{
	static const char *const paths[] = {"baselines"};
	struct world *w = *state;
	const struct repo_uncommitted *list;
	struct repo_commit c;
	size_t n;

	run(w, "git update-index --split-index");
	reopen(w, "");
	c = resolved(w, "HEAD");
	expect_err(repo_find_uncommitted(w->repo, &c, paths, 1, w->arena, &list, &n), ERR_REPO,
		   "git update-index --no-split-index");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_open_finds_upward),
		TEST(test_open_git_dir_variable),
		TEST(test_open_refuses),
		TEST(test_open_checks_the_owner),
		TEST(test_open_ci_shapes),
		TEST(test_resolve),
		TEST(test_resolve_shallow_hint),
		TEST(test_unborn_and_detached),
		TEST(test_read_is_of_the_commit),
		TEST(test_read_kinds),
		TEST(test_read_unsafe_path),
		TEST(test_read_missing_object),
		TEST(test_read_partial_clone),
		TEST(test_limit_memory),
		TEST(test_list),
		TEST(test_spec_split),
		TEST(test_states),
		TEST(test_state_special),
		TEST(test_uncommitted),
		TEST(test_uncommitted_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
