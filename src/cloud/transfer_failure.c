/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl's codes mean in their place: the reason of a failure, and a sentence about it. */
#include "cloud/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cloud/net.h"
#include "crypto/tls.h"

/* CURLE_TOO_LARGE, which the headers of libcurl have from 8.6 on. */
#define CODE_TOO_LARGE ((CURLcode)100)

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
	{ CURLE_BAD_FUNCTION_ARGUMENT,    REASON_HTTP        }, /* a header that libcurl cannot keep */
	{ CURLE_WRITE_ERROR,              REASON_HTTP        }, /* our own reasons are asked before */
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
	{ CURLE_SSL_CRL_BADFILE,          REASON_CERTIFICATE },
	{ CURLE_SSL_ISSUER_ERROR,         REASON_CERTIFICATE },
	{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, REASON_CERTIFICATE },
	{ CURLE_SSL_INVALIDCERTSTATUS,    REASON_CERTIFICATE },
	{ CURLE_HTTP2_STREAM,             REASON_TRUNCATED   },
	{ CURLE_PROXY,                    REASON_PROXY       },
	{ CURLE_SSL_CLIENTCERT,           REASON_TLS         }, /* the server wants one from us */
	{ CODE_TOO_LARGE,                 REASON_TOO_LARGE   },
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

/*
 * Did a connection that is shared, or the request's stream in it, end before anything of the reply
 * came? Then this request need not be why, and it is repeated, counted and signed like any other.
 * The codes differ from version to version of libcurl.
 */
static bool is_lost(const struct transfer *t, CURLcode code)
{
	long opened = 0;

	if (t->sends > 1)
		return true;
	(void)curl_easy_getinfo(t->easy, CURLINFO_NUM_CONNECTS, &opened);
	/* Or it was never sent, on a connection that another request had opened. */
	if (t->head.bytes > 0 || (t->sends ? !t->is_http2 : opened != 0))
		return false;
	return code == CURLE_GOT_NOTHING || code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR ||
	       code == CURLE_PARTIAL_FILE || code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
}

/* Whether there is no room for what a connection opens: a socket, the file of CAs, a few more. */
static bool is_short_of_descriptors(void)
{
	int fds[DESCRIPTORS_EACH + 1];
	size_t n = 0;

	while (n < ARRAY_LEN(fds) && (fds[n] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
		n++;
	for (size_t i = 0; i < n; i++)
		(void)close(fds[i]);
	return n < ARRAY_LEN(fds);
}

/* Whether the limit on open files is why a file or a socket could not be opened. */
static bool lacks_descriptors(const struct transfer *t, CURLcode code)
{
	if (t->socket_errno)
		return t->socket_errno == EMFILE || t->socket_errno == ENFILE;
	/* The resolver and the TLS library keep their reason to themselves. */
	return (code == CURLE_SSL_CACERT_BADFILE || code == CURLE_COULDNT_RESOLVE_HOST) &&
	       is_short_of_descriptors();
}

/* What the reply is refused for, or NULL. */
static struct err *explain_reply(const struct transfer *t, CURLcode code, const char *host)
{
	char text[128];

	if (t->head.is_too_large) {
		(void)snprintf(text, sizeof(text), "the headers are larger than %u bytes",
			       HEAD_MAX);
		return net_error(REASON_TOO_LARGE, host, text);
	}
	if (t->head.problem) {
		(void)snprintf(text, sizeof(text), "the reply has %s", t->head.problem);
		return net_error(REASON_HTTP, host, text);
	}
	/* libcurl takes headers that break off for a reply without a body. */
	if (code == CURLE_OK)
		return net_error(REASON_TRUNCATED, host, "the reply ended within its headers");
	if (t->too_large) {
		(void)snprintf(text, sizeof(text), "the reply is larger than %zu bytes",
			       t->body.max);
		return net_error(REASON_TOO_LARGE, host, text);
	}
	/* libcurl 7.88 says "out of memory" of a line of 100 KiB, later ones that it is too large. */
	if ((code == CURLE_OUT_OF_MEMORY && t->sends && !t->head.is_complete) ||
	    code == CODE_TOO_LARGE)
		return net_error(REASON_TOO_LARGE, host, "a header line is too long to be read");
	if (code == CURLE_OUT_OF_MEMORY || t->body.failed_memory)
		return net_error(REASON_TOO_LARGE, host, "out of memory while the reply was read");
	if (code == CURLE_WRITE_ERROR)
		return net_error(REASON_HTTP, host, "bytes follow the end of the compressed body");
	return NULL;
}

static struct err *say(const struct transfer *t, CURLcode code, enum reason reason,
		       const char *host)
{
	char *text = curl_text_get(&t->text, code);
	struct err *e = text ? net_error(reason, host, text) : err_nomem();

	free(text);
	return e;
}

/* What failed, in order of what explains the most: our own limits, the proxy, then curl's word. */
static struct err *explain(const struct transfer *t, CURLcode code, const char *host)
{
	struct err *e = explain_reply(t, code, host);
	char text[128];
	long tunnel = 0, verified = 0;

	if (e)
		return e;
	if (is_lost(t, code))
		return code == CURLE_ABORTED_BY_CALLBACK
			       ? net_error(REASON_LOST, host,
					   "the connection was lost before the reply")
			       : say(t, code, REASON_LOST, host);
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
	if (lacks_descriptors(t, code))
		return net_error(REASON_DESCRIPTORS, host, "too many open files (EMFILE)");
	return say(t, code, reason_of(code), host);
}

struct err *transfer_failure(const struct transfer *t, CURLcode code, bool is_stopped)
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
