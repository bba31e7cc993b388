/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bare libcurl loop that only sends and receives, so many requests at once, from one thread:
 * nothing is signed, read, compared or said.
 *
 *   loop_curl URL CA_FILE COUNT JOBS [http1]
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX 256

struct received {
	size_t bytes, replies;
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct received *r = ctx;

	(void)p;
	r->bytes += size * n;
	return size * n;
}

static CURL *make_easy(char **argv, struct curl_slist *headers, struct received *r)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		return NULL;
	(void)curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
	(void)curl_easy_setopt(easy, CURLOPT_CAINFO, argv[2]);
	(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			       argv[5] ? (long)CURL_HTTP_VERSION_1_1
				       : (long)CURL_HTTP_VERSION_2TLS);
	(void)curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "{}");
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
	return easy;
}

/* Takes what is done and begins as many anew; false when one has failed. */
static int take_done(CURLM *multi, long *left, struct received *r)
{
	CURLMsg *message;
	int n;

	while ((message = curl_multi_info_read(multi, &n))) {
		CURL *easy = message->easy_handle;

		if (message->data.result != CURLE_OK) {
			(void)fprintf(stderr, "loop_curl: %s\n",
				      curl_easy_strerror(message->data.result));
			return 0;
		}
		r->replies++;
		(void)curl_multi_remove_handle(multi, easy);
		if ((*left)-- > 0)
			(void)curl_multi_add_handle(multi, easy);
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct curl_slist *headers = NULL;
	struct received r = {0};
	CURL *easies[JOBS_MAX] = {NULL};
	CURLM *multi;
	long count, jobs, left;
	int running, is_fine = 1;

	if (argc < 5) {
		(void)fprintf(stderr, "usage: loop_curl URL CA_FILE COUNT JOBS [http1]\n");
		return 2;
	}
	count = strtol(argv[3], NULL, 10);
	jobs = strtol(argv[4], NULL, 10);
	if (count < 1 || jobs < 1 || jobs > JOBS_MAX || jobs > count)
		return 2;
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	multi = curl_multi_init();
	left = count - jobs;
	for (long i = 0; i < jobs; i++) {
		easies[i] = make_easy(argv, headers, &r);
		(void)curl_multi_add_handle(multi, easies[i]);
	}
	while (is_fine && r.replies < (size_t)count) {
		(void)curl_multi_perform(multi, &running);
		is_fine = take_done(multi, &left, &r);
		if (running)
			(void)curl_multi_poll(multi, NULL, 0, 100, NULL);
	}
	for (long i = 0; i < jobs; i++) {
		(void)curl_multi_remove_handle(multi, easies[i]);
		curl_easy_cleanup(easies[i]);
	}
	(void)curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	(void)printf("%zu replies, %zu bytes\n", r.replies, r.bytes);
	return is_fine && r.replies == (size_t)count ? 0 : 1;
}
