import { KernelError } from '@tksm/abstractions';
import type { RootKeys } from '@tksm/abstractions';
import { openDiskRootKeys } from '@tksm/drivers-disk';
import type { Handler } from '../program/invocation.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { warnOfExposedKeys } from '../tokens/exposed-keys.ts';
import { dataFolder } from '../zone/configuration.ts';
import { look } from '../zone/look.ts';

export const tokenRotate: Handler = async (call) => {
  const { flags, output } = call;
  const dir = await dataFolder(call);
  // There is a zone, so that a mistyped folder gets no keys.
  await look(dir);
  const keys = openDiskRootKeys({ dir });
  await warnOfExposedKeys(call, dir);
  const dropped = flags.number('drop');
  if (dropped === undefined) await keys.rotate();
  else await drop(keys, dropped);
  const ids = (await keys.list()).map(({ id }) => id);
  const older = ids.slice(0, -1);
  if (output.settings.json) output.document({ signs: ids.at(-1), valid: ids });
  else if (dropped === undefined)
    output.notice(
      `root key ${ids.at(-1)} signs from now on${older.length === 0 ? '' : `; tokens of ${older.join(', ')} stay valid`}`,
    );
  else
    output.notice(
      `no token of root key ${dropped} is accepted any more; what one began goes on: tksm token ls`,
    );
  return EXIT.ok;
};

async function drop(keys: RootKeys, id: number): Promise<void> {
  if (await keys.remove(id)) return;
  const ids = (await keys.list()).map((key) => key.id);
  throw new KernelError('UsageError', `there is no root key ${id}`, {
    next: `name one of ${ids.join(', ')}`,
  });
}
