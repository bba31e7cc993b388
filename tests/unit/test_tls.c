/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule on certificates, asked by OpenSSL's own verification: a chain of two is made for each
 * row, whose root never has names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "base/str.h"
#include "crypto/tls.h"

static void add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(cert, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

/* A certificate for `subject`, signed with the key of `issuer`; its names are left out if NULL. */
static X509 *certificate(const char *subject, const char *names, EVP_PKEY *key, const char *issuer,
			 EVP_PKEY *issuer_key)
{
	X509 *cert = X509_new();

	assert_non_null(cert);
	assert_int_equal(X509_set_version(cert, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(cert), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(cert), -3600));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(cert), 3600));
	assert_int_equal(X509_set_pubkey(cert, key), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
						    (const unsigned char *)subject, -1, -1, 0),
			 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(X509_get_issuer_name(cert), "CN", MBSTRING_ASC,
						    (const unsigned char *)issuer, -1, -1, 0),
			 1);
	if (names)
		add_extension(cert, NID_subject_alt_name, names);
	if (key == issuer_key)
		add_extension(cert, NID_basic_constraints, "critical,CA:TRUE");
	assert_true(X509_sign(cert, issuer_key, EVP_sha256()) > 0);
	return cert;
}

static const struct {
	const char *name, *names;
	bool is_trusted, lacks_names;
} rows[] = {
	{"a DNS name", "DNS:a.example", true, false},
	{"an address", "IP:127.0.0.1", true, false},
	{"a DNS name before another kind", "DNS:a.example,email:a@a.example", true, false},
	{"a DNS name after another kind", "email:a@a.example,DNS:a.example", true, false},
	{"the subject's CN only", NULL, true, true},
	{"another kind only", "email:a@a.example", true, true},
	{"another issuer", "DNS:a.example", false, false},
	{"another issuer, the subject's CN only", NULL, false, false},
};

/* What the verification of a chain says with the rule of `ssl`. */
static void verify(SSL_CTX *ssl, size_t row)
{
	EVP_PKEY *key = EVP_EC_gen("P-256"), *root_key = EVP_EC_gen("P-256");
	X509 *root = certificate("root", NULL, root_key, "root", root_key);
	X509 *leaf = certificate("a.example", rows[row].names, key,
				 rows[row].is_trusted ? "root" : "other", root_key);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();

	assert_int_equal(X509_STORE_add_cert(store, root), 1);
	assert_int_equal(X509_STORE_CTX_init(ctx, store, leaf, NULL), 1);
	X509_STORE_CTX_set_verify_cb(ctx, SSL_CTX_get_verify_callback(ssl));
	assert_int_equal(X509_verify_cert(ctx) == 1,
			 rows[row].is_trusted && !rows[row].lacks_names);
	assert_int_equal(tls_lacks_names(X509_STORE_CTX_get_error(ctx)), rows[row].lacks_names);
	if (!rows[row].is_trusted)
		assert_int_equal(X509_STORE_CTX_get_error(ctx),
				 X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(leaf);
	X509_free(root);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(key);
}

static void certificate_has_names(void **state)
{
	SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());

	(void)state;
	assert_non_null(ssl);
	SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
	tls_require_names(ssl);
	assert_int_equal(SSL_CTX_get_verify_mode(ssl), SSL_VERIFY_PEER);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		print_message("%s\n", rows[i].name);
		verify(ssl, i);
	}
	SSL_CTX_free(ssl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificate_has_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
