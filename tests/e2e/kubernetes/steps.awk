# SPDX-License-Identifier: Apache-2.0
#
# awk -v n=N -f steps.awk JOB.yaml: what the container of the N-th document runs, from 0 on: the
# lines of its one `- |`, without their indentation.
/^---$/ { document++ }
on && /[^ ]/ { match($0, /^ */); if (RLENGTH < indent) on = 0 }
on { print substr($0, indent + 1) }
document == n && /^ *- \|$/ { on = 1; indent = index($0, "-") + 1 }
