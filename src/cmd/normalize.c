/* SPDX-License-Identifier: Apache-2.0 */
/* normalize: the canonical form of a reply or a baseline, from a file or standard input. */
#include "base/fs.h"
#include "cmd/digest.h"
#include "cmd/workspace.h"
#include "model/canonical.h"
#include "result/exit.h"

static bool to_stream(void *ctx, const char *p, size_t n)
{
	return fwrite(p, 1, n, ctx) == n;
}

static struct err *print_config(const struct options *o, const struct io *io,
				const struct config *c)
{
	struct buf b = buf_stream(to_stream, io->out);
	struct err *e = o->jcs ? canonical_write_jcs(&b, c) : canonical_write(&b, c);

	buf_flush(&b);
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "standard output");
	buf_free(&b);
	return e ? e : io_write(io, STR(""));
}

static struct err *print_digest(const struct io *io, const struct config *c, struct arena *a)
{
	struct str digest;

	TRY(digest_config(c, a, &digest));
	TRY(io_write(io, digest));
	return io_write(io, STR("\n"));
}

struct err *cmd_normalize(const struct options *o, struct io *io, int *code)
{
	const char *name = o->arg_count ? o->args[0] : "-";
	struct normalize_options opt = workspace_reading(NULL, o, READ_FILE, ERR_CONFIG);
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(0);
	struct reading *r;
	struct err *e = a ? NULL : err_nomem();

	if (!e && o->digest && o->jcs)
		e = err_new(ERR_USAGE, "--digest and --jcs exclude each other");
	if (!e)
		e = fs_read(name, o->max_reply, &b);
	if (!e)
		e = workspace_read_config(buf_view(&b), name, &opt, a, &r);
	if (!e)
		e = o->digest ? print_digest(io, &r->config, a) : print_config(o, io, &r->config);
	buf_free(&b);
	arena_free(a);
	*code = EXIT_FINE;
	return e;
}
