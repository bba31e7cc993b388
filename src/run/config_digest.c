/* SPDX-License-Identifier: Apache-2.0 */
#include "run/config_digest.h"

#include "crypto/digest.h"
#include "model/canonical.h"

struct sink {
	struct sha256 *hash;
	struct err *failure;
};

static bool add(void *ctx, const char *p, size_t n)
{
	struct sink *s = ctx;

	s->failure = sha256_add(s->hash, (struct str){p, n});
	return !s->failure;
}

struct err *digest_start(void)
{
	unsigned char bytes[SHA256_SIZE];

	return sha256(STR(""), bytes);
}

/* `e`: what went wrong while the text was written. */
static struct err *finish(struct sink *s, struct buf *b, struct err *e, struct arena *a,
			  struct str *out)
{
	unsigned char bytes[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	char *text;

	buf_flush(b);
	/* The writer knows only that there was one. */
	if (s->failure) {
		err_free(e);
		e = s->failure;
	}
	if (!e)
		e = buf_check(b, ERR_OUTPUT, "digest");
	if (!e)
		e = sha256_finish(s->hash, bytes);
	sha256_free(s->hash);
	buf_free(b);
	if (e)
		return e;
	digest_hex(bytes, sizeof(bytes), hex);
	text = arena_printf(a, "sha256:%s", hex);
	*out = str_from(text);
	return text ? NULL : err_nomem();
}

struct err *digest_config(const struct config *c, struct arena *a, struct str *out)
{
	struct sink s = {NULL, NULL};
	struct buf b = buf_stream(add, &s);
	struct err *e = sha256_new(&s.hash);

	if (!e)
		e = canonical_write_jcs(&b, c);
	return finish(&s, &b, e, a, out);
}

struct err *digest_loosenings(struct loosenings *list, struct arena *a, struct str *out,
			      size_t *count)
{
	struct sink s = {NULL, NULL};
	struct buf b = buf_stream(add, &s);
	struct err *e = sha256_new(&s.hash);

	if (!e)
		e = loosenings_write(list, &b, count);
	return finish(&s, &b, e, a, out);
}
