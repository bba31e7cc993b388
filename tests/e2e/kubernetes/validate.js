/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate.js FILE: each document of it is a batch/v1 Job by the published schema. That schema lets
 * keys pass that it does not know, where a server that is asked to be strict does not: a key that
 * the validator never looked at is an error here.
 */
"use strict";

const fs = require("fs");
const path = require("path");
const { parseAllDocuments } = require("yaml");

/* The package gives out classes that fill in what they lack; its validators lie beside them. */
const schemas = path.join(path.dirname(require.resolve("kubernetes-models")), "_schemas");
const { validate } = require(path.join(schemas, "IoK8sApiBatchV1Job.js"));

/* The same object; `unread` loses a path when its key is read. */
function watch(value, where, unread) {
	if (typeof value !== "object" || value === null) return value;
	const copy = Array.isArray(value) ? [] : {};

	for (const key of Object.keys(value)) {
		copy[key] = watch(value[key], `${where}/${key}`, unread);
		if (!Array.isArray(value)) unread.add(`${where}/${key}`);
	}
	return new Proxy(copy, {
		get(target, key) {
			unread.delete(`${where}/${String(key)}`);
			return target[key];
		},
	});
}

const problems = [];
const documents = parseAllDocuments(fs.readFileSync(process.argv[2], "utf8"), { strict: true });

documents.forEach((document, i) => {
	const unread = new Set();

	problems.push(...document.errors.map((e) => `${i}: ${e.message}`));
	if (!validate(watch(document.toJS(), "", unread)))
		problems.push(...validate.errors.map((e) => `${i}${e.instancePath}: ${e.message || e.keyword}`));
	problems.push(...[...unread].map((key) => `${i}${key}: unknown`));
});
problems.forEach((problem) => console.log(problem));
console.log(`${documents.length} documents, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
