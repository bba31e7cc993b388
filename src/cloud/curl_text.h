/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_CURL_TEXT_H
#define SCANDRIFT_CLOUD_CURL_TEXT_H

#include <curl/curl.h>

#include "base/err.h"

/* What libcurl says of a failure. Only these read its words, and let no secret through. */

struct curl_text {
	char said[CURL_ERROR_SIZE]; /* for curl_text.c alone */
};

CURLcode curl_text_set(struct curl_text *t, CURL *easy);
void curl_text_clear(struct curl_text *t);

/* The words of the last transfer, else of the code. The caller's to free; NULL: no memory. */
char *curl_text_get(const struct curl_text *t, CURLcode code) MUST_USE;
char *curl_text_of(CURLcode code) MUST_USE;
char *curl_text_of_multi(CURLMcode code) MUST_USE;

#endif
