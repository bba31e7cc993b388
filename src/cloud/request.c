/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/request.h"

#include <string.h>

/* Lower case all through, so that both readings of how a value is signed agree; see sign.c. */
#define CONTENT_TYPE "application/json"

static void add(struct signed_request *s, const char *name, struct str value)
{
	if (value.n)
		s->headers[s->header_count++] = (struct http_header){name, value};
}

static struct str token_of(const struct fetch_request *r)
{
	return r->credential && !r->is_unsigned ? secret_view(&r->credential->token)
						: (struct str){0};
}

struct err *request_sign(const struct fetch_request *r, int64_t timestamp, struct arena *a,
			 struct signed_request *out)
{
	struct signed_request s = {0};
	const char *time = arena_printf(a, "%lld", (long long)timestamp);
	const struct sign_request to_sign = {
		.host = str_from(r->endpoint->host_sent),
		.content_type = STR(CONTENT_TYPE),
		.body = r->body,
		.service = str_from(r->service),
		.timestamp = timestamp,
		.credential = r->is_unsigned ? NULL : r->credential,
	};

	if (!time)
		return err_nomem();
	TRY(sign_tc3(a, &to_sign, &s.sign));
	add(&s, "Host", str_from(r->endpoint->host_sent));
	add(&s, "Content-Type", STR(CONTENT_TYPE));
	add(&s, "X-TC-Action", str_from(r->action));
	add(&s, "X-TC-Version", str_from(r->version));
	add(&s, "X-TC-Timestamp", str_from(time));
	add(&s, "X-TC-Region", str_from(r->region));
	add(&s, "X-TC-Language", str_from(r->language));
	add(&s, "X-TC-RequestClient", STR("scandrift/" SCANDRIFT_VERSION));
	add(&s, "X-TC-Token", token_of(r));
	add(&s, "Authorization", r->is_unsigned ? STR("SKIP") : s.sign.authorization);
	*out = s;
	return NULL;
}

void request_wipe(struct signed_request *s)
{
	/* The text is ours, in the arena: const only to those it is lent to. */
	if (s->sign.authorization.n)
		secret_wipe((char *)s->sign.authorization.p, s->sign.authorization.n);
}

/* --- for people --- */

static void put_title(struct buf *out, const char *title)
{
	buf_printf(out, "%s\n", title);
	for (size_t i = strlen(title); i > 0; i--)
		buf_char(out, '-');
	buf_char(out, '\n');
}

/* What it looks like without its signature, made anew from what is no secret. */
static void put_authorization(struct buf *out, const struct signed_request *s, const char *id)
{
	struct str sts = s->sign.string_to_sign;
	const char *scope = memchr(sts.p, '\n', sts.n); /* the scope is its third line */
	const char *end;

	scope = strchr(scope + 1, '\n') + 1;
	end = strchr(scope, '\n');
	buf_printf(out,
		   "Authorization: TC3-HMAC-SHA256 Credential=%s/%.*s, "
		   "SignedHeaders=content-type;host, Signature=<hidden>\n",
		   id, (int)(end - scope), scope);
}

static void put_headers(struct buf *out, const struct signed_request *s, const char *id)
{
	for (size_t i = 0; i < s->header_count; i++) {
		const struct http_header *h = &s->headers[i];

		if (strcmp(h->name, "Authorization") == 0)
			continue;
		buf_printf(out, "%s: ", h->name);
		if (strcmp(h->name, "X-TC-Token") == 0)
			buf_puts(out, "<hidden>");
		else
			buf_str(out, h->value);
		buf_char(out, '\n');
	}
	put_authorization(out, s, id);
}

struct err *fetch_show_request(const struct fetch_request *r, int64_t timestamp, struct arena *a,
			       struct buf *out)
{
	struct signed_request s;
	const char *id = r->credential ? credential_masked_id(r->credential, a) : "<none>";

	if (!id)
		return err_nomem();
	TRY(request_sign(r, timestamp, a, &s));
	put_title(out, "canonical request");
	buf_str(out, s.sign.canonical_request);
	buf_puts(out, "\n\n");
	put_title(out, "string to sign");
	buf_str(out, s.sign.string_to_sign);
	buf_puts(out, "\n\n");
	put_title(out, "request");
	buf_printf(out, "POST %s\n", r->endpoint->url);
	put_headers(out, &s, id);
	buf_char(out, '\n');
	buf_str(out, r->body);
	buf_char(out, '\n');
	request_wipe(&s);
	return NULL;
}
