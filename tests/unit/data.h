/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_UNIT_DATA_H
#define SCANDRIFT_UNIT_DATA_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Include cmocka.h, and what it wants, first. */

#define DATA_PATH_MAX 4096

/* The path of a file in tests/data, which every clone has. */
static inline const char *data_path(char path[DATA_PATH_MAX], const char *below)
{
	const char *source = getenv("SCANDRIFT_SOURCE");

	if (!source ||
	    snprintf(path, DATA_PATH_MAX, "%s/tests/data/%s", source, below) >= DATA_PATH_MAX)
		fail_msg("SCANDRIFT_SOURCE does not name the source tree");
	return path;
}

/*
 * The path of a file or folder among the further corpora, which the environment names, else the
 * build. NULL: they are not here, and the tests' own rows are all that is judged.
 */
static inline const char *corpus_path(char path[DATA_PATH_MAX], const char *below)
{
	const char *root = getenv("SCANDRIFT_VECTORS");

	if (!root || !*root)
		root = getenv("SCANDRIFT_VECTORS_DEFAULT");
	if (!root || !*root)
		return NULL;
	if (snprintf(path, DATA_PATH_MAX, "%s/%s", root, below) >= DATA_PATH_MAX)
		fail_msg("SCANDRIFT_VECTORS: the path is too long");
	if (access(path, R_OK) == 0)
		return path;
	print_message("not in %s: %s\n", root, below);
	return NULL;
}

#endif
