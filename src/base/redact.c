/* SPDX-License-Identifier: Apache-2.0 */
#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/grow.h"
#include "base/secret.h"

#define MASK     "****"
#define TEXT_MAX ((size_t)1 << 20)
#define URL_MAX  4096u
#define RESERVED ":/?#[]@!$&'()*+,;=%\"<>\\^`{|}~ \t\r\n"

static struct {
	struct secret *v;
	size_t n, cap;
} learned;

/* The end of the user and password of a URL whose "://" ends at `at`; 0: there is none. */
static size_t userinfo_end(struct str text, size_t at)
{
	size_t end = 0;

	for (size_t i = at; i < text.n && !strchr(" \t\r\n\"'<>", text.p[i]); i++)
		if (text.p[i] == '@')
			end = i;
	return end;
}

static bool ends_scheme(struct str text, size_t at)
{
	return at >= 3 && memcmp(text.p + at - 3, "://", 3) == 0;
}

/* Where what may not be told ends, that begins at `at`; `at` itself: nothing does. */
static size_t hidden_end(struct str text, size_t at)
{
	size_t end = ends_scheme(text, at) ? userinfo_end(text, at) : 0;

	return end ? end : at + secret_match(text, at);
}

char *redact(struct str text)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	size_t hidden = 0, n;

	/* Looked for within what is hidden too, since two that overlap are longer than each. */
	for (size_t i = 0; i < text.n; i++) {
		size_t end = hidden_end(text, i);

		if (i >= hidden && end > i)
			buf_puts(&b, MASK);
		else if (i >= hidden)
			buf_add(&b, text.p + i, 1);
		hidden = end > hidden ? end : hidden;
	}
	buf_add(&b, "", 1);
	if (!b.failed_memory && !b.failed_ceiling)
		return buf_take(&b, &n);
	buf_free(&b);
	return NULL;
}

static struct err *learn(struct str part)
{
	struct secret *v;

	if (!part.n)
		return NULL;
	v = grow(learned.v, learned.n, &learned.cap, sizeof(*v));
	if (!v)
		return err_nomem();
	learned.v = v;
	learned.v[learned.n] = (struct secret){0};
	TRY(secret_set(&learned.v[learned.n], part));
	learned.n++;
	return NULL;
}

static struct err *learn_parts(struct str s)
{
	size_t from = 0;

	TRY(learn(s));
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && !strchr(RESERVED, s.p[i]))
			continue;
		TRY(learn((struct str){s.p + from, i - from}));
		from = i + 1;
	}
	return NULL;
}

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Both as they are and decoded. */
static struct err *learn_both(struct str s)
{
	char decoded[URL_MAX];
	size_t n = 0;
	struct err *e;

	TRY(learn_parts(s));
	for (size_t i = 0; i < s.n && n < sizeof(decoded); i++) {
		if (s.p[i] == '%' && s.n - i > 2 && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			decoded[n++] = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		} else {
			decoded[n++] = s.p[i];
		}
	}
	e = n == s.n ? NULL : learn_parts((struct str){decoded, n});
	secret_wipe(decoded, n);
	return e;
}

struct err *redact_learn_url(struct str url)
{
	const char *scheme = url.n ? memmem(url.p, url.n, "://", 3) : NULL;
	const char *at = url.n ? memrchr(url.p, '@', url.n) : NULL, *colon;
	struct str info, user;

	if (!at || url.n > URL_MAX)
		return NULL;
	info.p = scheme && scheme < at ? scheme + 3 : url.p;
	info.n = (size_t)(at - info.p);
	colon = info.n ? memchr(info.p, ':', info.n) : NULL;
	user = (struct str){info.p, colon ? (size_t)(colon - info.p) : info.n};
	TRY(learn(info));
	TRY(learn_both(user));
	return colon ? learn_both((struct str){colon + 1, info.n - user.n - 1}) : NULL;
}

void redact_forget(void)
{
	for (size_t i = 0; i < learned.n; i++)
		secret_clear(&learned.v[i]);
	free(learned.v);
	learned.v = NULL;
	learned.n = learned.cap = 0;
}
