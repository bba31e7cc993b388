/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signer against requests that the vendor's SDK put on the wire and the vendor's published
 * examples; any one bit of any part makes another signature; the date is the one in UTC; the key
 * and all that is made from it are wiped.
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

#include "base/fs.h"
#include "cloud/sign.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "data.h"

#define BODY_MAX (256u * 1024u)

static struct json_object *load(const char *name)
{
	char below[64], path[DATA_PATH_MAX];
	struct json_object *o;

	(void)snprintf(below, sizeof(below), "vectors/tc3/%s", name);
	o = json_object_from_file(data_path(path, below));
	if (!o)
		fail_msg("%s: cannot be read", path);
	return o;
}

static const char *text(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	return json_object_object_get_ex(o, key, &v) ? json_object_get_string(v) : NULL;
}

static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *v = NULL;

	assert_true(json_object_object_get_ex(o, key, &v));
	return v;
}

/* The value of a recorded header, of which there is one. */
static const char *header(struct json_object *sent, const char *name)
{
	struct json_object *all = member(sent, "headers");

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *pair = json_object_array_get_idx(all, i);
		const char *key = json_object_get_string(json_object_array_get_idx(pair, 0));

		if (str_eq_nocase(str_from(key), str_from(name)))
			return json_object_get_string(json_object_array_get_idx(pair, 1));
	}
	fail_msg("no header %s", name);
	return NULL;
}

static struct str decode(struct arena *a, const char *base64)
{
	size_t n = strlen(base64);
	unsigned char *out = (unsigned char *)arena_bytes(a, n + 1);
	int done = EVP_DecodeBlock(out, (const unsigned char *)base64, (int)n);

	assert_true(done >= 0);
	/* It counts the padding as bytes. */
	for (size_t i = n; i > 0 && base64[i - 1] == '='; i--)
		done--;
	return (struct str){(char *)out, (size_t)done};
}

static struct str body_of(struct arena *a, struct json_object *sent)
{
	const char *file = text(sent, "body_file"), *base64 = text(sent, "body_base64");
	char below[64], path[DATA_PATH_MAX];
	struct buf b;
	struct str body;

	if (!file)
		return base64 ? decode(a, base64) : STR("");
	(void)snprintf(below, sizeof(below), "vectors/tc3/%s", file);
	assert_null(fs_read(data_path(path, below), BODY_MAX, &b));
	body = arena_str(a, buf_view(&b));
	buf_free(&b);
	return body;
}

static void set_keys(struct credential *c, const char *id, const char *key)
{
	assert_null(secret_set(&c->id, str_from(id)));
	assert_null(secret_set(&c->key, str_from(key)));
}

static void assert_str(struct str got, const char *want)
{
	assert_non_null(want);
	assert_string_equal(got.p, want);
	assert_int_equal(got.n, strlen(want));
}

/* --- the SDK's requests --- */

static bool is_for_a_verifier_alone(const char *id)
{
	/* Their signed host is not the host sent; one is not signed at all. */
	return strncmp(id, "22-", 3) == 0 || strncmp(id, "24-", 3) == 0 ||
	       strncmp(id, "25-", 3) == 0;
}

static void sign_recorded(struct arena *a, struct json_object *v)
{
	struct json_object *in = member(v, "input"), *sent = member(v, "sent");
	struct json_object *mid = member(v, "intermediate");
	const char *query = strchr(text(sent, "request_target"), '?');
	struct credential c = {0};
	struct sign_result got;
	struct sign_request r = {
		.method = str_from(text(in, "method")),
		.query = str_from(query ? query + 1 : ""),
		.host = str_from(header(sent, "Host")),
		.content_type = str_from(header(sent, "Content-Type")),
		.body = body_of(a, sent),
		.service = str_from(text(in, "service")),
		.timestamp = json_object_get_int64(member(in, "timestamp")),
		.credential = &c,
	};
	char digest[SHA256_HEX_SIZE];

	assert_null(sha256_hex(r.body, digest));
	assert_string_equal(digest, text(sent, "body_sha256"));
	set_keys(&c, text(in, "secret_id"), text(in, "secret_key"));
	assert_null(sign_tc3(a, &r, &got));
	assert_str(got.canonical_request, text(mid, "canonical_request"));
	assert_str(got.string_to_sign, text(mid, "string_to_sign"));
	assert_str(got.authorization, text(v, "authorization"));
	assert_null(strstr(got.authorization.p, text(in, "secret_key")));
	credential_clear(&c);
}

static void recorded_requests_are_reproduced(void **state)
{
	struct json_object *file = load("sdk-node.json"), *all = member(file, "vectors");
	size_t signed_n = 0;

	(void)state;
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *v = json_object_array_get_idx(all, i);
		struct arena *a = arena_new();

		print_message("%s\n", text(v, "id"));
		if (!is_for_a_verifier_alone(text(v, "id"))) {
			sign_recorded(a, v);
			signed_n++;
		}
		arena_free(a);
	}
	assert_int_equal(signed_n, 23);
	json_object_put(file);
}

/* --- the published examples --- */

static void sign_published(struct arena *a, struct json_object *v)
{
	struct credential c = {0};
	struct sign_header extra = {"x-tc-action", str_from(text(v, "action"))};
	struct sign_result got;
	struct sign_request r = {
		.host = str_from(text(v, "host")),
		.content_type = str_from(text(v, "content_type")),
		.body = decode(a, text(v, "body_base64")),
		.service = STR("cvm"),
		.timestamp = json_object_get_int64(member(v, "timestamp")),
		.credential = &c,
		.extra = &extra,
		.extra_count = strstr(text(v, "signed_headers"), "x-tc-action") ? 1 : 0,
	};

	set_keys(&c, text(v, "secret_id"), text(v, "secret_key"));
	assert_null(sign_tc3(a, &r, &got));
	assert_str(got.canonical_request, text(v, "canonical_request"));
	assert_str(got.string_to_sign, text(v, "string_to_sign"));
	assert_str(got.authorization, text(v, "authorization"));
	credential_clear(&c);
}

static void published_examples_are_reproduced(void **state)
{
	struct json_object *file = load("published.json"), *all = member(file, "vectors");

	(void)state;
	assert_int_equal(json_object_array_length(all), 2);
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct arena *a = arena_new();

		print_message("%s\n", text(json_object_array_get_idx(all, i), "id"));
		sign_published(a, json_object_array_get_idx(all, i));
		arena_free(a);
	}
	json_object_put(file);
}

/* --- properties --- */

struct parts {
	char host[32], type[32], body[32], service[8], key[32];
};

static const struct parts plain = {
	"tcss.tencentcloudapi.com", "application/json", "{}", "tcss", "fake-key-for-tests",
};

/* The signature of a request with these parts; empty when it is refused. */
static void signature(const struct parts *p, int64_t timestamp, char out[SHA256_HEX_SIZE])
{
	struct arena *a = arena_new();
	struct credential c = {0};
	struct sign_result got;
	struct sign_request r = {
		.host = {p->host, strlen(plain.host)},
		.content_type = {p->type, strlen(plain.type)},
		.body = {p->body, strlen(plain.body)},
		.service = {p->service, strlen(plain.service)},
		.timestamp = timestamp,
		.credential = &c,
	};
	struct err *e;

	assert_null(secret_set(&c.id, STR("AKIDEXAMPLE0000")));
	assert_null(secret_set(&c.key, (struct str){p->key, strlen(plain.key)}));
	e = sign_tc3(a, &r, &got);
	out[0] = '\0';
	if (!e)
		memcpy(out, got.authorization.p + got.authorization.n - 64, SHA256_HEX_SIZE);
	err_free(e);
	credential_clear(&c);
	arena_free(a);
}

static void one_bit_makes_another_signature(void **state)
{
	/* clang-format off */
	const struct { const char *name; size_t at, n; } parts[] = {
		{ "host",    offsetof(struct parts, host),    strlen(plain.host)    },
		{ "type",    offsetof(struct parts, type),    strlen(plain.type)    },
		{ "body",    offsetof(struct parts, body),    strlen(plain.body)    },
		{ "service", offsetof(struct parts, service), strlen(plain.service) },
		{ "key",     offsetof(struct parts, key),     strlen(plain.key)     },
	};
	/* clang-format on */
	char want[SHA256_HEX_SIZE], got[SHA256_HEX_SIZE];

	(void)state;
	signature(&plain, 1767207617, want);
	assert_int_equal(strlen(want), 64);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		for (size_t bit = 0; bit < 8 * parts[i].n; bit++) {
			struct parts changed = plain;

			((char *)&changed)[parts[i].at + bit / 8] ^= (char)(1 << bit % 8);
			signature(&changed, 1767207617, got);
			if (strcmp(got, want) == 0)
				fail_msg("%s: bit %zu is not signed", parts[i].name, bit);
		}
	}
	signature(&plain, 1767207618, got);
	assert_string_not_equal(got, want);
}

static void date_is_that_of_the_timestamp_in_utc(void **state)
{
	static const char *const zones[] = {"UTC", "Asia/Shanghai", "America/Los_Angeles",
					    "<+14>-14", "<-12>12"};
	static const struct {
		int64_t timestamp;
		const char *date;
	} rows[] = {
		{1767225599, "/2025-12-31/"}, {1767225600, "/2026-01-01/"},
		{1709164800, "/2024-02-29/"}, {1709251199, "/2024-02-29/"},
		{1709251200, "/2024-03-01/"}, {4102444800, "/2100-01-01/"},
	};

	(void)state;
	for (size_t z = 0; z < ARRAY_LEN(zones); z++) {
		assert_int_equal(setenv("TZ", zones[z], 1), 0);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
			struct arena *a = arena_new();
			struct sign_request r = {.host = STR("h"),
						 .content_type = STR("t"),
						 .service = STR("tcss"),
						 .timestamp = rows[i].timestamp};
			struct sign_result got;

			/* Without a credential all but the authorization is made. */
			assert_null(sign_tc3(a, &r, &got));
			assert_non_null(strstr(got.string_to_sign.p, rows[i].date + 1));
			assert_int_equal(got.authorization.n, 0);
			arena_free(a);
		}
	}
	(void)unsetenv("TZ");
}

/* --- headers --- */

/* The plain request with these headers, without a credential. */
static void sign_headers(struct arena *a, const struct sign_header *extra, size_t n,
			 struct sign_result *got)
{
	const struct sign_request r = {.host = STR("H"),
				       .content_type = STR("T"),
				       .service = STR("tcss"),
				       .extra = extra,
				       .extra_count = n};

	assert_null(sign_tc3(a, &r, got));
}

static void headers_are_sorted_by_name(void **state)
{
	const struct sign_header extra[] = {{"x-b", STR("1")}, {"x-a", STR("2")},
					    {"a", STR("3")},   {"d", STR("4")},
					    {"z", STR("5")},   {"x-c", STR("6")}};
	struct arena *a = arena_new();
	struct sign_result got;

	(void)state;
	sign_headers(a, extra, ARRAY_LEN(extra), &got);
	assert_non_null(strstr(got.canonical_request.p,
			       "\n\na:3\ncontent-type:T\nd:4\nhost:H\nx-a:2\nx-b:1\nx-c:6\nz:5\n\n"
			       "a;content-type;d;host;x-a;x-b;x-c;z\n"));
	arena_free(a);
}

static void value_is_trimmed_and_lowered(void **state)
{
	static const struct {
		const char *name;
		struct str value;
		const char *want;
	} rows[] = {
		{"all letters", STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
		 "\nx-a:abcdefghijklmnopqrstuvwxyz\n"},
		{"next to the letters", STR("@[`{"), "\nx-a:@[`{\n"},
		{"blanks around", STR("  a b "), "\nx-a:a b\n"},
		{"nothing", STR(""), "\nx-a:\n"},
		{"first and last that are no control characters", STR("! ~\x80"),
		 "\nx-a:! ~\x80\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct sign_header extra = {"x-a", rows[i].value};
		struct arena *a = arena_new();
		struct sign_result got;

		print_message("%s\n", rows[i].name);
		sign_headers(a, &extra, 1, &got);
		assert_non_null(strstr(got.canonical_request.p, rows[i].want));
		arena_free(a);
	}
}

static void what_cannot_be_signed_is_refused(void **state)
{
	static char long_text[256u * 1024u];
	const struct sign_header twice[] = {{"x-a", STR("1")}, {"x-a", STR("2")}};
	const struct sign_header host[] = {{"host", STR("other")}};
	const struct sign_header type[] = {{"content-type", STR("other")}};
	const struct {
		const char *name;
		struct sign_request r;
		const char *says;
	} rows[] = {
		{"line break in the host",
		 {.host = STR("a\nb")},
		 "host: a control character cannot be signed"},
		{"line break at the start",
		 {.host = STR("\na")},
		 "host: a control character cannot be signed"},
		{"the last of the control characters",
		 {.host = STR("a\x1f")},
		 "host: a control character cannot be signed"},
		{"DEL", {.host = STR("a\x7f")}, "host: a control character cannot be signed"},
		{"line break in the type",
		 {.host = STR("a"), .content_type = STR("a\r\nb: c")},
		 "content-type: a control character cannot be signed"},
		{"line break in the query",
		 {.host = STR("a"), .query = STR("a\nb")},
		 "query: a control character cannot be signed"},
		{"line break in the method",
		 {.host = STR("a"), .method = STR("GET\n")},
		 "method: a control character cannot be signed"},
		{"line break in the service",
		 {.host = STR("a"), .service = STR("tcss\n")},
		 "service: a control character cannot be signed"},
		{"header twice",
		 {.host = STR("a"), .extra = twice, .extra_count = 2},
		 "x-a: signed twice"},
		{"host again",
		 {.host = STR("a"), .extra = host, .extra_count = 1},
		 "host: signed twice"},
		{"type again",
		 {.host = STR("a"), .extra = type, .extra_count = 1},
		 "content-type: signed twice"},
		{"too long",
		 {.host = STR("a"), .query = {long_text, sizeof(long_text)}},
		 "request to sign: larger than 262144 bytes"},
	};

	(void)state;
	memset(long_text, 'a', sizeof(long_text));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		struct sign_result got;
		struct err *e = sign_tc3(a, &rows[i].r, &got);

		print_message("%s\n", rows[i].name);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_CONFIG);
		assert_string_equal(e->msg, rows[i].says);
		err_free(e);
		arena_free(a);
	}
}

static void headers_have_a_limit(void **state)
{
	static const char *const names[] = {"x-a", "x-b", "x-c", "x-d", "x-e", "x-f", "x-g", "x-h",
					    "x-i", "x-j", "x-k", "x-l", "x-m", "x-n", "x-o"};
	struct sign_header extra[ARRAY_LEN(names)];
	struct sign_request r = {.host = STR("h"), .extra = extra};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		extra[i] = (struct sign_header){names[i], STR("1")};
	/* Sixteen with content-type and host. */
	for (r.extra_count = 14; r.extra_count <= 15; r.extra_count++) {
		struct arena *a = arena_new();
		struct sign_result got;
		struct err *e = sign_tc3(a, &r, &got);

		if (r.extra_count == 14) {
			assert_null(e);
		} else {
			assert_non_null(e);
			assert_string_equal(e->msg, "x-o: more than 16 headers to sign");
		}
		err_free(e);
		arena_free(a);
	}
}

/* --- the credential --- */

static struct err *sign_with(struct arena *a, struct str id, struct str key,
			     struct sign_result *got)
{
	struct credential c = {0};
	const struct sign_request r = {.host = STR("h"),
				       .content_type = STR("t"),
				       .service = STR("tcss"),
				       .timestamp = 1767207617,
				       .credential = &c};
	struct err *e;

	assert_null(secret_set(&c.id, id));
	assert_null(secret_set(&c.key, key));
	e = sign_tc3(a, &r, got);
	credential_clear(&c);
	return e;
}

static void credential_is_checked(void **state)
{
	static char key[4094];
	static const struct {
		const char *name;
		struct str id;
		size_t key_n;
		const char *says; /* NULL: it is signed with */
	} rows[] = {
		{"no key", STR("AKID"), 0, "the secret key is empty or too long to sign with"},
		{"a key of one character", STR("AKID"), 1, NULL},
		{"the longest key", STR("AKID"), 4093, NULL},
		{"a longer one", STR("AKID"), 4094,
		 "the secret key is empty or too long to sign with"},
		{"line break in the id", STR("AK\nID"), 1,
		 "secret id: a control character cannot be signed"},
		{"DEL in the id", STR("AKID\x7f"), 1,
		 "secret id: a control character cannot be signed"},
	};

	(void)state;
	memset(key, 'k', sizeof(key));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		struct sign_result got;
		struct err *e = sign_with(a, rows[i].id, (struct str){key, rows[i].key_n}, &got);

		print_message("%s\n", rows[i].name);
		if (rows[i].says) {
			assert_non_null(e);
			assert_int_equal(e->kind, ERR_CONFIG);
			assert_string_equal(e->msg, rows[i].says);
		} else {
			assert_null(e);
			assert_true(got.authorization.n > 64);
		}
		err_free(e);
		arena_free(a);
	}
}

/* --- what is wiped, and what fails, in place of the calls that -Wl,--wrap names --- */

/* Bytes at one place of what is wiped. */
struct needle {
	const char *name;
	size_t size_max, at; /* no larger memory is looked at; 0: any */
	unsigned char bytes[64];
	size_t n;
	bool is_wiped;
};

static struct needle needles[5];
static size_t needle_count;
/* Which call fails, counted from 1; 0: none. */
static unsigned failing_hmac, failing_arena;

void __real_secret_wipe(void *p, size_t n);
void __wrap_secret_wipe(void *p, size_t n);
struct str __real_arena_str(struct arena *a, struct str s);
struct str __wrap_arena_str(struct arena *a, struct str s);
struct err *__real_hmac_sha256(struct str key, struct str message, unsigned char out[SHA256_SIZE]);
struct err *__wrap_hmac_sha256(struct str key, struct str message, unsigned char out[SHA256_SIZE]);

void __wrap_secret_wipe(void *p, size_t n)
{
	/* The memory of the first key is mostly unset, and larger than that of the others. */
	for (size_t i = 0; i < needle_count; i++) {
		struct needle *needle = &needles[i];

		if (n >= needle->at + needle->n && (!needle->size_max || n <= needle->size_max) &&
		    memcmp((const char *)p + needle->at, needle->bytes, needle->n) == 0)
			needle->is_wiped = true;
	}
	__real_secret_wipe(p, n);
}

struct str __wrap_arena_str(struct arena *a, struct str s)
{
	if (failing_arena && --failing_arena == 0)
		return (struct str){NULL, 0};
	return __real_arena_str(a, s);
}

struct err *__wrap_hmac_sha256(struct str key, struct str message, unsigned char out[SHA256_SIZE])
{
	if (failing_hmac && --failing_hmac == 0)
		return err_new(ERR_CONFIG, "no HMAC");
	return __real_hmac_sha256(key, message, out);
}

static void add_needle(const char *name, size_t size_max, size_t at, const void *bytes, size_t n)
{
	struct needle *needle = &needles[needle_count++];

	*needle = (struct needle){.name = name, .size_max = size_max, .at = at, .n = n};
	memcpy(needle->bytes, bytes, n);
}

static void key_and_what_is_made_of_it_are_wiped(void **state)
{
	struct arena *a = arena_new();
	struct sign_result got;
	unsigned char k[3][SHA256_SIZE];

	(void)state;
	assert_null(hmac_sha256(STR("TC3the-key"), STR("2025-12-31"), k[0]));
	assert_null(hmac_sha256((struct str){(char *)k[0], SHA256_SIZE}, STR("tcss"), k[1]));
	assert_null(hmac_sha256((struct str){(char *)k[1], SHA256_SIZE}, STR("tc3_request"), k[2]));
	needle_count = 0;
	add_needle("the key with its prefix", 0, 0, "TC3the-key", 10);
	add_needle("the key of the day", 256, 0, k[0], SHA256_SIZE);
	add_needle("the key of the service", 256, SHA256_SIZE, k[1], SHA256_SIZE);
	add_needle("the key of the request", 256, 2u * SHA256_SIZE, k[2], SHA256_SIZE);
	add_needle("the signature", 0, 0, "TC3-HMAC-SHA256 Credential=AKID", 31);
	assert_null(sign_with(a, STR("AKID"), STR("the-key"), &got));
	for (size_t i = 0; i < needle_count; i++)
		if (!needles[i].is_wiped)
			fail_msg("not wiped: %s", needles[i].name);
	needle_count = 0;
	arena_free(a);
}

static void failed_step_is_an_error(void **state)
{
	struct sign_result got;
	struct err *e;

	(void)state;
	for (unsigned n = 1; n <= 4; n++) {
		struct arena *a = arena_new();

		failing_hmac = n;
		e = sign_with(a, STR("AKID"), STR("the-key"), &got);
		assert_non_null(e);
		assert_string_equal(e->msg, "no HMAC");
		err_free(e);
		arena_free(a);
	}
	for (unsigned n = 1; n <= 3; n++) {
		struct arena *a = arena_new();

		failing_arena = n;
		e = sign_with(a, STR("AKID"), STR("the-key"), &got);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_NOMEM);
		err_free(e);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_requests_are_reproduced),
		cmocka_unit_test(published_examples_are_reproduced),
		cmocka_unit_test(one_bit_makes_another_signature),
		cmocka_unit_test(date_is_that_of_the_timestamp_in_utc),
		cmocka_unit_test(headers_are_sorted_by_name),
		cmocka_unit_test(value_is_trimmed_and_lowered),
		cmocka_unit_test(what_cannot_be_signed_is_refused),
		cmocka_unit_test(headers_have_a_limit),
		cmocka_unit_test(credential_is_checked),
		cmocka_unit_test(key_and_what_is_made_of_it_are_wiped),
		cmocka_unit_test(failed_step_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
