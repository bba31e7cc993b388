/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/stop.h"

#include <signal.h>
#include <stddef.h>

#include "base/attr.h"

static const int signals[] = {SIGINT, SIGTERM};

static volatile sig_atomic_t caught;
static struct sigaction before[ARRAY_LEN(signals)];
static unsigned depth;

static void remember(int number)
{
	caught = number;
}

void stop_catch(void)
{
	/* Without SA_RESTART a wait ends at once; with SA_RESETHAND the second one is the usual. */
	struct sigaction ours = {.sa_handler = remember, .sa_flags = (int)SA_RESETHAND};

	if (depth++)
		return;
	(void)sigemptyset(&ours.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		if (sigaction(signals[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &ours, NULL);
	}
}

void stop_release(void)
{
	if (--depth)
		return;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (before[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &before[i], NULL);
}

int stop_signal(void)
{
	return caught;
}
