//! Sorting many numbers of which only some bits differ: digit by digit, the least first.

/// Bits of a digit.
const DIGIT: u32 = 11;
/// Values of a digit.
const VALUES: usize = 1 << DIGIT;
/// Fewer numbers than these are sorted by comparing them.
const FEW: usize = 256;

/// Sorts `numbers` by their bits from number `from` up; those below may come in any order. `room` is room to work in.
///
/// Digits that are the same in all numbers cost nothing.
pub(super) fn sort(numbers: &mut Vec<u64>, room: &mut Vec<u64>, from: u32) {
    if numbers.len() < FEW {
        return numbers.sort_unstable();
    }
    let first = numbers[0];
    let differing = numbers
        .iter()
        .fold(0, |bits, number| bits | (number ^ first));
    for shift in (from..u64::BITS).step_by(DIGIT as usize) {
        if differing >> shift & (VALUES as u64 - 1) != 0 {
            sort_by_digit(numbers, room, shift);
        }
    }
}

/// Sorts by one digit; numbers of equal digits stay in their order.
fn sort_by_digit(numbers: &mut Vec<u64>, room: &mut Vec<u64>, shift: u32) {
    let digit = |number: u64| (number >> shift) as usize % VALUES;
    let mut places = [0u32; VALUES];
    for &number in numbers.iter() {
        places[digit(number)] += 1;
    }
    let mut sum = 0;
    for place in &mut places {
        sum += std::mem::replace(place, sum);
    }
    room.resize(numbers.len(), 0);
    for &number in numbers.iter() {
        let place = &mut places[digit(number)];
        room[*place as usize] = number;
        *place += 1;
    }
    std::mem::swap(numbers, room);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sorts_as_comparing_does(
            mask in prop::sample::select(vec![u64::MAX, 0x7FF << 20, 0xFF << 42, 3 << 62, 0]),
            numbers in prop::collection::vec(any::<u64>(), 0..600),
            from in prop::sample::select(vec![0u32, 20]),
        ) {
            let numbers: Vec<u64> = numbers.iter().map(|number| number & mask).collect();
            let mut sorted = numbers.clone();
            sort(&mut sorted, &mut vec![7; 3], from);
            prop_assert!(sorted.is_sorted_by_key(|number| number >> from));
            let (mut all, mut expected) = (sorted, numbers);
            all.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(all, expected);
        }
    }
}
