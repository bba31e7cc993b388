// SPDX-License-Identifier: Apache-2.0
//
// node validate.js SCHEMA FILE...: prints what is wrong with each, exits 1 if anything is.
// NODE_PATH names the folder with ajv and ajv-formats.
"use strict";

const fs = require("fs");
const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const [schema, ...files] = process.argv.slice(2);
// A branch of a oneOf need not repeat the type of what it narrows.
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));

let bad = files.length === 0 ? 1 : 0;
for (const file of files) {
  let problems = [];
  try {
    if (!validate(JSON.parse(fs.readFileSync(file, "utf8"))))
      problems = validate.errors.map((e) => `${e.instancePath || "/"} ${e.message}`);
  } catch (e) {
    problems = [e.message];
  }
  for (const problem of problems) {
    console.log(`${file}: ${problem}`);
    bad = 1;
  }
}
process.exit(bad);
