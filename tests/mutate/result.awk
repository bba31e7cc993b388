# SPDX-License-Identifier: Apache-2.0
#
# awk -F '\t' -v sample=N -f result.awk STALE EQUIVALENT VERDICTS MUTANTS: prints what is wrong, and
# the counts. In a sample a line of which every mutant was caught proves nothing.

FILENAME ~ /\/stale$/ {
	print "equivalent.txt has a mutant that does not exist: " $0
	faults++
	next
}
FILENAME ~ /\/equivalent$/ {
	equivalent[$0] = 1
	next
}
FILENAME ~ /\/verdicts$/ {
	verdict[$1] = $2
	next
}
{
	count[verdict[$1]]++
	total++
	known = ($2 ": " $4 " → " $5) in equivalent
	line = $2 ": " $4 " → *"
	if (line in equivalent)
		excuses[line] += verdict[$1] == "survived"
	shown = $2 ":" $3 ": " $4 " → " $5
	if (verdict[$1] == "survived" && (known || line in equivalent))
		excused++
	else if (verdict[$1] == "survived") {
		print "survived: " shown
		faults++
	} else if (known && verdict[$1] == "caught") {
		print "equivalent.txt has a mutant that is caught: " shown
		faults++
	}
}
END {
	for (line in excuses) {
		if (!excuses[line] && !sample) {
			print "equivalent.txt has a line whose mutants are all caught: " line
			faults++
		}
	}
	if (excused)
		printf "%d of the survivors in equivalent.txt\n", excused
	printf "%d mutants: %d caught, %d survived, %d did not compile\n", total, count["caught"],
		count["survived"], count["uncompiled"]
	exit faults > 0
}
