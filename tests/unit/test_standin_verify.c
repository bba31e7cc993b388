/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The stand-in's verifier against requests that the vendor's SDK put on the wire and the
 * vendor's published examples: all accepted as they are, none with one bit changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "standin/verify.h"
#include "data.h"

#define SAMPLES_MAX 64
#define HEADERS_MAX 24
#define FLIPS_MAX   1024 /* in a large body; each costs a hash of all of it */

struct text {
	char *p;
	size_t n;
};

/* One request with all that is needed to judge it; its bytes may be changed in place. */
struct sample {
	const char *id;
	const char *method, *target;
	const char *signed_host;
	struct text values[HEADERS_MAX];
	struct header headers[HEADERS_MAX];
	size_t headers_n;
	struct text body, secret_key;
	const char *secret_id, *token;
	int64_t now;
};

static struct json_object *files[2];
static struct sample samples[SAMPLES_MAX];
static size_t samples_n;

static const char *const services[] = {"tcss", "sts", "cloudaudit", "cvm", NULL};
static const struct verify_policy strict = {.services = services, .window_s = 300};
static const struct verify_policy lenient = {
	.services = services,
	.window_s = 300,
	.sdk_host_quirk = true,
	.host_port_optional = true,
};

static struct text copy(const void *bytes, size_t n)
{
	struct text t = {malloc(n + 1), n};

	assert_non_null(t.p);
	if (n > 0)
		memcpy(t.p, bytes, n);
	t.p[n] = '\0';
	return t;
}

static struct text copy_str(const char *s)
{
	return copy(s, strlen(s));
}

static struct json_object *member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	json_object_object_get_ex(o, name, &v);
	return v;
}

/* NULL for an absent member and for null. */
static const char *string(struct json_object *o, const char *name)
{
	struct json_object *v = member(o, name);

	return v ? json_object_get_string(v) : NULL;
}

static struct text decode_base64(const char *s)
{
	size_t n = strlen(s), padding = 0;
	struct text t = copy(s, n);

	while (padding < n && s[n - 1 - padding] == '=')
		padding++;
	if (n > 0)
		assert_true(EVP_DecodeBlock((unsigned char *)t.p, (const unsigned char *)s,
					    (int)n) >= 0);
	t.n = n / 4 * 3 - padding;
	return t;
}

static struct text read_file(const char *name)
{
	char below[64], path[DATA_PATH_MAX];
	struct stat st;
	struct text t;
	FILE *f;

	(void)snprintf(below, sizeof(below), "vectors/tc3/%s", name);
	f = fopen(data_path(path, below), "rb");
	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	t = (struct text){calloc(1, (size_t)st.st_size + 1), (size_t)st.st_size};
	assert_non_null(t.p);
	assert_int_equal(fread(t.p, 1, t.n, f), t.n);
	fclose(f);
	return t;
}

static void add_header(struct sample *s, const char *name, const char *value)
{
	assert_true(s->headers_n < HEADERS_MAX);
	s->values[s->headers_n] = copy_str(value);
	s->headers[s->headers_n].name = span_of(name);
	s->headers[s->headers_n].value =
		(struct span){s->values[s->headers_n].p, s->values[s->headers_n].n};
	s->headers_n++;
}

static void load_sdk(struct json_object *file)
{
	struct json_object *list = member(file, "vectors");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		struct json_object *in = member(v, "input"), *sent = member(v, "sent");
		struct json_object *headers = member(sent, "headers");
		struct sample *s = &samples[samples_n++];

		assert_true(samples_n <= SAMPLES_MAX);
		s->id = string(v, "id");
		s->method = string(in, "method");
		s->target = string(sent, "request_target");
		s->signed_host = string(v, "signed_host");
		s->secret_id = string(in, "secret_id");
		s->secret_key = copy_str(string(in, "secret_key"));
		s->token = string(in, "token");
		s->now = json_object_get_int64(member(in, "timestamp"));
		for (size_t h = 0; h < json_object_array_length(headers); h++) {
			struct json_object *pair = json_object_array_get_idx(headers, h);

			add_header(s, json_object_get_string(json_object_array_get_idx(pair, 0)),
				   json_object_get_string(json_object_array_get_idx(pair, 1)));
		}
		s->body = string(sent, "body_file") ? read_file(string(sent, "body_file"))
						    : decode_base64(string(sent, "body_base64"));
		assert_int_equal(s->body.n, json_object_get_int64(member(sent, "body_bytes")));
	}
}

static void load_published(struct json_object *file)
{
	struct json_object *list = member(file, "vectors");

	for (size_t i = 0; i < json_object_array_length(list); i++) {
		struct json_object *v = json_object_array_get_idx(list, i);
		struct sample *s = &samples[samples_n++];

		assert_true(samples_n <= SAMPLES_MAX);
		s->id = string(v, "id");
		s->method = string(v, "method");
		s->target = "/";
		s->signed_host = string(v, "host");
		s->secret_id = string(v, "secret_id");
		s->secret_key = copy_str(string(v, "secret_key"));
		s->now = json_object_get_int64(member(v, "timestamp"));
		add_header(s, "Host", string(v, "host"));
		add_header(s, "Content-Type", string(v, "content_type"));
		add_header(s, "X-TC-Action", string(v, "action"));
		add_header(s, "X-TC-Version", string(v, "version"));
		add_header(s, "X-TC-Region", string(v, "region"));
		add_header(s, "X-TC-Timestamp", string(v, "timestamp"));
		add_header(s, "Authorization", string(v, "authorization"));
		s->body = decode_base64(string(v, "body_base64"));
	}
}

static int load(void **state)
{
	char path[DATA_PATH_MAX];

	(void)state;
	files[0] = json_object_from_file(data_path(path, "vectors/tc3/sdk-node.json"));
	files[1] = json_object_from_file(data_path(path, "vectors/tc3/published.json"));
	if (!files[0] || !files[1])
		return -1;
	load_sdk(files[0]);
	load_published(files[1]);
	assert_int_equal(samples_n, 28);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	for (size_t i = 0; i < samples_n; i++) {
		for (size_t h = 0; h < samples[i].headers_n; h++)
			free(samples[i].values[h].p);
		free(samples[i].body.p);
		free(samples[i].secret_key.p);
	}
	json_object_put(files[0]);
	json_object_put(files[1]);
	return 0;
}

static bool lookup(void *ctx, struct span id, struct verify_key *out)
{
	const struct sample *s = ctx;

	out->secret_key = (struct span){s->secret_key.p, s->secret_key.n};
	out->is_temporary = s->token != NULL;
	out->token = span_of(s->token ? s->token : "");
	return span_is(id, s->secret_id);
}

static struct verify_outcome judge_at(struct sample *s, const struct verify_policy *policy,
				      int64_t now)
{
	struct verify_request r = {
		.method = span_of(s->method),
		.target = span_of(s->target),
		.headers = s->headers,
		.headers_n = s->headers_n,
		.body = {s->body.p, s->body.n},
	};

	return verify(&r, policy, now, lookup, s);
}

static struct verify_outcome judge(struct sample *s, const struct verify_policy *policy)
{
	return judge_at(s, policy, s->now);
}

static struct sample *find(const char *id)
{
	for (size_t i = 0; i < samples_n; i++) {
		if (strcmp(samples[i].id, id) == 0)
			return &samples[i];
	}
	fail_msg("no vector %s", id);
	return NULL;
}

static size_t header_index(const struct sample *s, const char *name)
{
	for (size_t i = 0; i < s->headers_n; i++) {
		if (span_equal_nocase(s->headers[i].name, span_of(name)))
			return i;
	}
	fail_msg("%s: no header %s", s->id, name);
	return 0;
}

static bool is_signed_sample(const struct sample *s)
{
	return s->signed_host != NULL;
}

static void expect(const struct sample *s, struct verify_outcome o, const char *code)
{
	if (code && (o.kind != VERIFY_REFUSED || strcmp(o.code, code) != 0))
		fail_msg("%s: got %s, not %s", s->id,
			 o.kind == VERIFY_REFUSED ? o.code : "accepted", code);
	if (!code && o.kind != VERIFY_SIGNED)
		fail_msg("%s: not accepted: %s", s->id,
			 o.kind == VERIFY_REFUSED ? o.message : "unsigned");
}

/* What a strict server makes of the vectors; NULL: accepted. */
static const struct exception {
	const char *id, *strict_code, *quirk_code, *port_code;
} exceptions[] = {
	/* The scope's service is made of the host: no strict server knows it. */
	{"24-host-with-port", "AuthFailure.InvalidAuthorization", "AuthFailure.SignatureFailure",
	 "AuthFailure.InvalidAuthorization"},
	/* The port is sent, but not signed. */
	{"25-name-with-port", "AuthFailure.SignatureFailure", "AuthFailure.SignatureFailure", NULL},
};

static const struct exception *exception_of(const struct sample *s)
{
	static const struct exception none = {NULL, NULL, NULL, NULL};

	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
		if (strcmp(exceptions[i].id, s->id) == 0)
			return &exceptions[i];
	}
	return &none;
}

static void test_vectors_are_accepted(void **state)
{
	struct verify_policy quirk = strict, port = strict;

	(void)state;
	quirk.sdk_host_quirk = true;
	port.host_port_optional = true;
	for (size_t i = 0; i < samples_n; i++) {
		struct sample *s = &samples[i];
		const struct exception *e = exception_of(s);

		if (!is_signed_sample(s))
			continue;
		expect(s, judge(s, &strict), e->strict_code);
		expect(s, judge(s, &quirk), e->quirk_code);
		expect(s, judge(s, &port), e->port_code);
		expect(s, judge(s, &lenient), NULL);
	}
}

static void test_unsigned_is_told_apart(void **state)
{
	struct sample *s;

	(void)state;
	s = find("22-sts-web-identity-unsigned");
	assert_false(is_signed_sample(s));
	assert_int_equal(judge(s, &strict).kind, VERIFY_UNSIGNED);
	assert_int_equal(judge(s, &lenient).kind, VERIFY_UNSIGNED);
}

/* Each bit (or, of many, a sample) of p[0..n) is turned once; none may pass. */
static void flip_bits(struct sample *s, const char *part, char *p, size_t n)
{
	size_t step = n * 8 > FLIPS_MAX ? (n * 8 / FLIPS_MAX) | 1 : 1;

	for (size_t bit = 0; bit < n * 8; bit += step) {
		struct verify_outcome o;

		p[bit / 8] = (char)(p[bit / 8] ^ (1 << bit % 8));
		o = judge(s, &lenient);
		p[bit / 8] = (char)(p[bit / 8] ^ (1 << bit % 8));
		if (o.kind != VERIFY_REFUSED)
			fail_msg("%s: %s: accepted with bit %zu turned", s->id, part, bit);
	}
	expect(s, judge(s, &lenient), NULL);
}

static void flip_in_header(struct sample *s, const char *name, const char *after, size_t n)
{
	char *p = s->values[header_index(s, name)].p;
	char *at = *after ? strstr(p, after) : p;

	assert_non_null(at);
	at += strlen(after);
	assert_true(n <= strlen(at));
	flip_bits(s, *after ? after : name, at, n);
}

static void test_one_bit_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < samples_n; i++) {
		struct sample *s = &samples[i];
		char before_date[256];

		if (!is_signed_sample(s))
			continue;
		snprintf(before_date, sizeof(before_date), "Credential=%s/", s->secret_id);
		flip_bits(s, "body", s->body.p, s->body.n);
		flip_bits(s, "key", s->secret_key.p, s->secret_key.n);
		/* Without the port, which the SDK leaves out of what it signs. */
		flip_in_header(s, "Host", "", strlen(s->signed_host));
		flip_in_header(s, "Content-Type", "", s->values[header_index(s, "Content-Type")].n);
		flip_in_header(s, "X-TC-Timestamp", "",
			       s->values[header_index(s, "X-TC-Timestamp")].n);
		flip_in_header(s, "Authorization", "Credential=", strlen(s->secret_id));
		flip_in_header(s, "Authorization", before_date, strlen("YYYY-MM-DD"));
		flip_in_header(s, "Authorization", "Signature=", 64);
	}
}

static void test_a_longer_body_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < samples_n; i++) {
		struct sample *s = &samples[i];

		if (!is_signed_sample(s))
			continue;
		s->body.n++; /* the byte behind it is there: all that makes a body leaves one */
		expect(s, judge(s, &lenient), "AuthFailure.SignatureFailure");
		s->body.n--;
	}
}

static void test_the_window_is_five_minutes(void **state)
{
	(void)state;
	for (size_t i = 0; i < samples_n; i++) {
		struct sample *s = &samples[i];

		if (!is_signed_sample(s))
			continue;
		expect(s, judge_at(s, &lenient, s->now + 300), NULL);
		expect(s, judge_at(s, &lenient, s->now - 300), NULL);
		expect(s, judge_at(s, &lenient, s->now + 301), "AuthFailure.SignatureExpire");
		expect(s, judge_at(s, &lenient, s->now - 301), "AuthFailure.SignatureExpire");
	}
}

#define AUTH(scope, names)                                                           \
	"TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000/" scope ", SignedHeaders=" names \
	", Signature=65a397a808a3137d7832410fa5c75b9a4649cc0708d181d35afa2090547b2ea7"
#define SCOPE "2025-12-31/tcss/tc3_request"
#define NAMES "content-type;host"

/* Vector 01 with one header replaced (NULL: left out) gets this code. */
static const struct {
	const char *name, *header, *value, *code;
} edits[] = {
	{"nothing", "Accept", "*/*", NULL},
	{"the same again", "Authorization", AUTH(SCOPE, NAMES), NULL},
	{"no action", "X-TC-Action", NULL, "MissingParameter"},
	{"no version", "X-TC-Version", NULL, "MissingParameter"},
	{"no timestamp", "X-TC-Timestamp", NULL, "MissingParameter"},
	{"no authorization", "Authorization", NULL, "MissingParameter"},
	{"no host", "Host", NULL, "MissingParameter"},
	{"no content type", "Content-Type", NULL, "MissingParameter"},
	{"form in a POST", "Content-Type", "application/x-www-form-urlencoded", "InvalidRequest"},
	{"other charset", "Content-Type", "application/json; charset=utf-8",
	 "AuthFailure.SignatureFailure"},
	{"timestamp with junk", "X-TC-Timestamp", "1767207617.0", "InvalidParameterValue"},
	{"timestamp with sign", "X-TC-Timestamp", "+1767207617", "InvalidParameterValue"},
	{"negative timestamp", "X-TC-Timestamp", "-1767207617", "InvalidParameterValue"},
	{"timestamp in milliseconds", "X-TC-Timestamp", "1767207617000",
	 "AuthFailure.SignatureExpire"},
	{"timestamp beyond 64 bits", "X-TC-Timestamp", "18446744073709551617",
	 "InvalidParameterValue"},
	{"timestamp of the next second", "X-TC-Timestamp", "1767207618",
	 "AuthFailure.SignatureFailure"},
	{"unsigned payload claimed", "X-TC-Content-SHA256", "UNSIGNED-PAYLOAD",
	 "AuthFailure.SignatureFailure"},
	{"surplus token", "X-TC-Token", "token", "AuthFailure.TokenFailure"},
	{"older algorithm", "Authorization", "HmacSHA256 Credential=x",
	 "AuthFailure.InvalidAuthorization"},
	{"empty scope", "Authorization", AUTH("//tc3_request", NAMES),
	 "AuthFailure.InvalidAuthorization"},
	{"the next day", "Authorization", AUTH("2026-01-01/tcss/tc3_request", NAMES),
	 "AuthFailure.InvalidAuthorization"},
	{"another service", "Authorization", AUTH("2025-12-31/cls/tc3_request", NAMES),
	 "AuthFailure.InvalidAuthorization"},
	{"a served, but other one", "Authorization", AUTH("2025-12-31/sts/tc3_request", NAMES),
	 "AuthFailure.SignatureFailure"},
	{"a terminator of another vendor", "Authorization",
	 AUTH("2025-12-31/tcss/aws4_request", NAMES), "AuthFailure.InvalidAuthorization"},
	{"host not signed", "Authorization", AUTH(SCOPE, "content-type"),
	 "AuthFailure.InvalidAuthorization"},
	{"content type not signed", "Authorization", AUTH(SCOPE, "host"),
	 "AuthFailure.InvalidAuthorization"},
	{"names not sorted", "Authorization", AUTH(SCOPE, "host;content-type"),
	 "AuthFailure.InvalidAuthorization"},
	{"names in upper case", "Authorization", AUTH(SCOPE, "Content-Type;Host"),
	 "AuthFailure.InvalidAuthorization"},
	{"a name twice", "Authorization", AUTH(SCOPE, "content-type;host;host"),
	 "AuthFailure.InvalidAuthorization"},
	{"an empty name", "Authorization", AUTH(SCOPE, "content-type;host;"),
	 "AuthFailure.InvalidAuthorization"},
	{"a name that was not sent", "Authorization", AUTH(SCOPE, "content-type;host;x-tc-region"),
	 "AuthFailure.InvalidAuthorization"},
	{"one more name", "Authorization", AUTH(SCOPE, "content-type;host;x-tc-action"),
	 "AuthFailure.SignatureFailure"},
	{"no space behind the comma", "Authorization",
	 "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000/" SCOPE ",SignedHeaders=" NAMES
	 ",Signature=65a397a808a3137d7832410fa5c75b9a4649cc0708d181d35afa2090547b2ea7",
	 "AuthFailure.InvalidAuthorization"},
	{"signature in upper case", "Authorization",
	 "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000/" SCOPE ", SignedHeaders=" NAMES
	 ", Signature=65A397A808A3137D7832410FA5C75B9A4649CC0708D181D35AFA2090547B2EA7",
	 "AuthFailure.InvalidAuthorization"},
	{"short signature", "Authorization",
	 "TC3-HMAC-SHA256 Credential=AKIDEXAMPLE0000/" SCOPE ", SignedHeaders=" NAMES
	 ", Signature=65a397a8",
	 "AuthFailure.InvalidAuthorization"},
};

static void test_edits_get_their_codes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct sample s = *find("01-describe-minimal");
		size_t at = s.headers_n;

		s.id = edits[i].name;
		for (size_t h = 0; h < s.headers_n; h++) {
			if (span_equal_nocase(s.headers[h].name, span_of(edits[i].header)))
				at = h;
		}
		if (at == s.headers_n)
			s.headers[s.headers_n++].name = span_of(edits[i].header);
		if (edits[i].value)
			s.headers[at].value = span_of(edits[i].value);
		else
			s.headers[at].name = SPAN("X-Other");
		expect(&s, judge(&s, &strict), edits[i].code);
	}
}

static void test_request_lines_are_judged(void **state)
{
	static const struct {
		const char *vector, *method, *target, *code;
	} rows[] = {
		{"01-describe-minimal", "PUT", "/", "UnsupportedProtocol"},
		{"01-describe-minimal", "post", "/", "UnsupportedProtocol"},
		{"01-describe-minimal", "POST", "/x", "InvalidRequest"},
		{"01-describe-minimal", "POST", "/?a=b", "InvalidRequest"},
		{"20-get-with-query", "GET", "/?Limit=10&Offset=1", "AuthFailure.SignatureFailure"},
		{"20-get-with-query", "GET", "/?Offset=0&Limit=10", "AuthFailure.SignatureFailure"},
		{"20-get-with-query", "GET", "/?Limit=%310&Offset=0", NULL},
		{"20-get-with-query", "GET", "/", "AuthFailure.SignatureFailure"},
		{"19-get-method", "GET", "/", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sample s = *find(rows[i].vector);

		s.method = rows[i].method;
		s.target = rows[i].target;
		expect(&s, judge(&s, &strict), rows[i].code);
	}
}

static void test_tokens_and_keys(void **state)
{
	struct sample s;

	(void)state;
	s = *find("03-describe-token");
	assert_non_null(s.token);
	expect(&s, judge(&s, &strict), NULL);
	s.token = "another";
	expect(&s, judge(&s, &strict), "AuthFailure.TokenFailure");
	s.token = NULL;
	expect(&s, judge(&s, &strict), "AuthFailure.TokenFailure");

	s = *find("01-describe-minimal");
	s.token = "wanted";
	expect(&s, judge(&s, &strict), "AuthFailure.TokenFailure");
	s.token = NULL;
	s.secret_id = "AKIDOTHER";
	expect(&s, judge(&s, &strict), "AuthFailure.SecretIdNotFound");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_are_accepted),
		cmocka_unit_test(test_unsigned_is_told_apart),
		cmocka_unit_test(test_one_bit_is_refused),
		cmocka_unit_test(test_a_longer_body_is_refused),
		cmocka_unit_test(test_the_window_is_five_minutes),
		cmocka_unit_test(test_edits_get_their_codes),
		cmocka_unit_test(test_request_lines_are_judged),
		cmocka_unit_test(test_tokens_and_keys),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
