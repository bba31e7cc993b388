/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target without libFuzzer: once on the empty input, then once on
 * each file that is named, or that lies in a folder that is named. A crash is
 * the report; the name of the input is said before it is run.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t runs;

static int run_file(const char *path, size_t size)
{
	FILE *file = fopen(path, "rb");
	/* malloc of the exact size, so that a sanitizer sees a read behind the end. */
	uint8_t *data = malloc(size ? size : 1);
	int status = -1;

	if (!file || !data || fread(data, 1, size, file) != size) {
		perror(path);
		goto out;
	}
	printf("%s (%zu bytes)\n", path, size);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	runs++;
	status = 0;
out:
	free(data);
	if (file)
		fclose(file);
	return status;
}

static int run_path(const char *path);

static int run_folder(const char *path)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, NULL, alphasort);
	int status = 0;

	if (n < 0) {
		perror(path);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		char *inside = NULL;

		if (names[i]->d_name[0] != '.') {
			if (asprintf(&inside, "%s/%s", path, names[i]->d_name) < 0)
				abort();
			status |= run_path(inside);
			free(inside);
		}
		free(names[i]);
	}
	free(names);
	return status;
}

static int run_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		perror(path);
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return run_folder(path);
	return run_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	int status = 0;

	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		status |= run_path(argv[i]);
	printf("%zu inputs\n", runs);
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
