/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How identities come to be ready: who is asked, how often and in which order, and who is told.
 * The pool takes each call and keeps it until the test answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "cloud/identity.h"
#include "cloud/sts.h"

#define NOW    1767207617
#define CANARY "canary-web-token"
#define ROLE_A "qcs::cam::uin/100000000001:roleName/a"
#define ROLE_B "qcs::cam::uin/100000000002:roleName/b"

#define KEYS(id, expires)                                                 \
	"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"" id           \
	"\",\"TmpSecretKey\":\"canary-key\",\"Token\":\"canary-token\"}," \
	"\"ExpiredTime\":" expires ",\"RequestId\":\"r\"}}"
#define CALLER                                                         \
	"{\"Response\":{\"Arn\":\"qcs::cam::uin/100000000003:uin/1\"," \
	"\"AccountId\":\"100000000003\",\"RequestId\":\"r\"}}"

/* --- a pool that only takes --- */

#define ASKED_MAX 16

static struct pool_call *asked[ASKED_MAX];
static char bodies[ASKED_MAX][512];
static size_t asked_count;

struct err *__wrap_pool_add(struct pool *p, struct pool_call *call);

struct err *__wrap_pool_add(struct pool *p, struct pool_call *call)
{
	(void)p;
	assert_true(asked_count < ASKED_MAX);
	(void)snprintf(bodies[asked_count], sizeof(bodies[0]), "%.*s", STR_ARG(call->request.body));
	asked[asked_count++] = call;
	return NULL;
}

/* As if the server had said `body`; NULL: that it refuses. */
static void answer(size_t n, const char *body)
{
	struct pool_call *call = asked[n];

	assert_true(n < asked_count);
	call->arena = arena_new();
	assert_non_null(call->arena);
	call->steps.o = (struct fetch_outcome){.has_reply = true, .status = 200};
	if (body) {
		call->steps.o.body = arena_str(call->arena, str_from(body));
		assert_non_null(call->steps.o.body.p);
	} else {
		call->steps.o.failure = (struct fetch_failure){.reason = REASON_CREDENTIALS,
							       .message = "not you",
							       .api_code = "AuthFailure",
							       .request_id = "r-9",
							       .hint = "Ask"};
	}
	call->done(call->ctx, call);
}

/* --- a run's identities --- */

struct pair {
	const char *name, *value;
};

struct fixture {
	struct arena *a;
	struct endpoint sts;
	struct fetch_session session;
	struct identities *ids;
	const struct pair *env;
	int64_t now_s;
	char token_file[64], home[64];
};

static const char *env_of(void *ctx, const char *name)
{
	const struct fixture *f = ctx;

	if (strcmp(name, "HOME") == 0)
		return f->home;
	if (strcmp(name, "TKE_WEB_IDENTITY_TOKEN_FILE") == 0 && f->token_file[0])
		return f->token_file;
	for (const struct pair *p = f->env; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p->value;
	return NULL;
}

static int64_t unix_s(void *ctx)
{
	return ((struct fixture *)ctx)->now_s;
}

static void begin(struct fixture *f, const struct pair *env)
{
	struct identities_options o;

	*f = (struct fixture){.a = arena_new(), .env = env, .now_s = NOW};
	asked_count = 0;
	assert_non_null(f->a);
	(void)snprintf(f->home, sizeof(f->home), "/nonexistent");
	assert_null(endpoint_parse(f->a, STR("https://sts.tencentcloudapi.com"), &f->sts));
	f->session = (struct fetch_session){.clock = {.ctx = f, .unix_s = unix_s}};
	o = (struct identities_options){
		.session = &f->session, .arena = f->a, .env = env_of, .env_ctx = f};
	assert_null(identities_new(&o, &f->ids));
}

static void write_token(struct fixture *f, const char *text)
{
	int fd;

	(void)snprintf(f->token_file, sizeof(f->token_file), "/tmp/scandrift-token-XXXXXX");
	fd = mkstemp(f->token_file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void end(struct fixture *f)
{
	if (f->token_file[0])
		(void)unlink(f->token_file);
	identities_free(f->ids);
	arena_free(f->a);
}

static struct identity *get(struct fixture *f, const char *role_arn, bool wants_account)
{
	const struct identity_request wish = {.role_arn = role_arn,
					      .sts = &f->sts,
					      .region = "ap-guangzhou",
					      .timeout_ms = 1000,
					      .wants_account = wants_account};
	struct identity *id = NULL;

	assert_null(identities_get(f->ids, &wish, &id));
	assert_non_null(id);
	return id;
}

/* Who was called back, in order. */
static char told[32];

static void on_ready(void *ctx)
{
	size_t n = strlen(told);

	assert_true(n + 1 < sizeof(told));
	told[n] = *(const char *)ctx;
	told[n + 1] = '\0';
}

static struct identity_waiter waiters[8];

/* The one that adds the letter to `told`. */
static struct identity_waiter *waiter(size_t n, const char *letter)
{
	waiters[n] = (struct identity_waiter){.ready = on_ready, .ctx = (void *)(uintptr_t)letter};
	return &waiters[n];
}

static void wait_for(struct identity *id, size_t n, const char *letter)
{
	identity_wait(id, waiter(n, letter));
}

static const struct pair env_keys[] = {{"TENCENTCLOUD_SECRET_ID", "AKIDROOT"},
				       {"TENCENTCLOUD_SECRET_KEY", "canary-key"},
				       {NULL, NULL}};
static const struct pair env_tke[] = {{"TKE_REGION", "ap-guangzhou"},
				      {"TKE_PROVIDER_ID", "cls-1"},
				      {"TKE_ROLE_ARN", ROLE_A},
				      {NULL, NULL}};
static const struct pair env_none[] = {{NULL, NULL}};

/* --- tests --- */

/* Keys of one's own need nobody; whose they are is asked once, for whoever wants it. */
static void test_own_keys(void **state)
{
	struct fixture f;
	struct identity *id, *again;

	(void)state;
	begin(&f, env_keys);
	told[0] = '\0';
	id = get(&f, NULL, false);
	wait_for(id, 0, "a");
	assert_string_equal(told, "a");
	assert_int_equal(asked_count, 0);
	assert_string_equal(identity_name(id), "AKIDROOT");
	assert_string_equal(identity_account(id), "");
	again = get(&f, "", true);
	assert_ptr_equal(again, id);
	wait_for(id, 1, "b");
	wait_for(id, 2, "c");
	assert_string_equal(told, "a");
	assert_int_equal(asked_count, 1);
	assert_string_equal(asked[0]->request.action, "GetCallerIdentity");
	assert_false(asked[0]->request.is_unsigned);
	answer(0, CALLER);
	assert_string_equal(told, "abc");
	assert_string_equal(identity_account(id), "100000000003");
	wait_for(id, 3, "d");
	assert_string_equal(told, "abcd");
	assert_int_equal(asked_count, 1);
	end(&f);
}

/* A web identity is exchanged once, without a signature; its role's ARN says whose it is. */
static void test_web_identity(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY "\n");
	told[0] = '\0';
	id = get(&f, NULL, true);
	assert_ptr_equal(get(&f, NULL, true), id);
	wait_for(id, 0, "a");
	wait_for(id, 1, "b");
	wait_for(id, 2, "c");
	assert_int_equal(asked_count, 1);
	assert_string_equal(asked[0]->request.action, "AssumeRoleWithWebIdentity");
	assert_true(asked[0]->request.is_unsigned);
	assert_non_null(strstr(bodies[0], "\"" CANARY "\""));
	answer(0, KEYS("AKIDTMP", "1767211217"));
	assert_string_equal(told, "abc");
	assert_true(str_is(secret_view(&identity_credential(id)->id), "AKIDTMP"));
	assert_string_equal(identity_account(id), "100000000001");
	assert_string_equal(identity_root(id)->source, "tke");
	assert_int_equal(asked_count, 1);
	end(&f);
}

/* One login serves the roles on top of it. */
static void test_roles(void **state)
{
	struct fixture f;
	struct identity *a, *b;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	a = get(&f, ROLE_A, false);
	b = get(&f, ROLE_B, false);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(get(&f, ROLE_B, false), b);
	wait_for(a, 0, "a");
	wait_for(b, 1, "b");
	assert_int_equal(asked_count, 1);
	answer(0, KEYS("AKIDTMP", "1767211217"));
	assert_int_equal(asked_count, 3);
	assert_string_equal(asked[1]->request.action, "AssumeRole");
	assert_non_null(strstr(bodies[1], ROLE_A));
	assert_non_null(strstr(bodies[2], ROLE_B));
	assert_true(str_is(secret_view(&asked[1]->request.credential->id), "AKIDTMP"));
	answer(2, KEYS("AKIDB", "1767211217"));
	assert_string_equal(told, "b");
	assert_string_equal(identity_account(b), "100000000002");
	answer(1, NULL);
	assert_string_equal(told, "ba");
	assert_int_equal(identity_failure(a)->reason, REASON_CREDENTIALS);
	assert_string_equal(identity_failure(a)->message, "AssumeRole: not you");
	assert_string_equal(identity_failure(a)->api_code, "AuthFailure");
	assert_false(identity_is_unconfigured(a));
	assert_int_equal(identity_failure(b)->reason, REASON_NONE);
	end(&f);
}

/* What fails below fails for each above, with the same words. */
static void test_failed_parent(void **state)
{
	struct fixture f;
	struct identity *a, *b;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	a = get(&f, ROLE_A, false);
	b = get(&f, ROLE_B, false);
	wait_for(a, 0, "a");
	wait_for(b, 1, "b");
	answer(0, NULL);
	assert_string_equal(told, "ab");
	assert_int_equal(asked_count, 1);
	assert_string_equal(identity_failure(a)->message, "AssumeRoleWithWebIdentity: not you");
	assert_string_equal(identity_failure(b)->message, "AssumeRoleWithWebIdentity: not you");
	wait_for(a, 2, "c");
	assert_string_equal(told, "abc");
	assert_int_equal(asked_count, 1);
	end(&f);
}

/* Where this machine has none, that is its configuration's fault and nobody is asked. */
static void test_unconfigured(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_none);
	told[0] = '\0';
	id = get(&f, ROLE_A, true);
	wait_for(id, 0, "a");
	assert_string_equal(told, "a");
	assert_int_equal(asked_count, 0);
	assert_true(identity_is_unconfigured(id));
	assert_int_equal(identity_failure(id)->reason, REASON_CREDENTIALS);
	end(&f);
	/* A token file that is not there, and one that holds nothing or what no header may. */
	for (size_t i = 0; i < 3; i++) {
		static const char *const texts[] = {"", "\n", "a\nb"};

		begin(&f, env_tke);
		write_token(&f, texts[i]);
		if (i == 0)
			(void)unlink(f.token_file);
		id = get(&f, NULL, false);
		wait_for(id, 0, "a");
		assert_int_equal(asked_count, 0);
		assert_true(identity_is_unconfigured(id));
		end(&f);
	}
}

/* Keys that end soon are had anew by whoever needs them next; the token's file is read again. */
static void test_expiry(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	id = get(&f, NULL, false);
	wait_for(id, 0, "a");
	answer(0, KEYS("AKIDONE", "1767208617")); /* NOW + 1000 */
	f.now_s = NOW + 600;
	wait_for(id, 1, "b");
	assert_string_equal(told, "ab");
	assert_int_equal(asked_count, 1);
	f.now_s = NOW + 701;
	wait_for(id, 2, "c");
	assert_string_equal(told, "ab");
	assert_int_equal(asked_count, 2);
	answer(1, KEYS("AKIDTWO", "1767212217"));
	assert_string_equal(told, "abc");
	assert_true(str_is(secret_view(&identity_credential(id)->id), "AKIDTWO"));
	end(&f);
}

/* A refused token is had anew once it is old enough to be what is wrong; own keys cannot be. */
static void test_renewal(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_keys);
	id = get(&f, NULL, false);
	assert_false(identity_renew(id, waiter(0, "a")));
	end(&f);

	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	id = get(&f, NULL, false);
	wait_for(id, 0, "a");
	answer(0, KEYS("AKIDONE", "1767299999"));
	f.now_s = NOW + 20;
	assert_true(identity_renew(id, waiter(1, "b")));
	assert_string_equal(told, "ab");
	assert_int_equal(asked_count, 1);
	f.now_s = NOW + 40;
	assert_true(identity_renew(id, waiter(2, "c")));
	assert_true(identity_renew(id, waiter(3, "d")));
	assert_int_equal(asked_count, 2);
	answer(1, KEYS("AKIDTWO", "1767299999"));
	assert_string_equal(told, "abcd");
	end(&f);
}

/* --- replies that lie --- */

static const struct {
	const char *body, *want; /* a part of the message */
} lies[] = {
	{"", "not the JSON"},
	{"[]", "not the JSON"},
	{"<html>", "not the JSON"},
	{"{}", "lacks TmpSecretId"},
	{"{\"Response\":null}", "lacks TmpSecretId"},
	{"{\"Response\":{\"Credentials\":\"canary-key\"}}", "lacks TmpSecretId"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\"}}}", "lacks TmpSecretKey"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\",\"TmpSecretKey\":\"canary-key\"}}}",
	 "lacks Token"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":[\"a\"],\"TmpSecretKey\":\"canary-key\","
	 "\"Token\":\"t\"}}}",
	 "lacks TmpSecretId"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\",\"TmpSecretKey\":\"canary\\r\\nX: "
	 "y\",\"Token\":\"t\"}}}",
	 "TmpSecretKey"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a b\",\"TmpSecretKey\":\"canary-key\","
	 "\"Token\":\"t\"}}}",
	 "TmpSecretId"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\",\"TmpSecretKey\":\"canary-key\","
	 "\"Token\":\"canary\\u0000\"}}}",
	 ""},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\",\"TmpSecretKey\":\"canary-key\","
	 "\"Token\":\"canary-token\"}}} x",
	 "not the JSON"},
	{"{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"a\",\"TmpSecretKey\":\"canary-key\","
	 "\"TmpSecretKey\":\"canary-2\",\"Token\":\"canary-token\"}}}",
	 "not the JSON"},
};

static void test_lies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		struct fixture f;
		struct identity *id;
		const char *message;

		begin(&f, env_tke);
		write_token(&f, CANARY);
		told[0] = '\0';
		id = get(&f, NULL, false);
		wait_for(id, 0, "a");
		answer(0, lies[i].body);
		assert_string_equal(told, "a");
		message = identity_failure(id)->message;
		if (!identity_failure(id)->reason || !message || !strstr(message, lies[i].want))
			fail_msg("row %zu: %s", i, message ? message : "it was taken");
		if (strstr(message, "canary"))
			fail_msg("row %zu: shows a secret: %s", i, message);
		end(&f);
	}
}

/* Longer than any key may be. */
static void test_long_key(void **state)
{
	char body[8192], id_text[CREDENTIAL_ID_MAX + 2];
	struct credential c = {0};
	struct arena *a = arena_new();
	struct err *e;

	(void)state;
	memset(id_text, 'x', sizeof(id_text) - 1);
	id_text[sizeof(id_text) - 1] = '\0';
	for (size_t cut = 0; cut < 2; cut++) {
		(void)snprintf(body, sizeof(body),
			       "{\"Response\":{\"Credentials\":{\"TmpSecretId\":\"%s\","
			       "\"TmpSecretKey\":\"k\",\"Token\":\"t\"}}}",
			       id_text + cut);
		e = sts_read_keys(str_from(body), a, &c);
		if (cut) {
			assert_null(e);
		} else {
			assert_non_null(e);
			assert_null(strstr(e->msg, "xxx"));
		}
		err_free(e);
		credential_clear(&c);
	}
	arena_free(a);
}

static void test_arns(void **state)
{
	static const struct {
		const char *arn, *want;
	} rows[] = {
		{"qcs::cam::uin/100:roleName/a", "100"},
		{"qcs::cam::uin/100", "100"},
		{"qcs::cam::uin/:roleName/a", ""},
		{"qcs::cam::uin/x1", ""},
		{"qcs::cam:gz:uin/100:role", ""},
		{"", ""},
		{"acs::cam::uin/100", ""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!str_is(arn_account(rows[i].arn), rows[i].want))
			fail_msg("%s", rows[i].arn);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_keys),     cmocka_unit_test(test_web_identity),
		cmocka_unit_test(test_roles),        cmocka_unit_test(test_failed_parent),
		cmocka_unit_test(test_unconfigured), cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_renewal),      cmocka_unit_test(test_lies),
		cmocka_unit_test(test_long_key),     cmocka_unit_test(test_arns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
