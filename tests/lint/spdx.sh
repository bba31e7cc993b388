# SPDX-License-Identifier: Apache-2.0
#
# Each source file names its licence in its first three lines. tests/data/cases is left out: the
# published cases are kept byte for byte.

find src tests .ci CMakeLists.txt \( -name node_modules -o -path tests/data/cases \) -prune -o -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -path .ci/run \) \
	-print0 | xargs -0 awk '
	function judge() { if (file != "" && !named) { print file ": no SPDX line"; bad = 1 } }
	FNR == 1 { judge(); file = FILENAME; named = 0 }
	FNR <= 3 && /SPDX-License-Identifier: Apache-2[.]0/ { named = 1 }
	FNR == 3 { nextfile }
	END { judge(); exit bad }'
