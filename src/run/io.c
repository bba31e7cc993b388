/* SPDX-License-Identifier: Apache-2.0 */
#include "run/io.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "result/exit.h"

static const char *process_env(void *ctx, const char *name)
{
	(void)ctx;
	return getenv(name);
}

struct io io_process(void)
{
	struct io io = {.out = stdout, .env = process_env};
	struct winsize size;

	io.log = (struct log){.out = stderr, .level = LOG_NORMAL};
	io.out_is_terminal = isatty(STDOUT_FILENO) == 1;
	io.err_is_terminal = isatty(STDERR_FILENO) == 1;
	if (io.out_is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		io.width = size.ws_col;
	return io;
}

const char *io_env(const struct io *io, const char *name)
{
	return io->env(io->env_ctx, name);
}

struct err *io_write(const struct io *io, struct str bytes)
{
	if ((bytes.n && fwrite(bytes.p, 1, bytes.n, io->out) != bytes.n) || fflush(io->out) != 0)
		return err_errno(ERR_OUTPUT, errno, "standard output");
	return NULL;
}

int io_fail(const struct io *io, struct err *e)
{
	char *text = err_text(e);
	int code = (int)exit_for_error(e);

	log_error(&io->log, "%s", text ? text : "out of memory");
	free(text);
	err_free(e);
	return code;
}
