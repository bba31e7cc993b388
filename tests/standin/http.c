/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

#define IDLE_MS    75000 /* as nginx keeps a connection by default */
#define THROW_MAX  ((long long)256 * 1024 * 1024)
#define READ_CHUNK ((size_t)16 * 1024)

struct head {
	size_t size;
	long long body_size;
	bool expects_continue;
};

/* Reads on; false at the end of the stream. */
static bool fill(struct http_reader *r, struct conn *c)
{
	size_t room = r->in.max - r->in.n < READ_CHUNK ? r->in.max - r->in.n : READ_CHUNK;
	char *p = room > 0 ? buf_reserve(&r->in, room) : NULL;
	size_t n = p ? conn_read(c, p, room, IDLE_MS) : 0;

	buf_grown(&r->in, n);
	return n > 0;
}

static bool is_token(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] == 0x7f || strchr("\"(),/:;<=>?@[\\]{}", s.p[i]))
			return false;
	}
	return s.n > 0;
}

static bool take_line(struct span *rest, struct span *line)
{
	if (!span_until(rest, '\n', line) || line->n == 0 || line->p[line->n - 1] != '\r')
		return false;
	line->n--;
	return !memchr(line->p, '\r', line->n) && !memchr(line->p, '\0', line->n);
}

static bool parse_request_line(struct span line, struct http_request *out)
{
	if (!span_until(&line, ' ', &out->parts.method) ||
	    !span_until(&line, ' ', &out->parts.target) || !is_token(out->parts.method) ||
	    out->parts.target.n == 0 || out->parts.target.p[0] != '/')
		return false;
	out->keep_alive = span_is(line, "HTTP/1.1");
	return out->keep_alive || span_is(line, "HTTP/1.0");
}

/* Folded lines and space before the colon are how requests get smuggled: refused. */
static bool parse_headers(struct http_reader *r, struct span rest, struct http_request *out)
{
	struct span line;
	size_t n = 0;

	while (take_line(&rest, &line)) {
		if (line.n == 0) {
			out->parts.headers = r->headers;
			out->parts.headers_n = n;
			return true;
		}
		if (n == HTTP_HEADERS_MAX || !span_until(&line, ':', &r->headers[n].name) ||
		    !is_token(r->headers[n].name))
			return false;
		r->headers[n++].value = span_trim(line);
	}
	return false;
}

static bool appears_twice(const struct http_request *q, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < q->parts.headers_n; i++)
		n += span_equal_nocase(q->parts.headers[i].name, span_of(name));
	return n > 1;
}

static bool parse_framing(struct http_request *q, struct head *head)
{
	const struct verify_request *p = &q->parts;
	struct span length = header_get(p->headers, p->headers_n, SPAN("Content-Length"));
	struct span connection = header_get(p->headers, p->headers_n, SPAN("Connection"));
	struct span expect = header_get(p->headers, p->headers_n, SPAN("Expect"));

	if (appears_twice(q, "Content-Length") || appears_twice(q, "Host") ||
	    appears_twice(q, "Authorization") ||
	    header_get(p->headers, p->headers_n, SPAN("Transfer-Encoding")).p)
		return false;
	head->body_size = 0;
	if (length.p && !text_int(length, 0, INT64_MAX, &head->body_size))
		return false;
	if (span_equal_nocase(connection, SPAN("close")))
		q->keep_alive = false;
	head->expects_continue = span_equal_nocase(expect, SPAN("100-continue"));
	return true;
}

static bool parse_head(struct http_reader *r, struct http_request *q, struct head *head)
{
	struct span rest = {r->in.p, head->size}, line;

	return take_line(&rest, &line) && parse_request_line(line, q) &&
	       parse_headers(r, rest, q) && parse_framing(q, head);
}

static void throw_body(struct http_reader *r, struct conn *c, size_t head_size, long long size)
{
	char part[4096];
	long long left = size - (long long)(r->in.n - head_size);

	/* A client that gets its answer while it still writes may see a reset instead. */
	for (size_t n = 1; n > 0 && left > 0 && size <= THROW_MAX; left -= (long long)n)
		n = conn_read(c, part, sizeof(part), IDLE_MS);
}

enum http_got http_read(struct http_reader *r, struct conn *c, struct http_request *out)
{
	struct head head = {0};
	const char *end = NULL;

	memset(out, 0, sizeof(*out));
	buf_drop(&r->in, r->used);
	r->used = 0;
	for (;;) {
		if (r->in.n > 0)
			end = memmem(r->in.p, r->in.n, "\r\n\r\n", 4);
		if (end)
			break;
		if (r->in.n > HTTP_HEAD_MAX)
			return HTTP_GOT_BAD;
		if (!fill(r, c))
			return HTTP_GOT_END;
	}
	head.size = (size_t)(end - r->in.p) + 4;
	if (head.size > HTTP_HEAD_MAX || !parse_head(r, out, &head))
		return HTTP_GOT_BAD;
	if (head.body_size > (long long)HTTP_BODY_MAX) {
		if (!head.expects_continue)
			throw_body(r, c, head.size, head.body_size);
		return HTTP_GOT_LARGE;
	}
	if (head.expects_continue && r->in.n == head.size &&
	    !conn_write(c, SPAN("HTTP/1.1 100 Continue\r\n\r\n")))
		return HTTP_GOT_END;
	while (r->in.n < head.size + (size_t)head.body_size) {
		if (!fill(r, c))
			return HTTP_GOT_END;
	}
	/* The buffer may have moved since the head was parsed. */
	if (!parse_head(r, out, &head))
		return HTTP_GOT_BAD;
	out->parts.body = (struct span){r->in.p + head.size, (size_t)head.body_size};
	r->used = head.size + (size_t)head.body_size;
	return HTTP_GOT_REQUEST;
}

void http_reader_free(struct http_reader *r)
{
	buf_free(&r->in);
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} reasons[] = {
		{200, "OK"},
		{301, "Moved Permanently"},
		{302, "Found"},
		{307, "Temporary Redirect"},
		{400, "Bad Request"},
		{403, "Forbidden"},
		{404, "Not Found"},
		{413, "Request Entity Too Large"},
		{429, "Too Many Requests"},
		{500, "Internal Server Error"},
		{502, "Bad Gateway"},
		{503, "Service Temporarily Unavailable"},
		{504, "Gateway Time-out"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].reason;
	}
	return "Unknown";
}

static void add_date(struct buf *b, int64_t date)
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t t = (time_t)date;
	struct tm tm;

	if (gmtime_r(&t, &tm))
		buf_printf(b, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[tm.tm_wday],
			   tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
			   tm.tm_sec);
}

bool http_write(struct conn *c, const struct http_reply *reply)
{
	size_t sent = reply->body.n < reply->cut_at ? reply->body.n : reply->cut_at;
	struct buf out = BUF_INIT((size_t)64 * 1024 + reply->body.n);
	bool ok;

	buf_printf(&out, "HTTP/1.1 %d %s\r\nServer: nginx\r\n", reply->status,
		   http_reason(reply->status));
	add_date(&out, reply->date);
	buf_printf(&out, "Content-Type: %s\r\nContent-Length: %zu\r\nConnection: %s\r\n",
		   reply->content_type, reply->body.n, reply->keep_alive ? "keep-alive" : "close");
	buf_add_span(&out, buf_span(&reply->headers));
	buf_add_str(&out, "\r\n");
	buf_add(&out, reply->body.p, sent);
	ok = buf_ok(&out) && conn_write(c, buf_span(&out));
	buf_free(&out);
	return ok && reply->keep_alive && reply->cut_at == SIZE_MAX;
}
