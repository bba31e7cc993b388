/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Easy handles of one multi handle, each used for request after request. What a run sets is set once
 * a handle, in set_run_options, and what a request sets anew for each.
 */
#include "cloud/client.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/endpoint.h"
#include "cloud/net.h"
#include "crypto/tls.h"

#define CONNECT_TIMEOUT_MS 10000u
/* Ten times what the API sends; a server that never ends its headers must not fill memory. */
#define HEADERS_MAX (64u * 1024u)
#define HEADER_KEEP 256u

#define CONNECTIONS_KEPT 256L

/* One easy handle, and what the callbacks of the transfer that it makes fill and judge by. */
struct transfer {
	struct transfer *next; /* of those that run, or of those that are free */
	CURL *easy;
	char error[CURL_ERROR_SIZE];
	struct curl_slist *headers;
	struct arena *arena;
	client_done *done;
	void *ctx;
	struct buf body;
	size_t headers_n;
	bool too_large, headers_too_large, headers_complete;
	char content_type[HEADER_KEEP], date[HEADER_KEEP], retry_after[HEADER_KEEP];
};

struct client {
	CURLM *multi;
	struct transfer *running, *idle;
	char *ca_file;
	bool has_global;
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

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature */
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

static const struct {
	CURLcode code;
	enum reason reason;
} reasons[] = {
	/* clang-format off */
	{ CURLE_UNSUPPORTED_PROTOCOL,     REASON_HTTP        }, /* HTTP/0.9: no status line at all */
	{ CURLE_COULDNT_RESOLVE_PROXY,    REASON_PROXY       },
	{ CURLE_COULDNT_RESOLVE_HOST,     REASON_DNS         },
	{ CURLE_COULDNT_CONNECT,          REASON_CONNECT     },
	{ CURLE_WEIRD_SERVER_REPLY,       REASON_HTTP        },
	{ CURLE_HTTP2,                    REASON_TRUNCATED   },
	{ CURLE_PARTIAL_FILE,             REASON_TRUNCATED   },
	{ CURLE_OPERATION_TIMEDOUT,       REASON_TIMEOUT     },
	{ CURLE_SSL_CONNECT_ERROR,        REASON_TLS         },
	{ CURLE_GOT_NOTHING,              REASON_TRUNCATED   },
	{ CURLE_SEND_ERROR,               REASON_CONNECT     },
	{ CURLE_RECV_ERROR,               REASON_TRUNCATED   },
	{ CURLE_SSL_CERTPROBLEM,          REASON_CERTIFICATE },
	{ CURLE_SSL_CIPHER,               REASON_TLS         },
	{ CURLE_PEER_FAILED_VERIFICATION, REASON_CERTIFICATE },
	{ CURLE_BAD_CONTENT_ENCODING,     REASON_HTTP        },
	{ CURLE_SSL_CACERT_BADFILE,       REASON_CERTIFICATE },
	{ CURLE_SSL_ISSUER_ERROR,         REASON_CERTIFICATE },
	{ CURLE_SSL_INVALIDCERTSTATUS,    REASON_CERTIFICATE },
	{ CURLE_HTTP2_STREAM,             REASON_TRUNCATED   },
	{ CURLE_PROXY,                    REASON_PROXY       },
	/* clang-format on */
};

static enum reason reason_of(CURLcode code)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].code == code)
			return reasons[i].reason;
	return REASON_NETWORK;
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
static struct err *explain(const struct transfer *t, CURLcode code, const char *host)
{
	char text[CURL_ERROR_SIZE + 128];
	long tunnel = 0, verified = 0;

	if (t->body.failed_memory || code == CURLE_OUT_OF_MEMORY)
		return err_nomem();
	if (t->headers_too_large) {
		(void)snprintf(text, sizeof(text), "the headers are larger than %u bytes",
			       HEADERS_MAX);
		return net_error(REASON_TOO_LARGE, host, text);
	}
	/* libcurl takes headers that break off for a reply without a body. */
	if (code == CURLE_OK)
		return net_error(REASON_TRUNCATED, host, "the reply ended within its headers");
	if (t->too_large) {
		(void)snprintf(text, sizeof(text), "the reply is larger than %zu bytes",
			       t->body.max);
		return net_error(REASON_TOO_LARGE, host, text);
	}
	(void)curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
	if (tunnel && tunnel / 100 != 2) {
		(void)snprintf(text, sizeof(text),
			       "the proxy refused the connection with status %ld", tunnel);
		return net_error(REASON_PROXY, host, text);
	}
	(void)curl_easy_getinfo(t->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
	if (code == CURLE_PEER_FAILED_VERIFICATION && tls_lacks_names(verified))
		return net_error(REASON_CERTIFICATE, host,
				 "the certificate names no host in its subjectAltName; a name in "
				 "its CN alone counts for nothing");
	return net_error(reason_of(code), host, t->error[0] ? t->error : curl_easy_strerror(code));
}

static struct err *failure(const struct transfer *t, CURLcode code, bool is_stopped)
{
	CURLU *url = curl_url();
	char *host = NULL;
	const char *name = host_of(t->easy, url, &host);
	struct err *e = is_stopped ? net_error(REASON_INTERRUPTED, name, "interrupted")
				   : explain(t, code, name);

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
#define SET(option, value)                                              \
	do {                                                            \
		CURLcode code_ = curl_easy_setopt(easy, option, value); \
		if (code_ != CURLE_OK)                                  \
			return setopt_failed(code_, #option);           \
	} while (0)

static struct err *set_protocols(CURL *easy, bool is_tls)
{
	SET(CURLOPT_PROTOCOLS_STR, is_tls ? "https" : "http");
	return NULL;
}

/*
 * libcurl keeps the CA store from one connection to the next only where it comes from a file alone;
 * the folder beside the system's file holds the same certificates.
 */
static struct err *set_ca(const struct client *c, CURL *easy)
{
	const char *file = c->ca_file;
	char *usual = NULL;

	if (!file && curl_easy_getinfo(easy, CURLINFO_CAINFO, &usual) == CURLE_OK && usual &&
	    access(usual, R_OK) == 0)
		file = usual;
	if (!file)
		return NULL;
	SET(CURLOPT_CAINFO, file);
	SET(CURLOPT_PROXY_CAINFO, file);
	/* Else the system's folder of CAs would still be trusted beside the file. */
	SET(CURLOPT_CAPATH, (char *)NULL);
	SET(CURLOPT_PROXY_CAPATH, (char *)NULL);
	return NULL;
}

static CURLcode on_ssl_context(CURL *easy, void *ssl_ctx, void *ctx)
{
	(void)easy, (void)ctx;
	tls_require_names(ssl_ctx);
	return CURLE_OK;
}

/* What another library under libcurl would hand over is not known; its own rule holds then. */
static bool is_openssl(void)
{
	const char *name = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return name && strncmp(name, "OpenSSL/", 8) == 0;
}

static struct err *set_run_options(const struct client *c, struct transfer *t)
{
	CURL *easy = t->easy;

	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/* The second request waits to learn whether the first one's connection can carry both. */
	SET(CURLOPT_PIPEWAIT, 1L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (is_openssl())
		SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_context);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* ours are not for the proxy */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_USERAGENT, "scandrift/" SCANDRIFT_VERSION);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_NOPROGRESS, 1L);
	return set_ca(c, easy);
}

static long milliseconds(uint64_t ms)
{
	return ms > 3600000 ? 3600000L : (long)(ms ? ms : 1);
}

static struct err *set_request_options(const struct transfer *t, const struct http_request *req,
				       const struct endpoint *to)
{
	CURL *easy = t->easy;
	bool is_near = to->is_loopback || !to->is_tls;
	uint64_t connect_ms =
		req->timeout_ms < CONNECT_TIMEOUT_MS ? req->timeout_ms : CONNECT_TIMEOUT_MS;

	TRY(set_protocols(easy, to->is_tls));
	SET(CURLOPT_URL, req->url);
	/* "" is no proxy whatever the environment says, NULL is what it says. */
	SET(CURLOPT_PROXY, is_near ? "" : (char *)NULL);
	if (req->is_get) {
		SET(CURLOPT_HTTPGET, 1L);
	} else {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, req->body.n ? req->body.p : "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
	}
	SET(CURLOPT_HTTPHEADER, t->headers);
	SET(CURLOPT_TIMEOUT_MS, milliseconds(req->timeout_ms));
	SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connect_ms));
	return NULL;
}

/* The body's memory goes over to the arena: of a large reply there is one copy. */
static struct err *take_body(struct transfer *t, struct str *out)
{
	size_t n = 0;
	char *p;

	*out = STR("");
	if (t->body.n == 0)
		return NULL;
	p = buf_take(&t->body, &n);
	if (!arena_adopt(t->arena, p)) {
		free(p);
		return err_nomem();
	}
	*out = (struct str){p, n};
	return NULL;
}

static struct err *take_reply(struct transfer *t, struct http_reply *out)
{
	struct http_reply r = {0};
	curl_off_t us = 0;
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
	r.status = (int)status;
	r.elapsed_ms = (uint64_t)us / 1000;
	r.content_type = arena_str(t->arena, str_from(t->content_type));
	r.date = arena_str(t->arena, str_from(t->date));
	r.retry_after = arena_str(t->arena, str_from(t->retry_after));
	if (!r.content_type.p || !r.date.p || !r.retry_after.p)
		return err_nomem();
	TRY(take_body(t, &r.body));
	*out = r;
	return NULL;
}

/* The URL's scheme and host are judged here again: this is the last place before the network. */
static struct err *judge_url(const struct http_request *req, struct arena *a, struct endpoint *to)
{
	static const char metadata[] = "http://" CLIENT_METADATA_HOST "/";
	const char *start = strstr(req->url, "://");
	const char *path = start ? strchr(start + 3, '/') : NULL;
	size_t n = path ? (size_t)(path - req->url) : strlen(req->url);

	if (req->is_get && req->header_count == 0 &&
	    strncmp(req->url, metadata, sizeof(metadata) - 1) == 0) {
		*to = (struct endpoint){.url = req->url, .host = CLIENT_METADATA_HOST};
		return NULL;
	}
	return endpoint_parse(a, (struct str){req->url, n}, to);
}

static void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	curl_easy_cleanup(t->easy);
	free_headers(t->headers);
	buf_free(&t->body);
	free(t);
}

/* What libcurl keeps a pointer to must not outlive the request. */
static void make_idle(struct client *c, struct transfer *t)
{
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
	(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, NULL);
	free_headers(t->headers);
	t->headers = NULL;
	buf_free(&t->body);
	t->next = c->idle;
	c->idle = t;
}

static struct err *get_transfer(struct client *c, struct transfer **out)
{
	struct transfer *t = c->idle;
	struct err *e;

	if (t) {
		c->idle = t->next;
		*out = t;
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return err_nomem();
	t->easy = curl_easy_init();
	e = t->easy ? set_run_options(c, t) : err_nomem();
	if (e) {
		transfer_free(t);
		return e;
	}
	*out = t;
	return NULL;
}

static struct err *multi_failed(CURLMcode code)
{
	if (code == CURLM_OUT_OF_MEMORY)
		return err_nomem();
	return err_new(ERR_NET, "libcurl: %s", curl_multi_strerror(code));
}

struct err *client_start(struct client *c, const struct http_request *req, struct arena *a,
			 client_done *done, void *ctx)
{
	struct transfer *t = NULL;
	struct endpoint to;
	CURLMcode code;
	struct err *e;

	TRY(judge_url(req, a, &to));
	TRY(get_transfer(c, &t));
	t->error[0] = t->content_type[0] = t->date[0] = t->retry_after[0] = '\0';
	t->too_large = t->headers_too_large = t->headers_complete = false;
	t->headers_n = 0;
	t->body = BUF_INIT(req->reply_max);
	t->arena = a;
	t->done = done;
	t->ctx = ctx;
	e = make_headers(req, &t->headers);
	if (!e)
		e = set_request_options(t, req, &to);
	if (!e) {
		code = curl_multi_add_handle(c->multi, t->easy);
		e = code == CURLM_OK ? NULL : multi_failed(code);
	}
	if (e) {
		make_idle(c, t);
		return e;
	}
	t->next = c->running;
	c->running = t;
	return NULL;
}

static void unlink_running(struct client *c, struct transfer *t)
{
	for (struct transfer **p = &c->running; *p; p = &(*p)->next) {
		if (*p != t)
			continue;
		*p = t->next;
		return;
	}
}

/* Tells who waits for it; the handle is free again before that, for what is begun then. */
static void finish(struct client *c, struct transfer *t, CURLcode code, bool is_stopped)
{
	client_done *done = t->done;
	void *ctx = t->ctx;
	struct http_reply reply = {0};
	struct err *e;

	if (code == CURLE_OK && t->headers_complete && !is_stopped)
		e = take_reply(t, &reply);
	else
		e = failure(t, code, is_stopped);
	(void)curl_multi_remove_handle(c->multi, t->easy);
	unlink_running(c, t);
	make_idle(c, t);
	done(ctx, e, &reply);
}

struct err *client_run(struct client *c, uint64_t max_ms)
{
	CURLMcode code;
	CURLMsg *m;
	int left;

	code = curl_multi_perform(c->multi, &left);
	if (code != CURLM_OK)
		return multi_failed(code);
	m = curl_multi_info_read(c->multi, &left);
	if (!m) {
		/* A signal ends the wait early; who called asks what it was. */
		code = curl_multi_poll(c->multi, NULL, 0, (int)(max_ms > 60000 ? 60000 : max_ms),
				       &left);
		if (code != CURLM_OK)
			return multi_failed(code);
		code = curl_multi_perform(c->multi, &left);
		if (code != CURLM_OK)
			return multi_failed(code);
		m = curl_multi_info_read(c->multi, &left);
	}
	for (; m; m = curl_multi_info_read(c->multi, &left)) {
		CURLcode result = m->data.result;
		char *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		finish(c, (struct transfer *)(void *)t, result, false);
	}
	return NULL;
}

void client_stop(struct client *c)
{
	while (c->running)
		finish(c, c->running, CURLE_ABORTED_BY_CALLBACK, true);
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

static struct err *open_multi(struct client *c)
{
	/* It would write every connection's keys to a file: ours carry tokens. */
	(void)unsetenv("SSLKEYLOGFILE");
	/* libcurl counts these calls, so a second client does no harm. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_new(ERR_CONFIG, "libcurl cannot be started");
	c->has_global = true;
	c->multi = curl_multi_init();
	if (!c->multi || curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, CONNECTIONS_KEPT) ||
	    curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX))
		return err_nomem();
	return NULL;
}

struct err *client_new(const struct client_options *o, struct client **out)
{
	struct client *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	e = choose_ca(o, &c->ca_file);
	if (!e)
		e = open_multi(c);
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
	client_stop(c);
	for (struct transfer *t = c->idle, *next; t; t = next) {
		next = t->next;
		transfer_free(t);
	}
	curl_multi_cleanup(c->multi);
	if (c->has_global)
		curl_global_cleanup();
	free(c->ca_file);
	free(c);
}

void client_describe_library(struct buf *b)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	buf_printf(b, "libcurl %s", v->version);
	if (v->ssl_version)
		buf_printf(b, " (%s)", v->ssl_version);
}
