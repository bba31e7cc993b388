/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <string.h>

#include "base/attr.h"
#include "cmd/contain.h"
#include "cmd/io.h"
#include "cmd/options.h"
#include "result/exit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool wants_colour(const struct options *o, const struct io *io)
{
	const char *no_colour = io_env(io, "NO_COLOR"), *term = io_env(io, "TERM");

	if (o->colour != COLOUR_AUTO)
		return o->colour == COLOUR_ALWAYS;
	return io->out_is_terminal && !(no_colour && *no_colour) &&
	       !(term && strcmp(term, "dumb") == 0);
}

static struct err *show(const struct io *io, const struct options *o, const struct command *c)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e;

	if (o->version) {
		buf_puts(&b, "scandrift " SCANDRIFT_VERSION "\n");
		contain_describe(&b);
	} else if (c)
		help_command(&b, c);
	else
		help_overview(&b);
	e = buf_check(&b, ERR_OUTPUT, "help");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *run(int argc, char **argv, struct io *io, struct arena *a, int *code)
{
	const struct command *command;
	struct options o;

	TRY(options_parse(argc, argv, a, &o, &command));
	io->log.level = o.quiet ? LOG_QUIET : o.verbose ? LOG_VERBOSE : LOG_NORMAL;
	io->has_colour = wants_colour(&o, io);
	if (o.help || o.version)
		return show(io, &o, command);
	for (size_t i = 0; i < o.dir_count; i++) {
		if (chdir(o.dirs[i]) != 0)
			return err_errno(ERR_USAGE, errno, "-C %s", o.dirs[i]);
	}
	return command->run(&o, io, code);
}

/*
 * A standard stream that is closed would be the number of the next file or socket, which then gets
 * the report. It is held by what can only be used the other way round, so that using it fails.
 */
static bool hold_standard_streams(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};

	for (int fd = 0; fd < (int)ARRAY_LEN(modes); fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct arena *a;
	int code = EXIT_FINE;
	struct err *e;
	struct io io;

	if (!hold_standard_streams())
		return EXIT_UNUSABLE;
	io = io_process();
	a = arena_new();
	/* A reader that goes away is a failed output with its own exit code, not a death. */
	(void)signal(SIGPIPE, SIG_IGN);
	e = a ? run(argc, argv, &io, a, &code) : err_nomem();
	if (e)
		code = exit_for_failure(code, (enum exit_code)io_fail(&io, e));
	arena_free(a);
	return code;
}
