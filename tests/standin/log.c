/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define VALUE_MAX 128

int log_open(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void add_time(struct buf *b)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (gmtime_r(&now.tv_sec, &tm))
		buf_printf(b, "%04d-%02d-%02dT%02d:%02d:%02d.%03ldZ", tm.tm_year + 1900,
			   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
			   now.tv_nsec / 1000000);
}

/* Outside text: what could break the line's form becomes '?', what is long is cut. */
static void add_value(struct buf *b, const char *key, struct span value)
{
	size_t n = value.n < VALUE_MAX ? value.n : VALUE_MAX;

	buf_printf(b, " %s=", key);
	if (n == 0)
		buf_add_str(b, "-");
	for (size_t i = 0; i < n; i++) {
		char c = ascii_lower(value.p[i]);
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			     (c != '\0' && strchr("-_.,:*", c));

		buf_add(b, plain ? &value.p[i] : "?", 1);
	}
}

void log_write(int fd, const struct log_entry *e)
{
	struct buf line = BUF_INIT(4096);
	ssize_t written = 0;

	if (fd < 0)
		return;
	add_time(&line);
	buf_printf(&line, " conn=%lu scheme=%s", e->connection, e->is_tls ? "https" : "http");
	add_value(&line, "method", e->method);
	add_value(&line, "action", e->action);
	add_value(&line, "id", e->secret_id);
	add_value(&line, "outcome", span_of(e->outcome));
	buf_printf(&line, " status=%d", e->status);
	add_value(&line, "request", span_of(e->request_id));
	add_value(&line, "faults", e->faults);
	buf_add_str(&line, "\n");
	/* One write, so that lines of two threads never mix. A full disk only costs the line. */
	if (buf_ok(&line))
		written = write(fd, line.p, line.n);
	(void)written;
	buf_free(&line);
}
