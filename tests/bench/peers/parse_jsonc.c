/* SPDX-License-Identifier: Apache-2.0 */
/* A process that reads a file, has json-c parse it, and stops: the floor of a DOM. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	struct json_tokener *tok = json_tokener_new();
	FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
	struct stat st;
	char *bytes;
	json_object *o;

	if (!f || !tok || fstat(fileno(f), &st) != 0)
		return 1;
	bytes = malloc((size_t)st.st_size);
	if (!bytes || fread(bytes, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
		return 1;
	o = json_tokener_parse_ex(tok, bytes, (int)st.st_size);
	(void)fclose(f);
	/* Not freed: only the parse is asked about. */
	return o ? 0 : 1;
}
