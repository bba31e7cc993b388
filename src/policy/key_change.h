/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_KEY_CHANGE_H
#define SCANDRIFT_POLICY_KEY_CHANGE_H

/*
 * What it means to a review that the value of a key is another one, or new, or gone. Each table of
 * keys has a column of it. There is no default and no zero, so that a new key cannot be harmless
 * because nobody thought about it.
 */
enum key_change {
	KEY_CHANGE_APPROVAL = 1, /* every other value needs an approval */
	KEY_CHANGE_NARROWS,      /* the same, but a first value can only demand more */
	KEY_CHANGE_COMPARED,     /* code of its own compares what it means: loosening_*.c */
	KEY_CHANGE_NOTHING,      /* it cannot loosen anything; its row says why */
};

#endif
