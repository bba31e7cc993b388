# SPDX-License-Identifier: Apache-2.0
#
# awk -v nights=N -v targets=N -v seed=N -v out=DIR -f years.awk
#
# Nights of a fleet, and what its history must then say, computed here from the same events:
#   nights     a line a night: number, day, "run" or "none", then a period a target; 0: no reply
#   edits      a line a change of a baseline at noon: night, day, target, period; 0: it is removed
#   log.want   target, side, time, period of each state
#   since.want target and time, of each target that is drifted at the end
#   runs.want  time of each run, then the outcome of each target
#   asof.want  day, target, period: the baseline in the evening of that day
# Night `renamed`, at noon, the first target gets the name "new" (line "NIGHT DAY rename").

function day(n,   y, m, d, length_of) {
	# From 2027-01-01 on.
	y = 2027
	m = 1
	d = n + 1
	for (;;) {
		length_of = m == 2 ? 28 + (y % 4 == 0) : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31
		if (d <= length_of)
			return sprintf("%04d-%02d-%02d", y, m, d)
		d -= length_of
		if (++m > 12) {
			m = 1
			y++
		}
	}
}

function name(t, n) {
	return t == 0 && n > renamed ? "new" : sprintf("t%02d", t)
}

# The name that the target has at the end.
function state(t, kind, when, value) {
	print name(t, nights), kind, when, value >(out "/log.want")
}

function outcome(t) {
	if (live[t] == 0)
		return "incomplete"
	if (base[t] == 0)
		return "no-baseline"
	return live[t] == base[t] ? "equal" : "drifted"
}

function night(n,   t, line, row) {
	ran = n == 0 || rand() >= 0.02
	line = n " " day(n) " " (ran ? "run" : "none")
	row = day(n) "T02:00"
	for (t = 0; t < targets; t++) {
		# What is live goes to and fro, mostly as agreed; each begins with a drift.
		if (n == 0)
			real[t] = 2 + t % 5
		else if (rand() < 0.02)
			real[t] = rand() < 0.4 && base[t] ? base[t] : 1 + int(rand() * 6)
		live[t] = n > 0 && rand() < 0.005 ? 0 : real[t]
		line = line " " live[t]
		row = row " " outcome(t)
		if (ran && live[t] && live[t] != seen[t]) {
			seen[t] = live[t]
			seen_since[t] = day(n) "T02:00"
			state(t, "observed", seen_since[t], live[t])
		}
	}
	print line >(out "/nights")
	if (ran)
		print row >(out "/runs.want")
}

function edit(n, t, value) {
	base[t] = value
	base_since[t] = day(n) "T12:00"
	print n, day(n), name(t, n), value >(out "/edits")
	state(t, "baseline", base_since[t], value)
}

function noon(n,   t, value) {
	if (n == renamed) {
		print n, day(n), "rename" >(out "/edits")
		if (base[0])
			state(0, "baseline", day(n) "T12:00", base[0])
	}
	for (t = 0; t < targets; t++) {
		# On the day of the rename nothing else happens to the one that is renamed.
		if (rand() >= 0.004 || (n == renamed && t == 0))
			continue
		value = 1 + int(rand() * 6)
		# A gap, and not of the first one: under its old name nothing must be left over.
		if (t > 0 && base[t] && rand() < 0.2)
			value = 0
		if (value != base[t])
			edit(n, t, value)
	}
}

BEGIN {
	srand(seed)
	renamed = int(nights / 2)
	for (t = 0; t < targets; t++) {
		base[t] = 1
		base_since[t] = "2026-12-31T12:00"
		state(t, "baseline", base_since[t], 1)
	}
	for (n = 0; n < nights; n++) {
		night(n)
		noon(n)
		t = n % targets
		if (n % int(nights / 30) == 0)
			print day(n), name(t, nights), base[t] >(out "/asof.want")
	}
	line = ""
	for (t = 0; t < targets; t++) {
		line = line " " seen[t]
		since = base_since[t]
		if (seen_since[t] > since)
			since = seen_since[t]
		if (base[t] && seen[t] != base[t])
			print name(t, nights), since >(out "/since.want")
	}
	print nights, day(nights), "last" line >(out "/last")
}
