/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/vendor_hosts.h"

#include <string.h>

#define ZONE ".tencentcloudapi.com"

/* SERVICE.tencentcloudapi.com, or SERVICE.PART.tencentcloudapi.com. */
static const char *const services[] = {"tcss", "sts"};
static const char *const parts[] = {
	"intl",     /* the international edition */
	"internal", /* inside the vendor's private networks */
};

static bool take_letters(struct str *s, size_t least, size_t most)
{
	size_t n = 0;

	while (n < s->n && s->p[n] >= 'a' && s->p[n] <= 'z')
		n++;
	s->p += n;
	s->n -= n;
	return n >= least && n <= most;
}

static bool take_dash(struct str *s)
{
	if (!str_starts(*s, "-"))
		return false;
	s->p++;
	s->n--;
	return true;
}

/* ap-guangzhou, na-siliconvalley; the financial zones end in -fsi. */
static bool is_region(struct str s)
{
	if (!take_letters(&s, 2, 2) || !take_dash(&s) || !take_letters(&s, 2, 20))
		return false;
	return s.n == 0 || str_is(s, "-fsi");
}

static bool is_part(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (str_is(s, parts[i]))
			return true;
	}
	return is_region(s);
}

bool vendor_is_host(const struct endpoint *e)
{
	struct str host = str_from(e->host);
	size_t zone = sizeof(ZONE) - 1;

	if (!e->is_tls || e->port != 443 || host.n <= zone ||
	    strcmp(e->host + host.n - zone, ZONE) != 0)
		return false;
	host.n -= zone;
	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		size_t n = strlen(services[i]);

		if (!str_starts(host, services[i]))
			continue;
		if (host.n == n)
			return true;
		if (host.p[n] == '.')
			return is_part((struct str){host.p + n + 1, host.n - n - 1});
	}
	return false;
}
