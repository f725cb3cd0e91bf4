// Writing of bytes.

// Copies `length` bytes, 16 at a time: up to 15 more are read and written. Gives the end.
@inline export function copy(to: usize, from: usize, length: usize): usize {
  v128.store(to, v128.load(from));
  for (let i: usize = 16; i < length; i += 16) v128.store(to + i, v128.load(from + i));
  return to + length;
}

// Writes the digits of a whole number; gives their end.
export function writeWhole(to: usize, value: i64): usize {
  let rest = value;
  if (rest < 0) {
    store<u8>(to++, 0x2d);
    rest = -rest;
  }
  let digits: usize = 1;
  for (let limit: i64 = 10; limit <= rest; limit *= 10) digits++;
  for (let i = digits; i > 0; i--) {
    store<u8>(to + i - 1, <u8>(0x30 + (rest % 10)));
    rest /= 10;
  }
  return to + digits;
}
