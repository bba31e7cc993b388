/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a reply, line by line: which forms are refused, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "cloud/head.h"

#define OK "HTTP/1.1 200 OK\r\n"

/* Lines end in a line feed. `want`: a part of what is wrong, or NULL where nothing is. */
static const struct {
	const char *name, *lines, *want;
	bool is_complete;
} rows[] = {
	/* clang-format off */
	{ "a length",                OK "Content-Length: 2\r\n\r\n",                                    NULL, true },
	{ "a coding",                OK "Transfer-Encoding: chunked\r\n\r\n",                           NULL, true },
	{ "HTTP/2",                  "HTTP/2 200 \r\ncontent-length: 2\r\n\r\n",                        NULL, true },
	{ "no end yet",              OK "Content-Length: 2\r\n",                                        NULL, false },
	{ "all that a name may be",  OK "!#$%&'*+-.^_`|~09azAZ: a b:c\r\n\r\n",                         NULL, true },
	{ "no value",                OK "X-A:\r\n\r\n",                                                 NULL, true },
	{ "a folded value",          OK "X-A: b\r\n c\r\n\td\r\n\r\n",                                  NULL, true },
	{ "a trailer",               OK "Transfer-Encoding: chunked\r\n\r\nX-A: b\r\n",                 NULL, true },
	{ "a length as a trailer",   OK "Transfer-Encoding: chunked\r\n\r\nContent-Length: 3\r\n",      NULL, true },
	{ "one length twice",        OK "Content-Length: 2\r\ncontent-LENGTH:2\r\n\r\n",                NULL, true },
	{ "100 before it",           "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\n" OK "Content-Length: 2\r\n\r\n", NULL, true },
	{ "103 alone",               "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n",                     NULL, false },
	{ "two lengths",             OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\n",               "that differ", false },
	{ "two, the other way",      OK "Content-Length: 3\r\nContent-Length: 2\r\n\r\n",               "that differ", false },
	{ "a list of lengths",       OK "Content-Length: 2, 2\r\n\r\n",                                 "not a number", false },
	{ "a length below zero",     OK "Content-Length: -2\r\n\r\n",                                   "not a number", false },
	{ "no length",               OK "Content-Length: \r\n\r\n",                                     "not a number", false },
	{ "a length beyond all",     OK "Content-Length: 9223372036854775808\r\n\r\n",                  "not a number", false },
	{ "a length and a coding",   OK "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",      "both", false },
	{ "a coding and a length",   OK "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n",      "both", false },
	{ "a space before the colon", OK "X-A : b\r\n\r\n",                                             "character", false },
	{ "a space in the name",     OK "X A: b\r\n\r\n",                                               "character", false },
	{ "no name",                 OK ": b\r\n\r\n",                                                  "without a name", false },
	{ "no colon",                OK "X-A\r\n\r\n",                                                  "without a colon", false },
	{ "a second status line",    OK "HTTP/1.1 200 OK\r\n\r\n" OK,                                   "without a colon", true },
	{ "a bare line feed",        OK "X-A: b\n\r\n",                                                 "CR LF", false },
	{ "at the end of the head",  OK "X-A: b\r\n\n",                                                 "CR LF", false },
	{ "in the status line",      "HTTP/1.1 200 OK\nX-A: b\r\n\r\n",                                 "CR LF", false },
	/* clang-format on */
};

static void check_row(size_t i)
{
	struct head h = {0};
	bool is_good = true;

	for (const char *p = rows[i].lines, *end; *p && is_good; p = end) {
		end = strchr(p, '\n') + 1;
		is_good = head_take_line(&h, (struct str){p, (size_t)(end - p)});
	}
	if (is_good != (rows[i].want == NULL) || h.is_complete != rows[i].is_complete)
		fail_msg("%s: %s", rows[i].name, h.problem ? h.problem : "accepted");
	if (rows[i].want && !strstr(h.problem, rows[i].want))
		fail_msg("%s: %s", rows[i].name, h.problem);
}

static void forms_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		check_row(i);
}

static void a_head_has_a_limit(void **state)
{
	static char line[1024];
	struct head h = {0};
	size_t n = 0;

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "X-A:", 4);
	memcpy(line + sizeof(line) - 2, "\r\n", 2);
	while (head_take_line(&h, (struct str){line, sizeof(line)}))
		n++;
	assert_int_equal(n, HEAD_MAX / sizeof(line));
	assert_true(h.is_too_large);
	assert_null(h.problem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms_are_judged),
		cmocka_unit_test(a_head_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
