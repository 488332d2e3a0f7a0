// Texts that are refused. There is no engine to ask: code and place are written down here, by hand or by a rule that
// can be seen at a glance. MARK stands before the byte at which a text is refused.

const MARK = "\u2038";
const DEPTH = 128;
const ASCII = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte));

const bytes = (text) => Buffer.from(text, "utf8").length;

function refuse(code, about, marked) {
  const [before, after, ...rest] = marked.split(MARK);
  if (after === undefined || rest.length > 0) throw new Error(`one mark, please: ${marked}`);
  return { about, code, place: bytes(before), text: before + after };
}

/** For what is not UTF-8: bytes in hexadecimal, a bar before the one at which they are refused. */
function refuseBytes(code, about, marked) {
  const [before, after] = marked.replaceAll(" ", "").split("|");
  return { about, code, place: before.length / 2, hex: before + after };
}

/** Every ASCII character that a place in the grammar does not allow. */
function* wrong(about, before, allowed, after = "") {
  for (const character of ASCII) {
    if (!allowed.includes(character)) yield refuse("CANON_SYNTAX", about, before + MARK + character + after);
  }
}

const SPACE = " \t\n\r";
const VALUE = `${SPACE}{["-0123456789tfn`;

function* syntax() {
  yield* wrong("a value begins", "", VALUE);
  yield* wrong("an array begins", "[", `${VALUE}]`);
  yield* wrong("an array goes on", "[null", `${SPACE},]`, "]");
  yield* wrong("an item follows", "[1,", VALUE, "1]");
  yield* wrong("an object begins", "{", `${SPACE}"}`);
  yield* wrong("a name has ended", '{"a"', `${SPACE}:`, "1}");
  yield* wrong("a member's value begins", '{"a":', VALUE);
  yield* wrong("an object goes on", '{"a":[]', `${SPACE},}`);
  yield* wrong("a name follows", '{"a":"",', `${SPACE}"`);
  yield* wrong("an escape", '["\\', '"\\/bfnrtu');
  yield* wrong("a hexadecimal digit", '"\\u00', "0123456789abcdefABCDEF", '0"');
  yield* wrong("a digit after a minus", "[-", "0123456789");
  yield* wrong("a digit after a point", "[1.", "0123456789");
  yield* wrong("a digit or sign after an e", "[1e", "0123456789+-");
  yield* wrong("a digit after a sign", "[1.5E+", "0123456789");
  yield* wrong("an integer goes on", "[10", `${SPACE}0123456789.eE,]`);
  yield* wrong("a zero goes on", "[-0", `${SPACE}.eE,]`);
  for (const control of ASCII.slice(0, 32)) yield refuse("CANON_SYNTAX", "a raw control", `["a${MARK}${control}b"]`);
  for (let length = 1; length <= 70; length += 1) {
    const run = "a".repeat(length);
    const control = ASCII[length % 32];
    yield refuse("CANON_SYNTAX", "a raw control behind a run", `["${run}${MARK}${control}${run}"]`);
    yield refuse("CANON_SYNTAX", "a raw control behind a run", `{"${run}${MARK}\u001f":1}`);
  }
  for (const word of ["true", "false", "null"]) {
    for (let at = 1; at < word.length; at += 1) {
      for (const other of ["x", " ", "]", word[at].toUpperCase()]) {
        yield refuse("CANON_SYNTAX", "a literal goes wrong", word.slice(0, at) + MARK + other + word.slice(at + 1));
      }
    }
  }
  for (const text of [`[1${MARK}\u00a0]`, `${MARK}\u00e9`, ` ${MARK}\ufeff1`, `[${MARK}\u2028]`, `{"a":1,${MARK}\u3000}`]) {
    yield refuse("CANON_SYNTAX", "not in ASCII", text);
  }
  for (const escape of [`\\u${MARK}G000`, `\\u1${MARK}g00`, `\\u123${MARK}`, `\\u12${MARK}\u00e9`, `\\${MARK}\u00e9`]) {
    yield refuse("CANON_SYNTAX", "escapes", `"${escape}"`);
  }
  for (const text of [`[1,${MARK}]`, `{"a":1,${MARK}}`, `[1${MARK}:2]`, `{"a"${MARK},"b"}`, `[1e5${MARK}.0]`, `[0${MARK}x1]`]) {
    yield refuse("CANON_SYNTAX", "near misses", text);
  }
}

/** Cut anywhere, a text that needs its end is truncated at its length. */
function* truncated() {
  yield refuse("CANON_TRUNCATED", "nothing", MARK);
  yield refuse("CANON_TRUNCATED", "white space", ` \t\r\n${MARK}`);
  const texts = ['{"a\\u00e9\\n":[true,false,null,-1.5e+3,{}],"b":{"c":"d"}}', '[[],{} , 0.25E-2 ]', '"a\\\\b\\/"'];
  for (const text of texts) {
    for (let cut = 1; cut < text.length; cut += 1) yield refuse("CANON_TRUNCATED", "cut", text.slice(0, cut) + MARK);
  }
  for (const text of ["t", "tru", "fals", "nul", "-", "1.", "-0.", "1e", "1E+", "1.5e-"]) {
    yield refuse("CANON_TRUNCATED", "a value of one token, cut", text + MARK);
  }
  yield refuse("CANON_TRUNCATED", "the second half of a pair, cut", `"\\ud800\\u${MARK}`);
  yield refuse("CANON_TRUNCATED", "the second half of a pair, cut", `"\\ud800\\udc0${MARK}`);
  yield refuse("CANON_TRUNCATED", "a repeated name is found only when its object ends", `{"a":1,"a":2${MARK}`);
}

function* trailing() {
  for (const text of [`0${MARK}1`, `-0${MARK}1`, `1${MARK}x`, `1${MARK},`, `1.5${MARK}.5`, `1e5${MARK}e5`, `0${MARK}x10`]) {
    yield refuse("CANON_TRAILING", "after a number", text);
  }
  for (const text of [`true${MARK}x`, `null ${MARK}null`, `"a"${MARK}"b"`, `{} ${MARK}{}`, ` 1\n${MARK}\u00e9`]) {
    yield refuse("CANON_TRAILING", "after the value", text);
  }
  for (const character of ASCII) {
    if (!SPACE.includes(character)) yield refuse("CANON_TRAILING", "after an array", `[]${MARK}${character}`);
  }
}

function* surrogates() {
  const high = "\\ud83d";
  const low = "\\ude00";
  for (const after of ["", "a", "\\n", "\\\\", "\\u0041", "\\uE000", high, high + low, "\u00e9", "\u0001"]) {
    yield refuse("CANON_SURROGATE", "a high half alone", `["a${MARK}${high}${after}"]`);
  }
  for (const after of ["", "\\"]) yield refuse("CANON_SURROGATE", "a high half, cut", `"${MARK}${high}${after}`);
  for (const after of ["", "a", low, high, "\u0001"]) {
    yield refuse("CANON_SURROGATE", "a low half alone", `["a${MARK}${low}${after}"]`);
  }
  yield refuse("CANON_SURROGATE", "a low half after a pair", `"${high}${low}${MARK}${low}"`);
  yield refuse("CANON_SURROGATE", "in a name", `{"\u00e9${MARK}${high}":1}`);
  yield refuse("CANON_SURROGATE", "edges", `"${MARK}\\uD800\\uDBFF"`);
  yield refuse("CANON_SURROGATE", "edges", `"${MARK}\\uDFFF"`);
  yield refuse("CANON_SYNTAX", "the second half goes wrong first", `"${high}\\u${MARK}x"`);
  yield refuse("CANON_SYNTAX", "the second half goes wrong first", `"${high}\\ude0${MARK}g"`);
}

function* numbers() {
  const range = "CANON_NUMBER_RANGE";
  for (const edge of ["9007199254740993", "9007199254740995", "10000000000000001", "123456789012345678"]) {
    for (const sign of ["", "-"]) yield refuse(range, "between doubles", `[0,${MARK}${sign}${edge}]`);
  }
  for (let power = 54; power <= 80; power += 1) {
    const exact = (2n ** BigInt(power)).toString();
    if (exact !== String(Number(exact))) yield refuse(range, "a double, but not in its canonical text", `${MARK}${exact}`);
    yield refuse(range, "next to a double", `{"a":${MARK}-${2n ** BigInt(power) + 1n}}`);
  }
  for (const digits of [22, 23, 309, 310, 5000]) yield refuse(range, "long integers", `${MARK}1${"0".repeat(digits - 1)}`);
  yield refuse(range, "judged before what follows", `[${MARK}9007199254740993x]`);
  const infinite = "CANON_NUMBER_NOT_FINITE";
  const half = 2n ** 1024n - 2n ** 970n;
  const tokens = ["1e309", "1e400", "1E+999999999999", "1.7976931348623159e308", "0.1e310", `${half}.0`, `${half}e0`];
  for (const token of tokens) {
    for (const sign of ["", "-"]) yield refuse(infinite, "beyond the doubles", `[ ${MARK}${sign}${token} ]`);
  }
  yield refuse(infinite, "judged before what follows", `[${MARK}1e999.`);
}

function* names() {
  const duplicate = "CANON_DUPLICATE_NAME";
  yield refuse(duplicate, "the second of two", `{"a":1,${MARK}"a":1}`);
  yield refuse(duplicate, "the second of three", `{"a":1 , ${MARK}"a":2 , "a":3}`);
  yield refuse(duplicate, "the first that repeats", `{"a":1,"b":2,${MARK}"b":3,"a":4}`);
  yield refuse(duplicate, "empty names", `{"":1,"a":2,${MARK}"":3}`);
  yield refuse(duplicate, "equal once unescaped", `{"a\\u002fb":1,${MARK}"a/b":2}`);
  yield refuse(duplicate, "equal once unescaped", `{"\u{1f600}":1,${MARK}"\\ud83d\\ude00":2}`);
  yield refuse(duplicate, "in sorted order", `{"a":1,"b":2,"c":3,${MARK}"c":4}`);
  yield refuse(duplicate, "an inner object ends first", `{"a":1,"a":{"b":1,${MARK}"b":2}}`);
  yield refuse(duplicate, "before what trails", `{"a":1,${MARK}"a":2}x`);
  yield refuse(duplicate, "in a list", `[{"a":1},{"a":1,"b":{},${MARK}"a":[]}]`);
  yield refuse("CANON_SYNTAX", "an earlier error inside wins", `{"a":1,"a":2,"b":${MARK}x}`);
  yield refuse("CANON_SYNTAX", "the object does not end", `{"a":1,"a":2${MARK}]`);
  const many = Array.from({ length: 200 }, (_, at) => `"n${at}":${at}`).join(",");
  yield refuse(duplicate, "among many", `{${many},${MARK}"n77":0}`);
}

function* depths() {
  const open = "[".repeat(DEPTH);
  yield refuse("CANON_DEPTH", "arrays", `${open}${MARK}[`);
  yield refuse("CANON_DEPTH", "arrays", `${open}${MARK}[${"]".repeat(DEPTH + 1)}`);
  yield refuse("CANON_DEPTH", "an object in arrays", `${open}1,${MARK}{}`);
  yield refuse("CANON_DEPTH", "objects", `${'{"a":'.repeat(DEPTH)}${MARK}{"a`);
  yield refuse("CANON_DEPTH", "far too deep", `${open}${MARK}${"[".repeat(100000 - DEPTH)}`);
  yield refuse("CANON_SYNTAX", "wrong on the last level", `${open}${MARK}x`);
  yield refuse("CANON_TRUNCATED", "cut on the last level", `${open}${MARK}`);
}

function* encodings() {
  for (const text of ["ff", "c0 80", "c1 bf", "80", "bf", "ed a0 80", "ed bf bf", "f5 80 80 80", "f4 90 80 80"]) {
    yield refuseBytes("CANON_UTF8", "no character", `22 | ${text} 22`);
  }
  for (const text of ["e0 80 80", "e0 9f bf", "f0 80 80 80", "f0 8f bf bf", "c3 28", "e2 82 28", "f0 9f 98 28"]) {
    yield refuseBytes("CANON_UTF8", "no character", `22 61 | ${text} 22`);
  }
  for (const text of ["c3", "e2", "e2 82", "f0", "f0 9f", "f0 9f 98"]) {
    yield refuseBytes("CANON_UTF8", "a character, cut", `5b 22 c3 a9 | ${text}`);
  }
  yield refuseBytes("CANON_UTF8", "before the syntax", "78 78 | ff");
  yield refuseBytes("CANON_UTF8", "before the byte order mark", "ef bb bf 31 | ff");
  yield refuseBytes("CANON_UTF8", "UTF-16", "| ff fe 5b 00 5d 00");
  yield refuseBytes("CANON_BOM", "before an array", "| ef bb bf 5b 5d");
  yield refuseBytes("CANON_BOM", "alone", "| ef bb bf");
  yield refuseBytes("CANON_BOM", "before the syntax", "| ef bb bf 78");
}

/** Entries of `refused.jsonl`. */
export function refusedEntries() {
  return [
    ...syntax(), ...truncated(), ...trailing(), ...surrogates(), ...numbers(), ...names(), ...depths(), ...encodings(),
  ];
}
