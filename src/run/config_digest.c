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

struct err *digest_config(const struct config *c, struct arena *a, struct str *out)
{
	unsigned char bytes[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct sink s = {NULL, NULL};
	struct buf b = buf_stream(add, &s);
	struct err *e = sha256_new(&s.hash);
	char *text;

	if (!e)
		e = canonical_write_jcs(&b, c);
	buf_flush(&b);
	if (!e && s.failure)
		e = s.failure;
	else
		err_free(s.failure);
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "digest");
	if (!e)
		e = sha256_finish(s.hash, bytes);
	sha256_free(s.hash);
	buf_free(&b);
	if (e)
		return e;
	digest_hex(bytes, sizeof(bytes), hex);
	text = arena_printf(a, "sha256:%s", hex);
	*out = str_from(text);
	return text ? NULL : err_nomem();
}

struct err *digest_bytes(struct str bytes, struct arena *a, struct str *out)
{
	char hex[SHA256_HEX_SIZE];
	char *text;

	TRY(sha256_hex(bytes, hex));
	text = arena_printf(a, "sha256:%s", hex);
	*out = str_from(text);
	return text ? NULL : err_nomem();
}
