/* SPDX-License-Identifier: Apache-2.0 */
/* The walk back through a branch: against a model of what was committed, and what it costs. */
#include "test_repo_lib.h"

#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/history.h"

#define COMMITS   400
#define TEXT_SIZE 200000

/* Each read of an object by the walk itself. */
static size_t reads;

int __wrap_git_odb_read(git_odb_object **out, git_odb *db, const git_oid *id);
int __real_git_odb_read(git_odb_object **out, git_odb *db, const git_oid *id);

int __wrap_git_odb_read(git_odb_object **out, git_odb *db, const git_oid *id)
{
	reads++;
	return __real_git_odb_read(out, db, id);
}

/* ---- what was told ---- */

struct told {
	struct world *w;
	char text[TEXT_SIZE];
	size_t stop_after; /* states a trail; 0: no limit */
	size_t counts[200];
};

static struct err *take(void *ctx, size_t i, const struct repo_past *s, bool *more)
{
	struct told *t = ctx;
	struct repo_commit_words words;
	struct repo_entry entry = {0};
	size_t at = strlen(t->text);

	expect_ok(repo_read_words(t->w->repo, &s->commit, t->w->arena, &words));
	if (s->path)
		expect_ok(repo_read_entry(t->w->repo, &s->commit, s->path, 1000, t->w->arena,
					  &entry));
	(void)snprintf(t->text + at, sizeof(t->text) - at, "%zu %s %s %.*s%s%s\n", i, words.subject,
		       s->path ? s->path : "-", (int)entry.bytes.n,
		       entry.bytes.n ? entry.bytes.p : "", s->is_oldest ? " oldest" : "",
		       s->is_cut ? " cut" : "");
	*more = ++t->counts[i] != t->stop_after;
	return NULL;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines sorted: trails that change in one commit come in no order. */
static const char *sorted(struct world *w, const char *text)
{
	const char *lines[8000], *all;
	size_t n = 0;
	char *copy = strdup(text), *save = NULL;
	struct buf b = BUF_INIT(TEXT_SIZE);

	for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		lines[n++] = p;
	qsort(lines, n, sizeof(*lines), by_text);
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, lines[i]);
		buf_char(&b, '\n');
	}
	all = arena_str(w->arena, buf_view(&b)).p;
	buf_free(&b);
	free(copy);
	return all;
}

static const char *walk(struct world *w, const char *rev, const struct repo_trail *trails,
			size_t count, size_t stop_after)
{
	struct repo_commit tip = resolved(w, rev);
	struct told *t = calloc(1, sizeof(*t));
	const char *out;

	assert_non_null(t);
	t->w = w;
	t->stop_after = stop_after;
	reads = 0;
	expect_ok(repo_walk(w->repo, &tip, trails, count, take, t));
	out = sorted(w, t->text);
	free(t);
	return out;
}

/* ---- histories by hand ---- */

static void test_rename_gap_and_merge(void **state)
{
	static const struct repo_trail trails[] = {
		{"b/new.json", "b/old.json"}, {"b/new.json", NULL}, {"b/none.json", NULL}};
	struct world *w = *state;

	run(w, "git checkout -q --orphan x && git rm -rfq . && mkdir b && printf 1 >b/old.json &&"
	       " git add . && git commit -qm root && printf 2 >b/old.json && git commit -qam two &&"
	       " printf 1 >b/old.json && git commit -qam back &&"
	       " git mv b/old.json b/new.json && git commit -qm renamed &&"
	       " git checkout -qb side && printf 7 >b/new.json && git commit -qam aside &&"
	       " printf 8 >b/new.json && git commit -qam 'more aside' && git checkout -q x &&"
	       " git commit -q --allow-empty -m other && git merge -q --no-ff -m merged side &&"
	       " git rm -qf b/new.json && git commit -qm removed && mkdir -p b &&"
	       " printf 8 >b/new.json && git add . && git commit -qm again");
	reopen(w, "");
	assert_string_equal(walk(w, "x", trails, 3, 0), "0 again b/new.json 8\n"
							"0 back b/old.json 1\n"
							"0 merged b/new.json 8\n"
							"0 removed - \n"
							"0 renamed b/new.json 1\n"
							"0 root b/old.json 1 oldest\n"
							"0 two b/old.json 2\n"
							"1 again b/new.json 8\n"
							"1 merged b/new.json 8\n"
							"1 removed - \n"
							"1 renamed b/new.json 1\n"
							"1 root -  oldest\n"
							"2 root -  oldest\n");
	/* One trail that has heard enough does not end the others. */
	assert_string_equal(walk(w, "x", trails, 2, 2), "0 again b/new.json 8\n0 removed - \n"
							"1 again b/new.json 8\n1 removed - \n");
}

static void test_shallow(void **state)
{
	static const struct repo_trail trail = {"f", NULL};
	struct world *w = *state;
	struct repo_commit tip, found;
	bool is_found;

	run(w,
	    "for i in 1 2 3 4; do printf $i >f; git add f; GIT_COMMITTER_DATE=\"170000${i}000 +0000\" git "
	    "commit -qm c$i; done; git clone -q --depth 2 \"file://$PWD\" ../cut && git clone -q "
	    "--depth 5 \"file://$PWD\" ../whole");
	reopen(w, arena_printf(w->arena, "%s/cut", w->dir));
	assert_string_equal(walk(w, "HEAD", &trail, 1, 0), "0 c3 f 3 oldest cut\n0 c4 f 4\n");
	tip = resolved(w, "HEAD");
	expect_ok(repo_as_of(w->repo, &tip, 1700003500, &found, &is_found));
	assert_true(is_found && found.time_s == 1700003000);
	expect_err(repo_as_of(w->repo, &tip, 1700002999, &found, &is_found), ERR_REPO,
		   "--unshallow");
	/* A clone that is shallow and has the root all the same is not cut. */
	reopen(w, arena_printf(w->arena, "%s/whole", w->dir));
	assert_string_equal(walk(w, "HEAD", &trail, 1, 0),
			    "0 c1 f 1\n0 c2 f 2\n0 c3 f 3\n0 c4 f 4\n0 first -  oldest\n");
	tip = resolved(w, "HEAD");
	expect_ok(repo_as_of(w->repo, &tip, 1000, &found, &is_found));
	assert_false(is_found);
}

static void test_refuses(void **state)
{
	static const struct repo_trail up = {"../x", NULL}, deep = {"f", NULL};
	struct world *w = *state;
	struct told *t = calloc(1, sizeof(*t));
	struct repo_commit tip;

	assert_non_null(t);
	t->w = w;
	run(w, "git commit -q --allow-empty -m two && git commit -q --allow-empty -m three");
	reopen(w, "");
	tip = resolved(w, "HEAD");
	expect_err(repo_walk(w->repo, &tip, &up, 1, take, t), ERR_REPO, "not a plain path");
	/* The root with the bytes of its child names itself as its parent. */
	run(w, "o() { git rev-parse $1 | sed 's,^..,.git/objects/&/,'; } && rm -f $(o HEAD~2) &&"
	       " cp $(o HEAD~1) $(o HEAD~2)");
	reopen(w, "");
	expect_err(repo_walk(w->repo, &tip, &deep, 1, take, t), ERR_REPO, "is damaged");
	free(t);
}

/* ---- a history from a generator ---- */

#define FILES  14u
#define TRAILS 9u

static const char *const files[FILES] = {
	"b/0.json", "b/1.json", "b/2.json", "b/3.json", "b/4.json", "b/5.json",  "b/6.json",
	"b/7.json", "b-/x",     "b.x",      "t",        "t/x",      "d/e/f/g/h", "z"};

/* Own and former file of each trail, as places in `files`. */
static const int pairs[TRAILS][2] = {{0, 1},   {2, 3},   {4, -1}, {4, -1}, {10, 11},
				     {11, 10}, {12, 13}, {8, 9},  {5, -1}};

struct model {
	unsigned random;
	int now[FILES];
	int was[COMMITS][FILES];
};

static unsigned draw(struct model *m, unsigned n)
{
	m->random = m->random * 1103515245u + 12345u;
	return (m->random >> 16) % n;
}

/* What a file and a folder of one name do to each other. */
static void set_file(struct model *m, unsigned file, int value)
{
	m->now[file] = value;
	if (value && file == 10)
		m->now[11] = 0;
	if (value && file == 11)
		m->now[10] = 0;
}

static void edit_files(struct model *m, FILE *f, bool is_told)
{
	for (unsigned i = draw(m, 4); i > 0; i--) {
		unsigned file = draw(m, FILES);
		int value = (int)draw(m, 4);

		if (value)
			(void)fprintf(f, "M 100644 inline %s\ndata 1\n%d\n", files[file], value);
		else if (m->now[file] || !is_told)
			(void)fprintf(f, "D %s\n", files[file]);
		if (is_told)
			set_file(m, file, value);
	}
}

static void write_commit(FILE *f, const char *branch, const char *prefix, int n)
{
	char message[32];
	int length = snprintf(message, sizeof(message), "%s%03d", prefix, n);

	(void)fprintf(
		f,
		"commit refs/heads/%s\nmark :%d\ncommitter T <t@example.com> %d +0000\ndata %d\n%s\n",
		branch, 2 * n + (*prefix == 's') + 1, 1600000000 + n * 3600, length, message);
}

static void generate(struct world *w, struct model *m)
{
	FILE *f = fopen(arena_printf(w->arena, "%s/stream", w->dir), "w");

	assert_non_null(f);
	for (int n = 0; n < COMMITS; n++) {
		bool is_merge = n && draw(m, 5) == 0;

		if (is_merge) {
			write_commit(f, arena_printf(w->arena, "side%d", n), "s", n);
			(void)fprintf(f, "from :%d\n", 2 * (n - 1) + 1);
			edit_files(m, f, false);
			(void)fprintf(f, "M 100644 inline %s\ndata 1\n9\n\n", files[draw(m, 8)]);
		}
		write_commit(f, "made", "c", n);
		if (is_merge)
			(void)fprintf(f, "from :%d\nmerge :%d\n", 2 * (n - 1) + 1, 2 * n + 2);
		edit_files(m, f, true);
		(void)fprintf(f, "\n");
		memcpy(m->was[n], m->now, sizeof(m->now));
	}
	assert_int_equal(fclose(f), 0);
	run(w, "git fast-import --quiet <../stream");
}

/* The place in `files` at which the trail finds something; -1: nowhere. */
static int found_at(const struct model *m, int n, const int pair[2])
{
	if (m->was[n][pair[0]])
		return pair[0];
	return pair[1] >= 0 && m->was[n][pair[1]] ? pair[1] : -1;
}

static void expect_trail(const struct model *m, size_t trail, struct buf *b)
{
	const int *pair = pairs[trail];

	for (int n = COMMITS - 1; n >= 0; n--) {
		int at = found_at(m, n, pair), before = n ? found_at(m, n - 1, pair) : -2;

		if (at == before && (at < 0 || m->was[n][at] == m->was[n - 1][at]))
			continue;
		buf_printf(b, "%zu c%03d %s ", trail, n, at < 0 ? "-" : files[at]);
		if (at >= 0)
			buf_printf(b, "%d", m->was[n][at]);
		buf_puts(b, n ? "\n" : " oldest\n");
	}
}

static void test_model(void **state)
{
	struct world *w = *state;
	struct model *m = calloc(1, sizeof(*m));
	struct repo_trail trails[TRAILS];
	struct buf b = BUF_INIT(TEXT_SIZE);
	const char *want;

	assert_non_null(m);
	m->random = 20261130;
	generate(w, m);
	reopen(w, "");
	for (size_t i = 0; i < TRAILS; i++) {
		trails[i].path = files[pairs[i][0]];
		trails[i].former = pairs[i][1] < 0 ? NULL : files[pairs[i][1]];
		expect_trail(m, i, &b);
	}
	want = sorted(w, arena_str(w->arena, buf_view(&b)).p);
	assert_true(strlen(want) > 5000);
	assert_string_equal(walk(w, "made", trails, TRAILS, 0), want);
	buf_free(&b);
	free(m);
}

/* ---- what it costs ---- */

static void test_cost(void **state)
{
	struct world *w = *state;
	struct repo_trail trails[100];
	size_t one, all;

	run(w,
	    "awk 'BEGIN { for (c = 0; c < 1000; c++) {"
	    " print \"commit refs/heads/many\\ncommitter T <t@example.com> \" 1600000000 + c"
	    " \" +0000\\ndata 1\\nc\";"
	    " for (f = 0; f < 100; f++) if (c == 0 || (f == 0 && c %% 10 == 0) || c == 10 * f + 5)"
	    " print \"M 100644 inline b/\" f \"\\ndata 4\\n\" 1000 + c;"
	    " print \"M 100644 inline other/x\\ndata 4\\n\" 1000 + c \"\\n\" } }' |"
	    " git fast-import --quiet");
	reopen(w, "");
	for (size_t i = 0; i < 100; i++)
		trails[i] = (struct repo_trail){arena_printf(w->arena, "b/%zu", i),
						arena_printf(w->arena, "b/former%zu", i)};
	(void)walk(w, "many", trails, 1, 0);
	one = reads;
	(void)walk(w, "many", trails, 100, 0);
	all = reads;
	print_message("objects read: %zu for one path, %zu for 100\n", one, all);
	/* Beside the walk: the blob of each of the two more states of 99 paths. */
	assert_in_range(one, 2000, 2600);
	assert_true(all - one <= 2 * 99);
	assert_true(2 * all <= 3 * one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rename_gap_and_merge, world_setup,
						world_teardown),
		cmocka_unit_test_setup_teardown(test_shallow, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_refuses, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_model, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(test_cost, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
