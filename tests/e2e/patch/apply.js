/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads lines of `FROM PATCH TO`, three files, and lets fast-json-patch apply the patch to the
 * first. Fails where it refuses, or where the outcome is not the third: the same members, and
 * the same items in the same order. Prints how many patches it applied, and their operations.
 */
"use strict";

const assert = require("assert");
const fs = require("fs");
const { applyPatch, validate } = require("fast-json-patch");

const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));
const lines = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
let operations = 0;

for (const line of lines) {
	const [from, patch, to] = line.split(" ").map(read);

	try {
		const problem = validate(patch, from);

		assert.strictEqual(problem, undefined, problem && problem.message);
		/* Validating, so that a test that fails throws; on a copy of its own. */
		const have = applyPatch(from, patch, true).newDocument;
		assert.deepStrictEqual(have, to);
	} catch (e) {
		console.error(`${line}: ${e.message}`);
		process.exit(1);
	}
	operations += patch.length;
}
console.log(`${lines.length} patches, ${operations} operations`);
