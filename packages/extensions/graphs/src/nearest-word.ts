/** Words further away than this are no guess at all. */
const MAX_DISTANCE = 2;

/** ` (did you mean …?)` when one of the words is near, else nothing. */
export function didYouMean(word: string, words: Iterable<string>): string {
  let nearest: string | undefined;
  let least = MAX_DISTANCE + 1;
  for (const candidate of words) {
    const distance = distanceBetween(word, candidate);
    if (distance >= least || distance >= candidate.length) continue;
    nearest = candidate;
    least = distance;
  }
  return nearest === undefined ? '' : ` (did you mean ${nearest}?)`;
}

/** Least number of characters to put in, take out or replace. Source: Wagner and Fischer, 1974. */
function distanceBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return MAX_DISTANCE + 1;
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
