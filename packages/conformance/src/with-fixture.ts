/** Wraps the body of a test so that it is given a fresh fixture, which is destroyed after it, however it ends. */
export type WithFixture<F> = (body: (fixture: F) => Promise<void>) => () => Promise<void>;

export function withFixture<F extends { destroy(): Promise<void> }>(
  create: () => Promise<F>,
): WithFixture<F> {
  return (body) => async () => {
    const fixture = await create();
    try {
      await body(fixture);
    } finally {
      await fixture.destroy();
    }
  };
}
