/* SPDX-License-Identifier: Apache-2.0 */
/* Endpoints of targets.ini and of --endpoint. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/endpoint.h"

/* `url` NULL: refused, and the message says `sent`. */
static const struct {
	const char *text, *url, *sent;
	bool is_loopback;
} endpoints[] = {
	/* clang-format off */
	{ "tcss.tencentcloudapi.com",          "https://tcss.tencentcloudapi.com/",      "tcss.tencentcloudapi.com",      false },
	{ "TCSS.TencentCloudAPI.com",          "https://tcss.tencentcloudapi.com/",      "tcss.tencentcloudapi.com",      false },
	{ "tcss.tencentcloudapi.com:443",      "https://tcss.tencentcloudapi.com/",      "tcss.tencentcloudapi.com",      false },
	{ "tcss.tencentcloudapi.com:8443",     "https://tcss.tencentcloudapi.com:8443/", "tcss.tencentcloudapi.com:8443", false },
	{ "https://h.example",                 "https://h.example/",                     "h.example",                     false },
	{ "HTTPS://h.example/",                "https://h.example/",                     "h.example",                     false },
	{ "https://h.example:80",              "https://h.example:80/",                  "h.example:80",                  false },
	{ "https://10.0.0.1:1",                "https://10.0.0.1:1/",                    "10.0.0.1:1",                    false },
	{ "https://[2001:DB8::1]:8443",        "https://[2001:db8::1]:8443/",            "[2001:db8::1]:8443",            false },
	{ "http://127.0.0.1:8080",             "http://127.0.0.1:8080/",                 "127.0.0.1:8080",                true  },
	{ "http://127.0.0.1:80/",              "http://127.0.0.1/",                      "127.0.0.1",                     true  },
	{ "http://127.255.255.254",            "http://127.255.255.254/",                "127.255.255.254",               true  },
	{ "http://localhost:1",                "http://localhost:1/",                    "localhost:1",                   true  },
	{ "http://[::1]:8080",                 "http://[::1]:8080/",                     "[::1]:8080",                    true  },
	{ "localhost:65535",                   "https://localhost:65535/",               "localhost:65535",               true  },
	{ "[::1]",                             "https://[::1]/",                         "[::1]",                         true  },
	{ "",                                  NULL, "no host name",           false },
	{ "https://",                          NULL, "no host name",           false },
	{ "http://tcss.tencentcloudapi.com",   NULL, "loopback addresses",     false },
	{ "http://128.0.0.1",                  NULL, "loopback addresses",     false },
	{ "http://localhost.example",          NULL, "loopback addresses",     false },
	{ "http://127.0.0.1.example",          NULL, "loopback addresses",     false },
	{ "http://[::2]",                      NULL, "loopback addresses",     false },
	{ "http://[::ffff:127.0.0.1]",         NULL, "loopback addresses",     false },
	{ "http://127.1",                      NULL, "nor an IPv4 address",    false },
	{ "http://0x7f.0.0.1",                 NULL, "nor an IPv4 address",    false },
	{ "http://2130706433",                 NULL, "nor an IPv4 address",    false },
	{ "https://1.2.3.256",                 NULL, "nor an IPv4 address",    false },
	{ "ftp://h.example",                   NULL, "neither https nor http", false },
	{ "://h.example",                      NULL, "neither https nor http", false },
	{ "https://user@h.example",            NULL, "user name",              false },
	{ "https://user:pw@h.example",         NULL, "user name",              false },
	{ "https://user:p/w@h.example",         NULL, "\"@h.example\": it",    false },
	{ "https://user:p@w@h.example",         NULL, "\"@h.example\": it",    false },
	{ "https://h.example@evil.example",    NULL, "user name",              false },
	{ "https://h.example/v1",              NULL, "path",                   false },
	{ "https://h.example//",               NULL, "path",                   false },
	{ "https://h.example\\@evil",          NULL, "path",                   false },
	{ "https://h.example\\x",              NULL, "path",                   false },
	{ "https://h.example?x",               NULL, "query",                  false },
	{ "https://h.example#x",               NULL, "fragment",               false },
	{ "https://h.example:0",               NULL, "port",                   false },
	{ "https://h.example:65536",           NULL, "port",                   false },
	{ "https://h.example:",                NULL, "port",                   false },
	{ "https://h.example:+1",              NULL, "port",                   false },
	{ "https://h.example:1:2",             NULL, "port",                   false },
	{ "https://::1",                       NULL, "port",                   false },
	{ "https://[::1",                      NULL, "no ]",                   false },
	{ "https://[::1]8080",                 NULL, "follows the ]",          false },
	{ "https://[fe80::1%25lo]",            NULL, "not an IPv6 address",    false },
	{ "https://[]",                        NULL, "not an IPv6 address",    false },
	{ "https://h..example",                NULL, "good form",              false },
	{ "https://.example",                  NULL, "good form",              false },
	{ "https://h.example.",                NULL, "good form",              false },
	{ "https://-h.example",                NULL, "good form",              false },
	{ "https://h%2eexample",               NULL, "good form",              false },
	{ "h example",                         NULL, "byte",                   false },
	{ "h.example\r\nX-Evil: 1",            NULL, "byte",                   false },
	{ "h\xc3\xa9.example",                 NULL, "byte",                   false },
	{ "http://",                           NULL, "no host name",           false },
	{ "http:///",                          NULL, "no host name",           false },
	{ "http://127.0.0.01",                 NULL, "nor an IPv4 address",    false },
	{ "http://127.0.0.1.",                 NULL, "good form",              false },
	{ "http://127.0.0.1@evil.example",     NULL, "user name",              false },
	{ "a/b",                               NULL, "path",                   false },
	{ "\xe4\xb8\xad.example",              NULL, "byte",                   false },
	/* clang-format on */
};

static void endpoints_are_taken_or_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++) {
		struct arena *a = arena_new();
		struct endpoint ep;
		struct err *e = endpoint_parse(a, str_from(endpoints[i].text), &ep);

		if ((e == NULL) != (endpoints[i].url != NULL))
			fail_msg("%s: %s", endpoints[i].text, e ? e->msg : "taken");
		assert_int_equal(endpoint_problem(str_from(endpoints[i].text)) == NULL, e == NULL);
		if (e) {
			assert_int_equal(e->kind, ERR_CONFIG);
			assert_non_null(strstr(e->msg, endpoints[i].sent));
			if (strchr(endpoints[i].text, '@'))
				assert_non_null(strstr(e->msg, "endpoint \"@"));
		} else {
			assert_string_equal(ep.url, endpoints[i].url);
			assert_string_equal(ep.host_sent, endpoints[i].sent);
			assert_int_equal(ep.is_loopback, endpoints[i].is_loopback);
		}
		err_free(e);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endpoints_are_taken_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
