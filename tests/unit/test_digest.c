/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 by the examples of FIPS 180-4, HMAC-SHA256 by those of RFC 4231. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/hmac.h"

static const struct {
	const char *name, *text, *hex;
} digests[] = {
	{"nothing", "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"two blocks", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"the request's body", "{}",
	 "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
};

static void digest_is_the_published_one(void **state)
{
	char hex[SHA256_HEX_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		print_message("%s\n", digests[i].name);
		assert_null(sha256_hex(str_from(digests[i].text), hex));
		assert_string_equal(hex, digests[i].hex);
	}
}

static void pieces_make_the_same_digest(void **state)
{
	char text[300], want[SHA256_HEX_SIZE], hex[SHA256_HEX_SIZE];
	unsigned char raw[SHA256_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	assert_null(sha256_hex((struct str){text, sizeof(text)}, want));
	for (size_t step = 1; step <= 130; step++) {
		struct sha256 *s = NULL;

		assert_null(sha256_new(&s));
		for (size_t at = 0; at < sizeof(text); at += step) {
			size_t n = sizeof(text) - at < step ? sizeof(text) - at : step;

			assert_null(sha256_add(s, (struct str){text + at, n}));
		}
		assert_null(sha256_finish(s, raw));
		digest_hex(raw, sizeof(raw), hex);
		assert_string_equal(hex, want);
		sha256_free(s);
	}
	sha256_free(NULL);
}

static const struct {
	const char *name;
	unsigned char key_byte; /* 0: `key` is the key */
	size_t key_n;
	const char *key, *text, *hex;
} macs[] = {
	{"RFC 4231 case 1", 0x0b, 20, NULL, "Hi There",
	 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
	{"RFC 4231 case 2", 0, 4, "Jefe", "what do ya want for nothing?",
	 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
	{"RFC 4231 case 6", 0xaa, 131, NULL,
	 "Test Using Larger Than Block-Size Key - Hash Key First",
	 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
	{"no key, no text", 0, 0, "", "",
	 "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
};

static void mac_is_the_published_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(macs); i++) {
		unsigned char key[131], out[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];

		print_message("%s\n", macs[i].name);
		memset(key, macs[i].key_byte, sizeof(key));
		if (macs[i].key)
			memcpy(key, macs[i].key, macs[i].key_n);
		assert_null(hmac_sha256((struct str){(char *)key, macs[i].key_n},
					str_from(macs[i].text), out));
		digest_hex(out, sizeof(out), hex);
		assert_string_equal(hex, macs[i].hex);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digest_is_the_published_one),
		cmocka_unit_test(pieces_make_the_same_digest),
		cmocka_unit_test(mac_is_the_published_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
