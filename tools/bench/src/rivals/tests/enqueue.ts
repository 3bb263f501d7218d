import type { Client } from '../peer.ts';
import { startReading } from '../reading.ts';
import type { RivalTest } from '../rival-test.ts';
import { warmUp } from '../warm-up.ts';

const CALLERS = 100;
/** Part of the work that is done at a time before the clock starts. */
const WARM_UP_PART = 0.1;

type Enqueue = (client: Client, count: number) => Promise<void>;

/** Nothing runs meanwhile. */
function enqueueTest(enqueue: Enqueue): RivalTest {
  return {
    async measure({ peer, place, spare, n, meter }) {
      const warm = await peer.client(spare);
      const part = Math.ceil(n * WARM_UP_PART);
      await warmUp(n, async () => {
        await enqueue(warm, part);
        return part;
      });
      await warm.close();
      const client = await peer.client(place);
      await meter.gate();
      const stop = startReading(meter, n, client);
      await enqueue(client, n);
      const figures = stop();
      await client.close();
      return { figures };
    },
  };
}

function callers(number: number): Enqueue {
  return async (client, count) => {
    let next = 0;
    const call = async (): Promise<void> => {
      while (next < count) await client.enqueue(next++);
    };
    await Promise.all(Array.from({ length: number }, call));
  };
}

/** One caller that awaits each acknowledgement. */
export const enqueueOne = enqueueTest(callers(1));
/** A hundred callers, each awaiting its own acknowledgement. */
export const enqueueHundred = enqueueTest(callers(CALLERS));
/** One caller, by the peer's best means for many. */
export const enqueueBulk = enqueueTest((client, count) => client.enqueueMany(0, count));
