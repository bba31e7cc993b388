/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP/1.1 as far as the API needs it: reads one bounded request at a time from a
 * connection and writes replies. What a request means is not its business.
 */
#ifndef STANDIN_HTTP_H
#define STANDIN_HTTP_H

#include <stdint.h>

#include "buf.h"
#include "conn.h"
#include "verify.h"

#define HTTP_HEAD_MAX    ((size_t)32 * 1024)
#define HTTP_HEADERS_MAX 64
#define HTTP_BODY_MAX    ((size_t)10 * 1024 * 1024) /* the API's limit for a POST */

/* What was read and not used yet stays here between the requests of one connection. */
struct http_reader {
	struct buf in;
	size_t used; /* by the request that was handed out last */
	struct header headers[HTTP_HEADERS_MAX];
};

#define HTTP_READER_INIT ((struct http_reader){.in = BUF_INIT(HTTP_HEAD_MAX + HTTP_BODY_MAX)})

enum http_got {
	HTTP_GOT_REQUEST,
	HTTP_GOT_END,   /* nothing more comes, or it stopped in the middle */
	HTTP_GOT_BAD,   /* not HTTP as understood here: answer 400 and close */
	HTTP_GOT_LARGE, /* the body is beyond the limit and was thrown away; close */
};

/* Spans and headers are borrowed from the reader until the next read. */
struct http_request {
	struct verify_request parts;
	bool keep_alive;
};

enum http_got http_read(struct http_reader *, struct conn *, struct http_request *);
void http_reader_free(struct http_reader *);

struct http_reply {
	int status;
	const char *content_type;
	struct buf headers; /* further ones, each line ended by CR LF */
	struct buf body;
	int64_t date;
	bool keep_alive;
	size_t cut_at; /* SIZE_MAX: whole; else so many bytes of the body are sent */
};

/* False when the connection is of no further use. */
bool http_write(struct conn *, const struct http_reply *);

const char *http_reason(int status);

#endif
