/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#define VALID_BEFORE_S (-24L * 3600) /* for clients whose clock is behind */
#define VALID_FOR_S    (7L * 24 * 3600)

static const char *const usual_names[] = {
	"localhost",
	"127.0.0.1",
	"::1",
	"tcss.tencentcloudapi.com",
	"tcss.intl.tencentcloudapi.com",
	"sts.tencentcloudapi.com",
	"sts.intl.tencentcloudapi.com",
};

static bool add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;
	bool ok;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = ext && X509_add_ext(cert, ext, -1) == 1;
	X509_EXTENSION_free(ext);
	return ok;
}

static bool set_random_serial(X509 *cert)
{
	BIGNUM *n = BN_new();
	bool ok = n && BN_rand(n, 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
		  BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;

	BN_free(n);
	return ok;
}

/* A certificate without extensions and signature. */
static X509 *blank_certificate(EVP_PKEY *key, const char *name, X509 *issuer)
{
	X509 *cert = X509_new();
	X509_NAME *subject = cert ? X509_get_subject_name(cert) : NULL;

	if (cert && X509_set_version(cert, X509_VERSION_3) == 1 && set_random_serial(cert) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), VALID_BEFORE_S) &&
	    X509_gmtime_adj(X509_getm_notAfter(cert), VALID_FOR_S) &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
				       -1, 0) == 1 &&
	    X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) : subject) == 1 &&
	    X509_set_pubkey(cert, key) == 1)
		return cert;
	X509_free(cert);
	return NULL;
}

static X509 *make_authority(EVP_PKEY *key)
{
	X509 *cert = blank_certificate(key, "scandrift stand-in authority", NULL);

	if (cert &&
	    add_extension(cert, cert, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
	    add_extension(cert, cert, NID_key_usage, "critical,keyCertSign,cRLSign") &&
	    add_extension(cert, cert, NID_subject_key_identifier, "hash") &&
	    X509_sign(cert, key, EVP_sha256()) > 0)
		return cert;
	X509_free(cert);
	return NULL;
}

static bool is_address(const char *name)
{
	unsigned char parsed[16];

	return inet_pton(AF_INET, name, parsed) == 1 || inet_pton(AF_INET6, name, parsed) == 1;
}

static void add_alt_name(struct buf *b, const char *name)
{
	buf_printf(b, "%s%s:%s", b->n > 0 ? "," : "", is_address(name) ? "IP" : "DNS", name);
}

static X509 *make_server(EVP_PKEY *key, X509 *ca, EVP_PKEY *ca_key, const char *const *names,
			 size_t names_n)
{
	X509 *cert = blank_certificate(key, "scandrift stand-in", ca);
	struct buf alt = BUF_INIT((size_t)16 * 1024);
	bool ok;

	for (size_t i = 0; i < sizeof(usual_names) / sizeof(usual_names[0]); i++)
		add_alt_name(&alt, usual_names[i]);
	for (size_t i = 0; i < names_n; i++)
		add_alt_name(&alt, names[i]);
	buf_add(&alt, "", 1);
	ok = cert && buf_ok(&alt) &&
	     add_extension(cert, ca, NID_basic_constraints, "critical,CA:FALSE") &&
	     add_extension(cert, ca, NID_key_usage, "critical,digitalSignature") &&
	     add_extension(cert, ca, NID_ext_key_usage, "serverAuth") &&
	     add_extension(cert, ca, NID_subject_key_identifier, "hash") &&
	     add_extension(cert, ca, NID_authority_key_identifier, "keyid:always") &&
	     add_extension(cert, ca, NID_subject_alt_name, alt.p) &&
	     X509_sign(cert, ca_key, EVP_sha256()) > 0;
	buf_free(&alt);
	if (ok)
		return cert;
	X509_free(cert);
	return NULL;
}

static bool write_pem(X509 *cert, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	long n;
	bool ok = bio && PEM_write_bio_X509(bio, cert) == 1;

	if (ok) {
		n = BIO_get_mem_data(bio, &text);
		buf_add(out, text, (size_t)n);
	}
	BIO_free(bio);
	return ok && buf_ok(out);
}

SSL_CTX *tls_new(const char *const *names, size_t names_n, struct buf *ca_pem)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = ca_key ? make_authority(ca_key) : NULL;
	X509 *cert = ca && key ? make_server(key, ca, ca_key, names, names_n) : NULL;
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	bool ok = cert && ctx && SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) == 1 &&
		  SSL_CTX_use_certificate(ctx, cert) == 1 &&
		  SSL_CTX_use_PrivateKey(ctx, key) == 1 && write_pem(ca, ca_pem);

	X509_free(cert);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	if (ok)
		return ctx;
	SSL_CTX_free(ctx);
	return NULL;
}
