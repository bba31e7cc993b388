/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fs.h"
#include "cloud/credentials.h"

#define ID  "TENCENTCLOUD_SECRET_ID"
#define KEY "TENCENTCLOUD_SECRET_KEY"
#define T1  "TENCENTCLOUD_TOKEN"
#define T2  "TENCENTCLOUD_SESSION_TOKEN"
#define T3  "TENCENTCLOUD_SECURITY_TOKEN"

struct var {
	const char *name, *value;
};

#define VARS_MAX 8

static const char *lookup(void *ctx, const char *name)
{
	const struct var *vars = ctx;

	for (size_t i = 0; i < VARS_MAX && vars[i].name; i++)
		if (strcmp(vars[i].name, name) == 0)
			return vars[i].value;
	return NULL;
}

static struct arena *arena;

/* The machine's own file is looked for where there is none. */
static struct credential_query query(const char *profile, const struct var *vars)
{
	return (struct credential_query){
		.profile = profile,
		.env = lookup,
		.env_ctx = (void *)(uintptr_t)vars,
		.arena = arena,
		.etc = "/nonexistent",
	};
}

/* `want`: parts of the message that must be there; with none it is to work. */
static struct row {
	const char *name;
	struct var vars[VARS_MAX];
	const char *profile, *token;
	const char *want[3];
} rows[] = {
	{"a permanent key", {{ID, "AKIDx"}, {KEY, "canary"}}, NULL, NULL, {NULL}},
	{"tccli's token", {{ID, "AKIDx"}, {KEY, "canary"}, {T1, "tok"}}, NULL, "tok", {NULL}},
	{"the Node SDK's token",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T2, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"Terraform's token", {{ID, "AKIDx"}, {KEY, "canary"}, {T3, "tok"}}, NULL, "tok", {NULL}},
	{"the same token thrice",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T1, "tok"}, {T2, "tok"}, {T3, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"an empty token is none", {{ID, "AKIDx"}, {KEY, "canary"}, {T1, ""}}, NULL, NULL, {NULL}},
	{"an empty token beside one",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T1, ""}, {T3, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"an empty profile is none", {{ID, "AKIDx"}, {KEY, "canary"}}, "", NULL, {NULL}},
	{"nothing", {{NULL, NULL}}, NULL, NULL, {ID, KEY, T1}},
	{"empty is nothing", {{ID, ""}, {KEY, ""}}, NULL, NULL, {"no credentials"}},
	{"a token alone is nothing", {{T1, "canary"}}, NULL, NULL, {"no credentials"}},
	{"no key", {{ID, "AKIDx"}}, NULL, NULL, {ID " is set", KEY " is not"}},
	{"no id", {{KEY, "canary"}}, NULL, NULL, {KEY " is set", ID " is not"}},
	{"two tokens",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T2, "canary1"}, {T3, "canary2"}},
	 NULL,
	 NULL,
	 {T2, T3, "different"}},
	{"newline behind the key",
	 {{ID, "AKIDx"}, {KEY, "canary\n"}},
	 NULL,
	 NULL,
	 {KEY, "white space"}},
	{"blank before the id", {{ID, " AKIDcanary"}, {KEY, "x"}}, NULL, NULL, {ID, "white space"}},
	{"blank behind a token",
	 {{ID, "AKIDx"}, {KEY, "x"}, {T2, "canary "}},
	 NULL,
	 NULL,
	 {T2, "white space"}},
	{"line break inside", {{ID, "AKIDx"}, {KEY, "can\r\nary: x"}}, NULL, NULL, {KEY, "byte 4"}},
	{"not ASCII", {{ID, "AKID\xc3\xa9"}, {KEY, "canary"}}, NULL, NULL, {ID, "byte 5"}},
	{"an env-file's quotes around the id",
	 {{ID, "\"AKIDcanary\""}, {KEY, "x"}},
	 NULL,
	 NULL,
	 {ID, "quotes around", "env-file"}},
	{"single quotes around the key",
	 {{ID, "AKIDx"}, {KEY, "'canary'"}},
	 NULL,
	 NULL,
	 {KEY, "quotes around", "env-file"}},
	{"half of the quotes around a token",
	 {{ID, "AKIDx"}, {KEY, "x"}, {T2, "canary\""}},
	 NULL,
	 NULL,
	 {T2, "quotes around"}},
	{"an empty token in quotes",
	 {{ID, "AKIDx"}, {KEY, "x"}, {T1, "\"\""}},
	 NULL,
	 NULL,
	 {T1, "quotes around"}},
	{"a profile that is nowhere",
	 {{ID, "AKIDx"}, {KEY, "canary"}},
	 "prod",
	 NULL,
	 {"profile = prod", "prod.credential", "[prod]"}},
};

static void check_good(const struct row *row, const struct credential *c)
{
	assert_int_equal(c->source, CREDENTIAL_ENVIRONMENT);
	assert_true(str_is(secret_view(&c->id), "AKIDx"));
	assert_true(str_is(secret_view(&c->key), "canary"));
	assert_int_equal(secret_is_set(&c->token), row->token != NULL);
	if (row->token)
		assert_true(str_is(secret_view(&c->token), row->token));
}

static void check_bad(const struct row *row, const struct err *e)
{
	char *text = err_text(e);

	assert_non_null(text);
	print_message("  %s\n", text);
	assert_int_equal(e->kind, ERR_CONFIG);
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "ary: x"));
	for (size_t i = 0; i < ARRAY_LEN(row->want) && row->want[i]; i++)
		if (!strstr(text, row->want[i]))
			fail_msg("%s: \"%s\" does not say %s", row->name, text, row->want[i]);
	free(text);
}

static void environment_is_read_as_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct credential_query q = query(rows[i].profile, rows[i].vars);
		struct credential c = {0};
		struct err *e = credentials_find(&q, &c);

		print_message("%s\n", rows[i].name);
		if (rows[i].want[0]) {
			assert_non_null(e);
			check_bad(&rows[i], e);
			assert_null(c.id.bytes);
			assert_null(c.key.bytes);
		} else {
			assert_null(e);
			check_good(&rows[i], &c);
		}
		err_free(e);
		credential_clear(&c);
		credential_clear(&c);
	}
}

static void limits_are_kept(void **state)
{
	static const struct {
		const char *name;
		size_t max;
	} limits[] = {{ID, 1024}, {KEY, 1024}, {T1, 4096}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		for (size_t over = 0; over < 2; over++) {
			char *value = malloc(limits[i].max + over + 1);
			struct var vars[VARS_MAX] = {{ID, "x"}, {KEY, "x"}, {T1, NULL}};
			struct credential_query q = query(NULL, vars);
			struct credential c = {0};
			struct err *e;

			assert_non_null(value);
			memset(value, 'a', limits[i].max + over);
			value[limits[i].max + over] = '\0';
			vars[i].value = value;
			e = credentials_find(&q, &c);
			assert_int_equal(e != NULL, over);
			err_free(e);
			credential_clear(&c);
			free(value);
		}
	}
}

static void sources_stand_in_order(void **state)
{
	static const char *const order[] = {"profile",    "environment", "sdk-file",
					    "tccli-file", "tke",         "cvm-role"};

	(void)state;
	assert_int_equal(ARRAY_LEN(order), CREDENTIAL_SOURCES_END - CREDENTIAL_PROFILE);
	for (unsigned i = 0; i < ARRAY_LEN(order); i++)
		assert_string_equal(credential_source_name(CREDENTIAL_PROFILE + i), order[i]);
}

static void mask_shows_the_ends_alone(void **state)
{
	static const struct {
		const char *id, *want;
	} masks[] = {
		{"AKIDEXAMPLE0000", "AKID****0000"},
		{"AKIDEXAMPLE0", "AKID****PLE0"},
		{"AKIDEXAMPLE", "****"},
		{"", "****"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		struct credential c = {0};

		assert_null(secret_set(&c.id, str_from(masks[i].id)));
		assert_string_equal(credential_masked_id(&c, a), masks[i].want);
		credential_clear(&c);
	}
	arena_free(a);
}

/* ---- files ---- */

static char *folder; /* a HOME of its own; FOLDER/etc stands for /etc */

/* Text of a file; NULL ends a row's list. */
struct text {
	const char *path, *text;
};

#define SDK      "home/.tencentcloud/credentials"
#define SDK_ETC  "etc/tencentcloud/credentials"
#define TCCLI    "home/.tccli/default.credential"
#define TCCLI_P  "home/.tccli/prod.credential"
#define INI(id)  "[default]\nsecret_id = " id "\nsecret_key = canary\n"
#define JSON(id) "{\"secretId\":\"" id "\",\"secretKey\":\"canary\"}"

/* Where `from` is a source, its id is AKIDx; else `want` stands in the message. */
static const struct file_row {
	const char *name;
	struct text files[4];
	struct var vars[4];
	const char *profile;
	bool is_cvm_role;
	enum credential_form form;
	const char *from, *token;
	const char *want[3];
	int64_t expires_s;
	const char *lacks; /* what the message must not say; or NULL */
} file_rows[] = {
	{"sdk file", {{SDK, INI("AKIDx")}}, .from = "sdk-file"},
	{"sdk file of the machine", {{SDK_ETC, INI("AKIDx")}}, .from = "sdk-file"},
	{"the user's before the machine's",
	 {{SDK, INI("AKIDx")}, {SDK_ETC, INI("AKIDetc")}},
	 .from = "sdk-file"},
	{"a file that a variable names",
	 {{"named", INI("AKIDx")}, {SDK, INI("AKIDhome")}},
	 {{"TENCENTCLOUD_CREDENTIALS_FILE", "named"}},
	 .from = "sdk-file"},
	{"a named file that is not there",
	 {{SDK, INI("AKIDhome")}},
	 {{"TENCENTCLOUD_CREDENTIALS_FILE", "named"}},
	 .want = {"TENCENTCLOUD_CREDENTIALS_FILE", "no such file"}},
	{"environment before the sdk file",
	 {{SDK, INI("AKIDhome")}},
	 {{ID, "AKIDx"}, {KEY, "canary"}},
	 .from = "environment"},
	{"sdk file before tccli's",
	 {{SDK, INI("AKIDx")}, {TCCLI, JSON("AKIDcli")}},
	 .from = "sdk-file"},
	{"sdk file without the section",
	 {{SDK, "[other]\nsecret_id = AKIDother\nsecret_key = canary\n"}, {TCCLI, JSON("AKIDx")}},
	 .from = "tccli-file"},
	{"a token, comments and what is unknown",
	 {{SDK, "# canary\n[x]\nsecret_id = y\n[default]\r\nsecret_id=AKIDx\r\n ; no\n"
		"secret_key =  canary\ntoken = tok\nrole_arn = z\n"}},
	 .from = "sdk-file",
	 .token = "tok"},
	{"no key",
	 {{SDK, "[default]\nsecret_id = AKIDx\n"}},
	 .want = {SDK ":1: secret_key is missing", "write it"}},
	{"a key twice",
	 {{SDK, "[default]\nsecret_id = AKIDx\nsecret_key = canary\nsecret_key = canary\n"}},
	 .want = {SDK, ":4: the key is there twice"}},
	{"a line that is none", {{SDK, "[default]\ncanary\n"}}, .want = {SDK, ":2: expected key"}},
	{"a blank in a key",
	 {{SDK, "[default]\nsecret_id = AKIDx\nsecret_key = can ary: x\n"}},
	 .want = {SDK ":3: secret_key: byte 4"}},
	{"colons, as Python reads them",
	 {{SDK, "[default]\nsecret_id: AKIDx\nsecret_key:canary\ntoken : tok\n\n"
		"[audit]\nrole_arn: qcs::cam::uin/1:roleName/a\nsource_profile: default\n"}},
	 .from = "sdk-file",
	 .token = "tok"},
	{"the first of = and : divides",
	 {{SDK, "[default]\nsecret_id= AKIDx\nsecret_key = canary\ntoken: a=b:c==\n"}},
	 .from = "sdk-file",
	 .token = "a=b:c=="},
	{"keys in capitals",
	 {{SDK, "[default]\nSECRET_ID = AKIDx\nSecret_Key = canary\n"}},
	 .from = "sdk-file"},
	{"a note behind a header",
	 {{SDK, "[default] # canary [x]\nsecret_id = AKIDx\nsecret_key = canary\n"}},
	 .from = "sdk-file"},
	{"a value of several lines that is not ours",
	 {{SDK, "[default]\nsecret_id = AKIDx\nnote = a\n\tcanary\n\n  b: c\n"
		"secret_key =\n    canary\n"}},
	 .from = "sdk-file"},
	{"keys with an indentation, as Node reads them",
	 {{SDK, "[default]\nsecret_id = AKIDx\n  secret_key = canary\n"}},
	 .from = "sdk-file"},
	{"line ends of old",
	 {{SDK, "[default]\rsecret_id = AKIDx\rsecret_key = canary\r"}},
	 .from = "sdk-file"},
	{"a value that is continued",
	 {{SDK, "[default]\nsecret_id = AKIDx\nsecret_key = can\n  ary: x\n"}},
	 .want = {SDK ":4: an indented line"}},
	{"a key twice, in capitals",
	 {{SDK, "[default]\r\nsecret_id: AKIDx\r\nSECRET_ID = canary\r\n"}},
	 .want = {SDK ":3: the key is there twice"}},
	{"a section of a role alone, named",
	 {{SDK,
	   "[default]\nsecret_id: AKIDother\nsecret_key: canary\n\n[audit]\nrole_arn: canary\n"}},
	 .profile = "audit",
	 .want = {SDK ":5: the section has a role_arn and no keys", "targets.ini", "role-arn"}},
	{"quotes in the sdk file",
	 {{SDK, "[default]\nsecret_id = AKIDx\n\nsecret_key = \"canary\"\n"}},
	 .want = {SDK ":4: secret_key: quotes around"}},
	{"quotes in tccli's file",
	 {{TCCLI, "{\"secretId\":\"AKIDx\",\"secretKey\":\"'canary'\"}"}},
	 .want = {TCCLI ": secretKey: quotes around"}},
	{"a byte order mark in the sdk file",
	 {{SDK, "\xef\xbb\xbf" INI("AKIDother")}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK ":1: a byte order mark", "save the file as UTF-8"}},
	{"a byte order mark in tccli's file",
	 {{TCCLI, "\xef\xbb\xbf" JSON("AKIDother")}},
	 .vars = {{"TKE_REGION", "r"},
		  {"TKE_PROVIDER_ID", "p"},
		  {"TKE_WEB_IDENTITY_TOKEN_FILE", "f"},
		  {"TKE_ROLE_ARN", "a"}},
	 .want = {TCCLI ":1: a byte order mark"}},
	{"UTF-16 in the sdk file",
	 {{SDK, "\xff\xfe["}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK ":1: UTF-16", "save the file as UTF-8"}},
	{"UTF-16 of the other byte order in the machine's file",
	 {{SDK_ETC, "\xfe\xff"}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK_ETC ":1: UTF-16"}},
	{"keys without a section",
	 {{SDK, "# mine\n\nsecret_id = canary\nsecret_key = canary\n"}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK ":3: no section", "[default]"}},
	{"keys above the section",
	 {{SDK, "secret_id = canary\n" INI("AKIDx")}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK ":1: no section"}},
	{"a section in capitals",
	 {{SDK, "[other]\n\n[DEFAULT]\nsecret_id = canary\n"}, {TCCLI, JSON("AKIDcli")}},
	 .want = {SDK ":3: the section that is read is [default]"}},
	{"a section in capitals beside the right one",
	 {{SDK, "[DEFAULT]\nsecret_id = AKIDother\n" INI("AKIDx")}},
	 .from = "sdk-file"},
	{"a named file without the section",
	 {{"named", "[other]\n"}, {TCCLI, JSON("AKIDcli")}},
	 {{"TENCENTCLOUD_CREDENTIALS_FILE", "named"}},
	 .want = {"TENCENTCLOUD_CREDENTIALS_FILE", "named has no section [default]"}},
	{"a named file in quotes",
	 {{TCCLI, JSON("AKIDcli")}},
	 {{"TENCENTCLOUD_CREDENTIALS_FILE", "\"/x\""}},
	 .want = {"TENCENTCLOUD_CREDENTIALS_FILE", "quotes around"}},
	{"tccli file", {{TCCLI, JSON("AKIDx")}}, .from = "tccli-file"},
	{"tccli's null token",
	 {{TCCLI,
	   "{\"type\":null,\"secretId\":\"AKIDx\",\"secretKey\":\"canary\",\"token\":null}"}},
	 .from = "tccli-file"},
	{"tccli's profile by its variable",
	 {{TCCLI, JSON("AKIDdefault")}, {TCCLI_P, JSON("AKIDx")}},
	 {{"TCCLI_PROFILE", "prod"}},
	 .from = "tccli-file"},
	{"a profile of that variable that is not there",
	 {{TCCLI, JSON("AKIDdefault")}},
	 {{"TCCLI_PROFILE", "prod"}},
	 .want = {"TCCLI_PROFILE = prod", "prod.credential is not there"}},
	{"a profile that leads elsewhere",
	 {{TCCLI, JSON("AKIDdefault")}},
	 {{"TCCLI_PROFILE", "../x"}},
	 .want = {"TCCLI_PROFILE: not the name"}},
	{"a profile of that variable in quotes",
	 {{TCCLI, JSON("AKIDdefault")}},
	 {{"TCCLI_PROFILE", "'prod'"}},
	 .want = {"TCCLI_PROFILE: quotes around"}},
	{"a login that holds",
	 {{TCCLI, "{\"type\":\"oauth\",\"expiresAt\":2000,\"secretId\":\"AKIDx\","
		  "\"secretKey\":\"canary\",\"token\":\"tok\",\"oauth\":{\"accessToken\":\"c\"}}"}},
	 .from = "tccli-file",
	 .token = "tok",
	 .expires_s = 2000},
	{"an expired login",
	 {{TCCLI, "{\"type\":\"oauth\",\"expiresAt\":999,\"secretId\":\"AKIDx\","
		  "\"secretKey\":\"canary\"}"}},
	 .want = {"oauth login expired at 1970-01-01T00:16:39Z", TCCLI, "tccli auth login"}},
	{"an expired login beside permanent keys",
	 {{TCCLI, "{\"type\":\"oauth\",\"expiresAt\":999,\"secretId\":\"AKIDx\","
		  "\"secretKey\":\"canary\",\"token\":null}"}},
	 .want = {"oauth login expired", "tccli auth login", "take type out of the file"}},
	{"an expired login with its token",
	 {{TCCLI, "{\"type\":\"oauth\",\"expiresAt\":999,\"secretId\":\"AKIDx\","
		  "\"secretKey\":\"canary\",\"token\":\"canary\"}"}},
	 .want = {"oauth login expired", "tccli auth login"},
	 .lacks = "take type out"},
	{"permanent keys of a login whose type was taken out",
	 {{TCCLI, "{\"expiresAt\":999,\"secretId\":\"AKIDx\",\"secretKey\":\"canary\"}"}},
	 .from = "tccli-file"},
	{"an expired sso login, as a float",
	 {{TCCLI, "{\"type\":\"sso\",\"expiresAt\":999.5,\"secretId\":\"AKIDx\","
		  "\"secretKey\":\"canary\"}"}},
	 .want = {"sso login expired"}},
	{"an unknown type", {{TCCLI, "{\"type\":\"canary\"}"}}, .want = {TCCLI, "its type"}},
	{"no JSON",
	 {{TCCLI, "{\"secretId\":\"AKIDx\",\ncanary"}},
	 .want = {TCCLI, "line 2 column 1"}},
	{"a key twice in JSON",
	 {{TCCLI, "{\"canary\":1,\"canary\":1}"}},
	 .want = {TCCLI, "line 1 column", "not the JSON"}},
	{"no key in JSON",
	 {{TCCLI, "{\"secretId\":\"AKIDx\"}"}},
	 .want = {TCCLI, "secretKey is missing"}},
	{"tccli's instance role, not asked for",
	 {{TCCLI, "{\"type\":\"cvm-role\"}"}},
	 .want = {TCCLI, "credentials = cvm-role"}},
	{"tccli's instance role",
	 {{TCCLI, "{\"use-cvm-role\":true}"}},
	 .is_cvm_role = true,
	 .form = CREDENTIAL_INSTANCE,
	 .from = "tccli-file"},
	{"profile of tccli",
	 {{TCCLI_P, JSON("AKIDx")}, {SDK, "[prod]\nsecret_id = y\nsecret_key = canary\n"}},
	 {{ID, "AKIDenv"}, {KEY, "canary"}},
	 .profile = "prod",
	 .from = "profile"},
	{"profile as a section",
	 {{SDK, "[prod]\nsecret_id = AKIDx\nsecret_key = canary\n"}},
	 .profile = "prod",
	 .from = "profile"},
	{"tke",
	 .vars = {{"TKE_REGION", "r"},
		  {"TKE_PROVIDER_ID", "p"},
		  {"TKE_WEB_IDENTITY_TOKEN_FILE", "f"},
		  {"TKE_ROLE_ARN", "a"}},
	 .form = CREDENTIAL_WEB_IDENTITY, .is_cvm_role = true, .from = "tke"},
	{"tccli file before tke",
	 {{TCCLI, JSON("AKIDx")}},
	 .vars = {{"TKE_REGION", "r"},
		  {"TKE_PROVIDER_ID", "p"},
		  {"TKE_WEB_IDENTITY_TOKEN_FILE", "f"},
		  {"TKE_ROLE_ARN", "a"}},
	 .from = "tccli-file"},
	{"quotes around one of tke's",
	 .vars = {{"TKE_REGION", "r"},
		  {"TKE_PROVIDER_ID", "p"},
		  {"TKE_WEB_IDENTITY_TOKEN_FILE", "'/canary'"},
		  {"TKE_ROLE_ARN", "a"}},
	 .want = {"TKE_WEB_IDENTITY_TOKEN_FILE", "quotes around"}},
	{"half of tke", .vars = {{"TKE_REGION", "r"}}, .want = {"TKE_", "set all four"}},
	{"the instance, asked for", .is_cvm_role = true, .form = CREDENTIAL_INSTANCE,
	 .from = "cvm-role"},
	{"the instance, not asked for", .want = {"no credentials"}},
};

static void make_path(char out[256], const char *name)
{
	(void)snprintf(out, 256, "%s/%s", folder, name);
}

static void write_files(const struct file_row *row)
{
	static const char *const all[] = {SDK, SDK_ETC, TCCLI, TCCLI_P, "named"};
	char path[256];

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		make_path(path, all[i]);
		(void)unlink(path);
	}
	for (size_t i = 0; i < ARRAY_LEN(row->files) && row->files[i].path; i++) {
		make_path(path, row->files[i].path);
		*strrchr(path, '/') = '\0';
		assert_null(fs_make_dirs(path));
		make_path(path, row->files[i].path);
		assert_null(fs_write(path, str_from(row->files[i].text), FS_REPLACE));
	}
}

static struct err *find_by_files(const struct file_row *row, struct credential *c)
{
	struct var vars[VARS_MAX] = {{NULL, NULL}};
	char home[256], etc[256], named[256];
	struct credential_query q;
	size_t n = 0;

	for (; n < ARRAY_LEN(row->vars) && row->vars[n].name; n++) {
		vars[n] = row->vars[n];
		if (strcmp(vars[n].value, "named") == 0) {
			make_path(named, "named");
			vars[n].value = named;
		}
	}
	make_path(home, "home");
	make_path(etc, "etc");
	vars[n] = (struct var){"HOME", home};
	q = query(row->profile, vars);
	q.etc = etc;
	q.now_s = 1000;
	q.is_cvm_role = row->is_cvm_role;
	return credentials_find(&q, c);
}

static void files_are_read_as_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(file_rows); i++) {
		const struct file_row *row = &file_rows[i];
		struct credential c = {0};
		struct err *e;
		char *text;

		print_message("%s\n", row->name);
		write_files(row);
		e = find_by_files(row, &c);
		text = e ? err_text(e) : NULL;
		if (text)
			print_message("  %s\n", text);
		assert_int_equal(e == NULL, row->from != NULL);
		for (size_t k = 0; k < ARRAY_LEN(row->want) && row->want[k]; k++)
			assert_non_null(strstr(text, row->want[k]));
		assert_false(text && row->lacks && strstr(text, row->lacks));
		assert_true(!text || (!strstr(text, "canary") && !strstr(text, "ary: x")));
		if (row->from) {
			assert_string_equal(credential_source_name(c.source), row->from);
			assert_int_equal(c.form, row->form);
			assert_int_equal(c.expires_s, row->expires_s);
			assert_true(row->form || str_is(secret_view(&c.id), "AKIDx"));
			assert_true(row->form || str_is(secret_view(&c.key), "canary"));
			assert_int_equal(secret_is_set(&c.token), row->token != NULL);
		}
		free(text);
		err_free(e);
		credential_clear(&c);
	}
}

/* ---- what is in a file's place ---- */

static void make_folder(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void make_fifo(const char *path)
{
	assert_int_equal(mkfifo(path, 0600), 0);
}

static void make_dangling(const char *path)
{
	assert_int_equal(symlink("nowhere", path), 0);
}

static void make_loop(const char *path)
{
	assert_int_equal(symlink(path, path), 0);
}

/* Nobody may read it, and root too is somebody else while it is read. */
static void make_unreadable(const char *path)
{
	assert_null(fs_write(path, STR(INI("AKIDother")), FS_REPLACE));
	assert_int_equal(chmod(path, 0), 0);
}

static void make_utf16_without_mark(const char *path)
{
	assert_null(fs_write(path, STR("#\n#\n[\0d\0]\0"), FS_REPLACE));
}

static void make_large(const char *path)
{
	static char text[(64 << 10) + 1];

	memset(text, '#', sizeof(text));
	assert_null(fs_write(path, (struct str){text, sizeof(text)}, FS_REPLACE));
}

static const struct {
	void (*make)(const char *path);
	const char *want;
} odd_rows[] = {
	{make_folder, ": a folder in place of a file; remove it"},
	{make_fifo, ": not a file; remove it"},
	{make_dangling, ": a link that leads nowhere; correct it, or remove it"},
	{make_loop, ": cannot be read; let this user read it, or move it away"},
	{make_unreadable, ": cannot be read; let this user read it, or move it away"},
	{make_utf16_without_mark, ":3: a NUL byte; if this is UTF-16, save the file as UTF-8"},
	{make_large, ": larger than"},
};

/* In each place of a file, with keys in all places that come later. */
static void what_cannot_be_read_ends_the_search(void **state)
{
	static const struct file_row places[] = {
		{SDK, {{SDK_ETC, INI("AKIDetc")}, {TCCLI, JSON("AKIDcli")}}, .from = "sdk-file"},
		{SDK_ETC, {{TCCLI, JSON("AKIDcli")}}, .from = "sdk-file"},
		{TCCLI, {{NULL, NULL}}, .is_cvm_role = true, .from = "tccli-file"},
		{TCCLI_P,
		 {{SDK, "[prod]\nsecret_id = y\nsecret_key = y\n"}},
		 .profile = "prod",
		 .from = "profile"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(places) * ARRAY_LEN(odd_rows); i++) {
		const struct file_row *row = &places[i / ARRAY_LEN(odd_rows)];
		size_t odd = i % ARRAY_LEN(odd_rows);
		uid_t we = geteuid();
		struct credential c = {0};
		char path[256], *text;
		struct err *e;

		write_files(row);
		make_path(path, row->name);
		*strrchr(path, '/') = '\0';
		assert_null(fs_make_dirs(path));
		make_path(path, row->name);
		odd_rows[odd].make(path);
		if (we == 0 && odd_rows[odd].make == make_unreadable) {
			assert_int_equal(chmod(folder, 0755), 0);
			assert_int_equal(seteuid(65534), 0);
		}
		e = find_by_files(row, &c);
		assert_int_equal(seteuid(we), 0);
		assert_non_null(e);
		text = err_text(e);
		print_message("%s\n", text);
		assert_non_null(strstr(text, row->from));
		assert_non_null(strstr(text, row->name));
		assert_non_null(strstr(text, odd_rows[odd].want));
		assert_false(secret_is_set(&c.id));
		free(text);
		err_free(e);
		assert_int_equal(remove(path), 0);
	}
}

/* A mount that the test decides on: what a file may be told depends on it. */
static unsigned long mount_flags;

int __real_fstatvfs(int fd, struct statvfs *out);
int __wrap_fstatvfs(int fd, struct statvfs *out);
int __wrap_fstatvfs(int fd, struct statvfs *out)
{
	int code = __real_fstatvfs(fd, out);

	out->f_flag |= mount_flags;
	return code;
}

/* Some file systems do not know how long their files are, and some files grow while they are read. */
static long size_told = -1;

int __real_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_fstat(int fd, struct stat *out)
{
	int code = __real_fstat(fd, out);

	if (code == 0 && size_told >= 0)
		out->st_size = size_told;
	return code;
}

static void no_size_is_believed(void **state)
{
	static const long sizes[] = {0, 1, 40, 1 << 16, 1 << 30};
	const struct file_row row = {SDK, {{SDK, INI("AKIDsize")}}, .from = "sdk-file"};
	char path[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct credential c = {0};

		write_files(&row);
		size_told = sizes[i];
		assert_null(find_by_files(&row, &c));
		size_told = -1;
		assert_true(str_is(secret_view(&c.id), "AKIDsize"));
		credential_clear(&c);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct credential c = {0};
		struct err *e;

		make_path(path, SDK);
		make_large(path);
		size_told = sizes[i];
		e = find_by_files(&row, &c);
		size_told = -1;
		assert_non_null(e);
		assert_non_null(strstr(e->cause ? e->cause->msg : e->msg, "larger than"));
		err_free(e);
	}
}

static void warning_fits_the_mount(void **state)
{
	static const struct {
		unsigned long flags;
		mode_t mode;
		const char *want; /* NULL: no warning */
	} mounts[] = {
		{0, 0600, NULL},         {0, 0640, "chmod 600"},
		{0, 0644, "chmod 600"},  {ST_RDONLY, 0400, NULL},
		{ST_RDONLY, 0440, NULL}, {ST_RDONLY, 0444, "defaultMode: 0440"},
	};
	const struct file_row row = file_rows[0];

	(void)state;
	write_files(&row);
	for (size_t i = 0; i < ARRAY_LEN(mounts); i++) {
		char *text = NULL, path[256], home[256];
		size_t n = 0;
		const struct var vars[VARS_MAX] = {{"HOME", home}};
		struct log log = {.out = open_memstream(&text, &n), .level = LOG_QUIET};
		struct credential_query q = query(NULL, vars);
		struct credential c = {0};

		make_path(home, "home");
		make_path(path, SDK);
		q.log = &log;
		mount_flags = mounts[i].flags;
		assert_int_equal(chmod(path, mounts[i].mode), 0);
		assert_null(credentials_find(&q, &c));
		(void)fclose(log.out);
		mount_flags = 0;
		credential_clear(&c);
		print_message("%03o: %s\n", (unsigned)mounts[i].mode, text);
		assert_int_equal(n > 0, mounts[i].want != NULL);
		assert_true(!mounts[i].want || strstr(text, mounts[i].want));
		assert_true(!mounts[i].flags || !strstr(text, "chmod"));
		free(text);
	}
}

static void files_of_others_draw_a_warning(void **state)
{
	char *text = NULL, path[256], home[256];
	size_t n = 0;
	const struct file_row *row = &file_rows[0];
	const struct var vars[VARS_MAX] = {{"HOME", home}};
	struct log log = {.out = open_memstream(&text, &n), .level = LOG_QUIET};
	struct credential_query q = query(NULL, vars);
	struct credential c = {0};

	(void)state;
	write_files(row);
	make_path(home, "home");
	make_path(path, SDK);
	q.log = &log;
	for (unsigned mode = 0600; mode <= 0644; mode += 044) {
		assert_int_equal(chmod(path, mode), 0);
		assert_null(credentials_find(&q, &c));
		credential_clear(&c);
		(void)fflush(log.out);
		assert_int_equal(n > 0, mode == 0644);
	}
	assert_non_null(strstr(text, SDK));
	assert_null(strstr(text, "canary"));
	(void)fclose(log.out);
	free(text);
}

static int begin(void **state)
{
	static char name[] = "/tmp/scandrift-credentials.XXXXXX";

	(void)state;
	folder = mkdtemp(name);
	arena = arena_new();
	return folder && arena ? 0 : -1;
}

static int end(void **state)
{
	const struct file_row none = {.name = ""};
	static const char *const dirs[] = {"home/.tencentcloud", "home/.tccli", "home",
					   "etc/tencentcloud",   "etc",         "."};
	char path[256];

	(void)state;
	write_files(&none);
	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		make_path(path, dirs[i]);
		(void)rmdir(path);
	}
	(void)rmdir(folder);
	arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environment_is_read_as_told),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(sources_stand_in_order),
		cmocka_unit_test(mask_shows_the_ends_alone),
		cmocka_unit_test(files_are_read_as_told),
		cmocka_unit_test(what_cannot_be_read_ends_the_search),
		cmocka_unit_test(no_size_is_believed),
		cmocka_unit_test(files_of_others_draw_a_warning),
		cmocka_unit_test(warning_fits_the_mount),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
