/* SPDX-License-Identifier: Apache-2.0 */
#include "verify.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "buf.h"

#define SIGNED_MAX    32 /* more signed headers than the API has common parameters */
#define CANONICAL_MAX ((size_t)256 * 1024)
#define HEX_SIZE      64
#define TIMESTAMP_MAX 1000000000000000LL /* far beyond any clock, far from overflow */

struct authorization {
	struct span secret_id, date, service, signed_headers, signature;
};

static struct verify_outcome refuse(struct verify_outcome o, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static struct verify_outcome refuse(struct verify_outcome o, const char *code, const char *fmt, ...)
{
	va_list ap;

	o.kind = VERIFY_REFUSED;
	o.code = code;
	va_start(ap, fmt);
	vsnprintf(o.message, sizeof(o.message), fmt, ap);
	va_end(ap);
	return o;
}

struct span header_get(const struct header *headers, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_equal_nocase(headers[i].name, name))
			return headers[i].value;
	}
	return (struct span){NULL, 0};
}

static struct span get(const struct verify_request *r, const char *name)
{
	return header_get(r->headers, r->headers_n, span_of(name));
}

/* Split strictly: one space behind the algorithm, comma and space between the parts. */
static bool parse_authorization(struct span s, struct authorization *a)
{
	struct span terminator;

	return span_skip(&s, "TC3-HMAC-SHA256 Credential=") && span_until(&s, '/', &a->secret_id) &&
	       span_until(&s, '/', &a->date) && span_until(&s, '/', &a->service) &&
	       span_until(&s, ',', &terminator) && span_is(terminator, "tc3_request") &&
	       span_skip(&s, " SignedHeaders=") && span_until(&s, ',', &a->signed_headers) &&
	       span_skip(&s, " Signature=") && (a->signature = s, true) && a->secret_id.n > 0 &&
	       a->service.n > 0 && a->signed_headers.n > 0;
}

struct span verify_claimed_id(const struct header *headers, size_t n)
{
	struct span s = header_get(headers, n, SPAN("Authorization")), id;

	if (s.p && span_skip(&s, "TC3-HMAC-SHA256 Credential=") && span_until(&s, '/', &id))
		return id;
	return (struct span){"", 0};
}

static bool is_lower_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	}
	return s.n == HEX_SIZE;
}

static bool is_header_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return s.n > 0;
}

static bool span_less(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = memcmp(a.p, b.p, n);

	return order < 0 || (order == 0 && a.n < b.n);
}

/* The signed names: lower case, in ASCII order, none twice. */
static bool split_names(struct span list, struct span *names, size_t *n)
{
	bool more;

	*n = 0;
	do {
		struct span name;

		more = span_until(&list, ';', &name);
		if (!more)
			name = list;
		if (*n == SIGNED_MAX || !is_header_name(name) ||
		    (*n > 0 && !span_less(names[*n - 1], name)))
			return false;
		names[(*n)++] = name;
	} while (more);
	return true;
}

static size_t count_headers(const struct verify_request *r, struct span name)
{
	size_t n = 0;

	for (size_t i = 0; i < r->headers_n; i++)
		n += span_equal_nocase(r->headers[i].name, name);
	return n;
}

static bool has_name(const struct span *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (span_is(names[i], name))
			return true;
	}
	return false;
}

static void format_date(int64_t timestamp, char out[16])
{
	time_t t = (time_t)timestamp;
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&t, &tm))
		strftime(out, 16, "%Y-%m-%d", &tm);
}

static bool service_known(const struct verify_policy *policy, struct span service)
{
	long long port;

	for (const char *const *s = policy->services; *s; s++) {
		if (span_is(service, *s))
			return true;
	}
	if (!policy->sdk_host_quirk)
		return false;
	return span_is(service, "127") || span_is(service, "localhost") ||
	       (span_skip(&service, "localhost:") && text_int(service, 1, 65535, &port));
}

static void add_hex(struct buf *b, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%02x", bytes[i]);
}

static bool add_sha256_hex(struct buf *b, struct span s)
{
	unsigned char md[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(s.n > 0 ? s.p : "", s.n, md, NULL, EVP_sha256(), NULL))
		return false;
	add_hex(b, md, 32);
	return true;
}

static int hex_value(char c)
{
	c = ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * RFC 3986 with upper-case hex whatever way the client wrote it. The order of parameters
 * is kept: nothing says that it is sorted.
 */
static void add_canonical_query(struct buf *b, struct span q)
{
	for (size_t i = 0; i < q.n; i++) {
		unsigned char c = (unsigned char)q.p[i];

		if (c == '&' || c == '=') {
			buf_add(b, &c, 1);
			continue;
		}
		if (c == '%' && i + 2 < q.n && hex_value(q.p[i + 1]) >= 0 &&
		    hex_value(q.p[i + 2]) >= 0) {
			c = (unsigned char)(hex_value(q.p[i + 1]) << 4 | hex_value(q.p[i + 2]));
			i += 2;
		}
		if (c != '\0' && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					"0123456789-._~",
					c))
			buf_add(b, &c, 1);
		else
			buf_printf(b, "%%%02X", c);
	}
}

/*
 * The documentation lower-cases every value; the SDKs, which sign only the first two, send
 * them verbatim. Both hold when those two are taken as received.
 */
static void add_header(struct buf *b, struct span name, struct span value, bool without_port)
{
	bool verbatim = span_is(name, "content-type") || span_is(name, "host");
	struct span host;

	if (without_port && span_is(name, "host") && span_until(&value, ':', &host))
		value = host;
	buf_add_span(b, name);
	buf_add_str(b, ":");
	for (size_t i = 0; i < value.n; i++) {
		char c = verbatim ? value.p[i] : ascii_lower(value.p[i]);

		buf_add(b, &c, 1);
	}
	buf_add_str(b, "\n");
}

/* What was learnt of a request on the way to the verdict. */
struct judged {
	const struct verify_request *r;
	const struct verify_policy *policy;
	struct span query, timestamp_text;
	long long timestamp;
	struct authorization a;
	struct span names[SIGNED_MAX];
	size_t names_n;
};

static bool add_canonical_request(struct buf *b, const struct judged *j, bool without_port)
{
	const struct verify_request *r = j->r;
	struct span unsigned_payload = SPAN("UNSIGNED-PAYLOAD");
	bool is_unsigned = span_equal(get(r, "X-TC-Content-SHA256"), unsigned_payload);

	buf_add_span(b, r->method);
	buf_add_str(b, "\n/\n");
	add_canonical_query(b, j->query);
	buf_add_str(b, "\n");
	for (size_t i = 0; i < j->names_n; i++) {
		struct span value = header_get(r->headers, r->headers_n, j->names[i]);

		add_header(b, j->names[i], value, without_port);
	}
	buf_add_str(b, "\n");
	buf_add_span(b, j->a.signed_headers);
	buf_add_str(b, "\n");
	return add_sha256_hex(b, is_unsigned ? unsigned_payload : r->body) && buf_ok(b);
}

static bool hmac(const unsigned char *key, size_t key_n, struct span text, unsigned char out[32])
{
	return HMAC(EVP_sha256(), key, (int)key_n, (const unsigned char *)text.p, text.n, out,
		    NULL) != NULL;
}

static bool signing_key(struct span secret_key, const struct authorization *a,
			unsigned char out[32])
{
	struct buf first = BUF_INIT(4096);
	unsigned char date_key[32], service_key[32];
	bool ok;

	buf_add_str(&first, "TC3");
	buf_add_span(&first, secret_key);
	ok = buf_ok(&first) && hmac((unsigned char *)first.p, first.n, a->date, date_key) &&
	     hmac(date_key, 32, a->service, service_key) &&
	     hmac(service_key, 32, SPAN("tc3_request"), out);
	buf_free(&first);
	OPENSSL_cleanse(date_key, sizeof(date_key));
	OPENSSL_cleanse(service_key, sizeof(service_key));
	return ok;
}

static bool signature_matches(const struct authorization *a, struct span secret_key,
			      struct span timestamp, struct span canonical)
{
	struct buf text = BUF_INIT(1024), hex = BUF_INIT(HEX_SIZE);
	unsigned char key[32], mac[32];
	bool ok;

	buf_add_str(&text, "TC3-HMAC-SHA256\n");
	buf_add_span(&text, timestamp);
	buf_add_str(&text, "\n");
	buf_add_span(&text, a->date);
	buf_add_str(&text, "/");
	buf_add_span(&text, a->service);
	buf_add_str(&text, "/tc3_request\n");
	ok = add_sha256_hex(&text, canonical) && buf_ok(&text) && signing_key(secret_key, a, key) &&
	     hmac(key, sizeof(key), buf_span(&text), mac);
	if (ok) {
		add_hex(&hex, mac, sizeof(mac));
		ok = buf_ok(&hex) && a->signature.n == hex.n &&
		     CRYPTO_memcmp(hex.p, a->signature.p, hex.n) == 0;
	}
	OPENSSL_cleanse(key, sizeof(key));
	buf_free(&text);
	buf_free(&hex);
	return ok;
}

static bool token_matches(const struct verify_key *key, struct span token)
{
	if (!key->is_temporary)
		return !token.p; /* with a permanent key it must not be set */
	return token.p && token.n == key->token.n &&
	       CRYPTO_memcmp(token.p, key->token.p, token.n) == 0;
}

/* Every header that must be there, in the order in which the API names them. */
static const char *missing_header(const struct verify_request *r)
{
	static const struct {
		const char *header, *parameter;
	} required[] = {
		{"X-TC-Action", "Action"},       {"X-TC-Version", "Version"},
		{"X-TC-Timestamp", "Timestamp"}, {"Host", "Host"},
		{"Content-Type", "ContentType"}, {"Authorization", "Authorization"},
	};

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		if (get(r, required[i].header).n == 0)
			return required[i].parameter;
	}
	return NULL;
}

static bool content_type_fits(const struct verify_request *r)
{
	struct span type = get(r, "Content-Type"), head;

	if (span_until(&type, ';', &head))
		type = span_trim(head);
	return span_equal_nocase(type, span_is(r->method, "GET")
					       ? SPAN("application/x-www-form-urlencoded")
					       : SPAN("application/json"));
}

/* The request's form, whoever sent it. */
static struct verify_outcome check_form(struct judged *j, struct verify_outcome o)
{
	const struct verify_request *r = j->r;
	struct span path;

	if (!span_is(r->method, "POST") && !span_is(r->method, "GET"))
		return refuse(o, "UnsupportedProtocol", "The request method is not supported.");
	j->query = r->target;
	if (!span_until(&j->query, '?', &path)) {
		path = r->target;
		j->query.n = 0;
	}
	if (!span_is(path, "/") || (span_is(r->method, "POST") && j->query.n > 0))
		return refuse(o, "InvalidRequest", "The request path is not `/`.");
	if (missing_header(r))
		return refuse(o, "MissingParameter",
			      "The request is missing a required parameter `%s`.",
			      missing_header(r));
	if (!content_type_fits(r))
		return refuse(o, "InvalidRequest", "The content type is not supported.");
	j->timestamp_text = get(r, "X-TC-Timestamp");
	if (!text_int(j->timestamp_text, 1, TIMESTAMP_MAX, &j->timestamp))
		return refuse(o, "InvalidParameterValue",
			      "The value of `Timestamp` is not a time.");
	return o;
}

/* The Authorization header by itself and against the headers that it claims to cover. */
static struct verify_outcome check_authorization(struct judged *j, struct verify_outcome o)
{
	struct authorization *a = &j->a;

	if (!parse_authorization(get(j->r, "Authorization"), a) || !is_lower_hex(a->signature))
		return refuse(o, "AuthFailure.InvalidAuthorization",
			      "The Authorization header is not in accordance with the standard.");
	o.secret_id = a->secret_id;
	o.service = a->service;
	if (!split_names(a->signed_headers, j->names, &j->names_n) ||
	    !has_name(j->names, j->names_n, "content-type") ||
	    !has_name(j->names, j->names_n, "host"))
		return refuse(
			o, "AuthFailure.InvalidAuthorization",
			"SignedHeaders must name content-type and host, sorted, in lower case.");
	for (size_t i = 0; i < j->names_n; i++) {
		if (count_headers(j->r, j->names[i]) != 1)
			return refuse(o, "AuthFailure.InvalidAuthorization",
				      "The signed header `%.*s` is not there once.",
				      (int)j->names[i].n, j->names[i].p);
	}
	return o;
}

/* Time, date and service, which are judged before the key is looked at. */
static struct verify_outcome check_scope(const struct judged *j, int64_t now,
					 struct verify_outcome o)
{
	char date[16];

	if (j->timestamp < now - j->policy->window_s || j->timestamp > now + j->policy->window_s)
		return refuse(o, "AuthFailure.SignatureExpire",
			      "Signature expired, please check your local time.");
	format_date(j->timestamp, date);
	if (!span_is(j->a.date, date))
		return refuse(o, "AuthFailure.InvalidAuthorization",
			      "The credential's date is not that of the timestamp, %s in UTC.",
			      date);
	if (!service_known(j->policy, j->a.service))
		return refuse(o, "AuthFailure.InvalidAuthorization",
			      "The credential's service is not served here.");
	return o;
}

static bool signature_holds(const struct judged *j, struct span secret_key, bool without_port)
{
	struct buf canonical = BUF_INIT(CANONICAL_MAX);
	bool ok = add_canonical_request(&canonical, j, without_port) &&
		  signature_matches(&j->a, secret_key, j->timestamp_text, buf_span(&canonical));

	buf_free(&canonical);
	return ok;
}

static struct verify_outcome check_key(const struct judged *j, verify_lookup *lookup, void *ctx,
				       struct verify_outcome o)
{
	struct verify_key key = {0};

	if (!lookup(ctx, j->a.secret_id, &key))
		return refuse(o, "AuthFailure.SecretIdNotFound",
			      "The SecretId is not found, please ensure that it is correct.");
	if (!signature_holds(j, key.secret_key, false) &&
	    !(j->policy->host_port_optional && signature_holds(j, key.secret_key, true)))
		return refuse(o, "AuthFailure.SignatureFailure",
			      "The provided credentials could not be validated. Please check your "
			      "signature is correct.");
	/* The token is not signed: it only has to belong to the key. */
	if (!token_matches(&key, get(j->r, "X-TC-Token")))
		return refuse(o, "AuthFailure.TokenFailure",
			      "The token is not that of the temporary key.");
	return o;
}

struct verify_outcome verify(const struct verify_request *r, const struct verify_policy *policy,
			     int64_t now, verify_lookup *lookup, void *ctx)
{
	struct verify_outcome o = {.kind = VERIFY_SIGNED, .secret_id = {"", 0}, .service = {"", 0}};
	struct judged j = {.r = r, .policy = policy};

	o = check_form(&j, o);
	if (o.kind == VERIFY_SIGNED && span_is(get(r, "Authorization"), "SKIP"))
		o.kind = VERIFY_UNSIGNED;
	if (o.kind == VERIFY_SIGNED)
		o = check_authorization(&j, o);
	if (o.kind == VERIFY_SIGNED)
		o = check_scope(&j, now, o);
	if (o.kind == VERIFY_SIGNED)
		o = check_key(&j, lookup, ctx, o);
	return o;
}
