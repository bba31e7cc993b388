# SPDX-License-Identifier: Apache-2.0
#
# The progress bar: on a terminal that is standard error, while there is something to wait for, and
# nowhere else. What it leaves is nothing.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need script

product_repo repo a b c d
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key
cat >slow <<EOT
#!/bin/sh
exec scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" \\
	--jobs 1 "\$@"
EOT
chmod +x slow
export SLOW="$PWD/slow"
bar="$(printf '\r')["

# on_terminal COMMAND: $out is what the terminal got.
on_terminal() {
	# The text is another each time, so that counts begin anew.
	echo "# $*" >"$scenario"
	echo '* * delay 250' >>"$scenario"
	run env TERM=xterm script -qec "$1" /dev/null
}

echo '* * delay 250' >"$scenario"
run ./slow
expect_exit 0
cp "$out" plain
expect_no_text err '['
expect_no_text out "$bar"

# Standard error alone is the terminal.
# shellcheck disable=SC2016 # the inner shell's
on_terminal '"$SLOW" >seen.out'
expect_exit 0
expect_same plain seen.out
expect_text out "${bar}==="
expect_text out ' 1/4'
expect_text out ' 3/4'
# Each line of it is drawn over, and the last one taken away.
[ "$(tail -c 4 "$out")" = "$(printf '\r\033[K')" ] || fail 'something is left of the bar'

# Standard output alone is: the bar would stand in what is read.
# shellcheck disable=SC2016
on_terminal '"$SLOW" 2>seen.err'
expect_exit 0
expect_no_text out "$bar"
expect_no_text seen.err '['

# Not where it is not wanted, or cannot be drawn.
# shellcheck disable=SC2016
for command in '"$SLOW" -q >seen.out' 'TERM=dumb "$SLOW" >seen.out' '"$SLOW" a >seen.out'; do
	on_terminal "$command"
	expect_exit 0
	expect_no_text out "$bar"
done

# What failed is counted in it, and notes do not run into it.
echo '*:DescribeImageRegistryTimingScanTask 1 error UnauthorizedOperation "No."' >"$scenario"
echo '*:DescribeImageRegistryTimingScanTask 2+ delay 250' >>"$scenario"
# shellcheck disable=SC2016
run env TERM=xterm script -qec '"$SLOW" -v >seen.out' /dev/null
expect_exit 3
expect_text out '1 not fetched'
grep -a 'tries=' "$out" | tr '\r' '\n' | grep -a 'tries=' >lines
expect_no_text lines '==='
