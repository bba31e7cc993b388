/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <errno.h>
#include <limits.h>
#include <openssl/evp.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX ((size_t)1024 * 1024)
#define TEXT_MAX ((size_t)16 * 1024)
#define ARGS_MAX 3

typedef bool set_fault(struct faults *, const struct span *args);

static bool set_delay(struct faults *f, const struct span *args)
{
	long long v;

	if (!text_int(args[0], 0, 3600000, &v))
		return false;
	f->delay_ms = (int)v;
	return true;
}

static bool set_status(struct faults *f, const struct span *args)
{
	long long v;

	if (!text_int(args[0], 200, 599, &v))
		return false;
	f->status = (int)v;
	return true;
}

static bool set_text(struct buf *b, struct span text)
{
	buf_free(b);
	buf_add_span(b, text);
	return buf_ok(b);
}

static bool set_header(struct faults *f, const struct span *args)
{
	struct span rest = args[0], name;

	if (!span_until(&rest, ':', &name) || name.n == 0 || memchr(args[0].p, '\r', args[0].n))
		return false;
	buf_add_span(&f->headers, args[0]);
	buf_add_str(&f->headers, "\r\n");
	return buf_ok(&f->headers);
}

static bool set_type(struct faults *f, const struct span *args)
{
	return set_text(&f->content_type, args[0]);
}

static bool set_body(struct faults *f, const struct span *args)
{
	return args[0].n > 0 && set_text(&f->body_path, args[0]);
}

static bool set_error(struct faults *f, const struct span *args)
{
	return args[0].n > 0 && set_text(&f->error_code, args[0]) &&
	       set_text(&f->error_message, args[1].n > 0 ? args[1] : SPAN("Set by the scenario."));
}

static bool set_limit(struct faults *f, const struct span *args)
{
	long long v;

	if (!text_int(args[0], 1, SCENARIO_LIMIT_MAX, &v) || args[1].n == 0)
		return false;
	f->limit = (int)v;
	return set_text(&f->limit_code, args[1]) &&
	       set_text(&f->limit_message, args[2].n > 0 ? args[2] : SPAN("Too many requests."));
}

static bool set_cut(struct faults *f, const struct span *args)
{
	long long v;

	if (!text_int(args[0], 0, LLONG_MAX, &v))
		return false;
	f->cut_at = (size_t)v;
	return true;
}

static bool set_reset(struct faults *f, const struct span *args)
{
	(void)args;
	f->reset = true;
	return true;
}

static bool set_close(struct faults *f, const struct span *args)
{
	(void)args;
	f->close = true;
	return true;
}

static bool set_no_request_id(struct faults *f, const struct span *args)
{
	(void)args;
	f->no_request_id = true;
	return true;
}

static bool set_skew(struct span text, int64_t *out)
{
	const long long decade = 10LL * 366 * 86400;
	long long v;

	if (!text_int(text, -decade, decade, &v))
		return false;
	*out = v;
	return true;
}

static bool set_date_skew(struct faults *f, const struct span *args)
{
	return set_skew(args[0], &f->date_skew_s);
}

static bool set_clock_skew(struct faults *f, const struct span *args)
{
	return set_skew(args[0], &f->clock_skew_s);
}

/* clang-format off */
static const struct fault {
	const char *name;
	size_t args_min, args_max;
	set_fault *set;
} fault_table[] = {
	{ "body",          1, 1, set_body          },
	{ "clock-skew",    1, 1, set_clock_skew    },
	{ "close",         0, 0, set_close         },
	{ "cut",           1, 1, set_cut           },
	{ "date-skew",     1, 1, set_date_skew     },
	{ "delay",         1, 1, set_delay         },
	{ "error",         1, 2, set_error         },
	{ "header",        1, 1, set_header        },
	{ "limit",         2, 3, set_limit         },
	{ "no-request-id", 0, 0, set_no_request_id },
	{ "reset",         0, 0, set_reset         },
	{ "status",        1, 1, set_status        },
	{ "type",          1, 1, set_type          },
};
/* clang-format on */

static const struct fault *find_fault(struct span name)
{
	for (size_t i = 0; i < sizeof(fault_table) / sizeof(fault_table[0]); i++) {
		if (span_is(name, fault_table[i].name))
			return &fault_table[i];
	}
	return NULL;
}

/* The bytes of a quoted word, the opening quote gone already, go to `store`. */
static bool take_quoted(struct span *rest, struct buf *store)
{
	while (rest->n > 0 && rest->p[0] != '"') {
		if (rest->p[0] == '\\' && rest->n > 1) {
			rest->p++;
			rest->n--;
		}
		buf_add(store, rest->p, 1);
		rest->p++;
		rest->n--;
	}
	return span_skip(rest, "\"");
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == ';' || c == '"';
}

/* The next word of a fault into `store`; *more is false at the end of the fault. */
static bool take_word(struct span *rest, struct buf *store, bool *more)
{
	*rest = span_trim(*rest);
	*more = rest->n > 0 && rest->p[0] != ';';
	if (!*more)
		return true;
	if (span_skip(rest, "\""))
		return take_quoted(rest, store);
	while (rest->n > 0 && !ends_word(rest->p[0])) {
		buf_add(store, rest->p, 1);
		rest->p++;
		rest->n--;
	}
	return true;
}

static bool apply_words(const struct buf *words, size_t words_n, struct faults *f)
{
	struct span args[ARGS_MAX] = {{"", 0}, {"", 0}, {"", 0}};
	const struct fault *fault = find_fault(buf_span(&words[0]));

	if (!fault || words_n - 1 < fault->args_min || words_n - 1 > fault->args_max)
		return false;
	for (size_t i = 1; i < words_n; i++)
		args[i - 1] = (struct span){words[i].n > 0 ? words[i].p : "", words[i].n};
	if (f->names.n > 0)
		buf_add_str(&f->names, ",");
	buf_add_str(&f->names, fault->name);
	return fault->set(f, args);
}

/* One fault with its arguments, up to the ';' or the end of the line. */
static bool apply_fault(struct span *rest, struct faults *f)
{
	struct buf words[ARGS_MAX + 1], extra = BUF_INIT(TEXT_MAX);
	size_t n = 0;
	bool more, ok;

	for (size_t i = 0; i < ARGS_MAX + 1; i++)
		words[i] = BUF_INIT(TEXT_MAX);
	do {
		ok = take_word(rest, n <= ARGS_MAX ? &words[n] : &extra, &more);
		n += ok && more;
	} while (ok && more);
	ok = ok && n >= 1 && n <= ARGS_MAX + 1 && apply_words(words, n, f);
	for (size_t i = 0; i < ARGS_MAX + 1; i++)
		buf_free(&words[i]);
	buf_free(&extra);
	return ok;
}

static bool apply_faults(struct span rest, struct faults *f)
{
	do {
		if (!apply_fault(&rest, f))
			return false;
	} while (span_skip(&rest, ";"));
	return true;
}

/* N, N+, N-M or *. */
static bool parse_when(struct span s, long long *first, long long *last)
{
	struct span head;

	*first = 1;
	*last = LLONG_MAX;
	if (span_is(s, "*"))
		return true;
	if (s.n > 1 && s.p[s.n - 1] == '+')
		return text_int((struct span){s.p, s.n - 1}, 1, LLONG_MAX, first);
	if (span_until(&s, '-', &head))
		return text_int(head, 1, LLONG_MAX, first) && text_int(s, *first, LLONG_MAX, last);
	if (!text_int(s, 1, LLONG_MAX, first))
		return false;
	*last = *first;
	return true;
}

static bool who_fits(struct span who, struct span secret_id, struct span action)
{
	struct span id = who;

	if (span_until(&who, ':', &id) && !span_equal(who, action))
		return false;
	if (id.n > 0 && id.p[id.n - 1] == '*')
		return secret_id.n >= id.n - 1 && memcmp(id.p, secret_id.p, id.n - 1) == 0;
	return span_equal(id, secret_id);
}

static bool take_column(struct span *rest, struct span *column)
{
	size_t n = 0;

	*rest = span_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*column = (struct span){rest->p, n};
	rest->p += n;
	rest->n -= n;
	return n > 0;
}

static void faults_init(struct faults *f)
{
	*f = (struct faults){.names = BUF_INIT(TEXT_MAX),
			     .limit_code = BUF_INIT(TEXT_MAX),
			     .limit_message = BUF_INIT(TEXT_MAX),
			     .headers = BUF_INIT(TEXT_MAX),
			     .content_type = BUF_INIT(TEXT_MAX),
			     .error_code = BUF_INIT(TEXT_MAX),
			     .error_message = BUF_INIT(TEXT_MAX),
			     .body_path = BUF_INIT(TEXT_MAX),
			     .cut_at = SIZE_MAX};
}

void faults_free(struct faults *f)
{
	buf_free(&f->names);
	buf_free(&f->limit_code);
	buf_free(&f->limit_message);
	buf_free(&f->headers);
	buf_free(&f->content_type);
	buf_free(&f->error_code);
	buf_free(&f->error_message);
	buf_free(&f->body_path);
}

/* The requests that were refused count as well. */
static bool judge_limit(int64_t *ring, unsigned long long nth, struct faults *f)
{
	struct timespec t = {0};
	int64_t now_us, *slot = &ring[nth % SCENARIO_LIMIT_MAX], before_us = 0;
	unsigned long long limit = (unsigned long long)f->limit;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	if (nth > limit)
		before_us = ring[(nth - limit) % SCENARIO_LIMIT_MAX];
	*slot = now_us;
	f->limit = 0;
	if (nth <= limit || now_us - before_us >= 1000000)
		return true;
	return set_text(&f->error_code, buf_span(&f->limit_code)) &&
	       set_text(&f->error_message, buf_span(&f->limit_message));
}

/* A rule that does not fit is checked all the same, so that a mistake shows at once. */
static bool apply_rule(struct span line, unsigned long long *count, int64_t *ring,
		       struct span secret_id, struct span action, struct faults *f)
{
	struct span who, when;
	struct faults unused;
	long long first, last, nth;
	bool ok;

	if (!take_column(&line, &who) || !take_column(&line, &when) ||
	    !parse_when(when, &first, &last))
		return false;
	if (who_fits(who, secret_id, action)) {
		nth = (long long)++*count;
		if (nth >= first && nth <= last)
			return apply_faults(line, f) &&
			       (f->limit == 0 || judge_limit(ring, (unsigned long long)nth, f));
	}
	faults_init(&unused);
	ok = apply_faults(line, &unused);
	faults_free(&unused);
	return ok;
}

static bool apply_lines(struct scenario *s, struct span text, struct span secret_id,
			struct span action, struct faults *f, struct buf *why)
{
	size_t rules = 0;

	for (int number = 1; text.n > 0; number++) {
		struct span line;

		if (!span_until(&text, '\n', &line)) {
			line = text;
			text.n = 0;
		}
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		line = span_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (rules == SCENARIO_RULES_MAX ||
		    !apply_rule(line, &s->counts[rules], s->arrived_us[rules], secret_id, action,
				f)) {
			buf_printf(why, "scenario: line %d is not understood", number);
			return false;
		}
		rules++;
	}
	return true;
}

/* Counts belong to one text: with another, they start anew. */
static bool match_digest(struct scenario *s, struct span text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (!EVP_Digest(text.n > 0 ? text.p : "", text.n, digest, NULL, EVP_sha256(), NULL))
		return false;
	if (memcmp(digest, s->digest, sizeof(s->digest)) != 0) {
		memcpy(s->digest, digest, sizeof(s->digest));
		memset(s->counts, 0, sizeof(s->counts));
	}
	return true;
}

/* body FILE is written relative to the scenario's folder. */
static bool place_body(const struct scenario *s, struct faults *f)
{
	const char *slash = strrchr(s->path, '/');
	struct buf whole = BUF_INIT(TEXT_MAX);

	if (f->body_path.n == 0)
		return true;
	if (f->body_path.p[0] != '/' && slash)
		buf_add(&whole, s->path, (size_t)(slash - s->path) + 1);
	buf_add_span(&whole, buf_span(&f->body_path));
	buf_add(&whole, "", 1);
	buf_free(&f->body_path);
	f->body_path = whole;
	return buf_ok(&whole);
}

void scenario_init(struct scenario *s, const char *path)
{
	memset(s, 0, sizeof(*s));
	s->path = path;
	pthread_mutex_init(&s->lock, NULL);
}

void scenario_free(struct scenario *s)
{
	pthread_mutex_destroy(&s->lock);
}

bool scenario_judge(struct scenario *s, struct span secret_id, struct span action,
		    struct faults *out, struct buf *why)
{
	struct buf text = BUF_INIT(FILE_MAX);
	bool ok;

	faults_init(out);
	if (!s->path || (access(s->path, F_OK) != 0 && errno == ENOENT))
		return true;
	pthread_mutex_lock(&s->lock);
	ok = buf_add_file(&text, s->path) && match_digest(s, buf_span(&text));
	if (!ok)
		buf_add_str(why, "scenario: cannot be read");
	else
		ok = apply_lines(s, buf_span(&text), secret_id, action, out, why) &&
		     place_body(s, out);
	pthread_mutex_unlock(&s->lock);
	buf_free(&text);
	return ok;
}
