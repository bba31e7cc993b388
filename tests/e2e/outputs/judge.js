// SPDX-License-Identifier: Apache-2.0
//
// node judge.js HOSTILE.json DIR: what became of the values. In DIR/N are the outputs of the run
// with the value at index N: FORMAT.out and FORMAT.err, those of the run that could not be judged
// with "refused-" before it. Index 0 is harmless: all others must look like it.
//
// - No line of any of them is a command of a CI system, but the annotations of "github".
// - As Markdown, in three readers: the same elements as the harmless one, no attribute, and outside
//   of code nothing that GitHub makes something of. The value itself stands there, in code.
// - JSON is JSON, and has the value.
"use strict";

const fs = require("fs");
const path = require("path");
const { execFileSync } = require("child_process");
const parse5 = require("parse5");
const MarkdownIt = require("markdown-it");
const commonmark = require("commonmark");

const [hostileFile, dir] = process.argv.slice(2);
const values = JSON.parse(fs.readFileSync(hostileFile, "utf8"));
let bad = 0;

function complain(n, what, text) {
  bad++;
  console.log(`${n} ${JSON.stringify(values[n])}: ${what}`);
  if (text !== undefined) console.log(String(text).slice(0, 2000));
}

// ---- the runners ----

// White space as .NET's Char.IsWhiteSpace has it.
const blank = /^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const unescapeData = (s) => s.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%25/g, "%");
const unescapeProperty = (s) =>
  s.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%25/g, "%");

function parseCommand(line) {
  const trimmed = line.replace(blank, "");
  if (trimmed.startsWith("::")) {
    const end = trimmed.indexOf("::", 2);
    if (end >= 0) {
      const info = trimmed.slice(2, end);
      const space = info.indexOf(" ");
      const properties = {};
      for (const pair of space < 0 ? [] : info.slice(space + 1).trim().split(",")) {
        const equals = pair.indexOf("=");
        if (equals > 0) properties[pair.slice(0, equals)] = unescapeProperty(pair.slice(equals + 1));
      }
      return {
        name: space < 0 ? info : info.slice(0, space),
        properties,
        data: unescapeData(trimmed.slice(end + 2)),
      };
    }
  }
  // GitHub's older form; Azure's and TeamCity's: each anywhere in a line, in any case.
  const old = line.search(/##(vso|teamcity)?\[/i);
  if (old >= 0 && line.indexOf("]", old) >= 0) return { name: line.slice(old), properties: {}, data: "" };
  return null;
}

function judgeCommands(n, file, text) {
  const isGithub = file.endsWith("github.out");
  let annotations = 0;
  // A reader that ends lines at any of these sees no command either.
  for (const line of text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)) {
    const c = parseCommand(line);
    if (!c) continue;
    annotations++;
    const keys = Object.keys(c.properties).join();
    if (!isGithub || !/^(error|warning|notice)$/.test(c.name) || !/^(file,line,)?title$/.test(keys))
      complain(n, `${file}: a command`, line);
    else if (c.properties.file && !/^(baselines\/(prod\.json|targets\.ini)|policies\/hostile\.ini)$/.test(c.properties.file))
      complain(n, `${file}: another place`, line);
  }
  return annotations;
}

// What nothing that is printed may have in it, in any format.
const hidden = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\udb40/;

// ---- Markdown ----

const readers = {
  "cmark-gfm": (s) =>
    execFileSync("cmark-gfm", ["--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "footnotes", "-e", "tasklist"], { input: s }).toString(),
  "markdown-it": (s) => new MarkdownIt({ html: true, linkify: true, typographer: true }).render(s),
  commonmark: (s) => new commonmark.HtmlRenderer().render(new commonmark.Parser().parse(s)),
};
const allowed = new Set(["h2", "h3", "p", "strong", "ul", "li", "code", "pre"]);
// What GitHub's filters look for in text that is no code.
const github = /@\w|#\d|GH-\d|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:|:\/\/|www\.|\$|\[|<|&|\||`/i;

function walk(node, inCode, seen, complainHere) {
  for (const child of node.childNodes || []) {
    if (child.nodeName === "#text") {
      if (inCode) seen.code += child.value + "\n";
      else if (github.test(child.value)) complainHere(`in plain text: ${child.value}`);
      continue;
    }
    const name = child.nodeName;
    seen.elements[name] = (seen.elements[name] || 0) + 1;
    if (!allowed.has(name)) complainHere(`an element: ${name}`);
    for (const a of child.attrs || [])
      if (!(name === "code" && a.name === "class" && a.value === "language-diff"))
        complainHere(`an attribute: ${name} ${a.name}=${a.value}`);
    walk(child, inCode || name === "code", seen, complainHere);
  }
}

// The value as it is shown: as a JSON string, what must not be seen raw as \uXXXX.
function shown(value) {
  let out = "";
  for (const c of JSON.stringify(value).slice(1, -1)) {
    const cp = c.codePointAt(0);
    if (c === "`" || c === "|" || hidden.test(c)) {
      out += cp > 0xffff ? `\\U${cp.toString(16).padStart(8, "0")}` : `\\u${cp.toString(16).padStart(4, "0")}`;
    } else out += c;
  }
  return out.replace(/##(?=[\w-]*\[)/g, "#\\u0023");
}

const model = {};
function judgeMarkdown(n, file, text, value) {
  for (const [name, render] of Object.entries(readers)) {
    const seen = { elements: {}, code: "" };
    const where = `${file}, ${name}`;
    walk(parse5.parseFragment(render(text)), false, seen, (what) => complain(n, `${where}: ${what}`));
    // Spans of code come and go with the words of a text; all else is the document's own shape.
    delete seen.elements.code;
    const shape = JSON.stringify(seen.elements);
    model[where] = model[where] || shape;
    if (shape !== model[where]) complain(n, `${where}: ${shape}, not ${model[where]}`, text);
    if (value !== undefined && n > 0 && !seen.code.includes(shown(value))) complain(n, `${where}: the value is not there`, text);
  }
}

// ---- all of it ----

function has(document, value) {
  if (document === null || typeof document !== "object") return document === value;
  return Object.entries(document).some(([k, v]) => k === value || has(v, value));
}

values.forEach((value, n) => {
  const folder = path.join(dir, String(n));
  for (const file of fs.readdirSync(folder)) {
    if (!/\.(out|err)$/.test(file)) continue;
    const text = fs.readFileSync(path.join(folder, file), "utf8");
    const isRefused = file.startsWith("refused-");
    const annotations = judgeCommands(n, file, text);
    if (file.endsWith("github.out") && annotations === 0) complain(n, `${file}: no annotation`, text);
    if (/json\.out$|patch\.out$/.test(file)) {
      const document = JSON.parse(text);
      if (!isRefused && !has(document, value) && !has(document, `/New${value}/`)) complain(n, `${file}: the value is not there`);
    } else if (hidden.test(text.replace(/\n/g, ""))) complain(n, `${file}: a hidden sign`, JSON.stringify(text));
    if (file.endsWith("markdown.out")) judgeMarkdown(n, file, text, isRefused ? undefined : value);
    const lines = text.split("\n").length;
    const kind = `${file} lines`;
    model[kind] = model[kind] || lines;
    if (/(text|github)\.out$/.test(file) && lines !== model[kind]) complain(n, `${file}: ${lines} lines, not ${model[kind]}`, text);
  }
});
console.log(`${values.length} values, ${bad} problems`);
process.exit(bad ? 1 : 0);
