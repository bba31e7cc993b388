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
#include <sys/stat.h>
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

static struct identity *get(struct fixture *f, const char *role_arn)
{
	const struct identity_request wish = {
		.role_arn = role_arn, .sts = &f->sts, .region = "ap-guangzhou", .timeout_ms = 1000};
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
static const struct pair env_tke[] = {{"TKE_REGION", "ap-beijing"},
				      {"TKE_PROVIDER_ID", "cls-1"},
				      {"TKE_ROLE_ARN", ROLE_A},
				      {NULL, NULL}};
static const struct pair env_none[] = {{NULL, NULL}};

/* --- tests --- */

/* Keys of one's own need nobody. */
static void test_own_keys(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_keys);
	told[0] = '\0';
	id = get(&f, NULL);
	wait_for(id, 0, "a");
	assert_string_equal(told, "a");
	assert_string_equal(identity_name(id), "AKIDROOT");
	assert_ptr_equal(get(&f, ""), id);
	wait_for(id, 1, "b");
	assert_string_equal(told, "ab");
	assert_int_equal(asked_count, 0);
	end(&f);
}

/* A web identity is exchanged once, without a signature. */
static void test_web_identity(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY "\n");
	told[0] = '\0';
	id = get(&f, NULL);
	assert_ptr_equal(get(&f, NULL), id);
	wait_for(id, 0, "a");
	wait_for(id, 1, "b");
	wait_for(id, 2, "c");
	assert_int_equal(asked_count, 1);
	assert_string_equal(asked[0]->request.action, "AssumeRoleWithWebIdentity");
	assert_true(asked[0]->request.is_unsigned);
	assert_string_equal(asked[0]->request.region, "ap-beijing");
	assert_non_null(strstr(bodies[0], "\"" CANARY "\""));
	answer(0, KEYS("AKIDTMP", "1767211217"));
	assert_string_equal(told, "abc");
	assert_true(str_is(secret_view(&identity_credential(id)->id), "AKIDTMP"));
	assert_string_equal(identity_account(id), "");
	assert_int_equal(identity_root(id)->source, CREDENTIAL_TKE);
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
	a = get(&f, ROLE_A);
	b = get(&f, ROLE_B);
	assert_ptr_not_equal(a, b);
	assert_ptr_equal(get(&f, ROLE_B), b);
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
	assert_string_equal(identity_account(b), "");
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
	a = get(&f, ROLE_A);
	b = get(&f, ROLE_B);
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
	id = get(&f, ROLE_A);
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
		id = get(&f, NULL);
		wait_for(id, 0, "a");
		assert_int_equal(asked_count, 0);
		assert_true(identity_is_unconfigured(id));
		end(&f);
	}
}

/* Keys that end soon are refreshed by the next target that needs them; the token file is read again. */
static void test_expiry(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	id = get(&f, NULL);
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

/* A refused token is refreshed once it is old enough to be what is wrong; own keys cannot be. */
static void test_renewal(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_keys);
	id = get(&f, NULL);
	assert_false(identity_renew(id, waiter(0, "a")));
	end(&f);

	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	id = get(&f, NULL);
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
		id = get(&f, NULL);
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

/* --- the account --- */

static void wait_for_account(struct identity *id, size_t n, const char *letter)
{
	identity_wait_account(id, waiter(n, letter));
}

static const struct {
	const char *body; /* NULL: refused */
	const char *account, *want;
} callers[] = {
	{CALLER, "100000000003", ""},
	{"{\"Response\":{\"AccountId\":100000000003}}", "100000000003", ""},
	{NULL, "", "GetCallerIdentity: not you"},
	{"{\"Response\":{\"Arn\":\"qcs::cam::uin/100000000003:uin/1\"}}", "", "lacks AccountId"},
	{"{\"Response\":{\"AccountId\":\"\"}}", "", "lacks AccountId"},
	{"{\"Response\":{\"AccountId\":\"100 or so\"}}", "", "is no number"},
	{"{\"Response\":{\"AccountId\":\"123456789012345678901234567890123\"}}", "",
	 "is no number"},
	{"<html>", "", "not the JSON"},
};

/* The identity is as good as before, whatever STS says of its account. */
static void test_account(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(callers); i++) {
		struct fixture f;
		struct identity *id;
		const struct fetch_failure *why;

		begin(&f, env_keys);
		told[0] = '\0';
		id = get(&f, NULL);
		wait_for_account(id, 0, "a");
		wait_for_account(id, 1, "b");
		wait_for(id, 2, "k");
		assert_string_equal(told, "k");
		assert_int_equal(asked_count, 1);
		answer(0, callers[i].body);
		assert_string_equal(told, "kab");
		why = identity_account_failure(id);
		if (strcmp(identity_account(id), callers[i].account) != 0 ||
		    (why->reason == REASON_NONE) != (*callers[i].account != '\0') ||
		    (why->reason && !strstr(why->message, callers[i].want)))
			fail_msg("row %zu: %s, %s", i, identity_account(id), why->message);
		assert_int_equal(identity_failure(id)->reason, REASON_NONE);
		wait_for_account(id, 3, "c");
		assert_string_equal(told, "kabc");
		assert_int_equal(asked_count, 1);
		end(&f);
	}
}

/* Whoever waits for the account of keys that cannot be had is told why they cannot. */
static void test_account_without_keys(void **state)
{
	struct fixture f;
	struct identity *a;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	a = get(&f, ROLE_A);
	wait_for_account(a, 0, "a");
	wait_for(a, 1, "k");
	answer(0, NULL);
	assert_int_equal(strlen(told), 2);
	assert_string_equal(identity_account_failure(a)->message,
			    "AssumeRoleWithWebIdentity: not you");
	assert_int_equal(asked_count, 1);
	end(&f);
}

/* The account of a role is that of its keys, and no text says it; each role is asked about. */
static void test_account_of_role(void **state)
{
	struct fixture f;
	struct identity *a, *b;

	(void)state;
	begin(&f, env_keys);
	told[0] = '\0';
	a = get(&f, ROLE_A);
	b = get(&f, ROLE_B);
	wait_for_account(a, 0, "a");
	wait_for_account(get(&f, ROLE_A), 1, "A");
	wait_for_account(b, 2, "b");
	answer(0, KEYS("AKIDA", "1767211217"));
	answer(1, KEYS("AKIDB", "1767211217"));
	assert_int_equal(asked_count, 4);
	assert_string_equal(asked[2]->request.action, "GetCallerIdentity");
	assert_true(str_is(secret_view(&asked[2]->request.credential->id), "AKIDA"));
	assert_true(str_is(secret_view(&asked[3]->request.credential->id), "AKIDB"));
	assert_string_equal(identity_account(a), "");
	answer(2, CALLER);
	assert_string_equal(told, "aA");
	assert_string_equal(identity_account(a), "100000000003");
	assert_string_equal(identity_account(b), "");
	answer(3, NULL);
	assert_string_equal(told, "aAb");
	end(&f);
}

/* Refreshed keys belong to the same account. */
static void test_account_is_asked_once(void **state)
{
	struct fixture f;
	struct identity *id;

	(void)state;
	begin(&f, env_tke);
	write_token(&f, CANARY);
	told[0] = '\0';
	id = get(&f, NULL);
	wait_for_account(id, 0, "a");
	answer(0, KEYS("AKIDONE", "1767208617"));
	answer(1, CALLER);
	f.now_s = NOW + 701;
	wait_for(id, 1, "b");
	answer(2, KEYS("AKIDTWO", "1767212217"));
	wait_for_account(id, 2, "c");
	assert_string_equal(told, "abc");
	assert_int_equal(asked_count, 3);
	end(&f);
}

/* --- which credential it is --- */

static void write_profile(const struct fixture *f, const char *name, const char *text)
{
	char path[160];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/.tccli/%s.credential", f->home, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const struct profile_row {
	const char *name, *text;
	bool is_equal; /* to the one of the first row */
} profiles[] = {
	{"a", "{\"secretId\":\"AKIDX\",\"secretKey\":\"k\"}", true},
	{"b", "{\"secretKey\":\"k\",\"secretId\":\"AKIDX\",\"token\":null}", true},
	{"c", "{\"secretId\":\"AKIDY\",\"secretKey\":\"k\"}", false},
	{"d", "{\"secretId\":\"AKIDX\",\"secretKey\":\"k\",\"token\":\"t\"}", false},
	{"e", "{\"secretId\":\"AKIDX\",\"secretKey\":\"other\"}", false},
	{"f", "{\"secretId\":\"AKIDX\",\"secretKey\":\"k\",\"role-arn\":\"" ROLE_A "\"}", false},
};

static struct identity *get_profile(struct fixture *f, const char *name, const struct endpoint *sts)
{
	const struct identity_request wish = {
		.profile = name, .sts = sts, .region = "ap-guangzhou", .timeout_ms = 1000};
	struct identity *id = NULL;

	assert_null(identities_get(f->ids, &wish, &id));
	return id;
}

static void make_home(struct fixture *f)
{
	char path[160];

	(void)snprintf(f->home, sizeof(f->home), "/tmp/scandrift-home-XXXXXX");
	assert_non_null(mkdtemp(f->home));
	(void)snprintf(path, sizeof(path), "%s/.tccli", f->home);
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++)
		write_profile(f, profiles[i].name, profiles[i].text);
}

static void remove_home(const struct fixture *f)
{
	char path[160];

	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		(void)snprintf(path, sizeof(path), "%s/.tccli/%s.credential", f->home,
			       profiles[i].name);
		(void)unlink(path);
	}
	(void)snprintf(path, sizeof(path), "%s/.tccli", f->home);
	(void)rmdir(path);
	(void)rmdir(f->home);
}

/* Equal keys are one credential wherever they were found; a role on top is another one. */
static void test_equal_keys(void **state)
{
	struct fixture f;
	struct endpoint other;
	struct identity *first, *role;

	(void)state;
	begin(&f, env_none);
	make_home(&f);
	assert_null(endpoint_parse(f.a, STR("https://sts.example.com"), &other));
	first = get_profile(&f, "a", &f.sts);
	assert_int_equal(strlen(identity_mark(first)), 71);
	for (size_t i = 0; i < ARRAY_LEN(profiles); i++) {
		struct identity *id = get_profile(&f, profiles[i].name, &f.sts);

		if ((id == first) != profiles[i].is_equal)
			fail_msg("%s", profiles[i].name);
		assert_ptr_equal(get_profile(&f, profiles[i].name, &f.sts), id);
	}
	role = get_profile(&f, "f", &f.sts);
	assert_ptr_equal(identity_root(role), identity_root(first));
	assert_string_not_equal(identity_mark(role), identity_mark(first));
	assert_string_not_equal(identity_mark(get_profile(&f, "c", &f.sts)), identity_mark(first));
	/* Another STS is asked again, and it is the same credential. */
	assert_ptr_not_equal(get_profile(&f, "a", &other), first);
	assert_string_equal(identity_mark(get_profile(&f, "a", &other)), identity_mark(first));
	remove_home(&f);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_keys),
		cmocka_unit_test(test_web_identity),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_failed_parent),
		cmocka_unit_test(test_unconfigured),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_long_key),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_account_without_keys),
		cmocka_unit_test(test_account_of_role),
		cmocka_unit_test(test_account_is_asked_once),
		cmocka_unit_test(test_equal_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
