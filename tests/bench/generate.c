/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies of a chosen size, the same at every call:
 *   generate COUNT            a reply with COUNT chosen images, in an order that means nothing
 *   generate COUNT changed    the same in another order, 10 images gone and 10 others in their place
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGED 10u

static uint64_t state = 20261124;

static uint64_t draw(uint64_t below)
{
	state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (state >> 33) % below;
}

static void put_image(uint64_t i)
{
	(void)printf("{\"ImageDigest\":\"sha256:%064llx\",\"RegistryType\":\"ccr\","
		     "\"ImageRepoAddress\":\"registry.example/team%03llu/service-%07llu:v1.%llu\","
		     "\"InstanceId\":\"ins-%08llu\",\"InstanceName\":\"instance-name-%llu\","
		     "\"Namespace\":\"team%03llu\",\"ImageName\":\"team%03llu/service-%07llu\","
		     "\"ImageTag\":\"v1.%llu\",\"Force\":\"\"}",
		     (unsigned long long)(i * 7919), (unsigned long long)(i % 1000),
		     (unsigned long long)i, (unsigned long long)(i % 17),
		     (unsigned long long)(i % 5), (unsigned long long)(i % 5),
		     (unsigned long long)(i % 1000), (unsigned long long)(i % 1000),
		     (unsigned long long)i, (unsigned long long)(i % 17));
}

int main(int argc, char **argv)
{
	uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	int is_changed = argc > 2 && strcmp(argv[2], "changed") == 0;
	uint64_t *order = calloc(n + 1, sizeof(*order));

	if (n <= CHANGED || !order) {
		(void)fprintf(stderr, "usage: generate COUNT [changed]\n");
		free(order);
		return 2;
	}
	if (is_changed)
		state ^= 1;
	for (uint64_t i = 0; i < n; i++)
		order[i] = is_changed && i < CHANGED ? n + i : i;
	for (uint64_t i = n - 1; i > 0; i--) {
		uint64_t j = draw(i + 1), swap = order[i];

		order[i] = order[j];
		order[j] = swap;
	}
	(void)printf("{\"Response\":{\"RequestId\":\"00000000-0000-4000-8000-000000000000\","
		     "\"Enable\":true,\"ScanTime\":\"03:00:00\",\"ScanPeriod\":1,"
		     "\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"],\"ScanScope\":1,\"Images\":[");
	for (uint64_t i = 0; i < n; i++) {
		if (i)
			(void)putchar(',');
		put_image(order[i]);
	}
	(void)printf("]}}\n");
	free(order);
	return ferror(stdout) ? 1 : 0;
}
