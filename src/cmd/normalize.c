/* SPDX-License-Identifier: Apache-2.0 */
/* normalize: the canonical form of a reply or a baseline, from a file or standard input. */
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/fs.h"
#include "cmd/contain.h"
#include "cmd/options.h"
#include "model/canonical.h"
#include "policy/assertion.h"
#include "result/exit.h"
#include "run/config_digest.h"
#include "run/config_file.h"
#include "run/run_result.h"
#include "run/workspace.h"

#define ASSERTIONS_SIZE_MAX ((size_t)16 << 20)

static bool to_stream(void *ctx, const char *p, size_t n)
{
	return fwrite(p, 1, n, ctx) == n;
}

static struct err *print_config(const struct options *o, const struct io *io,
				const struct config *c)
{
	struct buf b = buf_stream(to_stream, io->out);
	struct err *e = o->normalize.jcs ? canonical_write_jcs(&b, c) : canonical_write(&b, c);

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

static void put_verdict(struct buf *b, const struct assertion *as, const struct verdict *v)
{
	static const char *const words[] = {
		[VERDICT_HOLDS] = "holds",
		[VERDICT_FAILS] = "fails",
		[VERDICT_OPEN] = "fails",
		[VERDICT_UNSEEN] = "not judged",
	};

	buf_printf(b, "%s: ", words[v->outcome]);
	escape_terminal(b, as->text);
	buf_puts(b, "\n  ");
	escape_terminal(b, v->text);
	buf_char(b, '\n');
}

/* 1 outranks 3. */
static int code_for(enum verdict_outcome outcome, int before)
{
	if (outcome == VERDICT_FAILS || outcome == VERDICT_OPEN)
		return EXIT_NO;
	return outcome == VERDICT_UNSEEN && before == EXIT_FINE ? EXIT_INCOMPLETE : before;
}

/* A reply has state, a baseline has none: nothing is said about what cannot be there. */
static bool has_state(const struct reading *r)
{
	const struct resource *res = r->config.resource;
	bool any = r->has_envelope;

	for (size_t i = 0; i < res->field_count; i++)
		any |= res->fields[i].role == ROLE_STATE && r->config.values[i].is_present;
	return any;
}

/* Each assertion with what it finds. */
static struct err *try_assertions(const struct options *o, const struct io *io,
				  const struct reading *r, struct arena *a, int *code)
{
	struct buf b = BUF_INIT(ASSERTIONS_SIZE_MAX);
	struct coverage coverage;
	struct policy_input in = {
		&r->config, &coverage, has_state(r), STR(""), run_now(&o->evaluate), STR("")};
	struct err *e = coverage_describe(&r->config, a, &coverage);

	for (size_t i = 0; !e && i < o->normalize.assertion_count; i++) {
		struct assertion as = {0};
		struct verdict v = {0};

		e = assertion_parse(a, r->config.resource, "--assert",
				    str_from(o->normalize.assertions[i]), &as);
		if (!e)
			e = assertion_evaluate(a, &as, &in, &v);
		if (e)
			break;
		put_verdict(&b, &as, &v);
		*code = code_for(v.outcome, *code);
	}
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the verdicts");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *print(const struct options *o, const struct io *io, const struct reading *r,
			 struct arena *a, int *code)
{
	if (o->normalize.assertion_count)
		return try_assertions(o, io, r, a, code);
	return o->normalize.digest ? print_digest(io, &r->config, a)
				   : print_config(o, io, &r->config);
}

/* An assertion of what check would call incomplete is not judged; nor is it bad input. */
static struct err *require(const struct options *o, struct config_file *file, struct arena *a)
{
	bool is_judged = o->normalize.assertion_count > 0;

	if (is_judged)
		TRY(config_file_demand_whole(file, a));
	return config_file_require(file, is_judged && file->is_incomplete ? ERR_REPLY : ERR_CONFIG);
}

struct err *cmd_normalize(const struct options *o, struct io *io, int *code)
{
	const char *name = o->arg_count ? o->args[0] : "-";
	const struct workspace none = {.max_reply = o->max_reply};
	struct config_file file = {0};
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(0);
	struct err *e = a ? NULL : err_nomem();

	*code = EXIT_FINE;
	contain_calls(io);
	/* Who forgot the file sees what the program waits for. */
	if (strcmp(name, "-") == 0 && isatty(STDIN_FILENO) == 1)
		log_note(&io->log, "reads from standard input");
	if (!e)
		e = fs_read(name, o->max_reply, &b);
	if (!e && o->normalize.digest)
		e = digest_start();
	/* The bytes are here; taking them apart needs no other file. */
	if (!e)
		e = contain_files(io, NULL, NULL, a);
	if (!e)
		e = config_file_parse(&none, fs_read_name(name), buf_view(&b), a, &file);
	if (!e)
		e = require(o, &file, a);
	if (!e)
		e = print(o, io, file.reading, a, code);
	buf_free(&b);
	arena_free(a);
	return e;
}
