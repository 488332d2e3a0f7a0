// Writes the vectors into the folder named on the command line, or beside this one. Deterministic: the same bytes on
// every run and on every version of the engine.

import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { acceptedEntries } from "./accepted.mjs";
import { numberLines, readingLines } from "./numbers.mjs";
import { refusedEntries } from "./refused.mjs";

const folder = process.argv[2] ?? join(import.meta.dirname, "..");

/** JSON in ASCII, so that no editor and no terminal changes a vector. */
function line(entry) {
  const escape = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(entry).replace(/[\u007f-\uffff]/g, escape);
}

const files = {
  "accepted.jsonl": acceptedEntries().map(line),
  "numbers.tsv": numberLines(),
  "readings.tsv": readingLines(),
  "refused.jsonl": refusedEntries().map(line),
};

const sums = Object.entries(files).map(([name, lines]) => {
  const data = `${lines.join("\n")}\n`;
  writeFileSync(join(folder, name), data);
  console.log(`${name}: ${lines.length} vectors`);
  return `${createHash("sha256").update(data).digest("hex")}  ${name}\n`;
});
writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
