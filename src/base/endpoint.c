/* SPDX-License-Identifier: Apache-2.0 */
#include "base/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_MAX 253u

/* What is still to be read, and what was found so far. */
struct parse {
	struct str rest;
	bool is_tls;
	bool is_ip6, is_loopback;
	struct str host;
	uint16_t port; /* 0: the scheme's default */
};

static struct str skip(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

static const char *take_scheme(struct parse *p)
{
	p->is_tls = true;
	for (size_t i = 0; i + 3 <= p->rest.n; i++) {
		struct str scheme = {p->rest.p, i};

		if (memcmp(p->rest.p + i, "://", 3) != 0)
			continue;
		if (str_eq_nocase(scheme, STR("http")))
			p->is_tls = false;
		else if (!str_eq_nocase(scheme, STR("https")))
			return "its scheme is neither https nor http";
		p->rest = skip(p->rest, i + 3);
		return NULL;
	}
	return NULL;
}

/* Everything of a URL that this API has no use for is refused by its name. */
static const char *refuse_extras(struct parse *p)
{
	if (p->rest.n && p->rest.p[p->rest.n - 1] == '/')
		p->rest.n--; /* "https://host/" is what people copy */
	for (size_t i = 0; i < p->rest.n; i++) {
		unsigned char c = (unsigned char)p->rest.p[i];

		if (c == '@')
			return "it holds a user name or a password";
		if (c == '?')
			return "it holds a query";
		if (c == '#')
			return "it holds a fragment";
		if (c == '/' || c == '\\')
			return "it holds a path";
		if (c <= 0x20 || c >= 0x7f)
			return "it holds a byte that no host name has";
	}
	return NULL;
}

static const char *take_port(struct parse *p, struct str text)
{
	uint64_t port;

	if (!str_to_u64(text, 65535, &port) || port == 0)
		return "its port is not a number from 1 to 65535";
	p->port = (uint16_t)port;
	return NULL;
}

static const char *take_ip6(struct parse *p)
{
	const char *end = memchr(p->rest.p, ']', p->rest.n);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n;

	if (!end)
		return "its [ has no ]";
	n = (size_t)(end - p->rest.p) - 1;
	if (n >= sizeof(text))
		return "what stands in [ ] is not an IPv6 address";
	memcpy(text, p->rest.p + 1, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1)
		return "what stands in [ ] is not an IPv6 address";
	p->is_ip6 = true;
	p->host = (struct str){p->rest.p + 1, n};
	p->rest = skip(p->rest, n + 2);
	if (p->rest.n == 0)
		return NULL;
	if (p->rest.p[0] != ':')
		return "something other than a port follows the ]";
	return take_port(p, skip(p->rest, 1));
}

static const char *take_host(struct parse *p)
{
	const char *colon;

	if (p->rest.n && p->rest.p[0] == '[')
		return take_ip6(p);
	p->host = p->rest;
	colon = p->rest.n ? memchr(p->rest.p, ':', p->rest.n) : NULL;
	if (!colon)
		return NULL;
	p->host.n = (size_t)(colon - p->rest.p);
	return take_port(p, skip(p->rest, p->host.n + 1));
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_label(struct str s)
{
	if (s.n == 0 || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return true;
}

/* True for names of good form; *last is the last label. */
static bool split_labels(struct str host, struct str *last)
{
	size_t start = 0;

	if (host.n == 0 || host.n > HOST_MAX)
		return false;
	for (size_t i = 0; i <= host.n; i++) {
		if (i < host.n && host.p[i] != '.')
			continue;
		*last = (struct str){host.p + start, i - start};
		if (!is_label(*last))
			return false;
		start = i + 1;
	}
	return true;
}

/*
 * A name whose last label begins with a digit is an address to every resolver, "127.1" and
 * "0x7f.1" too. Only the plain form is taken, so that what we judge is what is connected to.
 */
static const char *check_name(struct parse *p, bool *is_ip4, struct in_addr *address)
{
	char text[HOST_MAX + 1];
	struct str last = {0};

	*is_ip4 = false;
	if (!split_labels(p->host, &last))
		return "it holds no host name of good form";
	if (last.p[0] < '0' || last.p[0] > '9')
		return NULL;
	memcpy(text, p->host.p, p->host.n);
	text[p->host.n] = '\0';
	if (inet_pton(AF_INET, text, address) != 1)
		return "its host is neither a name nor an IPv4 address";
	*is_ip4 = true;
	return NULL;
}

static const char *judge_host(struct parse *p)
{
	struct in_addr address;
	const char *problem;
	bool is_ip4;

	if (p->is_ip6) {
		char text[INET6_ADDRSTRLEN];
		struct in6_addr six;

		memcpy(text, p->host.p, p->host.n);
		text[p->host.n] = '\0';
		p->is_loopback = inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
		return NULL;
	}
	problem = check_name(p, &is_ip4, &address);
	if (problem)
		return problem;
	p->is_loopback = is_ip4 ? ntohl(address.s_addr) >> 24 == 127
				: str_eq_nocase(p->host, STR("localhost"));
	return NULL;
}

/* NULL, and `p` is filled; or what is wrong. */
static const char *take_apart(struct str text, struct parse *p)
{
	const char *problem;

	*p = (struct parse){.rest = text};
	problem = take_scheme(p);
	if (!problem)
		problem = refuse_extras(p);
	if (!problem)
		problem = take_host(p);
	if (!problem)
		problem = judge_host(p);
	if (!problem && !p->is_tls && !p->is_loopback)
		problem = "plain http is for loopback addresses alone";
	return problem;
}

const char *endpoint_problem(struct str text)
{
	struct parse p;

	return take_apart(text, &p);
}

struct str endpoint_shown(struct str text)
{
	size_t i = text.n;

	while (i > 0 && text.p[i - 1] != '@')
		i--;
	return i ? skip(text, i - 1) : text;
}

static char *lower(struct arena *a, struct str s)
{
	char *p = arena_bytes(a, s.n + 1);

	if (!p)
		return NULL;
	for (size_t i = 0; i < s.n; i++)
		p[i] = (s.p[i] >= 'A' && s.p[i] <= 'Z') ? (char)(s.p[i] + ('a' - 'A')) : s.p[i];
	p[s.n] = '\0';
	return p;
}

struct err *endpoint_parse(struct arena *a, struct str text, struct endpoint *out)
{
	struct endpoint ep = {0};
	struct parse p;
	const char *problem = take_apart(text, &p);
	uint16_t usual = p.is_tls ? 443 : 80;

	if (problem)
		return err_new(ERR_CONFIG, "endpoint \"%.*s\": %s; expected " ENDPOINT_FORM,
			       STR_ARG(endpoint_shown(text)), problem);
	ep.is_tls = p.is_tls;
	ep.is_loopback = p.is_loopback;
	ep.port = p.port ? p.port : usual;
	ep.host = lower(a, p.host);
	if (!ep.host)
		return err_nomem();
	ep.host_sent = p.is_ip6 ? arena_printf(a, "[%s]", ep.host) : ep.host;
	if (ep.host_sent && ep.port != usual)
		ep.host_sent = arena_printf(a, "%s:%u", ep.host_sent, (unsigned)ep.port);
	if (!ep.host_sent)
		return err_nomem();
	ep.url = arena_printf(a, "%s://%s/", ep.is_tls ? "https" : "http", ep.host_sent);
	if (!ep.url)
		return err_nomem();
	*out = ep;
	return NULL;
}

/* tcss.REST is served beside sts.REST; a loopback address serves both; else it is the usual one. */
struct err *endpoint_of_sts(struct arena *a, const struct endpoint *api, struct endpoint *out)
{
	const char *text;

	if (api->is_loopback) {
		*out = *api;
		return NULL;
	}
	if (strncmp(api->host_sent, "tcss.", 5) != 0)
		return endpoint_parse(a, STR("sts.tencentcloudapi.com"), out);
	text = arena_printf(a, "https://sts.%s", api->host_sent + 5);
	return text ? endpoint_parse(a, str_from(text), out) : err_nomem();
}
