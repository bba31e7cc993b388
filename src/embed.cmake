# SPDX-License-Identifier: Apache-2.0
#
# cmake -DIN=file -DOUT=file.c -DSYMBOL=name -P embed.cmake
# Writes the bytes of IN as a C array, with the tools a build has anyway.

file(READ "${IN}" hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
# Sixteen elements of five characters a line, so that the file stays readable.
string(REPEAT "." 80 row)
string(REGEX REPLACE "(${row})" "\\1\n\t" bytes "${bytes}")
cmake_path(GET IN FILENAME name)
file(WRITE "${OUT}.tmp" "/* Made from ${name}: do not edit. */
#include <stddef.h>

extern const unsigned char ${SYMBOL}[];
extern const size_t ${SYMBOL}_size;

const unsigned char ${SYMBOL}[] = {
	${bytes}0x00
};
const size_t ${SYMBOL}_size = ${size};
")
file(RENAME "${OUT}.tmp" "${OUT}")
