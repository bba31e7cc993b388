/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one easy handle of a run. What a request sets is set anew for each; what a run sets is set
 * once, in set_run_options. A pool over the multi interface would share those two functions.
 */
#include "cloud/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "cloud/endpoint.h"
#include "cloud/net.h"

#define CONNECT_TIMEOUT_MS 10000u
/* Ten times what the API sends; a server that never ends its headers must not fill memory. */
#define HEADERS_MAX (64u * 1024u)
#define HEADER_KEEP 256u

struct client {
	CURL *easy;
	char error[CURL_ERROR_SIZE];
	char *ca_file;
	uint64_t connect_timeout_ms;
	bool (*is_stopped)(void *ctx);
	void *stop_ctx;
	bool has_global;
};

/* One transfer: what the callbacks fill and judge by. */
struct transfer {
	struct client *client;
	struct buf body;
	size_t headers_n;
	bool too_large, headers_too_large, headers_complete, is_stopped;
	char content_type[HEADER_KEEP], date[HEADER_KEEP], retry_after[HEADER_KEEP];
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	/* Counted as decoded: what a few bytes of gzip may become is bounded as well. */
	buf_add(&t->body, p, size * n);
	t->too_large = t->body.failed_ceiling;
	return t->body.failed_ceiling || t->body.failed_memory ? 0 : size * n;
}

/* Where `line` is the header `name`, keeps its value; one too long to be sensible is left out. */
static void keep_header(struct str line, const char *name, char out[HEADER_KEEP])
{
	size_t n = strlen(name);
	struct str value;

	if (line.n <= n || line.p[n] != ':' ||
	    !str_eq_nocase((struct str){line.p, n}, str_from(name)))
		return;
	value = str_trim((struct str){line.p + n + 1, line.n - n - 1});
	if (value.n >= HEADER_KEEP || (value.n && memchr(value.p, '\0', value.n)))
		return;
	if (value.n)
		memcpy(out, value.p, value.n);
	out[value.n] = '\0';
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct str line = {p, size * n};

	t->headers_n += line.n;
	if (t->headers_n > HEADERS_MAX) {
		t->headers_too_large = true;
		return 0;
	}
	/* After 100 Continue a second set begins: only the last one counts. */
	if (str_starts(line, "HTTP/"))
		t->content_type[0] = t->date[0] = t->retry_after[0] = '\0';
	t->headers_complete = str_trim(line).n == 0;
	keep_header(line, "content-type", t->content_type);
	keep_header(line, "date", t->date);
	keep_header(line, "retry-after", t->retry_after);
	return line.n;
}

static int on_progress(void *ctx, curl_off_t dt, curl_off_t dn, curl_off_t ut, curl_off_t un)
{
	struct transfer *t = ctx;
	struct client *c = t->client;

	(void)dt, (void)dn, (void)ut, (void)un;
	t->is_stopped = c->is_stopped && c->is_stopped(c->stop_ctx);
	return t->is_stopped;
}

static const struct {
	CURLcode code;
	enum net_reason reason;
} reasons[] = {
	/* clang-format off */
	{ CURLE_UNSUPPORTED_PROTOCOL,     NET_HTTP        }, /* HTTP/0.9: no status line at all */
	{ CURLE_COULDNT_RESOLVE_PROXY,    NET_PROXY       },
	{ CURLE_COULDNT_RESOLVE_HOST,     NET_DNS         },
	{ CURLE_COULDNT_CONNECT,          NET_CONNECT     },
	{ CURLE_WEIRD_SERVER_REPLY,       NET_HTTP        },
	{ CURLE_HTTP2,                    NET_TRUNCATED   },
	{ CURLE_PARTIAL_FILE,             NET_TRUNCATED   },
	{ CURLE_OPERATION_TIMEDOUT,       NET_TIMEOUT     },
	{ CURLE_SSL_CONNECT_ERROR,        NET_TLS         },
	{ CURLE_GOT_NOTHING,              NET_TRUNCATED   },
	{ CURLE_SEND_ERROR,               NET_CONNECT     },
	{ CURLE_RECV_ERROR,               NET_TRUNCATED   },
	{ CURLE_SSL_CERTPROBLEM,          NET_CERTIFICATE },
	{ CURLE_SSL_CIPHER,               NET_TLS         },
	{ CURLE_PEER_FAILED_VERIFICATION, NET_CERTIFICATE },
	{ CURLE_BAD_CONTENT_ENCODING,     NET_HTTP        },
	{ CURLE_SSL_CACERT_BADFILE,       NET_CERTIFICATE },
	{ CURLE_SSL_ISSUER_ERROR,         NET_CERTIFICATE },
	{ CURLE_SSL_INVALIDCERTSTATUS,    NET_CERTIFICATE },
	{ CURLE_HTTP2_STREAM,             NET_TRUNCATED   },
	{ CURLE_PROXY,                    NET_PROXY       },
	/* clang-format on */
};

static enum net_reason reason_of(CURLcode code)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].reason;
	return NET_OTHER;
}

static const char *host_of(CURL *easy, CURLU *url, char **host)
{
	char *text = NULL;

	(void)curl_easy_getinfo(easy, CURLINFO_EFFECTIVE_URL, &text);
	if (!url || !text || curl_url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, host, 0) != CURLUE_OK)
		return "the server";
	return *host;
}

/* What failed, in order of what explains the most: our own limits, the proxy, then curl's word. */
static struct err *explain(struct client *c, const struct transfer *t, CURLcode code,
			   const char *host)
{
	char text[CURL_ERROR_SIZE + 128];
	long tunnel = 0;

	if (t->body.failed_memory || code == CURLE_OUT_OF_MEMORY)
		return err_nomem();
	if (t->is_stopped)
		return net_error(NET_INTERRUPTED, host, "interrupted");
	if (t->headers_too_large) {
		(void)snprintf(text, sizeof(text), "the headers are larger than %u bytes",
			       HEADERS_MAX);
		return net_error(NET_TOO_LARGE, host, text);
	}
	/* libcurl takes headers that break off for a reply without a body. */
	if (code == CURLE_OK)
		return net_error(NET_TRUNCATED, host, "the reply ended within its headers");
	if (t->too_large) {
		(void)snprintf(text, sizeof(text), "the reply is larger than %zu bytes",
			       t->body.max);
		return net_error(NET_TOO_LARGE, host, text);
	}
	(void)curl_easy_getinfo(c->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (tunnel && tunnel / 100 != 2) {
		(void)snprintf(text, sizeof(text),
			       "the proxy refused the connection with status %ld", tunnel);
		return net_error(NET_PROXY, host, text);
	}
	return net_error(reason_of(code), host, c->error[0] ? c->error : curl_easy_strerror(code));
}

static struct err *failure(struct client *c, const struct transfer *t, CURLcode code)
{
	CURLU *url = curl_url();
	char *host = NULL;
	struct err *e = explain(c, t, code, host_of(c->easy, url, &host));

	curl_free(host);
	curl_url_cleanup(url);
	return e;
}

/* One line holds the signature and one the token. What libcurl copies further is out of reach. */
static void free_headers(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		secret_wipe(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

static struct err *add_header(struct curl_slist **list, const char *name, struct str value)
{
	size_t name_n = strlen(name);
	char *line = malloc(name_n + value.n + 3);
	struct curl_slist *longer;

	if (!line)
		return err_nomem();
	/* "Name;" is curl's way to send a header without a value; ours all have one. */
	memcpy(line, name, name_n);
	memcpy(line + name_n, ": ", 2);
	if (value.n)
		memcpy(line + name_n + 2, value.p, value.n);
	line[name_n + 2 + value.n] = '\0';
	longer = curl_slist_append(*list, line);
	secret_wipe(line, name_n + value.n + 3);
	free(line);
	if (!longer)
		return err_nomem();
	*list = longer;
	return NULL;
}

static struct err *make_headers(const struct http_request *req, struct curl_slist **list)
{
	for (size_t i = 0; i < req->header_count; i++) {
		struct str v = req->headers[i].value;

		if (v.n &&
		    (memchr(v.p, '\n', v.n) || memchr(v.p, '\r', v.n) || memchr(v.p, 0, v.n)))
			return err_new(ERR_CONFIG, "header %s: holds a line break",
				       req->headers[i].name);
		TRY(add_header(list, req->headers[i].name, v));
	}
	/* Waiting for a 100 Continue would cost a second where a server does not know it. */
	return add_header(list, "Expect", STR(""));
}

static struct err *setopt_failed(CURLcode code, const char *option)
{
	if (code == CURLE_OUT_OF_MEMORY)
		return err_nomem();
	return err_new(ERR_CONFIG, "libcurl does not take %s: %s", option,
		       curl_easy_strerror(code));
}

/* A macro, since the type of an option's value depends on the option. */
#define SET(option, value)                                \
 do {                                                     \
  CURLcode code_ = curl_easy_setopt(easy, option, value); \
  if (code_ != CURLE_OK)                                  \
   return setopt_failed(code_, #option);                  \
 } while (0)

static struct err *set_protocols(CURL *easy, bool is_tls)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, is_tls ? "https" : "http");
#else
	SET(CURLOPT_PROTOCOLS, (long)(is_tls ? CURLPROTO_HTTPS : CURLPROTO_HTTP));
#endif
	return NULL;
}

static struct err *set_run_options(struct client *c)
{
	CURL *easy = c->easy;

	SET(CURLOPT_ERRORBUFFER, c->error);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* ours are not for the proxy */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_USERAGENT, "scandrift/" SCANDRIFT_VERSION);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)c->connect_timeout_ms);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_NOPROGRESS, 0L);
	if (c->ca_file) {
		SET(CURLOPT_CAINFO, c->ca_file);
		SET(CURLOPT_PROXY_CAINFO, c->ca_file);
		/* Else the system's folder of CAs would still be trusted beside the file. */
		SET(CURLOPT_CAPATH, (char *)NULL);
		SET(CURLOPT_PROXY_CAPATH, (char *)NULL);
	}
	return NULL;
}

static struct err *set_request_options(struct client *c, struct transfer *t,
				       const struct http_request *req, const struct endpoint *to,
				       const char *url, struct curl_slist *headers)
{
	CURL *easy = c->easy;

	TRY(set_protocols(easy, to->is_tls));
	SET(CURLOPT_URL, url);
	/* "" is no proxy whatever the environment says, NULL is what it says. */
	SET(CURLOPT_PROXY, to->is_loopback ? "" : (char *)NULL);
	SET(CURLOPT_POSTFIELDS, req->body.n ? req->body.p : "");
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
	SET(CURLOPT_HTTPHEADER, headers);
	SET(CURLOPT_TIMEOUT_MS, req->timeout_ms > 3600000 ? 3600000L : (long)req->timeout_ms);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_XFERINFODATA, t);
	return NULL;
}

/* What libcurl keeps a pointer to must not outlive the request. */
static void forget_request(CURL *easy)
{
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, NULL);
}

static struct err *take_reply(CURL *easy, const struct transfer *t, struct arena *a,
			      struct http_reply *out)
{
	struct http_reply r = {0};
	curl_off_t us = 0;
	long status = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &us);
	r.status = (int)status;
	r.elapsed_ms = (uint64_t)us / 1000;
	r.body = arena_str(a, buf_view(&t->body));
	r.content_type = arena_str(a, str_from(t->content_type));
	r.date = arena_str(a, str_from(t->date));
	r.retry_after = arena_str(a, str_from(t->retry_after));
	if (!r.body.p || !r.content_type.p || !r.date.p || !r.retry_after.p)
		return err_nomem();
	*out = r;
	return NULL;
}

/* The URL's scheme and host are judged here again: this is the last place before the network. */
static struct err *judge_url(const char *url, struct arena *a, struct endpoint *to)
{
	const char *start = strstr(url, "://");
	const char *path = start ? strchr(start + 3, '/') : NULL;
	size_t n = path ? (size_t)(path - url) : strlen(url);

	return endpoint_parse(a, (struct str){url, n}, to);
}

static struct err *client_send(void *ctx, const struct http_request *req, struct arena *a,
			       struct http_reply *out)
{
	struct client *c = ctx;
	struct transfer t = {.client = c, .body = BUF_INIT(req->reply_max)};
	struct curl_slist *headers = NULL;
	struct endpoint to;
	struct err *e;
	CURLcode code;

	TRY(judge_url(req->url, a, &to));
	c->error[0] = '\0';
	e = make_headers(req, &headers);
	if (!e)
		e = set_request_options(c, &t, req, &to, req->url, headers);
	if (!e) {
		code = curl_easy_perform(c->easy);
		e = code == CURLE_OK && t.headers_complete ? take_reply(c->easy, &t, a, out)
							   : failure(c, &t, code);
	}
	forget_request(c->easy);
	free_headers(headers);
	buf_free(&t.body);
	return e;
}

static struct err *choose_ca(const struct client_options *o, char **out)
{
	const char *file = o->ca_bundle ? o->ca_bundle : o->ssl_cert_file;
	const char *who = o->ca_bundle ? "--ca-bundle" : "SSL_CERT_FILE";

	if (!file || !*file)
		return NULL;
	if (access(file, R_OK) != 0)
		return err_new(ERR_CONFIG, "%s: %s: no such file, or not readable", who, file);
	*out = strdup(file);
	return *out ? NULL : err_nomem();
}

struct err *client_new(const struct client_options *o, struct client **out)
{
	struct client *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	c->connect_timeout_ms = o->connect_timeout_ms ? o->connect_timeout_ms : CONNECT_TIMEOUT_MS;
	c->is_stopped = o->is_stopped;
	c->stop_ctx = o->stop_ctx;
	e = choose_ca(o, &c->ca_file);
	/* libcurl counts these calls, so a second client does no harm. */
	if (!e && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		e = err_new(ERR_CONFIG, "libcurl cannot be started");
	else if (!e)
		c->has_global = true;
	if (!e) {
		c->easy = curl_easy_init();
		e = c->easy ? set_run_options(c) : err_nomem();
	}
	if (e) {
		client_free(c);
		return e;
	}
	*out = c;
	return NULL;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	curl_easy_cleanup(c->easy);
	if (c->has_global)
		curl_global_cleanup();
	free(c->ca_file);
	free(c);
}

struct http client_http(struct client *c)
{
	return (struct http){.ctx = c, .send = client_send};
}
