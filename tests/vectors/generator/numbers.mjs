// Number vectors. The oracle is the engine that runs this: `String(x)` is what RFC 8785 asks for, `Number(text)` is
// the nearest double.

import { Random } from "./random.mjs";

const view = new DataView(new ArrayBuffer(8));

/** The 64 bits of a double, as a BigInt. */
export function bitsOf(number) {
  view.setFloat64(0, number);
  return view.getBigUint64(0);
}

export function doubleOf(bits) {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** The double some units in the last place away, towards infinity if positive; for numbers above 0. */
function ulpsFrom(number, count) {
  return doubleOf(bitsOf(number) + BigInt(count));
}

/** The bit patterns of the table in RFC 8785 appendix B, without its three that are no numbers. */
const RFC_TABLE = [
  "0000000000000000", "8000000000000000", "0000000000000001", "8000000000000001", "7fefffffffffffff",
  "ffefffffffffffff", "4340000000000000", "c340000000000000", "4430000000000000", "44b52d02c7e14af5",
  "44b52d02c7e14af6", "44b52d02c7e14af7", "444b1ae4d6e2ef4e", "444b1ae4d6e2ef4f", "444b1ae4d6e2ef50",
  "3eb0c6f7a0b5ed8c", "3eb0c6f7a0b5ed8d", "41b3de4355555553", "41b3de4355555554", "41b3de4355555555",
  "41b3de4355555556", "41b3de4355555557", "becbf647612f3696", "43143ff3c1cb0959",
];

/** Every finite double worth printing, in groups; a double may be in several. */
function* doubles() {
  for (const bits of RFC_TABLE) yield doubleOf(BigInt(`0x${bits}`));
  yield* powers();
  yield* neighbourhoods();
  yield* randomDoubles(new Random(1));
}

/** By its bits: `**` need not be exact on every engine. */
export function powerOfTwo(e) {
  return doubleOf(e < -1022 ? 1n << BigInt(e + 1074) : BigInt(e + 1023) << 52n);
}

/** Each power of two and of ten, and the doubles on either side. */
function* powers() {
  for (let e = -1074; e <= 1023; e += 1) yield* around(powerOfTwo(e), 1);
  for (let e = -323; e <= 308; e += 1) yield* around(Number(`1e${e}`), 1);
}

/** Where the form of the text changes, where integers end, where subnormals end, where doubles end. */
function* neighbourhoods() {
  const edges = [1e21, 1e-6, 1e-7, powerOfTwo(53), powerOfTwo(64), powerOfTwo(-1022), 1e23, 5e-324];
  for (const edge of edges) yield* around(edge, 25);
  for (let below = 0; below < 25; below += 1) yield ulpsFrom(Number.MAX_VALUE, -below);
  for (let integer = 0; integer <= 300; integer += 1) yield integer;
  for (let zeros = 0; zeros <= 22; zeros += 1) yield* [Number(`123e${zeros}`), Number(`-45e-${zeros}`)];
}

function* around(number, ulps) {
  for (let count = -ulps; count <= ulps; count += 1) {
    if (bitsOf(number) + BigInt(count) >= 0n) yield ulpsFrom(number, count);
  }
}

/** Any bits, any sign; then decimals of few digits, which are what people write. */
function* randomDoubles(random) {
  for (let n = 0; n < 2500; n += 1) yield doubleOf(random.bits());
  for (let n = 0; n < 500; n += 1) yield Number(`${random.below(10 ** (1 + (n % 9)))}e${random.below(60) - 30}`);
}

/** Lines of `numbers.tsv`: 16 hexadecimal digits of the bits, a tab, the text. */
export function numberLines() {
  const lines = new Map();
  for (const number of doubles()) {
    const bits = bitsOf(number).toString(16).padStart(16, "0");
    if (Number.isFinite(number)) lines.set(bits, `${bits}\t${String(number)}`);
  }
  return [...lines.values()];
}

/** Exactly half-way between a positive double and the next: the token's digits and its power of ten. */
function halfWay(number) {
  const bits = bitsOf(number);
  const exponent = Number(bits >> 52n);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent > 0 ? 1n << 52n : 0n);
  const power = Math.max(exponent, 1) - 1075 - 1;
  const odd = 2n * mantissa + 1n;
  return power >= 0 ? [odd << BigInt(power), 0] : [odd * 5n ** BigInt(-power), power];
}

/** Tokens that are hard to round: ties, and a hair on either side of them, in up to some 770 digits. */
function* hardTokens() {
  const small = [5e-324, 1e-323, powerOfTwo(-1022), ulpsFrom(powerOfTwo(-1022), -1), 1e-300, 1e-20, 0.1, 0.3];
  const great = [1, powerOfTwo(53), 1e21, 1e23, 1e100, powerOfTwo(971), ulpsFrom(Number.MAX_VALUE, -1)];
  for (const start of [...small, ...great]) {
    const [digits, power] = halfWay(start);
    yield `${digits}e${power}`;
    yield `${digits * 10n - 1n}e${power - 1}`;
    yield `${digits * 10n + 1n}e${power - 1}`;
  }
}

/** Tokens in every form the grammar has. */
function* formTokens() {
  for (const sign of ["", "-"]) {
    for (const whole of ["0", "1", "10", "909"]) {
      for (const fraction of ["", ".0", ".5", ".000", ".0625"]) {
        for (const power of ["", "e0", "E0", "e+2", "E-2", "e-7", "e022", "e-400"]) {
          yield sign + whole + fraction + power;
        }
      }
    }
  }
}

/** Tokens at the ends of the doubles, and random ones of up to 25 digits. */
function* edgeTokens(random) {
  yield* ["1.7976931348623157e308", "1.7976931348623158e308", "2.2250738585072011e-308", "2.2250738585072014e-308"];
  yield* ["2.4703282292062327e-324", "2.4703282292062328e-324", "1e-400", "-1e-400", "0e999", "1e-9999999999"];
  yield* [`0.${"0".repeat(400)}1e401`, `${"1".repeat(300)}.5`, `1${"0".repeat(308)}.0`, `0.${"9".repeat(60)}`];
  yield* [`${2n ** 1024n - 2n ** 970n - 1n}.0`, "9007199254740993.0", "9007199254740993e0", "0e-0", "0E+1"];
  for (let n = 0; n < 1000; n += 1) {
    const digits = random.bits().toString() + random.below(100000);
    const cut = 1 + random.below(digits.length - 2);
    yield `${digits[0]}.${digits.slice(1, 1 + cut)}e${random.below(640) - 330}`;
  }
}

/** Lines of `readings.tsv`: a number token of RFC 8259, a tab, the canonical text of the double it reads as. */
export function readingLines() {
  const tokens = new Set([...formTokens(), ...hardTokens(), ...edgeTokens(new Random(2))]);
  const finite = [...tokens].filter((token) => Number.isFinite(Number(token)));
  return finite.map((token) => `${token}\t${String(Number(token))}`);
}
