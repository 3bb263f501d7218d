/** Several ordered streams of paths as one, in the order of their bytes, each path once. */
export async function* mergedPaths(sources: readonly AsyncIterable<Buffer>[]): AsyncGenerator<Buffer, void> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  try {
    const heads: { path: Buffer; readonly from: AsyncIterator<Buffer> }[] = [];
    for (const from of iterators) {
      const first = await from.next();
      if (first.done !== true) heads.push({ path: first.value, from });
    }
    let last: Buffer | undefined;
    while (heads.length > 0) {
      const least = heads.reduce((a, b) => (a.path.compare(b.path) <= 0 ? a : b));
      if (last === undefined || !last.equals(least.path)) yield (last = least.path);
      const next = await least.from.next();
      if (next.done === true) heads.splice(heads.indexOf(least), 1);
      else least.path = next.value;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}
