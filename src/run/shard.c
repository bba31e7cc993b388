/* SPDX-License-Identifier: Apache-2.0 */
#include "run/shard.h"

#include <string.h>

#define SHARDS_MAX 100000u

struct shard {
	uint64_t index; /* from 1 */
	uint64_t count;
};

static struct err *env_number(const struct io *io, const char *name, uint64_t *out)
{
	const char *text = io_env(io, name);

	if (!text || !*text)
		return err_new(ERR_USAGE, "--shard auto: %s is not set", name);
	if (!str_to_u64(str_from(text), SHARDS_MAX, out))
		return err_new(ERR_USAGE, "--shard auto: %s: found '%s', expected a number", name,
			       text);
	return NULL;
}

static struct err *parse(const char *text, const struct io *io, struct shard *out)
{
	const char *slash = strchr(text, '/');
	struct str head = {text, slash ? (size_t)(slash - text) : strlen(text)};
	bool is_auto = str_is(head, "auto");

	if (is_auto && !slash) {
		TRY(env_number(io, "CI_NODE_INDEX", &out->index));
		TRY(env_number(io, "CI_NODE_TOTAL", &out->count));
	} else if (!slash || !str_to_u64(str_from(slash + 1), SHARDS_MAX, &out->count) ||
		   (!is_auto && !str_to_u64(head, SHARDS_MAX, &out->index))) {
		return err_new(ERR_USAGE,
			       "--shard: found '%s', expected K/N such as 1/4, auto, or auto/N",
			       text);
	} else if (is_auto) {
		TRY(env_number(io, "JOB_COMPLETION_INDEX", &out->index));
		out->index++; /* Kubernetes counts from 0 */
	}
	if (out->index < 1 || out->index > out->count)
		return err_new(ERR_USAGE, "--shard: found part %llu of %llu, expected 1 to N of N",
			       (unsigned long long)out->index, (unsigned long long)out->count);
	return NULL;
}

struct err *shard_select(const char *part, const struct io *io, struct arena *a,
			 const struct target *const **list, size_t *count)
{
	const struct target **kept;
	struct shard shard = {0};
	size_t n = 0;

	if (!part)
		return NULL;
	TRY(parse(part, io, &shard));
	kept = arena_array(a, *count + 1, sizeof(const struct target *));
	if (!kept)
		return err_nomem();
	for (size_t i = 0; i < *count; i++)
		if (i % shard.count == shard.index - 1)
			kept[n++] = (*list)[i];
	log_note(&io->log, "shard %llu of %llu: %zu of %zu targets",
		 (unsigned long long)shard.index, (unsigned long long)shard.count, n, *count);
	*list = kept;
	*count = n;
	return NULL;
}
