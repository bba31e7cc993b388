// SPDX-License-Identifier: Apache-2.0
//
// node damage.js SCHEMA FOLDER FILE...: makes each valid FILE wrong in one place after the other and
// expects the schema to refuse it: a member more, a member less, a value of another type. Leaves
// each in FOLDER, for another judge.
"use strict";

const fs = require("fs");
const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const [schema, folder, ...files] = process.argv.slice(2);
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(fs.readFileSync(schema, "utf8")));

// The watched config's own values may be any JSON, and be absent for a list without end.
const free = /\/(changes\/\d+\/(before|after|removed|added|altered)|findings\/\d+\/found|targets\/\d+\/live)(\/|$)/;
// Members that are not always there: --now, --worktree and what it lists, a long config, and the two
// sides of a long list.
function isOptional(at, node) {
  return /^\/(now|worktree|uncommitted|targets\/\d+\/live)$/.test(at) || ("before_count" in node && /\/changes\/\d+\/(before|after)$/.test(at));
}

let tried = 0;
let taken = 0;

function refused(document, what) {
  tried++;
  fs.writeFileSync(`${folder}/${tried}.json`, JSON.stringify(document));
  if (validate(document)) {
    console.log(`taken: ${what}`);
    taken++;
  }
}

function walk(document, node, path) {
  if (free.test(path) || node === null || typeof node !== "object") return;
  if (!Array.isArray(node)) {
    node.unheard_of = 1;
    refused(document, `${path}/unheard_of`);
    delete node.unheard_of;
  }
  for (const key of Object.keys(node)) {
    const kept = node[key];
    const at = `${path}/${key}`;
    if (!free.test(at)) {
      node[key] = typeof kept === "number" ? "x" : 4.5;
      refused(document, `${at} of another type`);
    }
    if (!Array.isArray(node) && !isOptional(at, node)) {
      delete node[key];
      refused(document, `no ${at}`);
    }
    node[key] = kept;
    walk(document, kept, at);
  }
}

for (const file of files) {
  const document = JSON.parse(fs.readFileSync(file, "utf8"));
  if (!validate(document)) {
    console.log(`${file}: not valid to begin with: ${ajv.errorsText(validate.errors)}`);
    process.exit(1);
  }
  walk(document, document, "");
}
console.log(`${tried} wrong results, ${taken} of them taken`);
process.exit(taken === 0 && tried > 100 ? 0 : 1);
