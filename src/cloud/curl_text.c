/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/curl_text.h"

#include "base/redact.h"

CURLcode curl_text_set(struct curl_text *t, CURL *easy)
{
	return curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->said);
}

void curl_text_clear(struct curl_text *t)
{
	t->said[0] = '\0';
}

char *curl_text_get(const struct curl_text *t, CURLcode code)
{
	return t->said[0] ? redact(str_from(t->said)) : curl_text_of(code);
}

char *curl_text_of(CURLcode code)
{
	return redact(str_from(curl_easy_strerror(code)));
}

char *curl_text_of_multi(CURLMcode code)
{
	return redact(str_from(curl_multi_strerror(code)));
}
