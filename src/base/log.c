/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/escape.h"

#define LINE_MAX_BYTES (64u << 10)

enum tint { TINT_NONE, TINT_RED, TINT_YELLOW };

static const char *const tints[] = {"", "\033[31m", "\033[33m"};

static void line(const struct log *log, enum tint tint, const char *prefix, const char *fmt,
		 va_list ap) PRINTF(4, 0);

static void line(const struct log *log, enum tint tint, const char *prefix, const char *fmt,
		 va_list ap)
{
	bool is_tinted = log->has_colour && tint != TINT_NONE;
	struct buf shown = BUF_INIT(LINE_MAX_BYTES);
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	buf_puts(&shown, is_tinted ? tints[tint] : "");
	buf_puts(&shown, prefix);
	buf_puts(&shown, is_tinted ? "\033[0m " : " ");
	if (text)
		escape_terminal(&shown, str_from(text));
	/* An exit code without a word says nothing. No NUL is in the text: it would be escaped. */
	if (!text || shown.failed_memory)
		(void)fprintf(log->out, "%s out of memory: a message is lost\n", prefix);
	else
		(void)fprintf(log->out, "%s\n", shown.p);
	buf_free(&shown);
	free(text);
}

void log_error(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(log, TINT_RED, "scandrift:", fmt, ap);
	va_end(ap);
}

void log_warn(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	line(log, TINT_YELLOW, "scandrift: warning:", fmt, ap);
	va_end(ap);
}

void log_note(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_NORMAL)
		return;
	va_start(ap, fmt);
	line(log, TINT_NONE, "scandrift:", fmt, ap);
	va_end(ap);
}

void log_verbose(const struct log *log, const char *fmt, ...)
{
	va_list ap;

	if (log->level < LOG_VERBOSE)
		return;
	va_start(ap, fmt);
	line(log, TINT_NONE, "scandrift:", fmt, ap);
	va_end(ap);
}
