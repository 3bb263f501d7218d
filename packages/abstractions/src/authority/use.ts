/**
 * A use of a right: what is asked for, and what of it caveats look at. In the log it says what an effect was allowed as. Who
 * asks names everything that the effect touches: a caveat says nothing about what is absent.
 */
export interface RightUse {
  readonly action: string;
  /** One resource, without wildcards. */
  readonly resource: string;
  /** The host that is called, without a port; an IPv6 address in brackets. */
  readonly host?: string;
  /** The path that is touched, as a resource: resolved and decoded. */
  readonly path?: string;
  /** What is moved: a whole number as decimal text. */
  readonly amount?: string;
}
