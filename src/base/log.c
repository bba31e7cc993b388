/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"

#define LINE_MAX_BYTES (64u << 10)

static void line(const struct log *log, const char *prefix, const char *fmt, va_list ap)
	PRINTF(3, 0);

static void line(const struct log *log, const char *prefix, const char *fmt, va_list ap)
{
	struct buf shown = BUF_INIT(LINE_MAX_BYTES);
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	buf_puts(&shown, prefix);
	if (text)
		escape_terminal(&shown, str_from(text));
	/* An exit code without a word says nothing. No NUL is in the text: it would be escaped. */
	if (!text || shown.failed_memory)
		(void)fprintf(log->out, "%sout of memory: a message is lost\n", prefix);
	else
		(void)fprintf(log->out, "%s\n", shown.p);
	buf_free(&shown);
	free(text);
}

void log_error(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(log, "scandrift: ", fmt, ap);
	va_end(ap);
}

void log_warn(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(log, "scandrift: warning: ", fmt, ap);
	va_end(ap);
}

void log_note(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	line(log, "scandrift: ", fmt, ap);
	va_end(ap);
}

void log_verbose(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	line(log, "scandrift: ", fmt, ap);
	va_end(ap);
}
