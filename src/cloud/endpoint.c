/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/endpoint.h"

#include <arpa/inet.h>
#include <string.h>

#define HOST_MAX 253u

/* What is being parsed, for messages, and what was found so far. */
struct parse {
	struct str text; /* as given */
	struct str rest;
	bool is_tls;
	bool is_ip6;
	struct str host;
	uint16_t port; /* 0: the scheme's default */
};

static struct err *refuse(const struct parse *p, const char *why)
{
	return err_new(ERR_CONFIG,
		       "endpoint \"%.*s\": %s; expected a host, an https:// URL, or an http:// URL "
		       "to a loopback address, each with an optional port and nothing behind it",
		       STR_ARG(p->text), why);
}

static struct str skip(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

static struct err *take_scheme(struct parse *p)
{
	p->is_tls = true;
	for (size_t i = 0; i + 3 <= p->rest.n; i++) {
		struct str scheme = {p->rest.p, i};

		if (memcmp(p->rest.p + i, "://", 3) != 0)
			continue;
		if (str_eq_nocase(scheme, STR("http")))
			p->is_tls = false;
		else if (!str_eq_nocase(scheme, STR("https")))
			return refuse(p, "its scheme is neither https nor http");
		p->rest = skip(p->rest, i + 3);
		return NULL;
	}
	return NULL;
}

/* Everything of a URL that this API has no use for is refused by its name. */
static struct err *refuse_extras(struct parse *p)
{
	if (p->rest.n && p->rest.p[p->rest.n - 1] == '/')
		p->rest.n--; /* "https://host/" is what people copy */
	for (size_t i = 0; i < p->rest.n; i++) {
		unsigned char c = (unsigned char)p->rest.p[i];

		if (c == '@')
			return refuse(p, "it holds a user name or a password");
		if (c == '?')
			return refuse(p, "it holds a query");
		if (c == '#')
			return refuse(p, "it holds a fragment");
		if (c == '/' || c == '\\')
			return refuse(p, "it holds a path");
		if (c <= 0x20 || c >= 0x7f)
			return refuse(p, "it holds a byte that no host name has");
	}
	return NULL;
}

static struct err *take_port(struct parse *p, struct str text)
{
	uint64_t port;

	if (!str_to_u64(text, 65535, &port) || port == 0)
		return refuse(p, "its port is not a number from 1 to 65535");
	p->port = (uint16_t)port;
	return NULL;
}

static struct err *take_ip6(struct parse *p)
{
	const char *end = memchr(p->rest.p, ']', p->rest.n);
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	size_t n;

	if (!end)
		return refuse(p, "its [ has no ]");
	n = (size_t)(end - p->rest.p) - 1;
	if (n >= sizeof(text))
		return refuse(p, "what stands in [ ] is not an IPv6 address");
	memcpy(text, p->rest.p + 1, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, &address) != 1)
		return refuse(p, "what stands in [ ] is not an IPv6 address");
	p->is_ip6 = true;
	p->host = (struct str){p->rest.p + 1, n};
	p->rest = skip(p->rest, n + 2);
	if (p->rest.n == 0)
		return NULL;
	if (p->rest.p[0] != ':')
		return refuse(p, "something other than a port follows the ]");
	return take_port(p, skip(p->rest, 1));
}

static struct err *take_host(struct parse *p)
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
static struct err *check_name(struct parse *p, bool *is_ip4, struct in_addr *address)
{
	char text[HOST_MAX + 1];
	struct str last = {0};

	*is_ip4 = false;
	if (!split_labels(p->host, &last))
		return refuse(p, "it holds no host name of good form");
	if (last.p[0] < '0' || last.p[0] > '9')
		return NULL;
	memcpy(text, p->host.p, p->host.n);
	text[p->host.n] = '\0';
	if (inet_pton(AF_INET, text, address) != 1)
		return refuse(p, "its host is neither a name nor an IPv4 address");
	*is_ip4 = true;
	return NULL;
}

static struct err *judge_host(struct parse *p, bool *is_loopback)
{
	struct in_addr address;
	bool is_ip4;

	if (p->is_ip6) {
		char text[INET6_ADDRSTRLEN];
		struct in6_addr six;

		memcpy(text, p->host.p, p->host.n);
		text[p->host.n] = '\0';
		*is_loopback = inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
		return NULL;
	}
	TRY(check_name(p, &is_ip4, &address));
	*is_loopback = is_ip4 ? ntohl(address.s_addr) >> 24 == 127
			      : str_eq_nocase(p->host, STR("localhost"));
	return NULL;
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
	struct parse p = {.text = text, .rest = text};
	struct endpoint ep = {0};
	uint16_t usual;

	TRY(take_scheme(&p));
	TRY(refuse_extras(&p));
	TRY(take_host(&p));
	TRY(judge_host(&p, &ep.is_loopback));
	if (!p.is_tls && !ep.is_loopback)
		return refuse(&p, "plain http is for loopback addresses alone");
	usual = p.is_tls ? 443 : 80;
	ep.is_tls = p.is_tls;
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
