// Texts that are I-JSON, and their canonical form as this engine makes it.

import { createHash } from "node:crypto";

import { powerOfTwo } from "./numbers.mjs";
import { Random } from "./random.mjs";

/** RFC 8785 in terms of ECMAScript: sorted names, the engine's own strings and numbers. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}

function accept(about, text) {
  const form = canonical(JSON.parse(text));
  const digest = `sha256:${createHash("sha256").update(form, "utf8").digest("hex")}`;
  return { about, text, canonical: form, digest };
}

const hex = (unit) => unit.toString(16).padStart(4, "0");

/** Names that sort differently by code unit, by code point, by collation or as integers. */
const NAMES = [
  "", "\u0000", "\t", " ", "\"", "\\", "/", "~", "1", "10", "9", "-1", "A", "a", "aa", "a\u0000", "\u007f", "\u0080",
  "\u00e9", "e\u0301", "\u00f6", "\u20ac", "\ud7ff", "\ue000", "\ufb33", "\ufdd0", "\ufeff", "\ufffd", "\uffff",
  "\u{10000}", "\u{1f600}", "\u{10ffff}", "\u{10000}a", "\ue000a", "__proto__", "constructor", "length", "\u2028",
];

function* scalars() {
  for (const text of ["null", "true", "false", "0", "-0", "-1", '""', "[]", "{}", " [ ] ", "\t{\r}\n"]) {
    yield accept("smallest texts", text);
  }
  for (const text of ["9007199254740991", "-9007199254740991", "9007199254740992", "-9007199254740992"]) {
    yield accept("integers at the edge of the exact ones", text);
  }
  for (let power = 53; power <= 69; power += 1) {
    yield accept("integers that ECMAScript prints just so", `[${powerOfTwo(power)},-${powerOfTwo(power)}]`);
  }
  for (const text of ["100000000000000000000", "[999999999999999900000]", "1e20", "1E21", "1.0", "10e-1", "-0.0"]) {
    yield accept("numbers of one value in several forms", text);
  }
}

function* strings() {
  for (let unit = 0; unit < 0x20; unit += 1) yield accept("control characters", `"\\u${hex(unit)}"`);
  for (const escape of ["\\b", "\\t", "\\n", "\\f", "\\r", '\\"', "\\\\", "\\/", "\\u002F", "\\u0022", "\\u005c"]) {
    yield accept("escapes", `"${escape}"`);
    yield accept("escapes", `["a${escape}b",{"${escape}":"${escape}${escape}"}]`);
  }
  for (const unit of [0x41, 0x7f, 0x80, 0xe9, 0x7ff, 0x800, 0x2028, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffe, 0xffff]) {
    yield accept("characters, raw and escaped", `["${String.fromCharCode(unit)}","\\u${hex(unit).toUpperCase()}"]`);
  }
  for (let length = 0; length <= 70; length += 1) {
    const run = "a".repeat(length);
    const ends = ["\u001f", "\u0000", '"', "\\", "\u007f", " ", "\u00e9", "\u20ac", "\u{1f600}"];
    yield accept("runs of characters that stand for themselves", JSON.stringify(ends.map((end) => run + end + run)));
  }
  for (const point of [0x10000, 0x1d11e, 0x1f600, 0x1fffe, 0x10ffff]) {
    const raw = String.fromCodePoint(point);
    const pair = `\\u${hex(raw.charCodeAt(0))}\\u${hex(raw.charCodeAt(1)).toUpperCase()}`;
    yield accept("characters beyond U+FFFF, raw and escaped", `["${raw}","${pair}","${pair}${raw}"]`);
  }
}

function* orders(random) {
  const members = (names) => `{${names.map((name, at) => `${JSON.stringify(name)}: ${at}`).join(" ,")}}`;
  yield accept("names: all that are hard", members(NAMES));
  yield accept("names: all that are hard", members([...NAMES].reverse()));
  for (const one of NAMES) {
    for (const other of [random.pick(NAMES), random.pick(NAMES), "\ue000", "\u{10000}"]) {
      if (one !== other) yield accept("names: two of the hard ones", members([one, other]));
    }
  }
  for (let length = 1; length <= 34; length += 1) {
    const ends = random.shuffled(["", "\u0000", "\"", "A", "\u00e9", "\ue000", "\u{10000}", "\u{10000}a"]);
    const names = ends.map((end) => "a".repeat(length) + end);
    yield accept("names: of one beginning", members(names));
    yield accept("names: of one beginning", members(names.map((name) => name.slice(1) + "b")));
    yield accept("names: of one beginning, but for one", members(["b", ...names]));
  }
}

function* shapes() {
  for (const depth of [1, 2, 127, 128]) {
    yield accept(`arrays, ${depth} levels`, "[".repeat(depth) + "]".repeat(depth));
    yield accept(`objects, ${depth} levels`, `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`);
    yield accept(`a number inside ${depth} levels`, `${"[".repeat(depth)}1${"]".repeat(depth)}`);
  }
  const rows = Array.from({ length: 300 }, (_, n) => `{"n":${n}, "id":"${hex(n)}", "ok":${n % 2 === 0}}`);
  yield accept("a long array of objects", `[${rows.join(",\n")}]`);
  yield accept("a wide object", `{${rows.map((row, n) => `"k${(n * 7919) % 300}":${row}`).join(",")}}`);
  yield accept("one name at several levels", '{"b":{"a":1,"b":{"b":2,"a":[{"a":3}]}},"a":{"a":1}}');
}

/** A random value spelled in a random way: white space, escapes, order, forms of numbers. */
class Speller {
  constructor(seed) {
    this.random = new Random(seed);
  }

  value(level) {
    const kind = this.random.below(level > 4 ? 5 : 8);
    if (kind < 2) return this.string(this.name());
    if (kind < 4) return this.number();
    if (kind === 4) return this.random.pick(["null", "true", "false"]);
    return kind === 5 ? this.array(level + 1) : this.object(level + 1);
  }

  space() {
    return this.random.pick(["", "", "", " ", "\n", "\t ", "\r\n"]);
  }

  name() {
    return Array.from({ length: this.random.below(4) }, () => this.random.pick(NAMES)).join("");
  }

  string(text) {
    return `"${[...text].map((character) => this.character(character)).join("")}"`;
  }

  character(character) {
    if (this.random.below(3) > 0) return JSON.stringify(character).slice(1, -1);
    return Array.from({ length: character.length }, (_, at) => `\\u${hex(character.charCodeAt(at))}`).join("");
  }

  number() {
    const digits = this.random.below(10 ** (1 + this.random.below(15)));
    return this.random.pick([`${digits}`, `-${digits}`, `${digits}e-3`, `${digits}.250`, `0.0${digits}E2`]);
  }

  array(level) {
    const items = Array.from({ length: this.random.below(6) }, () => this.padded(this.value(level)));
    return `[${items.join(",") || this.space()}]`;
  }

  object(level) {
    const names = new Set(Array.from({ length: this.random.below(7) }, () => this.name()));
    const members = [...names].map((name) => this.padded(this.string(name)) + ":" + this.padded(this.value(level)));
    return `{${members.join(",") || this.space()}}`;
  }

  padded(text) {
    return this.space() + text + this.space();
  }

  document() {
    return this.padded(this.random.below(2) === 0 ? this.array(1) : this.object(1));
  }
}

function* documents() {
  const speller = new Speller(3);
  for (let n = 0; n < 300; n += 1) yield accept("random values in random spelling", speller.document());
}

/** Entries of `accepted.jsonl`. */
export function acceptedEntries() {
  return [...scalars(), ...strings(), ...orders(new Random(4)), ...shapes(), ...documents()];
}
