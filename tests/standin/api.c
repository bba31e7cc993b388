/* SPDX-License-Identifier: Apache-2.0 */
#include "api.h"

#include <openssl/rand.h>
#include <string.h>
#include <time.h>

#include "accounts.h"
#include "json.h"
#include "log.h"

#define WINDOW_S   300
#define BODY_MAX   ((size_t)128 * 1024 * 1024)
#define TEXT_MAX   ((size_t)64 * 1024)
#define PARAMS_MAX ((size_t)32 * 1024) /* the API's limit for a GET's query */

struct call {
	const struct api *api;
	const struct verify_request *request;
	struct verify_outcome verdict;
	struct account account;
	enum account_got account_got;
	const char *account_fault;
	char request_id[37];
	const char *outcome;
	struct api_result *result;
};

/* An action: who serves it, what it takes, and the function that writes its reply. */
struct action {
	const char *name, *service, *version;
	const char *const *parameters; /* NULL-terminated */
	bool may_be_unsigned;
	bool needs_region;
	void (*answer)(struct call *);
};

static void answer_account_response(struct call *);
static void answer_caller(struct call *);
static void answer_role(struct call *);
static void answer_web_role(struct call *);

static const char *const no_parameters[] = {NULL};
static const char *const role_parameters[] = {"RoleArn",         "RoleSessionName",
					      "DurationSeconds", "Policy",
					      "ExternalId",      "Tags",
					      "SourceIdentity",  NULL};
static const char *const web_role_parameters[] = {"ProviderId",      "WebIdentityToken", "RoleArn",
						  "RoleSessionName", "DurationSeconds",  NULL};

/* clang-format off */
static const struct action action_table[] = {
	/* name, then service, version, parameters, unsigned, region, answer */
	{ "DescribeImageRegistryTimingScanTask",
	  "tcss", "2020-11-01", no_parameters, false, false, answer_account_response },
	{ "GetCallerIdentity",
	  "sts", "2018-08-13", no_parameters, false, true, answer_caller },
	{ "AssumeRole",
	  "sts", "2018-08-13", role_parameters, false, true, answer_role },
	{ "AssumeRoleWithWebIdentity",
	  "sts", "2018-08-13", web_role_parameters, true, true, answer_web_role },
};
/* clang-format on */

static const char *const services[] = {"tcss", "sts", NULL};

static struct span header(const struct call *c, const char *name)
{
	return header_get(c->request->headers, c->request->headers_n, span_of(name));
}

/* A random UUID, version 4. */
static void make_request_id(char out[37])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char b[16] = {0};
	size_t at = 0;

	RAND_bytes(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = hex[b[i] >> 4];
		out[at++] = hex[b[i] & 15];
	}
	out[at] = '\0';
}

/* The envelope around an object's members, RequestId first as the real one has it. */
static void reply_envelope(struct call *c, struct span object)
{
	struct buf *body = &c->result->reply.body;
	struct span own;
	struct json_member first;
	size_t at = 0;
	bool add_id = !c->result->faults.no_request_id && !json_find(object, "RequestId", &own);

	buf_free(body);
	buf_add_str(body, "{\"Response\":{");
	if (add_id)
		buf_printf(body, "\"RequestId\":\"%s\"", c->request_id);
	if (add_id && json_next(object, &at, &first))
		buf_add_str(body, ",");
	buf_add(body, object.p + 1, object.n - 1);
	buf_add_str(body, "}");
}

static void reply_error(struct call *c, const char *code, struct span message)
{
	struct buf error = BUF_INIT((size_t)64 * 1024);

	c->outcome = code;
	buf_add_str(&error, "{\"Error\":{\"Code\":\"");
	buf_add_json(&error, span_of(code));
	buf_add_str(&error, "\",\"Message\":\"");
	buf_add_json(&error, message);
	buf_add_str(&error, "\"}}");
	if (buf_ok(&error))
		reply_envelope(c, buf_span(&error));
	buf_free(&error);
}

static void answer_account_response(struct call *c)
{
	if (c->account.has_raw)
		buf_add_span(&c->result->reply.body, buf_span(&c->account.raw));
	else
		reply_envelope(c, c->account.response);
}

static void answer_caller(struct call *c)
{
	struct span id = c->verdict.secret_id, uin = buf_span(&c->account.uin), role = id;
	struct buf object = BUF_INIT(TEXT_MAX);

	if (span_skip(&role, "ROLE-"))
		buf_printf(&object, "{\"Arn\":\"qcs::sts::uin/%.*s:assumed-role/%.*s\",",
			   (int)uin.n, uin.p, (int)role.n, role.p);
	else
		buf_printf(&object, "{\"Arn\":\"qcs::cam::uin/%.*s:uin/%.*s\",", (int)uin.n, uin.p,
			   (int)uin.n, uin.p);
	buf_printf(&object,
		   "\"AccountId\":\"%.*s\",\"UserId\":\"%.*s\",\"PrincipalId\":\"%.*s\","
		   "\"Type\":\"CAMUser\"}",
		   (int)uin.n, uin.p, (int)uin.n, uin.p, (int)uin.n, uin.p);
	reply_envelope(c, buf_span(&object));
	buf_free(&object);
}

/* A member of the request's body as text; false where it is no string, or empty. */
static bool parameter(const struct call *c, const char *name, struct buf *out)
{
	struct span value;

	*out = BUF_INIT(PARAMS_MAX);
	return json_find(c->request->body, name, &value) && json_string(value, out) && out->n > 0;
}

/* ROLE-NAME of an ARN whose account is that of the file; false where there is none. */
static bool find_role(const struct call *c, struct span arn, struct account *out)
{
	struct buf id = BUF_INIT(256);
	struct span uin;
	const char *why;
	bool ok;

	*out = (struct account){.file = BUF_INIT(1)};
	if (!span_skip(&arn, "qcs::cam::uin/") || !span_until(&arn, ':', &uin) ||
	    !span_skip(&arn, "roleName/"))
		return false;
	buf_add_str(&id, "ROLE-");
	buf_add_span(&id, arn);
	ok = buf_ok(&id) &&
	     account_read(c->api->accounts_folder, buf_span(&id), out, &why) == ACCOUNT_FOUND &&
	     span_equal(uin, buf_span(&out->uin));
	buf_free(&id);
	return ok;
}

static void put_expiry(struct buf *b, long long at)
{
	time_t t = (time_t)at;
	struct tm tm;
	char text[32] = "";

	if (gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	buf_printf(b, "\"ExpiredTime\":%lld,\"Expiration\":\"%s\"", at, text);
}

static void reply_role(struct call *c, struct span arn, const struct account *role)
{
	struct buf object = BUF_INIT(TEXT_MAX);
	struct span name = arn, head;

	while (span_until(&name, '/', &head))
		continue;
	buf_printf(&object, "{\"Credentials\":{\"TmpSecretId\":\"ROLE-%.*s\",\"TmpSecretKey\":\"",
		   (int)name.n, name.p);
	buf_add_json(&object, buf_span(&role->secret_key));
	buf_add_str(&object, "\",\"Token\":\"");
	buf_add_json(&object, buf_span(&role->token));
	buf_add_str(&object, "\"},");
	put_expiry(&object, (long long)time(NULL) + role->seconds);
	buf_add_str(&object, "}");
	reply_envelope(c, buf_span(&object));
	buf_free(&object);
}

static void answer_role(struct call *c)
{
	struct buf arn, session;
	struct account role = {.file = BUF_INIT(1)};
	bool has_arn = parameter(c, "RoleArn", &arn);
	bool has_session = parameter(c, "RoleSessionName", &session);

	if (!has_arn || !has_session)
		reply_error(c, "MissingParameter", SPAN("RoleArn and RoleSessionName are needed."));
	else if (!find_role(c, buf_span(&arn), &role))
		reply_error(c, "ResourceNotFound.RoleNotFound", SPAN("The role is not found."));
	else
		reply_role(c, buf_span(&arn), &role);
	account_free(&role);
	buf_free(&arn);
	buf_free(&session);
}

static void answer_web_role(struct call *c)
{
	struct buf arn, token, provider;
	struct account role = {.file = BUF_INIT(1)};
	bool has_arn = parameter(c, "RoleArn", &arn),
	     has_token = parameter(c, "WebIdentityToken", &token);
	bool has_provider = parameter(c, "ProviderId", &provider);

	if (c->verdict.kind != VERIFY_UNSIGNED || header(c, "X-TC-Token").p)
		reply_error(c, "InvalidParameter.ParamError", SPAN("This action is not signed."));
	else if (!has_arn || !has_token || !has_provider)
		reply_error(c, "MissingParameter",
			    SPAN("ProviderId, RoleArn and a token are needed."));
	else if (!find_role(c, buf_span(&arn), &role))
		reply_error(c, "ResourceNotFound.RoleNotFound", SPAN("The role is not found."));
	else if (!span_equal(buf_span(&token), buf_span(&role.web_token)))
		reply_error(c, "InvalidParameter.ParamError",
			    SPAN("The web identity token is invalid."));
	else
		reply_role(c, buf_span(&arn), &role);
	account_free(&role);
	buf_free(&arn);
	buf_free(&token);
	buf_free(&provider);
}

static const struct action *find_action(struct span name)
{
	for (size_t i = 0; i < sizeof(action_table) / sizeof(action_table[0]); i++) {
		if (span_is(name, action_table[i].name))
			return &action_table[i];
	}
	return NULL;
}

static bool is_service(struct span name)
{
	for (const char *const *s = services; *s; s++) {
		if (span_is(name, *s))
			return true;
	}
	return false;
}

static bool knows_parameter(const struct action *a, struct span name)
{
	for (const char *const *p = a->parameters; *p; p++) {
		if (span_is(name, *p))
			return true;
	}
	return false;
}

/* Refuses what the action does not know, in the body or, for GET, in the query. */
static bool check_parameters(struct call *c, const struct action *a)
{
	struct buf message = BUF_INIT(PARAMS_MAX * 2);
	struct span query = c->request->target, part, unknown = {NULL, 0};
	struct json_member m;
	size_t at = 0;
	bool more;

	if (span_is(c->request->method, "POST")) {
		if (!json_valid(c->request->body) || !json_is_object(c->request->body)) {
			reply_error(c, "InvalidParameter", SPAN("The body is not a JSON object."));
			return false;
		}
		while (!unknown.p && json_next(c->request->body, &at, &m)) {
			if (!knows_parameter(a, m.name))
				unknown = m.name;
		}
	} else if (span_until(&query, '?', &part)) {
		do {
			struct span name;

			more = span_until(&query, '&', &part);
			if (!more)
				part = query;
			if (!span_until(&part, '=', &name))
				name = part;
			if (name.n > 0 && !knows_parameter(a, name))
				unknown = name;
		} while (more && !unknown.p);
	}
	if (!unknown.p)
		return true;
	buf_add_str(&message, "The parameter `");
	buf_add_span(&message, unknown);
	buf_add_str(&message, "` is not recognized.");
	reply_error(c, "UnknownParameter",
		    buf_ok(&message) ? buf_span(&message) : SPAN("A parameter is not recognized."));
	buf_free(&message);
	return false;
}

/* A vendor SDK with a loopback endpoint names a service that nothing can be told from. */
static bool service_fits(const struct call *c, const struct action *a)
{
	struct span service = c->verdict.service;

	return c->verdict.kind == VERIFY_UNSIGNED || span_is(service, a->service) ||
	       (c->api->sdk_host_quirk && !is_service(service));
}

static void run_action(struct call *c)
{
	const struct action *a = find_action(header(c, "X-TC-Action"));

	if (!a || !service_fits(c, a)) {
		reply_error(c, "InvalidAction",
			    SPAN("The request action is invalid or not found."));
	} else if (!span_is(header(c, "X-TC-Version"), a->version)) {
		reply_error(c, "NoSuchVersion", SPAN("The API version does not exist."));
	} else if (c->verdict.kind == VERIFY_UNSIGNED && !a->may_be_unsigned) {
		reply_error(c, "AuthFailure.InvalidAuthorization",
			    SPAN("This action must be signed."));
	} else if (a->needs_region && header(c, "X-TC-Region").n == 0) {
		reply_error(c, "MissingParameter",
			    SPAN("The request is missing a required parameter `Region`."));
	} else if (check_parameters(c, a)) {
		c->outcome = "ok";
		a->answer(c);
	}
}

static bool lookup(void *ctx, struct span secret_id, struct verify_key *out)
{
	struct call *c = ctx;

	account_free(&c->account);
	c->account_got =
		account_read(c->api->accounts_folder, secret_id, &c->account, &c->account_fault);
	out->secret_key = buf_span(&c->account.secret_key);
	out->token = buf_span(&c->account.token);
	out->is_temporary = c->account.has_token;
	return c->account_got == ACCOUNT_FOUND;
}

static void answer_request(struct call *c, int64_t now)
{
	const struct verify_policy policy = {
		.services = services,
		.sdk_host_quirk = c->api->sdk_host_quirk,
		.host_port_optional = true,
		.window_s = WINDOW_S,
	};
	struct buf message = BUF_INIT(1024);

	c->verdict = verify(c->request, &policy, now, lookup, c);
	if (c->account_got == ACCOUNT_BROKEN) {
		buf_printf(&message, "The account file cannot be used: %s.", c->account_fault);
		reply_error(c, "InternalError", buf_span(&message));
	} else if (c->verdict.kind == VERIFY_REFUSED) {
		reply_error(c, c->verdict.code, span_of(c->verdict.message));
	} else {
		run_action(c);
	}
	buf_free(&message);
}

/* What a gateway puts before the API when it has nothing else to say. */
static void reply_page(struct http_reply *r, int status)
{
	r->status = status;
	r->content_type = "text/html";
	buf_free(&r->body);
	buf_printf(&r->body,
		   "<html>\r\n<head><title>%d %s</title></head>\r\n<body>\r\n"
		   "<center><h1>%d %s</h1></center>\r\n<hr><center>nginx</center>\r\n"
		   "</body>\r\n</html>\r\n",
		   status, http_reason(status), status, http_reason(status));
}

/* Replaces parts of the finished reply; false when the file for the body is not there. */
static bool apply_faults(struct call *c)
{
	struct faults *f = &c->result->faults;
	struct http_reply *r = &c->result->reply;
	bool ok = true;

	if (f->error_code.n > 0) {
		buf_add(&f->error_code, "", 1);
		reply_error(c, f->error_code.p, buf_span(&f->error_message));
	}
	if (f->status != 0)
		reply_page(r, f->status);
	if (f->body_path.n > 0) {
		r->content_type = "application/json";
		buf_free(&r->body);
		ok = buf_add_file(&r->body, f->body_path.p);
	}
	if (f->content_type.n > 0) {
		buf_add(&f->content_type, "", 1);
		r->content_type = f->content_type.p;
	}
	buf_add_span(&r->headers, buf_span(&f->headers));
	r->cut_at = f->cut_at;
	r->date += f->date_skew_s;
	r->keep_alive = r->keep_alive && !f->close;
	return ok;
}

#define METADATA "/latest/meta-data/cam/security-credentials/"

/* Plain text and an object without an envelope, on the way to no account: as the machine has it. */
static bool answer_metadata(struct call *c)
{
	struct http_reply *r = &c->result->reply;
	struct span path = c->request->target;
	struct account a;
	const char *why;
	bool found;

	if (!span_is(c->request->method, "GET") || !span_skip(&path, METADATA))
		return false;
	found = account_read(c->api->accounts_folder, SPAN("INSTANCE"), &a, &why) == ACCOUNT_FOUND;
	c->outcome = "metadata";
	if (!found || (path.n > 0 && !span_is(path, "instance-role")) ||
	    header(c, "Authorization").p || header(c, "Proxy-Connection").p) {
		reply_page(r, 404);
	} else if (path.n == 0) {
		r->content_type = "text/plain";
		buf_add_str(&r->body, "instance-role");
	} else {
		buf_add_str(&r->body, "{\"TmpSecretId\":\"INSTANCE\",\"TmpSecretKey\":\"");
		buf_add_json(&r->body, buf_span(&a.secret_key));
		buf_add_str(&r->body, "\",");
		put_expiry(&r->body, (long long)time(NULL) + a.seconds);
		buf_add_str(&r->body, ",\"Code\":\"Success\",\"Token\":\"");
		buf_add_json(&r->body, buf_span(&a.token));
		buf_add_str(&r->body, "\"}");
	}
	account_free(&a);
	return true;
}

static void log_call(const struct call *c, const struct conn *conn)
{
	struct log_entry e = {
		.connection = conn->number,
		.is_tls = conn->ssl != NULL,
		.method = c->request->method,
		.action = header(c, "X-TC-Action"),
		.secret_id = verify_claimed_id(c->request->headers, c->request->headers_n),
		.outcome = c->outcome,
		.status = c->result->reply.status,
		.request_id = c->request_id,
		.faults = buf_span(&c->result->faults.names),
	};

	log_write(c->api->log_fd, &e);
}

void api_answer(const struct api *api, const struct conn *conn, enum http_got got,
		const struct http_request *request, struct api_result *out)
{
	struct call c = {.api = api, .request = &request->parts, .outcome = "ok", .result = out};
	struct http_reply *r = &out->reply;
	struct buf why = BUF_INIT(1024);
	bool ok;

	*r = (struct http_reply){.status = 200,
				 .content_type = "application/json",
				 .headers = BUF_INIT((size_t)32 * 1024),
				 .body = BUF_INIT(BODY_MAX),
				 .keep_alive = got == HTTP_GOT_REQUEST && request->keep_alive,
				 .cut_at = SIZE_MAX};
	make_request_id(c.request_id);
	ok = scenario_judge(api->scenario,
			    verify_claimed_id(c.request->headers, c.request->headers_n),
			    header(&c, "X-TC-Action"), &out->faults, &why);
	r->date = (int64_t)time(NULL) + api->clock_skew_s + out->faults.clock_skew_s;
	if (!ok) {
		/* Loud, so that a mistake in a test's scenario never looks like an outage. */
		reply_page(r, 500);
		buf_printf(&r->headers, "X-Standin-Error: %.*s\r\n", (int)why.n, why.p);
		c.outcome = "scenario-error";
	} else if (got == HTTP_GOT_BAD) {
		reply_page(r, 400);
		c.outcome = "bad-http";
	} else {
		if (got == HTTP_GOT_LARGE)
			reply_error(&c, "RequestSizeLimitExceeded",
				    SPAN("The request is larger than 10 MB."));
		else if (!answer_metadata(&c))
			answer_request(&c, r->date);
		if (!apply_faults(&c)) {
			reply_page(r, 500);
			buf_add_str(&r->headers,
				    "X-Standin-Error: scenario: body cannot be read\r\n");
			c.outcome = "scenario-error";
		}
	}
	log_call(&c, conn);
	account_free(&c.account);
	buf_free(&why);
}

void api_result_free(struct api_result *r)
{
	buf_free(&r->reply.headers);
	buf_free(&r->reply.body);
	faults_free(&r->faults);
}
