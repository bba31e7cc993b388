/* SPDX-License-Identifier: Apache-2.0 */
#include "run/progress.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH    30u
#define PAUSE_MS 100u

static uint64_t now_ms(void)
{
	struct timespec t = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct progress progress_on(const struct io *io, size_t total)
{
	const char *term = io_env(io, "TERM");
	bool is_terminal = io->log.out && isatty(fileno(io->log.out)) == 1;

	if (total < 2 || !is_terminal || io->log.level == LOG_QUIET ||
	    (term && strcmp(term, "dumb") == 0))
		return (struct progress){0};
	return (struct progress){.out = io->log.out, .total = total, .drawn_ms = now_ms()};
}

void progress_show(struct progress *p, size_t done, size_t failed)
{
	char bar[WIDTH + 1];
	size_t filled;

	if (!p->out || now_ms() - p->drawn_ms < PAUSE_MS)
		return;
	p->drawn_ms = now_ms();
	p->is_shown = true;
	filled = done * WIDTH / p->total;
	memset(bar, '=', filled);
	memset(bar + filled, ' ', WIDTH - filled);
	bar[WIDTH] = '\0';
	(void)fprintf(p->out, "\r[%s] %zu/%zu", bar, done, p->total);
	if (failed)
		(void)fprintf(p->out, ", %zu not fetched", failed);
	(void)fflush(p->out);
}

void progress_hide(struct progress *p)
{
	if (!p->is_shown)
		return;
	p->is_shown = false;
	(void)fputs("\r\033[K", p->out);
	(void)fflush(p->out);
}
