/** Which records were seen already: trails overlap, and a year of records must fit in memory. Pure. */

/** Slots of the first table; it doubles before it is half full. */
const FIRST_SIZE = 1 << 16;

export interface SeenRecords {
  /** Whether a record of this identity was not seen before; it is then. */
  readonly add: (identity: Uint8Array) => boolean;
}

/** By 64 bits of a hash of the identity, eight bytes a record: among ten million records two rarely share one. */
export function seenRecords(): SeenRecords {
  let size = FIRST_SIZE;
  let slots = new Uint32Array(2 * size);
  let count = 0;
  const put = (table: Uint32Array, slotCount: number, high: number, low: number): boolean => {
    for (let slot = low & (slotCount - 1); ; slot = (slot + 1) & (slotCount - 1)) {
      const [there, below] = [table[2 * slot], table[2 * slot + 1]];
      if (there === high && below === low) return false;
      if (there === 0 && below === 0) {
        table[2 * slot] = high;
        table[2 * slot + 1] = low;
        return true;
      }
    }
  };
  return {
    add: (identity) => {
      if (2 * count >= size) {
        const larger = new Uint32Array(4 * size);
        for (let slot = 0; slot < size; slot += 1) {
          const [high = 0, low = 0] = [slots[2 * slot], slots[2 * slot + 1]];
          if (high !== 0 || low !== 0) put(larger, 2 * size, high, low);
        }
        size *= 2;
        slots = larger;
      }
      // FNV-1a twice, from two beginnings; an empty slot is 0, 0
      let [high, low] = [0x811c9dc5, 0x9747b28c];
      for (let at = 0; at < identity.length; at += 1) {
        const byte = identity[at] ?? 0;
        high = Math.imul(high ^ byte, 0x01000193);
        low = Math.imul(low ^ byte, 0x85ebca6b);
        low ^= low >>> 13;
      }
      const isNew = put(slots, size, high >>> 0, low >>> 0 || 1);
      if (isNew) count += 1;
      return isNew;
    },
  };
}
