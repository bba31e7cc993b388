/* SPDX-License-Identifier: Apache-2.0 */
/* fetch: the live config of one target, canonical or as it came. */
#include "cmd/options.h"
#include "model/canonical.h"
#include "result/exit.h"
#include "run/live.h"

static struct err *print_raw(const struct io *io, struct live *l, const struct target *t)
{
	struct fetch_outcome got = {0};
	struct live_side side = {0};

	TRY(live_get_reply(l, t, &got, &side));
	if (got.has_reply)
		TRY(io_write(io, got.body));
	return live_require(t, &side);
}

static struct err *print_config(const struct io *io, struct live *l, const struct target *t)
{
	struct live_side live;
	struct buf b = BUF_INIT(JSON_SIZE_CEILING * 4);
	struct err *e;

	TRY(live_get(l, t, &live));
	TRY(live_require(t, &live));
	e = canonical_write(&b, &live.reading->config);
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the config");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *print_request(const struct io *io, struct live *l, const struct target *t)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e = live_show_request(l, t, &b);

	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the request");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *print_explanation(const struct io *io, struct live *l, const struct target *t)
{
	struct err *why = NULL;
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e = live_explain(l, t, &b, &why);

	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the explanation");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	if (!e)
		return why;
	err_free(why);
	return e;
}

struct err *cmd_fetch(const struct options *o, struct io *io, int *code)
{
	const struct workspace_options where = options_workspace(o);
	struct workspace w;
	struct live *l = NULL;
	struct err *e;

	TRY(workspace_open(&where, io, &w));
	e = live_open(&o->net, io, &w, &l);
	if (!e && o->fetch.explain_credentials)
		e = print_explanation(io, l, w.selected[0]);
	else if (!e && o->fetch.show_request)
		e = print_request(io, l, w.selected[0]);
	else if (!e && o->fetch.raw)
		e = print_raw(io, l, w.selected[0]);
	else if (!e)
		e = print_config(io, l, w.selected[0]);
	*code = l && live_is_unrecorded(l) ? EXIT_SIDE_EFFECT : EXIT_FINE;
	live_close(l);
	workspace_close(&w);
	return e;
}
