/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_BUILD_H
#define LAW_BUILD_H

#include "model/config.h"

/*
 * A side of a pair as the tests about directions write it down, and the config made of it. The
 * names behind the bits are fixed and mean nothing.
 */

#define LAW_NULL (-1)

/*
 * A set is one bit a name. Clocks are minutes. Of the images some have a member that no row knows:
 * those in `marked` with one value, those in `remarked` alone with another.
 */
struct law_side {
	int on, scope, all, latest, running;
	unsigned types, registries, spaces, images, ids, excluded;
	unsigned marked, remarked;
	int period, start, end;
};

/* On, everything, all three types, daily, 02:00 to 06:00, nothing else. */
extern const struct law_side law_default;

#define LAW_NAMES 8 /* of one list */
#define LAW_IDS   16

struct law_config {
	struct config c;
	struct str types[LAW_NAMES], registries[LAW_NAMES], spaces[LAW_NAMES];
	const struct element *images[LAW_NAMES];
	struct integer ids[LAW_IDS], excluded[LAW_IDS];
};

void law_build(struct law_config *out, const struct law_side *side);

/* One part of it again: loops over millions of pairs change only what differs. */
void law_set_images(struct law_config *c, unsigned images);
void law_set_marked(struct law_config *c, const struct law_side *side);
void law_set_ids(struct law_config *c, unsigned ids, unsigned excluded);
void law_set_bools(struct law_config *c, int latest, int running);
void law_set_filters(struct law_config *c, unsigned registries, unsigned spaces);
void law_set_period(struct law_config *c, int period);
void law_set_window(struct law_config *c, int start, int end);
void law_set_on(struct law_config *c, int on);

/* The row of that name, which must be there. */
size_t law_row(const char *name);

/* A member that no row knows: none, or one of two values. */
enum law_mark { LAW_PLAIN, LAW_MARKED, LAW_REMARKED, LAW_MARKS };
enum law_mark law_mark_of(const struct law_side *side, unsigned image);

/* An image whose name is the text. From malloc, with its text. */
struct element *law_image(const char *name, enum law_mark mark);

/* One line, for a failure's message. */
#define LAW_TEXT_SIZE 256
const char *law_text(const struct law_side *side, char out[LAW_TEXT_SIZE]);

#endif
