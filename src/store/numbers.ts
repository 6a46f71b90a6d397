/** Packs whole numbers of any sign and up to 52 bits, small ones in one byte (zigzag, then 7 bits a byte, low ones first). */
export function packNumbers(numbers: readonly number[]): Buffer {
  const bytes: number[] = [];
  for (const number of numbers) {
    let rest = number < 0 ? -2 * number - 1 : 2 * number;
    while (rest > 127) {
      bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}

/** Those of [from, end), which are whole. */
export function unpackNumbers(packed: Uint8Array, from = 0, end = packed.length): number[] {
  const numbers: number[] = [];
  let value = 0;
  let weight = 1;
  // By place: a year of histograms is read here, and an iterator takes as long as all else.
  for (let at = from; at < end; at += 1) {
    const byte = packed[at] ?? 0;
    value += (byte & 127) * weight;
    weight *= 128;
    if (byte > 127) continue;
    numbers.push(value % 2 === 0 ? value / 2 : -(value + 1) / 2);
    value = 0;
    weight = 1;
  }
  return numbers;
}
