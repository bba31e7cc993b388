# SPDX-License-Identifier: Apache-2.0
#
# Sourced: the commands and options of $SCANDRIFT as --help prints them, which is
# how its tables look from outside.

# One line an option: COMMAND, NAME, LETTER or -, ARGUMENT or -, HELP, with tabs between
# them. COMMAND is - for what --help without a command lists.
cli_table() {
	cli_options - <<EOF
$("$SCANDRIFT" --help)
EOF
	for cli_command in $(cli_commands); do
		cli_options "$cli_command" <<EOF
$("$SCANDRIFT" "$cli_command" --help)
EOF
	done
}

# Names alone, one a line.
cli_commands() {
	"$SCANDRIFT" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z][a-z-]*\)  *.*/\1/p'
}

cli_options() {
	sed -nE \
		-e 's/^  -(.), --([a-z-]+)(\[?[= ]([^ ]+))?  *(.*)$/\2	\1	\3	\5/p' \
		-e 's/^      --([a-z-]+)(\[?[= ]([^ ]+))?  *(.*)$/\1	-	\2	\4/p' |
		sed -E -e "s/^/$1	/" -e 's/	[ ]([^	]+)	/	\1	/' -e 's/		/	-	/'
}
