import type { BlobRef, BlobStore } from '@tksm/abstractions';
import { remoteItems } from './remote-items.ts';
import type { RemoteRun } from './remote-run.ts';

/** Bytes that are sent at once: less than a message takes when they are written as base64. */
const CHUNK_BYTES = 131_072;

/** The kernel's blobs. An isolate closes nothing that is not its own. */
export function remoteBlobs(run: RemoteRun): BlobStore {
  return {
    async write(content) {
      const blob = (await run.call('blob.begin', [])) as number;
      try {
        for await (const chunk of content) {
          for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
            await run.call('blob.add', [blob, chunk.subarray(at, at + CHUNK_BYTES)]);
          }
        }
      } catch (error) {
        await run.call('blob.drop', [blob]).catch(() => undefined);
        throw error;
      }
      return (await run.call('blob.end', [blob])) as unknown as BlobRef;
    },
    read: (hash) => remoteItems<Uint8Array>(run, 'blobs.read', [hash]),
    stat: async (hash) =>
      ((await run.call('blobs.stat', [hash])) ?? undefined) as unknown as BlobRef | undefined,
    delete: async (hash) => (await run.call('blobs.delete', [hash])) as boolean,
    list: () => remoteItems<BlobRef>(run, 'blobs.list', []),
    close: () => Promise.resolve(),
  };
}
