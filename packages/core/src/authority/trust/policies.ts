import type { TrustPolicy } from '@tksm/abstractions';

/** Takes every job that its handle allows. For programs that embed a kernel and trust all who hold a handle. */
export const allowAll: TrustPolicy = Object.freeze({ name: 'allow-all', refuses: () => undefined });

/** The default: who is further out than a kind is for does not get it queued. */
export const ringPolicy: TrustPolicy = Object.freeze<TrustPolicy>({
  name: 'rings',
  refuses: ({ kind, kindRing, ring }) =>
    ring <= kindRing ? undefined : `${kind} is for ring ${kindRing} and further in, and this is ring ${ring}`,
});
