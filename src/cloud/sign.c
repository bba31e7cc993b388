/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/sign.h"

#include <string.h>

#include "base/buf.h"
#include "base/timeutil.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"

#define ALGORITHM "TC3-HMAC-SHA256"
#define SCOPE_END "tc3_request"

/* No header comes near it; a body is signed by its digest. */
#define TEXT_MAX (256u * 1024u)

#define HEADERS_MAX 16u

/* The signed headers, sorted by name. */
struct headers {
	struct {
		struct sign_header header;
		bool is_lowered;
	} at[HEADERS_MAX];
	size_t n;
};

/* A line break would let one header's value pass for another header. */
static struct err *check_line(const char *name, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return err_new(ERR_CONFIG, "%s: a control character cannot be signed",
				       name);
	return NULL;
}

static struct err *add_header(struct headers *h, const char *name, struct str value,
			      bool is_lowered)
{
	size_t i = h->n;

	TRY(check_line(name, value));
	if (h->n == HEADERS_MAX)
		return err_new(ERR_CONFIG, "%s: more than %u headers to sign", name, HEADERS_MAX);
	for (; i > 0 && strcmp(h->at[i - 1].header.name, name) > 0; i--)
		h->at[i] = h->at[i - 1];
	if (i > 0 && strcmp(h->at[i - 1].header.name, name) == 0)
		return err_new(ERR_CONFIG, "%s: signed twice", name);
	h->at[i].header = (struct sign_header){name, value};
	h->at[i].is_lowered = is_lowered;
	h->n++;
	return NULL;
}

/*
 * The vendor's documentation lower-cases every value, its clients sign content-type and host as
 * they are sent; a sender of lower-case values satisfies both. Extra headers follow the
 * documentation, whose worked example needs it.
 */
static struct err *collect_headers(const struct sign_request *r, struct headers *h)
{
	TRY(add_header(h, "content-type", r->content_type, false));
	TRY(add_header(h, "host", r->host, false));
	for (size_t i = 0; i < r->extra_count; i++)
		TRY(add_header(h, r->extra[i].name, r->extra[i].value, true));
	return NULL;
}

static void put_value(struct buf *b, struct str v, bool is_lowered)
{
	v = str_trim(v);
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		buf_char(b, is_lowered && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
	}
}

static void put_names(struct buf *b, const struct headers *h)
{
	for (size_t i = 0; i < h->n; i++) {
		if (i)
			buf_char(b, ';');
		buf_puts(b, h->at[i].header.name);
	}
}

/* Copies a finished buffer into the arena and frees it. */
static struct err *settle(struct arena *a, struct buf *b, struct str *out)
{
	struct err *e = buf_check(b, ERR_CONFIG, "request to sign");

	if (!e) {
		*out = arena_str(a, buf_view(b));
		if (!out->p)
			e = err_nomem();
	}
	if (b->p)
		secret_wipe(b->p, b->n); /* for the one that holds the signature */
	buf_free(b);
	return e;
}

static struct err *canonical_request(struct arena *a, const struct sign_request *r,
				     const struct headers *h, struct str *out)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	char digest[SHA256_HEX_SIZE];

	TRY(sha256_hex(r->body, digest));
	buf_str(&b, r->method.n ? r->method : STR("POST"));
	buf_puts(&b, "\n/\n");
	buf_str(&b, r->query);
	buf_char(&b, '\n');
	for (size_t i = 0; i < h->n; i++) {
		buf_puts(&b, h->at[i].header.name);
		buf_char(&b, ':');
		put_value(&b, h->at[i].header.value, h->at[i].is_lowered);
		buf_char(&b, '\n');
	}
	buf_char(&b, '\n');
	put_names(&b, h);
	buf_char(&b, '\n');
	buf_puts(&b, digest);
	return settle(a, &b, out);
}

static void put_scope(struct buf *b, const struct sign_request *r)
{
	char date[TIME_TEXT_SIZE];

	buf_puts(b, time_format_date(r->timestamp, date));
	buf_char(b, '/');
	buf_str(b, r->service);
	buf_puts(b, "/" SCOPE_END);
}

static struct err *string_to_sign(struct arena *a, const struct sign_request *r,
				  struct str canonical, struct str *out)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	char digest[SHA256_HEX_SIZE];

	TRY(sha256_hex(canonical, digest));
	buf_printf(&b, ALGORITHM "\n%lld\n", (long long)r->timestamp);
	put_scope(&b, r);
	buf_char(&b, '\n');
	buf_puts(&b, digest);
	return settle(a, &b, out);
}

/* Four steps of HMAC, each keyed by the one before. */
static struct err *sign(const struct sign_request *r, struct str text, char hex[SHA256_HEX_SIZE])
{
	struct str secret = secret_view(&r->credential->key);
	static const char prefix[] = {'T', 'C', '3'};
	char first[4096];
	unsigned char k[3][SHA256_SIZE], signature[SHA256_SIZE];
	char date[TIME_TEXT_SIZE];
	struct err *e;

	if (secret.n == 0 || secret.n > sizeof(first) - sizeof(prefix))
		return err_new(ERR_CONFIG, "the secret key is empty or too long to sign with");
	memcpy(first, prefix, sizeof(prefix));
	memcpy(first + sizeof(prefix), secret.p, secret.n);
	e = hmac_sha256((struct str){first, secret.n + sizeof(prefix)},
			str_from(time_format_date(r->timestamp, date)), k[0]);
	if (!e)
		e = hmac_sha256((struct str){(char *)k[0], SHA256_SIZE}, r->service, k[1]);
	if (!e)
		e = hmac_sha256((struct str){(char *)k[1], SHA256_SIZE}, STR(SCOPE_END), k[2]);
	if (!e)
		e = hmac_sha256((struct str){(char *)k[2], SHA256_SIZE}, text, signature);
	if (!e)
		digest_hex(signature, sizeof(signature), hex);
	secret_wipe(first, sizeof(first));
	secret_wipe(k, sizeof(k));
	return e;
}

static struct err *authorization(struct arena *a, const struct sign_request *r,
				 const struct headers *h, struct str text, struct str *out)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	struct str id = secret_view(&r->credential->id);
	char signature[SHA256_HEX_SIZE];

	TRY(check_line("secret id", id));
	TRY(sign(r, text, signature));
	buf_puts(&b, ALGORITHM " Credential=");
	buf_str(&b, id);
	buf_char(&b, '/');
	put_scope(&b, r);
	buf_puts(&b, ", SignedHeaders=");
	put_names(&b, h);
	buf_puts(&b, ", Signature=");
	buf_puts(&b, signature);
	return settle(a, &b, out);
}

struct err *sign_tc3(struct arena *a, const struct sign_request *r, struct sign_result *out)
{
	struct headers h = {0};
	struct sign_result res = {0};

	TRY(check_line("method", r->method));
	TRY(check_line("query", r->query));
	TRY(check_line("service", r->service));
	TRY(collect_headers(r, &h));
	TRY(canonical_request(a, r, &h, &res.canonical_request));
	TRY(string_to_sign(a, r, res.canonical_request, &res.string_to_sign));
	if (r->credential)
		TRY(authorization(a, r, &h, res.string_to_sign, &res.authorization));
	*out = res;
	return NULL;
}
