// A small deterministic generator of random numbers (xorshift64*), so that the vectors never change by themselves.

const MASK = (1n << 64n) - 1n;

export class Random {
  #state;

  constructor(seed) {
    this.#state = BigInt(seed) & MASK;
  }

  /** 64 bits, as a BigInt. */
  bits() {
    let x = this.#state;
    x ^= x >> 12n;
    x = (x ^ (x << 25n)) & MASK;
    x ^= x >> 27n;
    this.#state = x;
    return (x * 0x2545f4914f6cdd1dn) & MASK;
  }

  /** An integer from 0 to below - 1. */
  below(below) {
    return Number((this.bits() >> 11n) % BigInt(below));
  }

  pick(items) {
    return items[this.below(items.length)];
  }

  shuffled(items) {
    const left = [...items];
    const out = [];
    while (left.length > 0) out.push(...left.splice(this.below(left.length), 1));
    return out;
  }
}
