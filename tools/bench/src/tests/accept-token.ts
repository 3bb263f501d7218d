import { biscuitHolder, openBiscuitIssuer } from '@tksm/drivers-biscuit';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import type { BenchTest } from '../bench-test.ts';
import { openBenchKernel } from '../bench-kernel.ts';
import { readingOf } from '../log-figures.ts';

/** Accepted before the clock starts: the first time it is proved, then the compiler sees it. */
const WARM_UP = 1_000;

/** What it costs to accept a token that was proved before: a text of its own each time, as one comes from a message. */
export const acceptToken: BenchTest = {
  async measure({ dir, n, log, meter }) {
    const opened = await log.open(dir);
    const tokenIssuer = openBiscuitIssuer({ keys: openDiskRootKeys({ dir }) });
    const kernel = await openBenchKernel({ dir, log: opened, concurrency: 0, tokenIssuer });
    const minted = await tokenIssuer.mint({ rights: ['job.submit:**', 'var.*:**'] }, kernel.zone);
    const bytes = Buffer.from(await biscuitHolder.attenuate(minted, { rights: ['job.submit:noop'] }));
    const accept = async (times: number): Promise<void> => {
      for (let count = 0; count < times; count++) await kernel.accept(bytes.toString('latin1'));
    };
    await accept(WARM_UP);
    await meter.gate();
    const stop = readingOf(opened, n, meter.start(n));
    await accept(n);
    const figures = stop();
    await kernel.stop();
    return { figures };
  },
};
