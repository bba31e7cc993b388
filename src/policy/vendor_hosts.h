/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_VENDOR_HOSTS_H
#define SCANDRIFT_POLICY_VENDOR_HOSTS_H

#include "base/endpoint.h"

/* Is this a place where the vendor documents its API: https, the usual port, a host of the table? */
bool vendor_is_host(const struct endpoint *e);

#endif
