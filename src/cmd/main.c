/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/build_info.h"
#include "cloud/client.h"
#include "cmd/contain.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/tls.h"
#include "ini/ini.h"
#include "json/canonical.h"
#include "base/redact.h"
#include "repo/open.h"
#include "result/exit.h"
#include "run/io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool wants_colour(const struct options *o, const struct io *io, bool is_terminal)
{
	const char *no_colour = io_env(io, "NO_COLOR"), *term = io_env(io, "TERM");

	if (o->colour != COLOUR_AUTO)
		return o->colour == COLOUR_ALWAYS;
	return is_terminal && !(no_colour && *no_colour) && !(term && strcmp(term, "dumb") == 0);
}

/*
 * The commit has a line of its own, so that the first line stays what scripts compare. The versions
 * are those of the libraries that run, which need not be the ones of the build.
 */
static void put_version(struct buf *b)
{
	static void (*const libraries[])(struct buf *) = {
		client_describe_library, repo_describe_library, tls_describe_library,
		json_describe_library,   ini_describe_library,
	};

	buf_puts(b, "scandrift " SCANDRIFT_VERSION "\n");
	buf_printf(b, "build: %s\nlibraries: ", build_commit());
	for (size_t i = 0; i < ARRAY_LEN(libraries); i++) {
		if (i)
			buf_puts(b, ", ");
		libraries[i](b);
	}
	buf_char(b, '\n');
	contain_describe(b);
}

static struct err *show(const struct io *io, const struct options *o, const struct command *c)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e;

	if (o->version)
		put_version(&b);
	else if (c)
		help_command(&b, c);
	else
		help_overview(&b);
	e = buf_check(&b, ERR_OUTPUT, "help");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}

/* Of a log that a job leaves: which program ran, and on which folder. */
static void tell_where(const struct io *io, const struct command *c)
{
	char *folder = getcwd(NULL, 0);

	log_verbose(&io->log, "%s: version " SCANDRIFT_VERSION ", build %s, in %s", c->name,
		    build_commit(), folder ? folder : "an unknown folder");
	free(folder);
}

static struct err *run(int argc, char **argv, struct io *io, struct arena *a, int *code)
{
	const struct command *command;
	struct options o;

	TRY(options_parse(argc, argv, a, &o, &command));
	io->log.level = o.quiet ? LOG_QUIET : o.verbose ? LOG_VERBOSE : LOG_NORMAL;
	io->has_colour = wants_colour(&o, io, io->out_is_terminal);
	io->log.has_colour = wants_colour(&o, io, io->err_is_terminal);
	if (o.help || o.version)
		return show(io, &o, command);
	for (size_t i = 0; i < o.dir_count; i++) {
		if (chdir(o.dirs[i]) != 0)
			return err_errno(ERR_USAGE, errno, "-C %s", o.dirs[i]);
	}
	tell_where(io, command);
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

/* What libcurl, or git, says of a proxy may repeat its password. */
static struct err *learn_proxies(const struct io *io)
{
	static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy",
					    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *url = io_env(io, names[i]);

		TRY(redact_learn_url(str_from(url ? url : "")));
	}
	return NULL;
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
	e = a ? learn_proxies(&io) : err_nomem();
	if (!e)
		e = run(argc, argv, &io, a, &code);
	if (e)
		code = exit_for_failure(code, (enum exit_code)io_fail(&io, e));
	arena_free(a);
	redact_forget();
	sha256_forget();
	hmac_forget();
	return code;
}
