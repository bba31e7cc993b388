/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a tree one that git would write? libgit2 takes any order and any name twice, and then two
 * programs may see two files at one path: what is judged must be what is checked out.
 */
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

static bool is_folder(const git_tree_entry *e)
{
	return git_tree_entry_filemode(e) == GIT_FILEMODE_TREE;
}

/* git's order: by bytes, a folder as if its name ended with a slash. */
static int compare(const git_tree_entry *x, const git_tree_entry *y)
{
	const char *a = git_tree_entry_name(x), *b = git_tree_entry_name(y);
	size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;
	int c = memcmp(a, b, least);
	unsigned char at_a = (unsigned char)a[least], at_b = (unsigned char)b[least];

	if (c)
		return c;
	if (!at_a && is_folder(x))
		at_a = '/';
	if (!at_b && is_folder(y))
		at_b = '/';
	return at_a - at_b;
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* A file and a folder of one name are in order, with others between them. */
static struct err *find_twins(const git_tree *tree, bool *found)
{
	size_t n = git_tree_entrycount(tree);
	const char **names = calloc(n, sizeof(*names));

	if (!names)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		names[i] = git_tree_entry_name(git_tree_entry_byindex(tree, i));
	qsort(names, n, sizeof(*names), compare_names);
	for (size_t i = 1; i < n && !*found; i++)
		*found = strcmp(names[i - 1], names[i]) == 0;
	free(names);
	return NULL;
}

struct err *tree_check(const git_tree *tree, const char *what)
{
	size_t n = git_tree_entrycount(tree), folders = 0;
	char hex[REPO_HEX_SIZE];
	bool is_bad = false;

	for (size_t i = 0; i < n; i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);

		folders += is_folder(e);
		is_bad |= i > 0 && compare(git_tree_entry_byindex(tree, i - 1), e) >= 0;
	}
	if (!is_bad && folders && folders < n)
		TRY(find_twins(tree, &is_bad));
	if (!is_bad)
		return NULL;
	return err_new(ERR_REPO, "%s: tree %s has a name twice or names out of order; see git fsck",
		       what, git_oid_tostr(hex, sizeof(hex), git_tree_id(tree)));
}
