/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 by the examples of FIPS 180-4, HMAC-SHA256 by those of RFC 4231; each failure of the
 * crypto library is an error and leaves nothing behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/digest.h"
#include "crypto/hmac.h"

/* --- what fails, in place of the calls that -Wl,--wrap names --- */

enum call {
	CALL_NONE,
	CALL_CALLOC,
	CALL_MD_FETCH,
	CALL_MD_CTX_NEW,
	CALL_DIGEST_INIT,
	CALL_DIGEST_UPDATE,
	CALL_DIGEST_FINAL,
	CALL_DIGEST_LENGTH, /* the last step succeeds, and says that it wrote less */
	CALL_MAC_FETCH,
	CALL_MAC_CTX_NEW,
	CALL_MAC_INIT,
	CALL_MAC_UPDATE,
	CALL_MAC_FINAL,
	CALL_MAC_LENGTH,
};

static enum call failing;

/* clang-format off */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
EVP_MD *__real_EVP_MD_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query);
EVP_MD *__wrap_EVP_MD_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query);
EVP_MD_CTX *__real_EVP_MD_CTX_new(void);
EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void);
int __real_EVP_DigestInit_ex2(EVP_MD_CTX *ctx, const EVP_MD *md, const OSSL_PARAM *params);
int __wrap_EVP_DigestInit_ex2(EVP_MD_CTX *ctx, const EVP_MD *md, const OSSL_PARAM *params);
int __real_EVP_DigestUpdate(EVP_MD_CTX *ctx, const void *bytes, size_t n);
int __wrap_EVP_DigestUpdate(EVP_MD_CTX *ctx, const void *bytes, size_t n);
int __real_EVP_DigestFinal_ex(EVP_MD_CTX *ctx, unsigned char *out, unsigned *n);
int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *ctx, unsigned char *out, unsigned *n);
EVP_MAC *__real_EVP_MAC_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query);
EVP_MAC *__wrap_EVP_MAC_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query);
EVP_MAC_CTX *__real_EVP_MAC_CTX_new(EVP_MAC *mac);
EVP_MAC_CTX *__wrap_EVP_MAC_CTX_new(EVP_MAC *mac);
int __real_EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t n, const OSSL_PARAM *params);
int __wrap_EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t n, const OSSL_PARAM *params);
int __real_EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *bytes, size_t n);
int __wrap_EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *bytes, size_t n);
int __real_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *n, size_t max);
int __wrap_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *n, size_t max);
/* clang-format on */

void *__wrap_calloc(size_t n, size_t size)
{
	return failing == CALL_CALLOC ? NULL : __real_calloc(n, size);
}

EVP_MD *__wrap_EVP_MD_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query)
{
	return failing == CALL_MD_FETCH ? NULL : __real_EVP_MD_fetch(lib, name, query);
}

EVP_MD_CTX *__wrap_EVP_MD_CTX_new(void)
{
	return failing == CALL_MD_CTX_NEW ? NULL : __real_EVP_MD_CTX_new();
}

int __wrap_EVP_DigestInit_ex2(EVP_MD_CTX *ctx, const EVP_MD *md, const OSSL_PARAM *params)
{
	return failing == CALL_DIGEST_INIT ? 0 : __real_EVP_DigestInit_ex2(ctx, md, params);
}

int __wrap_EVP_DigestUpdate(EVP_MD_CTX *ctx, const void *bytes, size_t n)
{
	return failing == CALL_DIGEST_UPDATE ? 0 : __real_EVP_DigestUpdate(ctx, bytes, n);
}

int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *ctx, unsigned char *out, unsigned *n)
{
	int done = __real_EVP_DigestFinal_ex(ctx, out, n);

	if (failing == CALL_DIGEST_LENGTH)
		*n = SHA256_SIZE - 1;
	return failing == CALL_DIGEST_FINAL ? 0 : done;
}

EVP_MAC *__wrap_EVP_MAC_fetch(OSSL_LIB_CTX *lib, const char *name, const char *query)
{
	return failing == CALL_MAC_FETCH ? NULL : __real_EVP_MAC_fetch(lib, name, query);
}

EVP_MAC_CTX *__wrap_EVP_MAC_CTX_new(EVP_MAC *mac)
{
	return failing == CALL_MAC_CTX_NEW ? NULL : __real_EVP_MAC_CTX_new(mac);
}

int __wrap_EVP_MAC_init(EVP_MAC_CTX *ctx, const unsigned char *key, size_t n,
			const OSSL_PARAM *params)
{
	int done = __real_EVP_MAC_init(ctx, key, n, params);

	return failing == CALL_MAC_INIT ? 0 : done;
}

int __wrap_EVP_MAC_update(EVP_MAC_CTX *ctx, const unsigned char *bytes, size_t n)
{
	return failing == CALL_MAC_UPDATE ? 0 : __real_EVP_MAC_update(ctx, bytes, n);
}

int __wrap_EVP_MAC_final(EVP_MAC_CTX *ctx, unsigned char *out, size_t *n, size_t max)
{
	int done = __real_EVP_MAC_final(ctx, out, n, max);

	if (failing == CALL_MAC_LENGTH)
		*n = SHA256_SIZE - 1;
	return failing == CALL_MAC_FINAL ? 0 : done;
}

static const struct {
	const char *name;
	enum call call;
	enum err_kind kind;
	const char *says; /* the whole message, NULL where the kind has one */
} failures[] = {
	{"no memory", CALL_CALLOC, ERR_NOMEM, NULL},
	{"no algorithm", CALL_MD_FETCH, ERR_CONFIG, "SHA-256: the crypto library cannot begin it"},
	{"no context", CALL_MD_CTX_NEW, ERR_CONFIG, "SHA-256: the crypto library cannot begin it"},
	{"beginning", CALL_DIGEST_INIT, ERR_CONFIG, "SHA-256: the crypto library cannot begin it"},
	{"going on", CALL_DIGEST_UPDATE, ERR_CONFIG,
	 "SHA-256: the crypto library cannot continue it"},
	{"finishing", CALL_DIGEST_FINAL, ERR_CONFIG,
	 "SHA-256: the crypto library cannot finish it"},
	{"length", CALL_DIGEST_LENGTH, ERR_CONFIG, "SHA-256: the crypto library cannot finish it"},
	{"no MAC", CALL_MAC_FETCH, ERR_CONFIG, "HMAC-SHA256: the crypto library cannot make it"},
	{"no MAC context", CALL_MAC_CTX_NEW, ERR_CONFIG,
	 "HMAC-SHA256: the crypto library cannot make it"},
	{"MAC, beginning", CALL_MAC_INIT, ERR_CONFIG,
	 "HMAC-SHA256: the crypto library cannot make it"},
	{"MAC, going on", CALL_MAC_UPDATE, ERR_CONFIG,
	 "HMAC-SHA256: the crypto library cannot make it"},
	{"MAC, finishing", CALL_MAC_FINAL, ERR_CONFIG,
	 "HMAC-SHA256: the crypto library cannot make it"},
	{"MAC, length", CALL_MAC_LENGTH, ERR_CONFIG,
	 "HMAC-SHA256: the crypto library cannot make it"},
};

static void failure_of_the_library_is_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		unsigned char raw[SHA256_SIZE];
		char hex[SHA256_HEX_SIZE];
		struct err *e;

		print_message("%s\n", failures[i].name);
		sha256_forget();
		hmac_forget();
		failing = failures[i].call;
		e = failing < CALL_MAC_FETCH ? sha256_hex(STR("abc"), hex)
					     : hmac_sha256(STR("key"), STR("abc"), raw);
		failing = CALL_NONE;
		assert_non_null(e);
		assert_int_equal(e->kind, failures[i].kind);
		if (failures[i].says)
			assert_string_equal(e->msg, failures[i].says);
		err_free(e);
	}
}

/* --- what is right --- */

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

static void absent_bytes_are_empty_bytes(void **state)
{
	const struct str none = {NULL, 0};
	unsigned char want[SHA256_SIZE], got[SHA256_SIZE];

	(void)state;
	assert_null(hmac_sha256(STR(""), STR(""), want));
	assert_null(hmac_sha256(none, none, got));
	assert_memory_equal(got, want, sizeof(want));
}

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
		cmocka_unit_test(absent_bytes_are_empty_bytes),
		cmocka_unit_test(failure_of_the_library_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
